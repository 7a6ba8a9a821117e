import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AssertionError } from '../../../src/base/assert.ts';
import { reduce, reduceCommit } from '../../../src/core/reduce.ts';
import { emptyCluster } from '../../../src/model/cluster.ts';
import type { ClusterEvent } from '../../../src/model/event.ts';
import { share, spec } from '../builders.ts';
import { formatRaised } from './facts.ts';
import {
  after,
  alice,
  allocated,
  cancelled,
  clusterOf,
  completed,
  endRequested,
  gpus,
  jobIn,
  now,
  presence,
  registered,
  released,
  submitted,
} from './world.ts';

const twoNodes = clusterOf(registered('node1', { gpus: gpus(2) }), registered('node2', { gpus: gpus(2) }));
const onNode1 = [share('node1', { gpus: [0] })];
const onBoth = [share('node1', { gpus: [0] }), share('node2', { gpus: [1] })];
const running = after(twoNodes, submitted(1), allocated(1, onNode1));
const failed = { endState: 'FAILED', reason: 'NonZeroExitCode', exitCode: { code: 3, signal: 0 } } as const;

/** The event cannot follow on the state: a bug, or a damaged log. */
function refuses(cluster: typeof twoNodes, event: ClusterEvent, message: RegExp): void {
  assert.throws(
    () => reduce(cluster, event),
    (error) => {
      assert.ok(error instanceof AssertionError);
      assert.match(error.message, message);
      return true;
    },
  );
}

describe('reduce: nodes', () => {
  it('registering brings a node up, healthy until it says otherwise', () => {
    const troubled = after(
      twoNodes,
      { name: 'gpuTroubles', time: now, node: 'node1', troubles: [{ index: 0, kind: 'busy', reason: 'x' }] },
      presence('node1', 'lost'),
    );
    assert.equal(troubled.nodes.get('node1')?.presence, 'lost');
    const again = after(troubled, registered('node1', { incarnation: 'incarnation-2', cpus: 4 }));
    const node = again.nodes.get('node1');
    assert.deepEqual([node?.presence, node?.gpuTroubles, node?.record.cpus], ['up', [], 4]);
  });

  it('presence counts for the daemon’s life that it names, and no other', () => {
    const again = after(twoNodes, registered('node1', { incarnation: 'incarnation-2' }));
    assert.equal(after(again, presence('node1', 'lost')).nodes.get('node1')?.presence, 'up');
    assert.equal(
      after(again, presence('node1', 'stopped', 'incarnation-2')).nodes.get('node1')?.presence,
      'stopped',
    );
  });

  it('knows no events of unknown nodes', () => {
    refuses(twoNodes, presence('node3', 'lost'), /unknown node node3/);
    refuses(twoNodes, { name: 'gpuTroubles', time: now, node: 'x', troubles: [] }, /unknown node x/);
  });

  it('a node that registers anew still holds what runs there', () => {
    const again = after(running, registered('node1', { incarnation: 'incarnation-2' }));
    assert.deepEqual(jobIn(again, 1, 'RUNNING').holders, ['node1']);
  });
});

describe('reduce: submission, hold, cancel', () => {
  it('a job waits, held if it was submitted so', () => {
    const job = jobIn(after(twoNodes, submitted(1)), 1, 'PENDING');
    assert.deepEqual([job.reason, job.held, job.attempt, job.submitTime], ['None', undefined, 0, now]);
    const held = jobIn(after(twoNodes, submitted(1, { hold: true })), 1, 'PENDING');
    assert.deepEqual([held.reason, held.held], ['JobHeldUser', 'user']);
  });

  it('an id is used once', () => {
    refuses(running, submitted(1), /job 1 was submitted before/);
    const closed = { ...emptyCluster, closed: [[1, 5]] as const };
    refuses(closed, submitted(3), /job 3 was submitted before/);
  });

  it('a hold is by somebody, and can be lifted', () => {
    const waiting = after(twoNodes, submitted(1));
    const held = after(waiting, { name: 'jobHeld', time: now, id: 1, by: 'admin' });
    assert.deepEqual(
      [jobIn(held, 1, 'PENDING').held, jobIn(held, 1, 'PENDING').reason],
      ['admin', 'JobHeldAdmin'],
    );
    const free = after(held, { name: 'jobUnheld', time: now, id: 1 });
    assert.deepEqual(free, waiting);
    const runningHeld = after(running, { name: 'jobHeld', time: now, id: 1, by: 'user' });
    assert.equal(jobIn(runningHeld, 1, 'RUNNING').held, 'user');
    assert.deepEqual(after(runningHeld, { name: 'jobUnheld', time: now, id: 1 }), running);
    refuses(running, { name: 'jobUnheld', time: now, id: 7 }, /job 7 is not waiting/);
  });

  it('a waiting job that is cancelled ends without an attempt', () => {
    const job = jobIn(after(twoNodes, submitted(1, { hold: true }), cancelled(1)), 1, 'ENDED');
    assert.deepEqual(
      [job.endState, job.reason, job.endTime, job.endedBy, job.attempt, job.allocation, 'held' in job],
      ['CANCELLED', 'None', now + 2, alice, 0, undefined, false],
    );
    refuses(running, cancelled(1), /job 1 is not waiting/);
  });
});

