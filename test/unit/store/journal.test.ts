import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AssertionError } from '../../../src/base/assert.ts';
import { isMgpuError } from '../../../src/base/error.ts';
import { emptyCluster } from '../../../src/model/cluster.ts';
import { writeCheckpoint } from '../../../src/store/checkpoint.ts';
import { type Journal, openJournal } from '../../../src/store/journal.ts';
import { type CommitLog, fileLog, seqs } from '../../../src/store/log.ts';
import { fakeClock, fakeIds } from '../../fakes/clock.ts';
import { randomOf } from '../../fakes/random.ts';
import { turnsOf } from '../../fakes/turns.ts';
import { commands, live } from '../core/commands.ts';
import { allocated, registered, submitted } from '../core/world.ts';
import {
  atEveryMutation,
  commitJobs,
  diskOf,
  journalOf,
  type OneDisk,
  oneDisk,
  outcomeOf,
  present,
  shown,
} from './onedisk.ts';

/**
 * Commits a job of that number unless it is there: harmless to repeat, as all of the daemon's decisions are.
 */
function submitOnce(journal: Journal, id: number) {
  return journal.commit((cluster) => (cluster.jobs.has(id) ? [] : [submitted(id)]));
}

describe('journal: commit', () => {
  it('gives the events, and the state has them', async () => {
    const { store } = await (await oneDisk()).open();
    const journal = await journalOf(store);
    assert.deepEqual(await submitOnce(journal, 1), [submitted(1)]);
    assert.deepEqual([journal.cluster().seq, journal.cluster().jobs.size], [1, 1]);
    assert.deepEqual(await submitOnce(journal, 1), []);
    assert.equal(journal.cluster().seq, 1, 'no events, no commit');
  });

  it('decides on the newest state', async () => {
    const disk = await oneDisk();
    const one = await journalOf((await disk.open()).store);
    const other = await journalOf((await disk.open()).store);
    await commitJobs(one, 3);
    const seen: number[] = [];
    await other.commit((cluster) => {
      seen.push(cluster.seq);
      return [];
    });
    assert.deepEqual(seen, [3]);
  });

  it('writes nothing that cannot follow on the state: it would stop every reader', async () => {
    const disk = await oneDisk();
    const journal = await journalOf((await disk.open()).store);
    await commitJobs(journal, 1);
    await assert.rejects(
      journal.commit(() => [submitted(5), submitted(5)]),
      AssertionError,
    );
    await assert.rejects(
      journal.commit(() => [allocated(99, [])]),
      AssertionError,
    );
    await assert.rejects(
      journal.commit(() => [registered('n', { cpus: 0 })]),
      { code: 'SCHEMA' },
    );
    assert.equal((await present(disk)).seq, 1);
    await commitJobs(journal, 1);
    assert.equal((await present(disk)).seq, 2);
  });

  it('gives up in the end when others always win', async () => {
    const clock = fakeClock();
    const log: CommitLog = {
      checkpoint: async () => ({ cluster: emptyCluster, bytes: 0 }),
      readAfter: async () => [],
      missingAfter: async () => '',
      nameOf: () => '',
      append: async () => 'lost',
      sync: async () => undefined,
    };
    const journal = await openJournal(log, { clock, ids: fakeIds(1) });
    await assert.rejects(submitOnce(journal, 1), { code: 'CONTENDED' });
    assert.ok(clock.monotonicMs() > 1000 && clock.monotonicMs() < 20_000, `${clock.monotonicMs()} ms`);
  });

  it('knows its own entry again where the log says that somebody else won', async () => {
    const disk = await oneDisk();
    const { store } = await disk.open();
    const log = fileLog(store, 'writer');
    const forgetful: CommitLog = {
      ...log,
      async append(entry) {
        await log.append(entry);
        return 'lost';
      },
    };
    const journal = await openJournal(forgetful, store);
    assert.deepEqual(await journal.commit(() => [submitted(1)]), [submitted(1)]);
    assert.equal((await present(disk)).seq, 1);
  });

  it('decides again when the outcome is not known', async () => {
    const disk = await oneDisk();
    const { store } = await disk.open();
    const sleeper = await journalOf(store);
    const writer = await journalOf((await disk.open()).store);
    let isFirst = true;
    const events = await sleeper.commit(async (cluster) => {
      if (!isFirst) return cluster.jobs.has(500) ? [] : [submitted(500)];
      isFirst = false;
      // While it decides, its number is used and pruned.
      await commitJobs(writer, 70);
      await writeCheckpoint(store, writer.cluster());
      await commitJobs(writer, 5);
      await writeCheckpoint(store, writer.cluster());
      return [submitted(500)];
    });
    assert.deepEqual(events, [submitted(500)]);
    assert.equal(sleeper.cluster().seq, 76);
    assert.deepEqual(shown(await present(disk)), shown(sleeper.cluster()));
  });
});

