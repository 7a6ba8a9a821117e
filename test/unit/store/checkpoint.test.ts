import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cluster } from '../../../src/model/cluster.ts';
import type { ClusterEvent } from '../../../src/model/event.ts';
import { formatVersion } from '../../../src/model/version.ts';
import { isCheckpointDue, newestSaved, writeCheckpoint } from '../../../src/store/checkpoint.ts';
import { filed } from '../../../src/store/filed.ts';
import { seqName } from '../../../src/store/layout.ts';
import { seqs } from '../../../src/store/log.ts';
import { decodeText, encodeText } from '../../../src/store/put.ts';
import type { Store } from '../../../src/store/spool.ts';
import type { MemoryDisk } from '../../fakes/memory-disk.ts';
import { randomOf } from '../../fakes/random.ts';
import { turnsOf } from '../../fakes/turns.ts';
import { now, root as rootUser } from '../core/world.ts';
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
  shown,
} from './onedisk.ts';

/** A disk whose log has come to that format with its first commit. */
async function diskIn(format: number): Promise<OneDisk> {
  const disk = await oneDisk();
  const journal = await journalOf((await disk.open()).store);
  await journal.commit(() => [...raisedTo(format), handled(1)]);
  return disk;
}

/** Commits up to `until`. */
async function commitUntil(store: Store, until: number): Promise<Cluster> {
  const journal = await journalOf(store);
  while (journal.cluster().seq < until) await journal.commit(({ seq }) => [handled(seq + 1)]);
  return journal.cluster();
}

/** The same with a checkpoint at the end. */
async function checkpointAt(store: Store, until: number): Promise<void> {
  await writeCheckpoint(store, await commitUntil(store, until));
}

/** What commit `seq` holds: something small that the state keeps. */
function handled(seq: number): ClusterEvent {
  return {
    name: 'requestHandled',
    time: now,
    requestId: `COMMIT-${seq}`.padEnd(10, '-'),
    by: rootUser,
    outcome: '',
  };
}

/**
 * The numbers of all commits ever made, as a reader of the history takes them: files in order, then the log,
 * and of each what is not above the last one taken is passed over.
 */
async function allCommits(disk: OneDisk): Promise<readonly number[]> {
  const { store } = await disk.open();
  const taken: number[] = [];
  const { log } = store.layout;
  const entries = (await seqs(store, log)).map((seq) => `${log}/${seqName(seq)}`);
  for (const seq of await commitsIn(store, [...(await historyOf(store)), ...entries]))
    if (seq > (taken.at(-1) ?? 0)) taken.push(seq);
  return taken;
}

async function historyOf(store: Store): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const { path } of filed(store, store.layout.history, 'oldest first')) paths.push(path);
  return paths;
}

/** The numbers of the commits in these files, as they come. */
async function commitsIn({ files }: Store, paths: readonly string[]): Promise<readonly number[]> {
  const found: number[] = [];
  for (const path of paths) {
    const content = await files.read(path, 10 ** 9);
    const text = decodeText(content?.bytes ?? new Uint8Array());
    for (const [, seq] of text.matchAll(headSeq)) found.push(Number(seq));
  }
  return found;
}

