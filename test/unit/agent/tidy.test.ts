import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Memory, newMemory } from '../../../src/agent/memory.ts';
import { tidy } from '../../../src/agent/tidy.ts';
import { MgpuError } from '../../../src/base/error.ts';
import { defaultSettings } from '../../../src/model/settings.ts';
import type { Locks } from '../../../src/ports/locks.ts';
import type { Journal } from '../../../src/store/journal.ts';
import { seqs } from '../../../src/store/log.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { cancelled, registered, submitted } from '../core/world.ts';
import { commitJobs, filedSeqs, journalOf, type OneDisk, oneDisk, raisedTo, root } from '../store/onedisk.ts';

/** A daemon as far as it tidies up; its checkpoints may be refused, its locks another's. */
async function tidier(disk: OneDisk) {
  const clock = fakeClock();
  const { store } = await disk.open();
  const given = { isTooLarge: false, isBusy: false, held: new Map<string, Error>() };
  const logged: string[] = [];
  const note = (message: string): void => void logged.push(message);
  const removeTree: typeof store.files.removeTree = (path) => {
    const error = given.held.get(path);
    if (error !== undefined) throw error;
    return store.files.removeTree(path);
  };
  const create: typeof store.files.create = (path, content, options) => {
    if (given.isTooLarge && path.startsWith(store.layout.checkpoints))
      throw new MgpuError('TOO_LARGE', 'a checkpoint of more than 7 bytes');
    return store.files.create(path, content, options);
  };
  const locks: Locks = { tryLock: async () => (given.isBusy ? undefined : async () => {}) };
  const journal: Journal = await journalOf(store);
  const memory: Memory = newMemory(2);
  const agent = {
    store: { ...store, clock, files: { ...store.files, create, removeTree } },
    journal,
    settings: defaultSettings,
    node: registered('node1').record,
    locks,
    logger: { error: note, warn: note, info: note, debug: note },
  };
  const saved = (): Promise<readonly number[]> => seqs(store, store.layout.checkpoints);
  return { given, logged, journal, clock, saved, store, tidy: () => tidy(agent, memory) };
}

describe('tidy: checkpoints', () => {
  it('one that is due is written once, however many daemons see it', async () => {
    const disk = await oneDisk();
    const [one, other, late] = [await tidier(disk), await tidier(disk), await tidier(disk)];
    await commitJobs(one.journal, 100);
    for (const each of [other, late]) await each.journal.refresh();
    await one.tidy();
    await other.tidy();
    await commitJobs(one.journal, 3);
    await late.journal.refresh();
    await late.tidy();
    assert.deepEqual(await one.saved(), [100]);
    assert.deepEqual([other.journal.tail().commits, late.journal.tail().commits], [0, 3]);
  });

  it('is left to the daemon that is at it', async () => {
    const { given, journal, saved, tidy } = await tidier(await oneDisk());
    given.isBusy = true;
    await commitJobs(journal, 100);
    await tidy();
    assert.deepEqual(await saved(), []);
    given.isBusy = false;
    await tidy();
    assert.deepEqual(await saved(), [100]);
  });

  it('a state that is too large for one keeps nothing else from being done, and is tried again', async () => {
    const { given, logged, journal, clock, saved, store, tidy } = await tidier(await oneDisk());
    given.isTooLarge = true;
    await journal.commit(() => [...raisedTo(2), submitted(1000)]);
    await journal.commit(() => [cancelled(1000)]);
    await commitJobs(journal, 98);
    await tidy();
    clock.pass(901);
    await tidy();
    assert.match(logged.join('; '), /^no checkpoint: a checkpoint of more than 7 bytes$/);
    assert.deepEqual(await filedSeqs(store, store.layout.accounting), [100]);
    given.isTooLarge = false;
    await tidy();
    assert.deepEqual(await saved(), []);
    await commitJobs(journal, 100);
    await tidy();
    assert.equal((await saved()).length, 1);
  });
});

describe('tidy: rooms', () => {
  const jobs = `${root}/jobs`;
  const rooms = async ({ store }: Awaited<ReturnType<typeof tidier>>) => store.files.list(jobs);

  /** Three jobs that have ended and have rooms, of which some are held open. */
  async function withEnded() {
    const disk = await oneDisk();
    const one = await tidier(disk);
    const { store, journal, clock } = one;
    for (const id of [1, 2, 3]) await store.files.makeDir(`${jobs}/${id}`, 0o755);
    await journal.commit(() => [...raisedTo(2), submitted(1), submitted(2), submitted(3)]);
    await journal.commit(() => [cancelled(1), cancelled(2), cancelled(3)]);
    await one.tidy();
    clock.pass(901);
    return one;
  }

  it('that somebody has a file open in is removed when it is closed', async () => {
    const one = await withEnded();
    one.given.held.set(`${jobs}/2`, new MgpuError('ENOTEMPTY', 'somebody has a file open in it'));
    await one.tidy();
    assert.deepEqual(await rooms(one), ['2']);
    one.given.held.clear();
    await one.tidy();
    assert.deepEqual(await rooms(one), ['2'], 'not at once again');
    one.clock.pass(30);
    await one.tidy();
    assert.deepEqual(await rooms(one), []);
  });

  it('that its owner made so that it stays is left until a daemon starts', async () => {
    const one = await withEnded();
    one.given.held.set(`${jobs}/2`, new MgpuError('EACCES', 'no right to remove what is in it'));
    await one.tidy();
    one.given.held.clear();
    one.clock.pass(30);
    await one.tidy();
    assert.deepEqual(await rooms(one), ['2']);
  });

  it('goes though an error hid that its job has left the state', async () => {
    const one = await withEnded();
    const { commit } = one.journal;
    Object.assign(one.journal, {
      commit: async (decide: Parameters<Journal['commit']>[0]) => {
        await commit.call(one.journal, decide);
        throw new MgpuError('EIO', 'the log cannot be synced');
      },
    });
    await assert.rejects(one.tidy(), { code: 'EIO' });
    Object.assign(one.journal, { commit });
    assert.deepEqual(await rooms(one), ['1', '2', '3']);
    one.clock.pass(30);
    await one.tidy();
    assert.deepEqual(await rooms(one), []);
  });
});
