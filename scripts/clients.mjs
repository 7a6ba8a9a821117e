// npm run clients -- [NAME ...]: programs that drive Slurm, unmodified, on a cluster of ours (test/clients).
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile } from './compile.mjs';
import { root } from './files.mjs';

if (await compile()) {
  const { main } = await import(pathToFileURL(join(root, 'build/test/clients/cli.js')).href);
  process.exitCode = await main(process.argv.slice(2), (/** @type {string} */ text) =>
    process.stdout.write(text),
  );
} else process.exitCode = 1;
