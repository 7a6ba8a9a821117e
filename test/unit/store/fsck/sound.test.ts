import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MgpuError } from '../../../../src/base/error.ts';
import { foldIntoSegment } from '../../../../src/store/accounting.ts';
import { writeCheckpoint } from '../../../../src/store/checkpoint.ts';
import { lookAtSpool } from '../../../../src/store/fsck.ts';
import { seqName } from '../../../../src/store/layout.ts';
import { commands, live } from '../../core/commands.ts';
import { alice, cancelled, now, registered, submitted } from '../../core/world.ts';
import { journalOf, oneDisk, raisedTo } from '../onedisk.ts';
import { flawsOf, inspectionOf, livedSpool, spoolOf } from './lived.ts';

describe('fsck: what is sound', () => {
  it('a new spool', async () => {
    assert.deepEqual(await flawsOf(await oneDisk()), []);
  });

  it('one that has lived, all of whose files were looked at', async () => {
    const disk = await livedSpool();
    assert.deepEqual(await flawsOf(disk), []);
    const { store } = await disk.open();
    const inspection = inspectionOf(store);
    assert.equal((await lookAtSpool(inspection)).seq, 12);
    assert.ok(inspection.tally.files > 40, `${inspection.tally.files} files`);
  });

  it('whatever a cluster lived through, and wherever its checkpoints lie', async () => {
    await fc.assert(
      fc.asyncProperty(commands, fc.uniqueArray(fc.integer({ min: 1, max: 40 })), async (all, after) => {
        const disk = await spoolOf(live(all), new Set(after));
        assert.deepEqual(await flawsOf(disk), []);
      }),
      { numRuns: 40 },
    );
  });
});

it('fsck: a segment whose writer slept while its job was requeued', async () => {
  const disk = await oneDisk();
  const { store } = await disk.open();
  const journal = await journalOf(store);
  await journal.commit(() => [...raisedTo(3), submitted(1), cancelled(1)]);
  // The segment is there, and its commit is not.
  assert.deepEqual((await foldIntoSegment(store, journal.cluster(), [1]))?.ids, [1]);
  await journal.commit(() => [
    { name: 'jobRequeued', time: now, id: 1, by: alice, hold: false, eligibleTime: now },
  ]);
  await journal.commit(async (cluster) => {
    const event = await foldIntoSegment(store, cluster, []);
    return event ? [event] : [];
  });
  assert.ok(journal.cluster().segment > 0);
  const flaws = await flawsOf(disk);
  assert.deepEqual(
    flaws.filter((flaw) => flaw.includes('accounting')),
    [],
  );
});

it('fsck: what cannot be read now is not called damaged', async () => {
  const disk = await livedSpool();
  const { store } = await disk.open();
  const { layout } = store;
  for (const path of [
    `${layout.log}/${seqName(12)}`,
    `${layout.checkpoints}/${seqName(11)}`,
    `${layout.accounting}/${seqName(7)}`,
  ]) {
    const read: typeof store.files.read = (name, bytesMax) => {
      if (name === path) throw new MgpuError('EIO', `${path}: cannot be read: i/o error (EIO)`);
      return store.files.read(name, bytesMax);
    };
    const inspection = inspectionOf({ ...store, files: { ...store.files, read } });
    await assert.rejects(lookAtSpool(inspection), { code: 'EIO' }, path);
  }
});

it('fsck: a pruned log, in which a writer that slept took a name that was free', async () => {
  const disk = await oneDisk();
  const { store } = await disk.open();
  const journal = await journalOf(store);
  for (let checkpoints = 0; checkpoints < 3; checkpoints += 1) {
    for (let commits = 0; commits < 80; commits += 1) await journal.commit(() => [registered('node1')]);
    await writeCheckpoint(store, journal.cluster());
  }
  const names = (await store.files.list(store.layout.log)) ?? [];
  assert.ok(!names.includes(seqName(40)), 'it was pruned');
  for (const seq of [1, 40])
    await store.files.link(`${store.layout.log}/${names[0]}`, `${store.layout.log}/${seqName(seq)}`);
  const flaws = await flawsOf(disk);
  assert.deepEqual(
    flaws.map((flaw) => flaw.split(':')[0]),
    ['warn log/000000000001.json', 'warn log/000000000040.json'],
  );
});
