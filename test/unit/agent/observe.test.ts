import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newMemory } from '../../../src/agent/memory.ts';
import { observe } from '../../../src/agent/observe.ts';
import { findRun, runKey } from '../../../src/agent/run.ts';
import { act } from '../../../src/agent/tick.ts';
import type { ActiveJob } from '../../../src/model/job.ts';
import { encodeText } from '../../../src/store/put.ts';
import { furnishRoom, makeRooms } from '../../../src/store/rooms.ts';
import { fault } from '../../fakes/tree.ts';
import { share, spec } from '../builders.ts';
import { alice, allocated, registered, submitted } from '../core/world.ts';
import { journalOf, oneDisk, raisedTo } from '../store/onedisk.ts';
import { fakeAgent, furnishLocal } from './agents.ts';

/** A daemon with a running job whose own shim has ended and left nothing: it could not take its marker. */
async function shimlessRun() {
  const disk = await oneDisk();
  const { store } = await disk.open();
  const journal = await journalOf(store);
  await makeRooms(store, 0, 1);
  await furnishRoom(store, 1, { script: encodeText('#!/bin/sh\n'), args: [], environment: {} });
  const given = spec({ uid: alice, gpus: [] });
  await journal.commit(() => [...raisedTo(2), registered('node1'), submitted(1, given)]);
  await journal.commit(() => [allocated(1, [share('node1', { gpus: [] })])]);
  await furnishLocal(disk);
  const room = { isRoomFull: false };
  const fake = await fakeAgent(disk, (files) => ({
    ...files,
    async create(path, content, options) {
      if (room.isRoomFull && path.startsWith('/spool/jobs/1/')) throw fault('ENOSPC', path);
      return files.create(path, content, options);
    },
  }));
  const memory = newMemory(2);
  const job = fake.agent.journal.cluster().jobs.get(1) as ActiveJob;
  const run = await findRun(fake.agent, job);
  Object.assign(run, { phase: 'running', isChild: true, hasExited: true });
  memory.runs.set(runKey(1, 1), run);
  const end = async (): Promise<void> => {
    run.hasExited = true;
    await observe(fake.agent, memory.runs);
  };
  return { ...fake, given: room, memory, run, end, act: () => act(fake.agent, memory) };
}

describe('a run whose shim could not take the start marker', () => {
  it('is started again after a pause, and no sooner', async () => {
    const { run, end, act, clock, launched } = await shimlessRun();
    await end();
    assert.deepEqual([run.phase, run.retries], ['absent', 1]);
    await act();
    clock.pass(0.9);
    await act();
    assert.deepEqual(launched, []);
    clock.pass(0.1);
    await act();
    assert.deepEqual(launched, ['shim']);
  });

  it('is withdrawn after ten starts', async () => {
    const { run, end, act, clock, launched } = await shimlessRun();
    for (let starts = 1; starts <= 10; starts += 1) {
      await end();
      clock.pass(1);
      await act();
    }
    assert.equal(launched.length, 10);
    await end();
    assert.deepEqual([launched.length, run.phase], [10, 'over']);
  });

  it('waits as long where it cannot be withdrawn either', async () => {
    const { run, end, act, clock, launched, given, logged } = await shimlessRun();
    run.retries = 10;
    given.isRoomFull = true;
    await end();
    assert.match(logged.at(-1) ?? '', /^will try again: .*ENOSPC/);
    for (const seconds of [0, 0.5, 0.4]) {
      clock.pass(seconds);
      await act();
      assert.deepEqual(launched, [], 'not at once again');
    }
    clock.pass(0.1);
    await act();
    assert.equal(launched.length, 1);
  });
});