describe('reduce: claim and end', () => {
  it('a claim makes the named nodes the holders', () => {
    const job = jobIn(running, 1, 'RUNNING');
    assert.deepEqual(
      [job.attempt, job.startTime, job.allocation, job.holders],
      [1, now + 1, onNode1, ['node1']],
    );
    assert.ok(!('reason' in job));
  });

  it('a claim is of the next attempt of a waiting job', () => {
    const waiting = after(twoNodes, submitted(1));
    refuses(waiting, allocated(1, onNode1, { attempt: 2 }), /attempt 2 is not the next/);
    refuses(waiting, allocated(2, onNode1), /job 2 is not waiting/);
    refuses(running, allocated(1, onNode1), /job 1 is not waiting/);
  });

  it('a script that outlived its job’s end has an end of its own, where the log is of format 3', () => {
    const over = { ...endRequested(1), time: now + 60 };
    const gone = (seconds: number, from = newer): number | undefined =>
      jobIn(after(from, over, { ...released(1, 'node1'), time: now + 60 + seconds }), 1, 'ENDED')
        .scriptEndTime;
    const newer = after(twoNodes, formatRaised, submitted(1), allocated(1, onNode1));
    assert.equal(gone(30), now + 90);
    assert.equal(gone(10), undefined);
    assert.equal(gone(30, running), undefined);
    const both = after(twoNodes, formatRaised, submitted(1), allocated(1, onBoth), over);
    const first = after(both, { ...released(1, 'node2'), time: now + 100 });
    assert.equal(jobIn(first, 1, 'COMPLETING').scriptEndTime, undefined);
    const last = after(first, { ...released(1, 'node1'), time: now + 101 });
    assert.equal(jobIn(last, 1, 'ENDED').scriptEndTime, now + 101);
    const srun = after(twoNodes, formatRaised, submitted(1, { kind: 'interactive' }), allocated(1, onNode1));
    assert.equal(gone(30, srun), undefined);
  });

  it('the holder’s report ends the job', () => {
    const job = jobIn(after(running, released(1, 'node1', { report: failed })), 1, 'ENDED');
    assert.deepEqual(
      [job.endState, job.reason, job.exitCode, job.endTime, job.startTime, job.allocation],
      ['FAILED', 'NonZeroExitCode', failed.exitCode, now + 9, now + 1, onNode1],
    );
    assert.ok(!('holders' in job));
  });

  it('a holder that knows nothing is a node failure', () => {
    const job = jobIn(after(running, released(1, 'node1')), 1, 'ENDED');
    assert.deepEqual([job.endState, job.reason], ['NODE_FAIL', 'NodeDown']);
  });

  it('on several nodes the first report decides, and the last release ends', () => {
    const both = after(twoNodes, submitted(1), allocated(1, onBoth));
    const first = after(both, released(1, 'node1', { report: failed }));
    const job = jobIn(first, 1, 'COMPLETING');
    assert.deepEqual([job.endState, job.endTime, job.holders], ['FAILED', now + 9, ['node2']]);
    const over = jobIn(after(first, released(1, 'node2')), 1, 'ENDED');
    assert.deepEqual([over.endState, over.exitCode, over.allocation], ['FAILED', failed.exitCode, onBoth]);
  });

  it('an end request decides the end, whatever the processes say then', () => {
    const ending = after(running, endRequested(1));
    const job = jobIn(ending, 1, 'COMPLETING');
    assert.deepEqual([job.endState, job.endTime, job.endedBy], ['CANCELLED', now + 3, alice]);
    assert.deepEqual(job.holders, ['node1']);
    const over = jobIn(after(ending, released(1, 'node1', { report: completed })), 1, 'ENDED');
    assert.deepEqual([over.endState, over.endTime, over.endedBy], ['CANCELLED', now + 3, alice]);
    const killed = { endState: 'FAILED', reason: 'RaisedSignal', exitCode: { code: 0, signal: 9 } } as const;
    const dead = jobIn(after(ending, released(1, 'node1', { report: killed })), 1, 'ENDED');
    assert.deepEqual([dead.endState, dead.reason, dead.exitCode], ['CANCELLED', 'None', killed.exitCode]);
  });

  it('events of another attempt, or for a job that is over, change nothing', () => {
    const over = after(running, released(1, 'node1', { report: completed }));
    const signal = { name: 'jobSignalled', time: now, id: 1, requestId: 'AAAAAAAA', signal: 10 } as const;
    for (const [cluster, attempt] of [
      [running, 2],
      [over, 1],
      [twoNodes, 1],
    ] as const) {
      for (const event of [
        released(1, 'node1', { attempt, report: failed }),
        endRequested(1, attempt),
        { ...signal, attempt, scope: 'full' },
        { name: 'jobSignalsDelivered', time: now, id: 1, attempt, requestIds: ['AAAAAAAA'] },
      ] as const) {
        assert.equal(reduce(cluster, event), cluster, event.name);
      }
    }
  });

  it('a second end request does not change the first', () => {
    const ending = after(running, endRequested(1));
    const event = { ...endRequested(1), endState: 'TIMEOUT', reason: 'TimeLimit' } as const;
    assert.equal(reduce(ending, event), ending);
  });

  it('signals wait until they are delivered', () => {
    const signal = {
      name: 'jobSignalled',
      time: now,
      id: 1,
      attempt: 1,
      signal: 10,
      scope: 'batch',
    } as const;
    const two = after(
      running,
      { ...signal, requestId: 'AAAAAAAA' },
      { ...signal, requestId: 'BBBBBBBB', signal: 12 },
    );
    assert.deepEqual(
      jobIn(two, 1, 'RUNNING').signals?.map((one) => [one.requestId, one.signal]),
      [
        ['AAAAAAAA', 10],
        ['BBBBBBBB', 12],
      ],
    );
    const delivered = { name: 'jobSignalsDelivered', time: now, id: 1, attempt: 1 } as const;
    const one = after(two, { ...delivered, requestIds: ['AAAAAAAA'] });
    assert.deepEqual(jobIn(one, 1, 'RUNNING').signals?.length, 1);
    assert.deepEqual(after(one, { ...delivered, requestIds: ['BBBBBBBB', 'unknown1'] }), running);
    assert.ok(!('signals' in jobIn(after(two, endRequested(1)), 1, 'COMPLETING')));
  });
});

