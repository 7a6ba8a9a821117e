import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freeNow } from '../../../src/core/free.ts';
import { invariants } from '../../../src/core/invariants.ts';
import { plan } from '../../../src/core/plan.ts';
import { type Cluster, emptyCluster } from '../../../src/model/cluster.ts';
import type { EventOf } from '../../../src/model/event.ts';
import { share } from '../builders.ts';
import {
  after,
  allocated,
  completed,
  endRequested,
  gpus,
  now,
  presence,
  registered,
  released,
  submitted,
} from './world.ts';

function lost(id: number, node: string, given: Partial<EventOf<'attemptLost'>> = {}): EventOf<'attemptLost'> {
  return {
    name: 'attemptLost',
    time: now + 50,
    id,
    attempt: 1,
    node,
    incarnation: 'incarnation-1',
    ...given,
  };
}

/** Job 1 runs on both nodes, and the first one is lost. */
const onBoth = after(
  emptyCluster,
  registered('node1', { gpus: gpus(2) }),
  registered('node2', { gpus: gpus(2) }),
  submitted(1, { nodes: { min: 2, max: 2 } }),
  allocated(1, [share('node1', { gpus: [0] }), share('node2', { gpus: [1] })]),
  presence('node1', 'lost'),
);

function remnants(cluster: Cluster): readonly string[] {
  return [...cluster.nodes.values()].flatMap(({ record, remnants: kept = [] }) =>
    kept.map(({ id, attempt, share: { gpus: held } }) => `${record.name} ${id}.${attempt} ${held}`),
  );
}

describe('an attempt is lost with its node', () => {
  it('the job waits again, and its nodes keep what they held until they say otherwise', () => {
    const cluster = after(onBoth, lost(1, 'node1'));
    const job = cluster.jobs.get(1);
    assert.equal(job?.state, 'PENDING');
    assert.deepEqual([job.attempt, job.reason, job.eligibleTime], [1, 'None', now + 50]);
    assert.deepEqual(remnants(cluster), ['node1 1.1 0', 'node2 1.1 1']);
    const free = (one: Cluster) =>
      freeNow(one)
        .get('node2')
        ?.gpus.map((gpu) => gpu.index);
    assert.deepEqual(free(cluster), [0]);
    const back = after(cluster, released(1, 'node2'));
    assert.deepEqual([remnants(back), free(back)], [['node1 1.1 0'], [0, 1]]);
  });

  it('the next attempt may use what was given back, and late words of the earlier change nothing', () => {
    const second = { attempt: 2 };
    const cluster = after(
      onBoth,
      lost(1, 'node1'),
      presence('node1', 'up'),
      released(1, 'node2'),
      released(1, 'node1'),
      allocated(1, [share('node2', { gpus: [1] }), share('node1')], second),
    );
    assert.deepEqual(remnants(cluster), []);
    const same = after(cluster, lost(1, 'node1'), released(1, 'node1', { report: completed }));
    assert.deepEqual(same.jobs.get(1), cluster.jobs.get(1));
  });

  it('a node that registers anew keeps them', () => {
    const cluster = after(onBoth, lost(1, 'node1'), registered('node1', { gpus: gpus(2) }));
    assert.deepEqual(remnants(cluster), ['node1 1.1 0', 'node2 1.1 1']);
  });

  it('says nothing of a node that is not lost, of another life of its daemon, or of another attempt', () => {
    const up = after(onBoth, presence('node1', 'up'));
    const running = onBoth.jobs.get(1);
    assert.equal(after(up, lost(1, 'node1')).jobs.get(1), running);
    for (const other of [
      lost(1, 'node1', { incarnation: 'incarnation-2' }),
      lost(1, 'node1', { attempt: 2 }),
      lost(2, 'node1'),
      lost(1, 'node2'),
    ])
      assert.equal(after(onBoth, other).jobs.get(1), running);
  });

  it('a job that was being ended has ended, and the share of the others is still theirs', () => {
    const ending = after(onBoth, endRequested(1));
    const one = after(ending, lost(1, 'node1'));
    const job = one.jobs.get(1);
    assert.ok(job?.state === 'COMPLETING');
    assert.deepEqual([job.holders, remnants(one)], [['node2'], ['node1 1.1 0']]);
    // The node is back before the other one has said its word.
    const back = after(one, released(1, 'node1'));
    assert.deepEqual([back.jobs.get(1)?.state, remnants(back)], ['COMPLETING', []]);
    const ended = after(one, released(1, 'node2'));
    assert.equal(ended.jobs.get(1)?.state, 'ENDED');
    assert.deepEqual(remnants(after(ended, released(1, 'node1'))), []);
  });
});

describe('the node itself says that a job is to be tried again', () => {
  it('the job waits again, and only its other nodes keep something', () => {
    const cluster = after(onBoth, released(1, 'node1', { report: completed, requeue: true }));
    assert.equal(cluster.jobs.get(1)?.state, 'PENDING');
    assert.deepEqual(remnants(cluster), ['node2 1.1 1']);
  });

  it('a job that was being ended ends', () => {
    const cluster = after(
      onBoth,
      endRequested(1),
      released(1, 'node1', { requeue: true }),
      released(1, 'node2'),
    );
    assert.equal(cluster.jobs.get(1)?.state, 'ENDED');
  });
});

describe('a task of an array that is tried again', () => {
  const array = after(
    emptyCluster,
    registered('node1', { gpus: gpus(2) }),
    submitted(1, { array: { tasks: [[0, 2]], throttle: 1 } }),
    allocated(2, [share('node1')], { array: { job: 1, task: 0 } }),
    released(2, 'node1', { requeue: true }),
  );

  it('waits by itself, under its own id', () => {
    const task = array.jobs.get(2);
    assert.ok(task?.state === 'PENDING');
    assert.deepEqual([task.arrayJobId, task.arrayTaskId, task.attempt, task.tasks], [1, 0, 1, undefined]);
    invariants(array);
  });

  it('counts against the limit of its array', () => {
    const starts = plan(array, now).starts.map(({ job, task }) => [job.id, task]);
    assert.deepEqual(starts, [[1, 1]]);
    const running = after(array, allocated(3, [share('node1')], { array: { job: 1, task: 1 } }));
    const { starts: none, reasons } = plan(running, now);
    assert.deepEqual([none, reasons.get(2)], [[], 'JobArrayTaskLimit']);
  });
});

it('a node may not keep what a job holds', () => {
  const cluster = after(onBoth, lost(1, 'node1'));
  const [kept] = cluster.nodes.get('node1')?.remnants ?? [];
  assert.ok(kept);
  const node = onBoth.nodes.get('node1');
  assert.ok(node);
  const twice: Cluster = {
    ...onBoth,
    nodes: new Map(onBoth.nodes).set('node1', { ...node, remnants: [kept] }),
  };
  assert.throws(() => invariants(twice), /job 1 holds what node1 keeps of it/);
});
