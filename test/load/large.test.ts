// Jobs as large as they may be, so many that not all of them fit into one file of accounting or history.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ClusterEvent } from '../../src/model/event.ts';
import { limits } from '../../src/model/limits.ts';
import { accountedJobs, foldIntoSegment } from '../../src/store/accounting.ts';
import { writeCheckpoint } from '../../src/store/checkpoint.ts';
import { cancelled, submitted } from '../unit/core/world.ts';
import { filedSeqs, journalOf, oneDisk, raisedTo } from '../unit/store/onedisk.ts';

const count = Math.ceil((1.2 * limits.filedBytes) / limits.textLength);
const perCommit = 100;

it('files of accounting and history stay below what they may have', async () => {
  const { store } = await (await oneDisk(false)).open();
  const journal = await journalOf(store);
  await journal.commit(() => raisedTo(2));
  const comment = 'x'.repeat(limits.textLength);
  for (let first = 1; first <= count; first += perCommit) {
    const ids = Array.from({ length: perCommit }, (_, index) => first + index);
    await journal.commit(() =>
      ids.flatMap((id): ClusterEvent[] => [submitted(id, { comment }), cancelled(id)]),
    );
  }
  const ids = [...journal.cluster().jobs.keys()];
  for (const left of [Math.floor(ids.length / 2), 0]) {
    await journal.commit(async (cluster) => [(await foldIntoSegment(store, cluster, ids)) ?? []].flat());
    assert.equal(journal.cluster().jobs.size, left);
  }
  const told = new Set<number>();
  for await (const { id } of accountedJobs(store, 'oldest first')) told.add(id);
  assert.deepEqual([...told], ids);
  for (let round = 0; round < 2; round += 1) {
    for (let commit = 0; commit < 70; commit += 1)
      await journal.commit(() => [{ name: 'requestsForgotten', requestIds: [] }]);
    await writeCheckpoint(store, journal.cluster());
  }
  const { accounting, history } = store.layout;
  assert.equal((await filedSeqs(store, accounting)).length, 2);
  assert.ok((await filedSeqs(store, history)).length >= 2);
  for (const folder of [accounting, history]) {
    for (const seq of await filedSeqs(store, folder)) {
      const path = `${folder}/000/000/000/${String(seq).padStart(12, '0')}.json`;
      const { sizeBytes = 0 } = (await store.files.stat(path)) ?? {};
      assert.ok(sizeBytes > 0 && sizeBytes <= limits.filedBytes, `${path}: ${sizeBytes} bytes`);
    }
  }
});
