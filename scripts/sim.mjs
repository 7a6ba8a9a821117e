// npm run sim -- [--seeds N] [--minutes M] [--seed FIRST] [--planted]: many clusters in one process, each
// from a seed (test/sim); with --exhaustive, a small one by every choice.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile } from './compile.mjs';
import { root } from './files.mjs';

if (await compile()) {
  const { main } = await import(pathToFileURL(join(root, 'build/test/sim/cli.js')).href);
  process.exitCode = await main(process.argv.slice(2), (/** @type {string} */ text) =>
    process.stdout.write(text),
  );
} else process.exitCode = 1;
