import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../src/core/decide.ts';
import { openPresent } from '../../../src/services/present.ts';
import { submit } from '../../../src/services/submit.ts';
import { writeCheckpoint } from '../../../src/store/checkpoint.ts';
import { readInbox, takeOut } from '../../../src/store/inbox.ts';
import { encodeText } from '../../../src/store/put.ts';
import type { Actor } from '../../fakes/memory-disk.ts';
import { spec } from '../builders.ts';
import { commitJobs, journalOf, type OneDisk, oneDisk, present, root, shown } from './onedisk.ts';

/* What docs/format.md, "Damage", tells operators to do. */

const plain = { mode: 0o644, sync: true };
const entry = (seq: number): string => `${root}/log/${String(seq).padStart(12, '0')}.json`;
const checkpoint = (seq: number): string => `${root}/checkpoints/${String(seq).padStart(12, '0')}.json`;

/** Twelve commits, checkpoints at 5 and 9. */
async function twelve(): Promise<{
  readonly disk: OneDisk;
  readonly files: Actor;
  readonly before: unknown;
}> {
  const disk = await oneDisk();
  const { store, actor } = await disk.open();
  const journal = await journalOf(store);
  for (const until of [5, 9, 12]) {
    await commitJobs(journal, until - journal.cluster().seq);
    if (until !== 12) await writeCheckpoint(store, journal.cluster());
  }
  return { disk, files: actor, before: shown(journal.cluster()) };
}

const spoil = (files: Actor, path: string): Promise<void> => files.append(path, encodeText('?'), plain);

describe('damage: what operators can do', () => {
  it('the newest checkpoint is moved away', async () => {
    const { disk, files, before } = await twelve();
    await spoil(files, checkpoint(9));
    await assert.rejects(present(disk), { code: 'DAMAGED' });
    await files.rename(checkpoint(9), `${root}/aside`);
    assert.deepEqual(shown(await present(disk)), before);
  });

  it('an older checkpoint, and commits that a checkpoint covers, are not read', async () => {
    const { disk, files, before } = await twelve();
    for (const path of [checkpoint(5), entry(3), entry(9)]) await spoil(files, path);
    assert.deepEqual(shown(await present(disk)), before);
  });

  it('an entry of the newest checkpoint’s own number need not have content', async () => {
    const { disk, files, before } = await twelve();
    await files.unlink(entry(9));
    await assert.rejects(present(disk), { code: 'LOG_GAP' });
    await files.create(entry(9), encodeText(''), plain);
    assert.deepEqual(shown(await present(disk)), before);
  });

  it('both checkpoints are moved away as long as nothing was pruned', async () => {
    const { disk, files, before } = await twelve();
    for (const seq of [5, 9]) {
      await spoil(files, checkpoint(seq));
      await files.rename(checkpoint(seq), `${root}/aside${seq}`);
    }
    assert.deepEqual(shown(await present(disk)), before);
  });

  it('entries from the damaged one on are moved away, and submissions are put back', async () => {
    const disk = await oneDisk();
    const { store, actor } = await disk.open();
    const session = await openPresent(store);
    const journal = await journalOf(store);
    for (let count = 0; count < 4; count += 1) {
      await submit(store, session, { spec: spec({ name: `job${count}` }), args: [], environment: {} });
      const { requests } = await readInbox(store, 'all');
      await journal.commit((cluster) => decide(cluster, requests, 1));
      for (const request of requests) await takeOut(store, request);
    }
    await spoil(actor, entry(3));
    await assert.rejects(present(disk), { code: 'DAMAGED' });
    for (const seq of [3, 4]) await actor.rename(entry(seq), `${root}/aside${seq}`);
    assert.deepEqual([...(await present(disk)).jobs.keys()], [1, 2]);
    for (const id of [3, 4]) {
      const content = await actor.read(store.layout.job(id).request, 10_000);
      const { requestId } = JSON.parse(new TextDecoder().decode(content?.bytes));
      await actor.create(`${root}/inbox/${requestId}.json`, content?.bytes ?? encodeText(''), plain);
    }
    const { cluster } = await (await openPresent((await disk.open()).store)).view();
    assert.deepEqual(
      [...cluster.jobs.values()].map((job) => job.spec.name),
      ['job0', 'job1', 'job2', 'job3'],
    );
    const next = await submit(store, await openPresent(store), { spec: spec(), args: [], environment: {} });
    assert.equal(next, 5);
  });
});
