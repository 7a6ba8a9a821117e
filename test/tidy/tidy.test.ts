// The whole checkout against the rules, and the linter's arrows against the table of rooms.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { deniedRooms, isRoom, outerRooms, pureRooms, rooms } from './rooms.ts';
import { problemsOf } from './rules.ts';

const root = join(import.meta.dirname, '../../..');

test('every source file keeps the rules of the house', () => {
  const paths = ['src', 'test', 'bench', 'scripts', 'bin', '.ci'].flatMap(filesBelow);
  assert.ok(paths.length > 0);
  const problems = paths.flatMap((path) => problemsOf(path, readFileSync(join(root, path), 'utf8')));
  assert.ok(problems.length === 0, `${problems.length} problems:\n${problems.join('\n')}`);
});

test('the linter knows the same arrows as the table of rooms', () => {
  const text = readFileSync(join(root, 'biome.json'), 'utf8');
  for (const room of Object.keys(rooms).filter(isRoom)) {
    const denied = deniedRooms(room);
    if (denied.length === 0) continue;
    const override = overrideOf(text, `"includes": ["src/${room}/**"]`);
    assert.ok(
      override.includes(`"../**/{${denied.join(',')}}/**"`),
      `biome.json denies ${room}: ${denied.join()}`,
    );
    assert.equal(override.includes('["**", "!./**", "!../**"]'), !outerRooms.includes(room), room);
  }
  const pure = pureRooms.map((room) => `"src/${room}/**"`).join(', ');
  for (const name of ['Date', 'process', 'setTimeout', 'setInterval', 'setImmediate']) {
    assert.ok(overrideOf(text, `"includes": [${pure}]`).includes(`"${name}":`), name);
  }
});

/** The text of the override that begins with `includes`. */
function overrideOf(text: string, includes: string): string {
  const start = text.indexOf(includes);
  assert.ok(start >= 0, `biome.json has ${includes}`);
  const end = text.indexOf('"includes"', start + 1);
  return text.slice(start, end < 0 ? undefined : end);
}

/** The sources below a folder of the checkout; launchers and .ci/run bear no extension. */
function filesBelow(folder: string): readonly string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => /\.[cm]?[jt]s$|^bin\/[^.]+$|^\.ci\//.test(path) && !path.startsWith('test/data/'));
}
