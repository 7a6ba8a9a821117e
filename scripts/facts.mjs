// npm run facts -- FILE.jsonl [--topic T] [--id ID]: what a real Slurm printed, against our commands on a
// live cluster (test/facts).
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile } from './compile.mjs';
import { root } from './files.mjs';

if (await compile()) {
  const { main } = await import(pathToFileURL(join(root, 'build/test/facts/cli.js')).href);
  process.exitCode = await main(process.argv.slice(2), (/** @type {string} */ text) =>
    process.stdout.write(text),
  );
} else process.exitCode = 1;
