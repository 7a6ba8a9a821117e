import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accountable, noteEnds } from '../../../src/core/accountable.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import type { Job } from '../../../src/model/job.ts';
import { rangesHas } from '../../../src/model/ranges.ts';
import { formatVersion } from '../../../src/model/version.ts';
import { accountedJobs, foldIntoSegment, sweepRooms } from '../../../src/store/accounting.ts';
import type { Journal } from '../../../src/store/journal.ts';
import { encodeText } from '../../../src/store/put.ts';
import type { Store } from '../../../src/store/spool.ts';
import { randomOf } from '../../fakes/random.ts';
import { turnsOf } from '../../fakes/turns.ts';
import { cancelled, submitted } from '../core/world.ts';
import {
  atEveryMutation,
  diskOf,
  filedSeqs,
  journalOf,
  type OneDisk,
  oneDisk,
  outcomeOf,
  present,
  raisedTo,
  root,
} from './onedisk.ts';

const plain = { mode: 0o644, sync: true };

/** Folds what has ended, as the daemon does it. */
function fold(store: Store, journal: Journal, ids?: readonly number[]) {
  return journal.commit(async (cluster) => {
    const event = await foldIntoSegment(store, cluster, ids ?? ended(cluster));
    return event ? [event] : [];
  });
}

function ended(cluster: Cluster): readonly number[] {
  return accountable(cluster, noteEnds(new Map(), cluster, 0), 0);
}

async function accounted(store: Store): Promise<readonly Job[]> {
  const jobs: Job[] = [];
  for await (const job of accountedJobs(store, 'oldest first')) jobs.push(job);
  return jobs;
}

/** Makes disks where jobs 1 to 4 have ended and 5 waits, each with a room. */
async function withEndedJobs(format = formatVersion): Promise<() => OneDisk> {
  const { disk, open } = await oneDisk();
  const { store, actor } = await open();
  const journal = await journalOf(store);
  for (const id of [1, 2, 3, 4, 5]) {
    await actor.makeDir(store.layout.job(id).path, 0o755);
    await journal.commit(() => [...(id === 1 ? raisedTo(format) : []), submitted(id)]);
  }
  await journal.commit(() => [1, 2, 3, 4].map((id) => cancelled(id)));
  await actor.syncDir(store.layout.jobs);
  return () => diskOf(disk.copy());
}

/** Every job is there once: in the state, or closed and in one segment. */
async function eachOnce(disk: OneDisk, why = ''): Promise<void> {
  const cluster = await present(disk);
  const inSegments = (await accounted((await disk.open()).store)).map((job) => job.id);
  const closed = inSegments.filter((id) => rangesHas(cluster.closed, id));
  assert.deepEqual([...closed, ...cluster.jobs.keys()].sort(), [1, 2, 3, 4, 5], why);
  assert.equal(new Set(inSegments).size, inSegments.length, `${why}: a job is read twice`);
  for (const id of cluster.jobs.keys()) assert.equal(rangesHas(cluster.closed, id), false, why);
}

