import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterEvent } from '../../../src/model/event.ts';
import { diagnose } from '../../../src/services/diagnose.ts';
import { node, now, share, spec } from '../builders.ts';
import { fakeCluster } from '../session.ts';

test('counts what happened since midnight', async () => {
  const there = await fakeCluster([node('gpu01')]);
  const yesterday = now - 86_400;
  const allocation = [share('gpu01')];
  const events: readonly ClusterEvent[] = [
    { name: 'jobSubmitted', time: yesterday, id: 1, spec: spec() },
    { name: 'jobSubmitted', time: now, id: 2, spec: spec() },
    { name: 'jobSubmitted', time: now, id: 3, spec: spec({ hold: true }) },
    { name: 'jobSubmitted', time: now, id: 4, spec: spec() },
    { name: 'jobAllocated', time: now, id: 1, attempt: 1, allocation },
    { name: 'jobAllocated', time: now, id: 2, attempt: 1, allocation: [{ ...share('gpu01'), cpus: 0 }] },
    {
      name: 'nodeReleased',
      time: now,
      id: 2,
      attempt: 1,
      node: 'gpu01',
      report: { endState: 'FAILED', reason: 'NonZeroExitCode', exitCode: { code: 3, signal: 0 } },
    },
    { name: 'jobCancelled', time: now, id: 4, by: 2001 },
  ];
  await there.commit(events);
  const { submitted, started, completed, cancelled, failed, pending, running, since } = await diagnose(
    await there.open(),
  );
  assert.deepEqual(
    { submitted, started, completed, cancelled, failed, pending, running },
    { submitted: 3, started: 2, completed: 0, cancelled: 1, failed: 1, pending: 1, running: 1 },
  );
  assert.ok(since <= now && now - since < 86_400);
});
