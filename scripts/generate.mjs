// Writes the generated files (man/, completions/) that src/main/generate.ts describes. With --check it writes
// nothing and fails, naming them, when some differ from what is there or are no longer generated.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compile } from './compile.mjs';
import { filesBelow, readIfThere, root } from './files.mjs';

const folders = ['man', 'completions'];

if (!(await compile())) process.exit(1);
const { generatedFiles } = await import(join(root, 'build/src/main/generate.js'));
/** @type {Map<string, string>} */
const wanted = new Map(
  generatedFiles().map((/** @type {{ path: string, text: string }} */ file) => [file.path, file.text]),
);
const stale = folders.flatMap(filesBelow).filter((path) => !wanted.has(path));
const changed = [...wanted].filter(([path, text]) => readIfThere(join(root, path))?.toString() !== text);

if (process.argv.includes('--check')) {
  checkPackage();
  for (const [path] of changed) console.error(`generate: error: not current, run npm run generate: ${path}`);
  for (const path of stale) console.error(`generate: error: no longer generated: ${path}`);
  if (changed.length + stale.length > 0) process.exitCode = 1;
} else {
  for (const [path, text] of changed) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  for (const path of stale) rmSync(join(root, path));
  console.log(`generated: ${wanted.size} files, ${changed.length} changed, ${stale.length} removed`);
}

/** npm installs the man pages that package.json names, one by one. */
function checkPackage() {
  const named = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).man ?? [];
  const pages = [...wanted.keys()].filter((path) => path.startsWith('man/')).sort();
  if (named.join() === pages.join()) return;
  console.error(`generate: error: "man" in package.json is to be ${JSON.stringify(pages)}`);
  process.exitCode = 1;
}