describe('reduce: arrays', () => {
  const array = { tasks: [[1, 3]] as const, throttle: 0 };
  const waiting = after(twoNodes, submitted(10, { array }));
  const task = (id: number, number: number) =>
    allocated(id, [share('node1')], { array: { job: 10, task: number } });

  it('each task that starts takes a new id, the last one the array’s own', () => {
    const one = after(waiting, task(11, 2));
    assert.deepEqual(jobIn(one, 10, 'PENDING').tasks, [
      [1, 1],
      [3, 3],
    ]);
    const job = jobIn(one, 11, 'RUNNING');
    assert.deepEqual([job.arrayJobId, job.arrayTaskId, 'tasks' in job], [10, 2, false]);
    const all = after(one, task(12, 1), task(10, 3));
    const last = jobIn(all, 10, 'RUNNING');
    assert.deepEqual([last.arrayJobId, last.arrayTaskId, 'tasks' in last], [10, 3, false]);
    assert.equal(all.jobs.size, 3);
  });

  it('no task starts twice, under a wrong id or one that was used', () => {
    const one = after(waiting, submitted(20), task(11, 2));
    refuses(one, task(12, 2), /no waiting task 2/);
    refuses(one, task(12, 9), /no waiting task 9/);
    refuses(one, task(20, 1), /job 20 was there before/);
    refuses(one, task(10, 1), /the last task has the array's id/);
    refuses({ ...one, closed: [[12, 12]] }, task(12, 1), /job 12 was there before/);
    refuses(after(one, task(12, 1)), task(13, 3), /the last task has the array's id/);
    refuses(waiting, allocated(10, [share('node1')]), /cannot start whole/);
    refuses(twoNodes, task(11, 1), /job 10 is not waiting/);
  });

  it('tasks can be cancelled one by one, and the rest at last', () => {
    const two = after(waiting, cancelled(10, [[2, 2]]));
    assert.deepEqual(jobIn(two, 10, 'PENDING').tasks, [
      [1, 1],
      [3, 3],
    ]);
    assert.deepEqual(after(two, cancelled(10, [[2, 2]])), two);
    const none = after(two, cancelled(10, [[1, 3]]));
    assert.equal(jobIn(none, 10, 'ENDED').endState, 'CANCELLED');
    const mixed = after(waiting, task(11, 1), cancelled(10));
    assert.deepEqual(jobIn(mixed, 10, 'ENDED').tasks, [[2, 3]]);
    assert.equal(jobIn(mixed, 11, 'RUNNING').arrayTaskId, 1);
  });

  it('after the cancel of others the last task still takes the array’s id', () => {
    const left = after(waiting, cancelled(10, [[1, 2]]), task(10, 3));
    assert.equal(jobIn(left, 10, 'RUNNING').arrayTaskId, 3);
    assert.equal(left.jobs.size, 1);
  });
});

describe('reduce: requests and accounting', () => {
  const handled = (requestId: string): ClusterEvent => ({
    name: 'requestHandled',
    time: now,
    requestId,
    by: alice,
    outcome: 'done',
  });

  it('remembers requests until they may be forgotten', () => {
    const two = after(twoNodes, handled('AAAAAAAA'), handled('BBBBBBBB'));
    assert.deepEqual([...two.handled], ['AAAAAAAA', 'BBBBBBBB']);
    const one = after(two, { name: 'requestsForgotten', requestIds: ['AAAAAAAA', 'unknown1'] });
    assert.deepEqual([...one.handled], ['BBBBBBBB']);
    assert.deepEqual([...two.handled], ['AAAAAAAA', 'BBBBBBBB']);
  });

  it('closes the ids of jobs that leave', () => {
    const over = after(running, released(1, 'node1', { report: completed }), submitted(2), submitted(3));
    const gone = after(over, { name: 'jobsAccounted', segment: 7, ids: [1] });
    assert.deepEqual([gone.closed, gone.segment, gone.jobs.has(1)], [[[1, 1]], 7, false]);
    refuses(gone, { name: 'jobsAccounted', segment: 7, ids: [] }, /segment 7 was folded before/);
    refuses(gone, { name: 'jobsAccounted', segment: 8, ids: [2] }, /job 2 leaves the state before it ended/);
    refuses(gone, { name: 'jobsAccounted', segment: 8, ids: [1] }, /job 1 leaves the state before it ended/);
    const more = after(gone, cancelled(2), { name: 'jobsAccounted', segment: 8, ids: [2] });
    assert.deepEqual(more.closed, [[1, 2]]);
  });

  it('closes ids that came to nothing', () => {
    const gone = after(running, { name: 'idsClosed', time: now, ids: [7, 3, 4] });
    assert.deepEqual(gone.closed, [
      [3, 4],
      [7, 7],
    ]);
    refuses(gone, { name: 'idsClosed', time: now, ids: [1] }, /job 1 lives, and its id is closed/);
    refuses(gone, submitted(4), /job 4 was submitted before/);
    assert.deepEqual(after(gone, { name: 'idsClosed', time: now, ids: [3] }).closed, gone.closed);
  });

  it('commits follow one another', () => {
    const one = reduceCommit(emptyCluster, 1, [registered('node1'), submitted(1)]);
    assert.deepEqual([one.seq, one.jobs.size], [1, 1]);
    assert.throws(() => reduceCommit(one, 3, []), /commit 3 does not follow on 1/);
    assert.throws(() => reduceCommit(one, 1, []), /commit 1 does not follow on 1/);
  });

  it('leaves the state before as it was', () => {
    const text = (): string =>
      JSON.stringify([[...running.nodes], [...running.jobs.values()], [...running.handled]]);
    const before = text();
    after(running, submitted(2), endRequested(1), handled('AAAAAAAA'), released(1, 'node1'), cancelled(2));
    assert.equal(text(), before);
    assert.deepEqual(jobIn(running, 1, 'RUNNING').spec, spec());
  });
});
