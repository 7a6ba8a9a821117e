import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatVersion } from '../../../src/model/version.ts';
import { root } from './cluster.ts';

/**
 * Lays down a product that knows no format of a spool but those before the newest, and is else the same: a
 * copy of build/src with one number changed. Gives the words that start one of its programs, such as `mgpud`.
 */
export function makeOlder(folder: string): (program: string) => readonly string[] {
  const older = join(folder, 'older');
  mkdirSync(older);
  cpSync(join(root, 'build/src'), join(older, 'src'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(older, 'node_modules'));
  writeFileSync(join(older, 'package.json'), '{"type":"module"}');
  const file = join(older, 'src/model/version.js');
  const source = readFileSync(file, 'utf8');
  const changed = source.replace(
    `formatVersion = ${formatVersion};`,
    `formatVersion = ${formatVersion - 1};`,
  );
  if (changed === source) throw new Error(`${file}: nothing there to change`);
  writeFileSync(file, changed);
  const launcher = join(older, 'launch.js');
  // A bundle knows its folder; it is asked for the step supervisor beside it.
  writeFileSync(
    launcher,
    `globalThis.__dirname = ${JSON.stringify(join(root, 'dist'))};
     const [, , program, ...args] = process.argv;
     process.argv.splice(2, Infinity, ...args);
     const { main } = await import('./src/main/' + program + '.js');
     await main(program);`,
  );
  return (program) => [process.execPath, launcher, program];
}
