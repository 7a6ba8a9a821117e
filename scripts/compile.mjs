// Compiles every file of src/, test/ and bench/ to build/, one to one, with source maps. Types are not
// checked here (npm run check does), so that a test can be tried while a file elsewhere is unfinished.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { filesBelow, root, syncFolder } from './files.mjs';

/**
 * @returns {Promise<boolean>} whether every file compiled; those that did not are reported and left out
 */
export async function compile() {
  const sources = ['src', 'test', 'bench'].flatMap(filesBelow).filter((path) => /(?<!\.d)\.ts$/.test(path));
  const first = await compileFiles(sources, 'error');
  if (first.failed.size === 0) return true;
  await compileFiles(
    sources.filter((path) => !first.failed.has(path)),
    'silent',
  );
  return false;
}

/**
 * @param {string[]} sources
 * @param {import('esbuild').LogLevel} logLevel
 */
async function compileFiles(sources, logLevel) {
  try {
    const result = await build({
      absWorkingDir: root,
      entryPoints: sources,
      outdir: 'build',
      outbase: '.',
      write: false,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      sourcemap: 'linked',
      logLevel,
      plugins: [{ name: 'one-to-one', setup: keepImports }],
    });
    syncFolder('build', result.outputFiles);
    return { failed: new Set() };
  } catch (error) {
    const messages = /** @type {import('esbuild').BuildFailure} */ (error).errors ?? [];
    const failed = new Set(messages.flatMap(({ location }) => location?.file ?? []));
    if (failed.size === 0) throw error;
    return { failed };
  }
}

/** @param {import('esbuild').PluginBuild} plugin */
function keepImports(plugin) {
  plugin.onResolve({ filter: /.*/ }, ({ path, kind }) =>
    kind === 'entry-point' ? undefined : { path: path.replace(/^(\..*)\.ts$/, '$1.js'), external: true },
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !(await compile())) process.exitCode = 1;
