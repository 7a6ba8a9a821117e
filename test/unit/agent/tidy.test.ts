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
import { cancelled, submitted } from '../core/world.ts';
import { commitJobs, filedSeqs, journalOf, type OneDisk, oneDisk, raisedTo } from '../store/onedisk.ts';

/** A daemon as far as it tidies up; its checkpoints may be refused, its locks another's. */
async function tidier(disk: OneDisk) {
  const clock = fakeClock();
  const { store } = await disk.open();
  const given = { isTooLarge: false, isBusy: false };
  const logged: string[] = [];
  const note = (message: string): void => void logged.push(message);
  const create: typeof store.files.create = (path, content, options) => {
    if (given.isTooLarge && path.startsWith(store.layout.checkpoints))
      throw new MgpuError('TOO_LARGE', 'a checkpoint of more than 7 bytes');
    return store.files.create(path, content, options);
  };
  const locks: Locks = { tryLock: async () => (given.isBusy ? undefined : async () => {}) };
  const journal: Journal = await journalOf(store);
  const memory: Memory = newMemory(2);
  const agent = {
    store: { ...store, clock, files: { ...store.files, create } },
    journal,
    settings: defaultSettings,
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
