import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { isMgpuError } from '../../../src/base/error.ts';
import { readConfigFile } from '../../../src/system/configfile.ts';
import { parseYaml } from '../../../src/system/yaml.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgpu-config-'));
after(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, 'config.yaml');
  writeFileSync(path, text);
  return path;
}

describe('readConfigFile', () => {
  test('a spool', async () => {
    assert.deepEqual(await readConfigFile(file('# where\nspool: /shared/mgpu\n')), { spool: '/shared/mgpu' });
  });

  test('none', async () => {
    assert.equal(await readConfigFile(join(folder, 'nosuch.yaml')), undefined);
    assert.equal(await readConfigFile(join(file(''), 'config.yaml')), undefined);
    assert.deepEqual(await readConfigFile(file('')), {});
    assert.deepEqual(await readConfigFile(file('spool:\n')), {});
  });

  test('what may not be passed over', async () => {
    const texts: readonly (readonly [string, RegExp])[] = [
      ['spol: /x\n', /unknown setting: spol/],
      ['- a\n', /expected lines such as: spool:/],
      ['spool: 7\n', /spool: expected the path/],
      ['spool: [a\n', /config\.yaml: .*line 2/],
    ];
    for (const [text, message] of texts) {
      await assert.rejects(
        readConfigFile(file(text)),
        (error) => isMgpuError(error) && message.test(error.message),
      );
    }
  });

  test('a folder is no file', async () => {
    const path = join(folder, 'sub');
    mkdirSync(path);
    await assert.rejects(readConfigFile(path), (error) => isMgpuError(error, 'CONFIG'));
  });

  test('what never ends or never begins is refused, and /dev/null says nothing', async () => {
    const path = join(folder, 'fifo');
    execFileSync('mkfifo', [path]);
    for (const other of [path, '/dev/zero']) {
      await assert.rejects(readConfigFile(other), (error) => isMgpuError(error, 'CONFIG'));
    }
    assert.deepEqual(await readConfigFile('/dev/null'), {});
  });
});

describe('parseYaml', () => {
  test('a value', async () => {
    assert.deepEqual((await parseYaml('a: [1, {b: c}]\n', 'x')).value, { a: [1, { b: 'c' }] });
  });

  test('a text that would grow without end', async () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [name, before] of ['ba', 'cb', 'dc', 'ed', 'fe'].map((pair) => [...pair])) {
      lines.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`);
    }
    await assert.rejects(parseYaml(lines.join('\n'), 'bomb.yaml'), (error) => isMgpuError(error, 'YAML'));
  });
});