describe('journal: tail', () => {
  it('counts what a reader has to replay', async () => {
    const disk = await oneDisk();
    const { store } = await disk.open();
    const journal = await journalOf(store);
    await commitJobs(journal, 4);
    assert.equal(journal.tail().commits, 4);
    journal.checkpointed(await writeCheckpoint(store, journal.cluster()));
    assert.deepEqual(journal.tail().commits, 0);
    await commitJobs(journal, 2);
    const reader = await journalOf((await disk.open()).store);
    assert.deepEqual([reader.tail().commits, journal.tail().commits], [2, 2]);
    assert.equal(reader.tail().checkpointBytes, journal.tail().checkpointBytes);
    assert.ok(reader.tail().bytes > 500 && journal.tail().bytes > 500);
  });

  it('begins at the newest checkpoint, whoever wrote it', async () => {
    const disk = await oneDisk();
    const { store } = await disk.open();
    const journal = await journalOf(store);
    await commitJobs(journal, 6);
    const other = await journalOf((await disk.open()).store);
    const whole = journal.tail().bytes;
    const early = await writeCheckpoint(store, other.cluster());
    await commitJobs(journal, 2);
    journal.checkpointed(early);
    assert.deepEqual([journal.tail().commits, journal.tail().checkpointBytes], [2, early.bytes]);
    assert.equal(journal.tail().bytes, Math.round(whole / 3));
    // One that is older than what is known changes nothing; one that is newer than the state saves all of it.
    journal.checkpointed({ seq: 3, bytes: 1 });
    assert.equal(journal.tail().commits, 2);
    journal.checkpointed({ seq: 99, bytes: 7 });
    assert.deepEqual([journal.tail().commits, journal.tail().bytes], [0, 0]);
  });
});

describe('journal: many at once', () => {
  const writers = 4;
  const each = 5;

  async function contend(seed: number, given: { readonly isOld?: () => boolean; readonly saves?: boolean }) {
    const disk = await oneDisk();
    const turns = turnsOf(randomOf(seed));
    const random = randomOf(seed + 1000);
    const outcomes = await turns.run(
      Array.from({ length: writers }, (_, writer) => async () => {
        const { store } = await disk.open({
          turn: () => turns.next(),
          ...(given.isOld && { isListingOld: given.isOld }),
        });
        const journal = await journalOf(store, `writer${writer}`);
        for (let job = 0; job < each; job += 1) {
          await submitOnce(journal, 1 + writer * each + job);
          if (given.saves && random() < 0.3) await writeCheckpoint(store, journal.cluster());
        }
      }),
    );
    for (const one of outcomes) {
      if (one.status === 'rejected') throw new Error(`seed ${seed}`, { cause: one.reason });
    }
    const cluster = await present(disk);
    const ids = Array.from({ length: writers * each }, (_, index) => index + 1);
    assert.deepEqual([...cluster.jobs.keys()], ids, `seed ${seed}`);
    assert.equal(cluster.seq, writers * each, `seed ${seed}: one commit for each job`);
  }

  it('lose nothing and do nothing twice, whoever gets which turn', async () => {
    for (let seed = 0; seed < 4; seed += 1) await contend(seed, {});
  });

  it('with checkpoints in between', async () => {
    for (let seed = 0; seed < 3; seed += 1) await contend(seed, { saves: true });
  });

  it('with listings that may be old', async () => {
    for (let seed = 0; seed < 3; seed += 1) {
      const random = randomOf(seed + 2000);
      await contend(seed, { saves: true, isOld: () => random() < 0.3 });
    }
  });
});

async function withOneJob(): Promise<() => OneDisk> {
  const { disk, open } = await oneDisk();
  await submitOnce(await journalOf((await open()).store), 1);
  return () => diskOf(disk.copy());
}

describe('journal: faults', () => {
  it('a commit that crashes is whole or not there; one that returned survives a power cut', async () => {
    const make = await withOneJob();
    for (const seed of [0, 1, 2]) {
      await atEveryMutation(['crash'], async (fault) => {
        const disk = make();
        const { store, actor } = await disk.open({ fault });
        const outcome = await outcomeOf(submitOnce(await journalOf(store), 2));
        disk.disk.cutPower(seed === 0 ? undefined : randomOf(seed));
        const cluster = await present(disk);
        assert.equal(cluster.jobs.has(1), true);
        if (outcome.is === 'done') assert.equal(cluster.jobs.has(2), true, `seed ${seed}`);
        await submitOnce(await journalOf((await disk.open()).store), 2);
        assert.deepEqual([...(await present(disk)).jobs.keys()], [1, 2]);
        return actor;
      });
    }
  });

  it('after an error the same journal goes on, and what it tried is done once', async () => {
    const make = await withOneJob();
    await atEveryMutation(['EIO', 'ENOSPC', 'ESTALE'], async (fault) => {
      const disk = make();
      const { store, actor } = await disk.open({ fault });
      const journal = await journalOf(store);
      const outcome = await outcomeOf(submitOnce(journal, 2));
      if (outcome.is === 'failed') assert.ok(isMgpuError(outcome.error, fault.what));
      if (actor.mutations() < fault.at) return actor;
      await submitOnce(journal, 2);
      await submitOnce(journal, 3);
      const cluster = await present(disk);
      assert.deepEqual([...cluster.jobs.keys()], [1, 2, 3]);
      assert.equal(cluster.seq, 3);
      assert.deepEqual(shown(cluster), shown(journal.cluster()));
      return actor;
    });
  });
});

describe('journal: laws', () => {
  it('the newest checkpoint and the tail give what the whole log gives', async () => {
    await fc.assert(
      fc.asyncProperty(commands, fc.infiniteStream(fc.nat(9)), async (all, chance) => {
        const { cluster, commits } = live(all);
        const disk = await oneDisk();
        const { store } = await disk.open();
        const journal = await journalOf(store);
        for (const events of commits) {
          await journal.commit(() => events);
          if (chance.next().value === 0) await writeCheckpoint(store, journal.cluster());
        }
        assert.deepEqual(shown(journal.cluster()), shown(cluster));
        const reader = await journalOf((await disk.open()).store);
        const newest = (await seqs(store, store.layout.checkpoints)).at(-1) ?? 0;
        assert.equal(reader.tail().commits, commits.length - newest);
        assert.deepEqual(shown(reader.cluster()), shown(cluster));
      }),
      { numRuns: 12 },
    );
  });
});
