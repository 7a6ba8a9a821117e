import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Filed, filed, putFiled } from '../../../src/store/filed.ts';
import { encodeText } from '../../../src/store/put.ts';
import type { Store } from '../../../src/store/spool.ts';
import { filedSeqs, oneDisk } from './onedisk.ts';

async function folderIn(): Promise<{ readonly store: Store; readonly folder: string }> {
  const { store } = await (await oneDisk()).open();
  return { store, folder: store.layout.history };
}

function put(
  { store, folder }: Awaited<ReturnType<typeof folderIn>>,
  seq: number,
  format = 2,
): Promise<Filed> {
  return putFiled(store, folder, { seq, format, content: encodeText(`${seq}\n`) });
}

describe('filed', () => {
  it('lie in folders by their numbers', async () => {
    const where = await folderIn();
    assert.deepEqual(await put(where, 123_456), {
      seq: 123_456,
      path: `${where.folder}/000/000/123/000000123456.json`,
    });
    assert.equal((await put(where, 987_654_321_012)).path, `${where.folder}/987/654/321/987654321012.json`);
    assert.equal((await put(where, 7, 1)).path, `${where.folder}/000000000007.json`);
  });

  it('are found in the order of their numbers, wherever they lie', async () => {
    const where = await folderIn();
    const seqs = [999, 1000, 1001, 5, 123_456, 2_000_000_000, 1_000_000];
    for (const seq of seqs) await put(where, seq);
    for (const seq of [3, 1_000_500, 4]) await put(where, seq, 1);
    const sorted = [...seqs, 3, 4, 1_000_500].sort((a, b) => a - b);
    assert.deepEqual(await filedSeqs(where.store, where.folder), sorted);
    const newest: number[] = [];
    for await (const { seq } of filed(where.store, where.folder, 'newest first')) newest.push(seq);
    assert.deepEqual(newest, sorted.reverse());
  });

  it('are put once, and names of other forms are passed over', async () => {
    const where = await folderIn();
    const { files } = where.store;
    const { path } = await put(where, 8);
    await putFiled(where.store, where.folder, { seq: 8, format: 2, content: encodeText('other\n') });
    assert.deepEqual((await files.read(path, 100))?.bytes, encodeText('8\n'));
    for (const name of ['README', '.tmp.DEAD', '12.json', '000/README'])
      await files.create(`${where.folder}/${name}`, encodeText('x'), { mode: 0o644, sync: false });
    for (const name of ['0000', 'abc', '001', '001/000'])
      await files.makeDir(`${where.folder}/${name}`, 0o755);
    assert.deepEqual(await filedSeqs(where.store, where.folder), [8]);
  });

  it('no folder gets more than a thousand names', async () => {
    const { store, folder } = await folderIn();
    const where = { store: { ...store, spool: { ...store.spool, durable: false } }, folder };
    for (let seq = 1; seq <= 3000; seq += 1) await put(where, seq);
    const counts = await Promise.all(
      ['', '/000', '/000/000', '/000/000/000', '/000/000/001', '/000/000/003'].map(
        async (path) => (await store.files.list(`${folder}${path}`))?.length,
      ),
    );
    assert.deepEqual(counts, [1, 1, 4, 999, 1000, 1]);
  });

  it('nothing is believed where the folder itself is missing', async () => {
    const { store } = await folderIn();
    await assert.rejects(filedSeqs(store, '/spool/away'), { code: 'MISSING', message: /\/spool\/away/ });
  });
});
