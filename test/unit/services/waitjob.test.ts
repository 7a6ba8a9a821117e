import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ClusterEvent } from '../../../src/model/event.ts';
import { submit } from '../../../src/services/submit.ts';
import { waitCode, waitForJob } from '../../../src/services/waitjob.ts';
import { ended, neverStarted, node, now, pending, share, spec } from '../builders.ts';
import { type FakeCluster, fakeCluster } from '../session.ts';

const shares = [share('gpu01')];

describe('waitCode, as captured', () => {
  const cases = [
    ['exit 0', ended(1, { shares, endState: 'COMPLETED' }), 0],
    ['exit 3', ended(1, { shares, endState: 'FAILED', exitCode: { code: 3, signal: 0 } }), 3],
    ['killed by 9', ended(1, { shares, endState: 'FAILED', exitCode: { code: 0, signal: 9 } }), 1],
    [
      'cancelled while running',
      ended(1, { shares, endState: 'CANCELLED', exitCode: { code: 0, signal: 15 } }),
      1,
    ],
    ['cancelled, and its script said 0', ended(1, { shares, endState: 'CANCELLED' }), 1],
    ['over its time', ended(1, { shares, endState: 'TIMEOUT' }), 1],
    ['cancelled while pending', neverStarted(1, { endState: 'CANCELLED' }), 0],
    ['not over', pending(1), 0],
  ] as const;
  for (const [name, job, code] of cases) {
    test(name, () => assert.equal(waitCode(job), code));
  }
});

/** A watcher that lets the cluster go on by one commit at each wait. */
function goingOn(there: FakeCluster, commits: readonly (readonly ClusterEvent[])[]) {
  const left = [...commits];
  return {
    async wait() {
      const next = left.shift();
      if (next === undefined) throw new Error('it still waits at the end');
      await there.commit(next);
    },
    wake() {},
    add() {},
    async close() {},
  };
}

function start(id: number, array?: { readonly job: number; readonly task: number }): ClusterEvent {
  return { name: 'jobAllocated', time: now, id, attempt: 1, allocation: shares, ...(array && { array }) };
}

function end(id: number, code: number): ClusterEvent {
  const endState = code === 0 ? 'COMPLETED' : 'FAILED';
  const report = { endState, reason: 'None', exitCode: { code, signal: 0 } } as const;
  return { name: 'nodeReleased', time: now, id, attempt: 1, node: 'gpu01', report };
}

describe('waitForJob', () => {
  test('from the inbox to the end', async () => {
    const there = await fakeCluster([node('gpu01')]);
    const session = await there.open();
    const id = await submit(session.store, session.present, { spec: spec(), args: [], environment: {} });
    const submitted: ClusterEvent = { name: 'jobSubmitted', time: now, id, spec: spec() };
    const watcher = goingOn(there, [[submitted], [start(id)], [end(id, 3)]]);
    assert.equal(await waitForJob(session, watcher, id), 3);
  });

  test('the highest code of an array, whose tasks end in any order', async () => {
    const there = await fakeCluster([node('gpu01')]);
    const array = spec({ array: { tasks: [[1, 3]], throttle: 0 } });
    await there.commit([{ name: 'jobSubmitted', time: now, id: 1, spec: array }]);
    const watcher = goingOn(there, [
      [start(2, { job: 1, task: 1 }), start(3, { job: 1, task: 2 })],
      [end(3, 7)],
      [start(1, { job: 1, task: 3 })],
      [end(1, 0)],
      [end(2, 1)],
    ]);
    assert.equal(await waitForJob(await there.open(), watcher, 1), 7);
  });

  test('a job that is cancelled while it waits', async () => {
    const there = await fakeCluster([node('gpu01')]);
    await there.commit([{ name: 'jobSubmitted', time: now, id: 1, spec: spec() }]);
    const watcher = goingOn(there, [[{ name: 'jobCancelled', time: now, id: 1, by: 2001 }]]);
    assert.equal(await waitForJob(await there.open(), watcher, 1), 0);
  });
});
