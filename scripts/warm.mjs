// node scripts/warm.mjs BUNDLE NAME [ARGUMENT ...]
//
// Runs a bundle once and keeps the code that V8 made of it on the way, for bin/load.cjs. scripts/build.mjs
// calls it.
import { renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { load, codePath } = createRequire(import.meta.url)('../bin/load.cjs');
const [bundlePath = '', programName = '', ...args] = process.argv.slice(2);
process.argv.splice(1, process.argv.length, programName, ...args);

const exit = process.exit;
const bundle = load(
  bundlePath,
  /** @param {import('node:vm').Script} script @param {Buffer} identity */
  (script, identity) => {
    // The commands end by process.exit: only then is all that they run compiled.
    process.exit = () => {
      const part = `${codePath(bundlePath)}.${process.pid}.part`;
      writeFileSync(part, Buffer.concat([identity, script.createCachedData()]));
      renameSync(part, codePath(bundlePath));
      return exit(0);
    };
  },
);
await bundle.main(programName);