const headSeq = /^\{"mgpu":"commit","format":[123],"seq":(\d+)/gm;

async function nothingIsLost(disk: OneDisk, commits: number, why = ''): Promise<void> {
  const numbers = Array.from({ length: commits }, (_, index) => index + 1);
  assert.deepEqual(await allCommits(disk), numbers, why);
  const cluster = await present(disk);
  assert.equal(cluster.seq, commits, why);
  assert.deepEqual(
    [...cluster.handled],
    numbers.map((seq) => `COMMIT-${seq}`.padEnd(10, '-')),
    why,
  );
}

describe('checkpoint: when', () => {
  it('it saves readers more than it costs', () => {
    const tail = { commits: 0, bytes: 0, checkpointBytes: 0, checkpointJobs: 1000 };
    const cases: readonly (readonly [Partial<typeof tail>, number, boolean])[] = [
      [{}, 0, false],
      [{ commits: 63, bytes: 100_000 }, 5, false],
      [{ commits: 64, bytes: 10_000 }, 5, true],
      [{ commits: 2, bytes: 200_000 }, 5, true],
      [{ commits: 64, bytes: 10_000, checkpointBytes: 1_000_000 }, 1000, true],
      [{ commits: 64, bytes: 10_000, checkpointBytes: 2_000_000 }, 1000, false],
      [{ commits: 64, bytes: 300_000, checkpointBytes: 2_000_000 }, 1000, true],
      [{ commits: 999, bytes: 10_000, checkpointBytes: 20_000_000 }, 1000, false],
      [{ commits: 1000, bytes: 10_000, checkpointBytes: 20_000_000 }, 1000, true],
      [{ commits: 1, bytes: 100, checkpointBytes: 1_000_000, checkpointJobs: 1000 }, 10, true],
      [{ commits: 0, bytes: 0, checkpointBytes: 1_000_000, checkpointJobs: 1000 }, 10, false],
      [{ commits: 1, bytes: 100, checkpointBytes: 1_000_000, checkpointJobs: 10 }, 10, false],
    ];
    for (const [given, jobs, expected] of cases) {
      assert.equal(isCheckpointDue({ ...tail, ...given }, jobs), expected, JSON.stringify([given, jobs]));
    }
  });
});

describe('checkpoint: pruning', () => {
  for (const format of [1, formatVersion])
    it(`keeps two checkpoints, and entries from 64 before the older on: format ${format}`, () =>
      keeps(format));

  async function keeps(format: number): Promise<void> {
    const disk = await diskIn(format);
    const { store } = await disk.open();
    const { layout } = store;
    await checkpointAt(store, 70);
    assert.deepEqual([(await seqs(store, layout.log))[0], await seqs(store, layout.checkpoints)], [1, [70]]);
    await checkpointAt(store, 75);
    assert.deepEqual(
      [(await seqs(store, layout.log))[0], await seqs(store, layout.checkpoints)],
      [6, [70, 75]],
    );
    await checkpointAt(store, 100);
    assert.deepEqual(
      [(await seqs(store, layout.log))[0], await seqs(store, layout.checkpoints)],
      [11, [75, 100]],
    );
    assert.deepEqual(await filedSeqs(store, layout.history), [5, 10]);
    const names = format === 1 ? ['000000000005.json', '000000000010.json'] : ['000'];
    assert.deepEqual(await store.files.list(layout.history), names);
    await nothingIsLost(disk, 100);
  }

  it('an entry that a listing leaves out is not lost', async () => {
    const disk = await diskIn(formatVersion);
    const { store } = await disk.open();
    await checkpointAt(store, 70);
    const hidden = seqName(3);
    const list: Store['files']['list'] = async (path) =>
      (await store.files.list(path))?.filter((name) => path !== store.layout.log || name !== hidden);
    await checkpointAt({ ...store, files: { ...store.files, list } }, 75);
    assert.deepEqual((await seqs(store, store.layout.log)).slice(0, 2), [3, 4]);
    await checkpointAt(store, 80);
    await nothingIsLost(disk, 80);
  });

  it('history that lies beside others, as in format 1, is gone on with', async () => {
    const disk = await diskIn(1);
    const { store } = await disk.open();
    for (const until of [70, 75]) await checkpointAt(store, until);
    const journal = await journalOf(store);
    await journal.commit(({ seq }) => [...raisedTo(2), handled(seq + 1)]);
    for (const until of [80, 85]) await checkpointAt(store, until);
    assert.deepEqual(await filedSeqs(store, store.layout.history), [5, 10, 15]);
    assert.deepEqual(await store.files.list(store.layout.history), ['000', '000000000005.json']);
    await nothingIsLost(disk, 85);
  });

  it('the newest checkpoint can be asked for without reading it', async () => {
    const { store } = await (await oneDisk()).open();
    assert.equal(await newestSaved(store), undefined);
    for (const until of [3, 5]) await checkpointAt(store, until);
    const path = `${store.layout.checkpoints}/000000000005.json`;
    assert.deepEqual(await newestSaved(store), { seq: 5, bytes: (await store.files.stat(path))?.sizeBytes });
  });

  it('a checkpoint that is there already is left', async () => {
    const disk = await oneDisk();
    const { store } = await disk.open();
    await checkpointAt(store, 7);
    await checkpointAt(store, 7);
    assert.deepEqual(await seqs(store, store.layout.checkpoints), [7]);
  });

  it('one who slept puts an old checkpoint, which does not count', async () => {
    const disk = await oneDisk();
    const { store } = await disk.open();
    const asleep = await commitUntil(store, 3);
    for (const until of [70, 75, 80]) await checkpointAt(store, until);
    const before = await present(disk);
    await writeCheckpoint(store, asleep);
    assert.deepEqual(shown(await present(disk)), shown(before));
    assert.deepEqual(await seqs(store, store.layout.checkpoints), [75, 80]);
    await nothingIsLost(disk, 80);
  });

  it('temporaries of the dead go, and nothing else', async () => {
    const disk = await oneDisk();
    const { store, actor } = await disk.open();
    const { layout } = store;
    const folders = [
      layout.log,
      layout.checkpoints,
      layout.accounting,
      layout.history,
      layout.inbox,
      layout.jobs,
    ];
    for (const folder of folders) {
      for (const name of ['.tmp.DEAD', 'README']) {
        await actor.create(`${folder}/${name}`, encodeText('x'), { mode: 0o644, sync: false });
      }
    }
    for (const until of [70, 75]) await checkpointAt(store, until);
    for (const folder of folders) {
      const names = (await actor.list(folder)) ?? [];
      assert.ok(names.includes('README'), folder);
      // Whoever sends a request would take its missing temporary for success.
      const stays = folder === layout.inbox || folder === layout.jobs;
      assert.equal(names.includes('.tmp.DEAD'), stays, folder);
    }
  });
});

/** Makes disks with 75 commits and a checkpoint at 68, where the next checkpoint is about to prune. */
async function aboutToPrune(format = formatVersion): Promise<() => OneDisk> {
  const { disk, open } = await diskIn(format);
  const { store } = await open();
  await checkpointAt(store, 68);
  await commitUntil(store, 75);
  return () => diskOf(disk.copy());
}

describe('checkpoint: faults', () => {
  for (const format of [1, formatVersion]) {
    it(`a crash or an error at any mutation loses nothing, and the next goes on: format ${format}`, () =>
      crashes(format));
    it(`a power cut at any mutation loses nothing: format ${format}`, () => powerCuts(format));
  }

  async function crashes(format: number): Promise<void> {
    const make = await aboutToPrune(format);
    await atEveryMutation(['crash', 'EIO'], async (fault) => {
      const disk = make();
      const { store, actor } = await disk.open({ fault });
      const journal = await journalOf(store);
      const outcome = await outcomeOf(writeCheckpoint(store, journal.cluster()));
      if (outcome.is === 'failed') assert.equal((outcome.error as { code?: string }).code, 'EIO');
      await nothingIsLost(disk, 75);
      const next = (await disk.open()).store;
      await checkpointAt(next, 76);
      await nothingIsLost(disk, 76);
      assert.equal((await seqs(next, next.layout.log))[0], await firstKept(next));
      const history = await commitsIn(next, await historyOf(next));
      assert.equal(new Set(history).size, history.length, 'a commit is in the history twice');
      return actor;
    });
  }

  async function powerCuts(format: number): Promise<void> {
    const make = await aboutToPrune(format);
    for (const seed of [0, 1]) {
      await atEveryMutation(['crash'], async (fault) => {
        const disk = make();
        const { store, actor } = await disk.open({ fault });
        await outcomeOf(writeCheckpoint(store, (await journalOf(store)).cluster()));
        cut(disk.disk, seed);
        await nothingIsLost(diskOf(disk.disk), 75, `seed ${seed}`);
        return actor;
      });
    }
  }

  it('nor does one after somebody made use of checkpoints whose writers had died', async () => {
    const { disk, open } = await oneDisk();
    const { store } = await open();
    await checkpointAt(store, 60);
    const states = [await commitUntil(store, 68), await commitUntil(store, 75)];
    // The name is linked and not yet durable.
    const fault = { at: 4, when: 'after', what: 'crash' } as const;
    for (const cluster of states) {
      const outcome = await outcomeOf(writeCheckpoint((await open({ fault })).store, cluster));
      assert.equal(outcome.is, 'crashed');
    }
    assert.deepEqual(await seqs(store, store.layout.checkpoints), [60, 68, 75]);
    for (let seed = 1; seed <= 40; seed += 1) {
      const one = diskOf(disk.copy());
      await checkpointAt((await one.open()).store, 75);
      cut(one.disk, seed);
      await nothingIsLost(one, 75, `seed ${seed}`);
    }
  });

  it('one who finds that another is pruning leaves the rest to him', async () => {
    const disk = (await aboutToPrune())();
    const early = await present(disk);
    const other = await disk.open();
    const late = await commitUntil(other.store, 78);
    const { store, actor } = await disk.open();
    // The other one saw two checkpoints only, and prunes less, while this one reads what it is to prune.
    const list: Store['files']['list'] = async (path) =>
      path === store.layout.checkpoints
        ? [68, 75].map((seq) => `${String(seq).padStart(12, '0')}.json`)
        : other.actor.list(path);
    let isFirst = true;
    const read: Store['files']['read'] = async (path, bytesMax) => {
      if (isFirst && path.startsWith(store.layout.log)) {
        isFirst = false;
        await writeCheckpoint({ ...other.store, files: { ...other.actor, list } }, early);
      }
      return actor.read(path, bytesMax);
    };
    const fault = { at: 4, when: 'after', what: 'crash' } as const;
    await outcomeOf(writeCheckpoint((await disk.open({ fault })).store, early));
    await writeCheckpoint({ ...store, files: { ...actor, read } }, late);
    assert.equal(isFirst, false);
    await nothingIsLost(disk, 78);
  });

  it('two who prune at the same time lose nothing', async () => {
    const make = await aboutToPrune();
    for (let seed = 0; seed < 8; seed += 1) {
      const disk = make();
      const turns = turnsOf(randomOf(seed));
      const turn = (): Promise<void> => turns.next();
      const early = await present(disk);
      const late = await commitUntil((await disk.open()).store, 78);
      const outcomes = await turns.run(
        [early, late, late].map(
          (cluster) => async () => writeCheckpoint((await disk.open({ turn })).store, cluster),
        ),
      );
      for (const one of outcomes)
        assert.equal(one.status, 'fulfilled', `seed ${seed}: ${JSON.stringify(one)}`);
      await nothingIsLost(disk, 78, `seed ${seed}`);
    }
  });
});

/** The first entry that the checkpoints on the disk let stay. */
async function firstKept(store: Store): Promise<number> {
  const [older = 0] = (await seqs(store, store.layout.checkpoints)).slice(-2);
  return Math.max(1, older - 64);
}

function cut(disk: MemoryDisk, seed: number): void {
  disk.cutPower(seed === 0 ? undefined : randomOf(seed));
  assert.notEqual(disk.tree.find(root), undefined, 'the spool itself was lost');
}