describe('accounting: folding', () => {
  it('a segment that was left behind takes no job out that ran again since', async () => {
    const disk = (await withEndedJobs())();
    const { store } = await disk.open();
    const journal = await journalOf(store);
    // Its writer dies before its commit.
    await foldIntoSegment(store, journal.cluster(), [2, 3]);
    const requeued = {
      name: 'jobRequeued',
      time: 50,
      id: 2,
      by: 2001,
      hold: false,
      eligibleTime: 60,
    } as const;
    await journal.commit(() => [requeued]);
    await journal.commit(() => [{ ...cancelled(2), time: 70 }]);
    const [event] = await fold(store, journal, [2, 3, 4]);
    assert.ok(event?.name === 'jobsAccounted');
    assert.deepEqual(event.ids, [3]);
    await fold(store, journal, [2, 4]);
    const ends = (await accounted(store)).flatMap((job) => (job.id === 2 ? [job] : []));
    assert.deepEqual(
      ends.map((job) => job.state === 'ENDED' && job.endTime),
      [cancelled(2).time],
      'of one attempt the first end that was written is told',
    );
    assert.equal(rangesHas(journal.cluster().closed, 2), true);
  });

  it('takes ended jobs out of the state, into a segment that has them whole', async () => {
    const disk = (await withEndedJobs())();
    const { store } = await disk.open();
    const journal = await journalOf(store);
    const before = [...journal.cluster().jobs.values()];
    const [event] = await fold(store, journal, [2, 3]);
    assert.deepEqual(event, { name: 'jobsAccounted', segment: 6, ids: [2, 3] });
    assert.deepEqual([...journal.cluster().jobs.keys()], [1, 4, 5]);
    assert.deepEqual(journal.cluster().closed, [[2, 3]]);
    assert.deepEqual(await accounted(store), before.slice(1, 3));
    await fold(store, journal);
    assert.deepEqual(await filedSeqs(store, store.layout.accounting), [6, 7]);
    assert.deepEqual(
      (await accounted(store)).map((job) => job.id),
      [2, 3, 1, 4],
    );
    await eachOnce(disk);
  });

  it('leaves what has not ended, and what nobody knows', async () => {
    const disk = (await withEndedJobs())();
    const { store } = await disk.open();
    const journal = await journalOf(store);
    assert.deepEqual(await fold(store, journal, [5, 77]), []);
    assert.deepEqual(await filedSeqs(store, store.layout.accounting), []);
    assert.deepEqual((await fold(store, journal, [5, 77, 1]))[0], {
      name: 'jobsAccounted',
      segment: 6,
      ids: [1],
    });
    assert.deepEqual(await fold(store, journal, []), []);
  });

  it('takes up a segment that somebody else wrote and did not commit', async () => {
    const disk = (await withEndedJobs())();
    const { store } = await disk.open();
    const journal = await journalOf(store);
    await foldIntoSegment(store, journal.cluster(), [1, 2]);
    await journal.commit(() => [submitted(6)]);
    const [event] = await fold(store, journal, [3, 4]);
    assert.deepEqual(event, { name: 'jobsAccounted', segment: 6, ids: [1, 2] });
    await fold(store, journal, [3, 4]);
    assert.deepEqual(
      (await accounted(store)).map((job) => job.id),
      [1, 2, 3, 4],
    );
  });

  it('a damaged segment is named', async () => {
    const disk = (await withEndedJobs())();
    const { store, actor } = await disk.open();
    await fold(store, await journalOf(store));
    const path = `${root}/accounting/000/000/000/000000000006.json`;
    await actor.append(path, encodeText('{}\n'), plain);
    await assert.rejects(accounted(store), { code: 'DAMAGED', message: new RegExp(path) });
  });

  it('lies beside others in format 1, where older programs look, and is read for ever', async () => {
    const disk = (await withEndedJobs(1))();
    const { store, actor } = await disk.open();
    const journal = await journalOf(store);
    await fold(store, journal, [1]);
    assert.deepEqual(await actor.list(store.layout.accounting), ['000000000006.json', 'history']);
    await journal.commit(() => raisedTo(2));
    await fold(store, journal, [2, 3]);
    assert.deepEqual(await actor.list(store.layout.accounting), ['000', '000000000006.json', 'history']);
    const ids = (await accounted(store)).map((job) => job.id);
    assert.deepEqual(ids, [1, 2, 3]);
    const newest: number[] = [];
    for await (const job of accountedJobs(store, 'newest first')) newest.push(job.id);
    assert.deepEqual(newest, [2, 3, 1]);
  });
});

