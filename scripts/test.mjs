// node scripts/test.mjs [unit|e2e|all] [name ...]
//
// Compiles, then runs the tests. Everything outside test/e2e, test/sim and test/load runs in one process; a
// file of these has a process of its own, and those of test/e2e need the bundles. With names, only files
// whose path holds one run (`unit/core/`).
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { compile } from './compile.mjs';
import { filesBelow, root } from './files.mjs';

const fileTimeoutMs = 1_200_000;
const processesMax = 2;

const [layer = 'all', ...names] = process.argv.slice(2);
if (!['unit', 'e2e', 'all'].includes(layer)) {
  console.error(`test: error: unknown layer: ${layer}: use unit, e2e or all`);
  process.exit(2);
}
const compiled = await compile();
if (layer !== 'unit') await import('./build.mjs');
const files = selectFiles();
if (files.length === 0) {
  console.error(`test: error: no test file in test/ matches: ${names.join(' ') || layer}`);
  process.exit(1);
}

// Test processes inherit this flag; commands that a test starts do not, and start as fast as a user's.
process.execArgv.push('--enable-source-maps');
let executed = 0;
let failed = 0;
run({ files, concurrency: processesMax, timeout: fileTimeoutMs })
  .on('test:pass', ({ name }) => {
    // A file without tests is itself reported as a test that passed.
    if (!files.includes(join(root, name)) && !files.includes(name)) executed += 1;
  })
  .on('test:fail', () => {
    failed += 1;
  })
  .compose(new spec())
  .pipe(process.stdout);
process.on('exit', () => {
  if (executed + failed === 0) console.error('test: error: no test was executed');
  if (!compiled) console.error('test: error: some files did not compile');
  if (executed === 0 || failed > 0 || !compiled) process.exitCode = 1;
});

/** The files to give a process each. The first stands for all unit tests. */
function selectFiles() {
  const tests = filesBelow('build/test')
    .filter((path) => path.endsWith('.test.js'))
    .filter((path) => names.length === 0 || names.some((name) => path.includes(name)))
    .map((path) => join(root, path));
  const apart = ['e2e', 'sim', 'load'].map((folder) => join(root, `build/test/${folder}/`));
  const isApart = (/** @type {string} */ path) => apart.some((folder) => path.startsWith(folder));
  const e2e = tests.filter(isApart);
  const unit = tests.filter((path) => !isApart(path));
  process.env['TEST_FILES'] = JSON.stringify(unit);
  const unitFiles = unit.length > 0 ? [join(root, 'scripts/unit.mjs')] : [];
  return [...(layer === 'e2e' ? [] : unitFiles), ...(layer === 'unit' ? [] : e2e)];
}
