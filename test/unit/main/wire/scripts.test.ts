import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findScript } from '../../../../src/main/wire/scripts.ts';
import { limits } from '../../../../src/model/limits.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgpu-scripts-'));
const [bin, work] = [join(folder, 'bin'), join(folder, 'here')];
for (const path of [bin, work, join(work, 'sub')]) mkdirSync(path);
writeFileSync(join(bin, 'both.sh'), 'of bin');
writeFileSync(join(work, 'both.sh'), 'of work');
writeFileSync(join(work, 'own.sh'), 'own', { mode: 0o400 });
writeFileSync(join(work, 'sub/deep.sh'), 'deep');
after(() => rmSync(folder, { recursive: true }));

async function found(name: string): Promise<string | undefined> {
  const file = await findScript({ name, folder: work, path: `relative::${bin}:/nosuch` });
  return file && `${file.path.slice(folder.length)}: ${new TextDecoder().decode(file.bytes)}`;
}

test('findScript looks where sbatch looks', async () => {
  assert.equal(await found('both.sh'), '/bin/both.sh: of bin');
  assert.equal(await found('./both.sh'), '/here/./both.sh: of work');
  assert.equal(await found('own.sh'), '/here/own.sh: own');
  assert.equal(await found('sub/deep.sh'), '/here/sub/deep.sh: deep');
  assert.equal(await found(join(work, 'own.sh')), '/here/own.sh: own');
  assert.equal(await found('sub'), '/here/sub: ');
  assert.equal(await found('nosuch.sh'), undefined);
  assert.equal(await found('-'), undefined);
  assert.equal(await found(''), undefined);
});

test('a script has at most 4 MiB, and a larger one is not read', async () => {
  const path = join(work, 'large.sh');
  writeFileSync(path, '');
  truncateSync(path, limits.scriptBytes);
  assert.equal((await findScript({ name: path, folder: work, path: '' }))?.bytes.length, limits.scriptBytes);
  // A file of holes: reading it all would take a terabyte of memory.
  truncateSync(path, 2 ** 40);
  const refused = { code: 'TOO_LARGE', message: /^Batch job submission failed: Pathname of a file, / };
  await assert.rejects(findScript({ name: path, folder: work, path: '' }), refused);
  await assert.rejects(findScript({ name: '/dev/zero', folder: work, path: '' }), refused);
});
