// Bundles src/main/<command>.ts into dist/<command>.cjs, so that a command loads one file.
//
// A library is only ever imported by `import('library')`. That is led to dist/lib/<library>.cjs, read and
// evaluated when it is first reached: a command that never reaches it does not pay for it.
// dist/ needs no node_modules. Beside each bundle lies the code that V8 makes of it (bin/load.cjs).
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { root, syncFolder } from './files.mjs';

const { hasCode } = createRequire(import.meta.url)('../bin/load.cjs');
const run = promisify(execFile);

const { build: esbuild } = await import('esbuild').catch(() => {
  // Installed without the development dependencies: there is nothing to build with, whatever else is there.
  console.error('build: error: esbuild is missing: run npm ci --include=dev');
  process.exit(1);
});

/** @type {import('esbuild').BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  write: false,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  supported: { 'dynamic-import': false },
  // Less to read at start-up; names stay, and lines stay short enough for a stack trace to point somewhere.
  minifySyntax: true,
  minifyWhitespace: true,
  lineLimit: 160,
  legalComments: 'none',
  logLevel: 'warning',
};

const started = performance.now();
/** @type {Set<string>} */
const libraries = new Set();
const commands = await build({
  entryPoints: commandNames().map((name) => `src/main/${name}.ts`),
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  plugins: [{ name: 'lazy-libraries', setup: leadLibraries }],
});
const bundled = await Promise.all([...libraries].map(bundleLibrary));
const files = [commands, ...bundled].flatMap((result) => result.outputFiles ?? []);
syncFolder('dist', files);
await warmUp();
const kilobytes = Math.round(files.reduce((sum, file) => sum + file.contents.length, 0) / 1000);
console.log(`dist: ${files.length} bundles, ${kilobytes} kB, ${Math.round(performance.now() - started)} ms`);

/**
 * Builds; a failure, which esbuild has printed by then, ends the process.
 * @param {import('esbuild').BuildOptions} options
 */
function build(options) {
  return esbuild({ ...common, ...options }).catch(() => process.exit(1));
}

/**
 * Runs the commands that users wait for once, on a cluster of their own, so that each start finds its code
 * compiled. A command that cannot be run here starts without.
 */
async function warmUp() {
  const folder = mkdtempSync(join(tmpdir(), 'mgpu-build-'));
  const spool = join(folder, 'spool');
  const environment = { PATH: process.env['PATH'], HOME: folder, MGPU_SPOOL: spool };
  const runs = [
    ['mgpu', 'init', spool, '--no-fsync'],
    ['sbatch', '--hold', '--wrap', 'true'],
    ['squeue'],
    ['sinfo'],
    ['scancel', '1'],
    ['scontrol', 'show', 'job'],
    ['sacct', '-X'],
    ['complete', 'jobs'],
    ['sprio'],
    ['sshare'],
    ['sdiag'],
    ['sacctmgr', 'show', 'cluster'],
    ...['salloc', 'sstat', 'sattach', 'sbcast'].map((name) => [name, '--version']),
    // It submits, and waits for nodes in vain.
    ['srun', '--immediate=1', '--quiet', 'true'],
  ];
  try {
    for (const [name = '', ...args] of runs) {
      const bundle = join(root, 'dist', `${name}.cjs`);
      if (name !== 'mgpu' && (!existsSync(bundle) || hasCode(bundle))) continue;
      const words = [join(root, 'scripts/warm.mjs'), bundle, name, ...args];
      await run(process.execPath, words, { env: environment, cwd: folder }).catch(() => undefined);
      if (name === 'mgpu') writeQueue(spool);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A node and a queue as a daemon leaves them (docs/format.md, "Checkpoint"), so that what reads, plans and
 * shows one is compiled too.
 * @param {string} spool
 */
function writeQueue(spool) {
  const { username: user, uid, gid } = userInfo();
  const who = { user, uid, group: user, gid, account: '', partition: 'main', submitHost: 'build' };
  const size = { nodes: { min: 1, max: 1 }, ntasks: 1, cpusPerTask: 1, timeLimit: 60 };
  const asked = { ...size, gpus: [{ count: 1, per: 'job' }] };
  const what = { name: 'warm', kind: 'batch', workDir: '/', command: '/warm.sh', requeue: true };
  const times = { submitTime: 1, eligibleTime: 1, attempt: 0, reason: 'None' };
  const jobs = Array.from({ length: 40 }, (_, index) => ({
    job: {
      ...{ state: 'PENDING', id: index + 1, ...times },
      spec: index === 0 ? { ...what, ...who, ...asked } : { name: `warm${index}` },
    },
    ...(index > 0 && { specLike: 1 }),
  }));
  const boot = { bootId: 'boot', incarnation: 'INCARNATION', bootTime: 1, version: '0', format: 3 };
  const system = { architecture: 'x86_64', osRelease: 'Linux', hostName: 'warm', addresses: ['127.0.0.1'] };
  const cpus = { cpus: 4, sockets: 1, coresPerSocket: 4, threadsPerCore: 1, memoryMb: 1024 };
  const gpus = [{ index: 0, type: '', model: 'declared', vendor: 'declared' }];
  const record = { name: 'warm', ...system, ...boot, ...cpus, gpus };
  const node = { record, presence: 'up', since: 1, registered: 1, gpuTroubles: [] };
  const head = { mgpu: 'checkpoint', format: 3, seq: 0, time: 1, closed: [], segment: 0, handled: [] };
  const lines = [{ node }, ...jobs];
  const body = [head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
  const foot = { lines: lines.length, crc32: crc32(body).toString(16).padStart(8, '0') };
  writeFileSync(join(spool, 'checkpoints/000000000000.json'), `${body}${JSON.stringify(foot)}\n`);
}

/** The commands that have both a launcher and a source. */
function commandNames() {
  return readdirSync(join(root, 'bin'))
    .map((name) => name.replace(/^mgpu_/, ''))
    .filter((name) => existsSync(join(root, `src/main/${name}.ts`)));
}

/** @param {import('esbuild').PluginBuild} plugin */
function leadLibraries(plugin) {
  plugin.onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) => {
    if (kind === 'entry-point' || path.startsWith('node:')) return undefined;
    if (kind !== 'dynamic-import')
      return { errors: [{ text: `import "${path}" by import() in ${importer}` }] };
    libraries.add(path);
    return { path, namespace: 'library' };
  });
  plugin.onResolve({ filter: /^\.\/lib\//, namespace: 'library' }, ({ path }) => ({ path, external: true }));
  // A module outside of any package: esbuild then takes `default` from the bundle as the bundle has it.
  plugin.onLoad({ filter: /.*/, namespace: 'library' }, ({ path }) => ({
    contents: ['*', '{ default }']
      .map((names) => `export ${names} from './lib/${fileName(path)}';`)
      .join('\n'),
  }));
}

/**
 * Bundles a library with the names that Node's own `import()` of it would give.
 * @param {string} library
 */
function bundleLibrary(library) {
  return build({
    stdin: {
      contents: `import * as all from '${library}'; export * from '${library}'; export default all.default;`,
      resolveDir: root,
      sourcefile: 'library.mjs',
    },
    outfile: `dist/lib/${fileName(library)}`,
    logOverride: { 'import-is-undefined': 'silent' },
    define: { 'import.meta.url': '__importMetaUrl' },
    banner: { js: "const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
}

/** @param {string} library */
function fileName(library) {
  return `${library.replaceAll('/', '-')}.cjs`;
}