describe('accounting: faults', () => {
  for (const format of [1, formatVersion]) {
    it(`a crash or an error at any mutation loses and doubles no job: format ${format}`, () =>
      crashes(format));
    it(`a power cut loses no job, even if what a dead one wrote was committed: format ${format}`, () =>
      powerCuts(format));
  }

  async function crashes(format: number): Promise<void> {
    const make = await withEndedJobs(format);
    await atEveryMutation(['crash', 'EIO'], async (fault) => {
      const disk = make();
      const { store, actor } = await disk.open({ fault });
      await outcomeOf(fold(store, await journalOf(store), [1, 2]));
      await eachOnce(disk);
      const next = (await disk.open()).store;
      const journal = await journalOf(next);
      await fold(next, journal);
      await fold(next, journal);
      await eachOnce(disk);
      assert.deepEqual([...(await present(disk)).jobs.keys()], [5]);
      return actor;
    });
  }

  async function powerCuts(format: number): Promise<void> {
    const make = await withEndedJobs(format);
    for (const seed of [0, 1]) {
      await atEveryMutation(['crash'], async (fault) => {
        const disk = make();
        const { store, actor } = await disk.open({ fault });
        await outcomeOf(fold(store, await journalOf(store), [1, 2]));
        const next = (await disk.open()).store;
        await fold(next, await journalOf(next));
        disk.disk.cutPower(seed === 0 ? undefined : randomOf(seed));
        await eachOnce(disk, `seed ${seed}`);
        return actor;
      });
    }
  }

  it('several who fold at once lose and double no job', async () => {
    const make = await withEndedJobs();
    for (let seed = 0; seed < 8; seed += 1) {
      const disk = make();
      const turns = turnsOf(randomOf(seed));
      const outcomes = await turns.run(
        [[1, 2], [2, 3, 4], [1, 4], []].map((ids, index) => async () => {
          const { store } = await disk.open({ turn: () => turns.next() });
          const journal = await journalOf(store);
          if (index === 3) await journal.commit((cluster) => (cluster.jobs.has(9) ? [] : [submitted(9)]));
          else await fold(store, journal, ids);
        }),
      );
      for (const one of outcomes) assert.equal(one.status, 'fulfilled', `seed ${seed}`);
      const { store } = await disk.open();
      const journal = await journalOf(store);
      await journal.commit(() => [cancelled(9)]);
      for (let round = 0; round < 4; round += 1) await fold(store, journal);
      const ids = (await accounted(store)).map((job) => job.id);
      assert.deepEqual([...ids].sort(), [1, 2, 3, 4, 9], `seed ${seed}`);
    }
  });

  it('one who slept with a segment in hand doubles no job', async () => {
    const disk = (await withEndedJobs())();
    const { store } = await disk.open();
    const journal = await journalOf(store);
    const asleep = journal.cluster();
    await journal.commit(() => [submitted(6)]);
    await fold(store, journal, [1, 2, 3]);
    await foldIntoSegment({ ...store, files: { ...store.files, list: async () => [] } }, asleep, [1, 2]);
    assert.deepEqual(await filedSeqs(store, store.layout.accounting), [6, 7]);
    assert.deepEqual((await accounted(store)).map((job) => job.id).sort(), [1, 2, 3]);
    assert.deepEqual((await fold(store, journal))[0], { name: 'jobsAccounted', segment: 8, ids: [4] });
  });
});

describe('accounting: rooms', () => {
  it('go when their ids are closed, and no sooner', async () => {
    const disk = (await withEndedJobs())();
    const { store, actor } = await disk.open();
    const journal = await journalOf(store);
    await actor.create(`${store.layout.job(1).path}/file`, encodeText('x'), plain);
    await actor.makeDir(`${root}/jobs/notes`, 0o755);
    await fold(store, journal, [1, 2]);
    await sweepRooms(store, journal.cluster(), [1, 5]);
    assert.deepEqual(await actor.list(`${root}/jobs`), ['2', '3', '4', '5', 'notes']);
    await sweepRooms(store, journal.cluster(), 'all');
    assert.deepEqual(await actor.list(`${root}/jobs`), ['3', '4', '5', 'notes']);
    await sweepRooms(store, journal.cluster(), 'all');
    assert.deepEqual(await actor.list(`${root}/jobs`), ['3', '4', '5', 'notes']);
  });
});
