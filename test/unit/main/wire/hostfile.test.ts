import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readHostFile } from '../../../../src/main/wire/hostfile.ts';
import { hostlistTextMax, parseHostlist } from '../../../../src/model/hostlist.ts';

test('a file with host names is read, and no longer than a list may be', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hostfile-'));
  try {
    const path = join(folder, 'hosts');
    await writeFile(path, 'gpu1\ngpu2\n');
    assert.equal(await readHostFile(path), 'gpu1\ngpu2\n');
    await writeFile(path, 'a'.repeat(2 * hostlistTextMax));
    assert.equal(parseHostlist((await readHostFile(path)) ?? ''), undefined);
    assert.equal(await readHostFile(join(folder, 'nosuch')), undefined);
    assert.equal(await readHostFile(folder), undefined);
  } finally {
    await rm(folder, { recursive: true });
  }
});
