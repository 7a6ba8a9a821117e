import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide, decideWithin } from '../../../src/core/decide.ts';
import { isRefused, jobEvents } from '../../../src/core/decide-jobs.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import { priorityOf } from '../../../src/model/jobpriority.ts';
import type { Request, SentRequest } from '../../../src/model/request.ts';
import { share } from '../builders.ts';
import {
  after,
  alice,
  allocated,
  bob,
  clusterOf,
  completed,
  jobIn,
  now,
  registered,
  released,
  root,
  sent,
  submitted,
} from './world.ts';

const later = now + 50;
const raised = { name: 'formatRaised', time: now, format: 3 } as const;
const settings = {
  name: 'clusterConfigured',
  time: now,
  config: { partitions: [], nodes: [], admins: ['root', 'bob'], adminUids: [0, bob] },
} as const;
/** Of alice 1 and 2 wait, 3 runs, 4 has ended; 10 is an array, task 1 of it runs as 11. Bob is an admin. */
const start = clusterOf(
  raised,
  settings,
  registered('node1', { features: ['fast'] }),
  ...[1, 2, 3, 4].map((id) => submitted(id)),
  submitted(10, { array: { tasks: [[1, 5]], throttle: 0 } }),
  allocated(3, [share('node1')]),
  allocated(4, [share('node1')]),
  released(4, 'node1', { report: completed }),
  allocated(11, [share('node1')], { array: { job: 10, task: 1 } }),
);

function decided(cluster: Cluster, ...requests: readonly SentRequest[]): Cluster {
  return after(cluster, ...decide(cluster, requests, later));
}

/** The names of the events that a request leads to. */
function leadsTo(cluster: Cluster, uid: number, request: Request): readonly string[] {
  return decide(cluster, [sent(uid, request)], later)
    .map((event) => event.name)
    .filter((name) => name !== 'requestHandled');
}

/** Why a request is refused for one job. */
function refusal(cluster: Cluster, uid: number, id: number, request: Request): string | undefined {
  const job = cluster.jobs.get(id);
  assert.ok(job !== undefined && 'targets' in request);
  const decision = jobEvents(cluster, { job }, { ...sent(uid, request), request }, later);
  return isRefused(decision) ? decision : undefined;
}

/** As the daemons of an older spool decide. */
const within = { now: later, textMax: Number.POSITIVE_INFINITY, formatMax: 2 };
const on = (...jobs: readonly number[]) => jobs.map((job) => ({ job }));
const tasks = (job: number, ...numbers: readonly number[]) => numbers.map((task) => ({ job, task }));

describe('decide: holds', () => {
  it('of a job that runs counts when it waits again', () => {
    const held = decided(start, sent(alice, { name: 'hold', targets: on(3) }));
    assert.equal(jobIn(held, 3, 'RUNNING').held, 'user');
    const again = after(held, released(3, 'node1', { requeue: true }));
    assert.equal(jobIn(again, 3, 'PENDING').held, 'user');
    const free = decided(held, sent(alice, { name: 'unhold', targets: on(3) }));
    assert.equal(jobIn(free, 3, 'RUNNING').held, undefined);
  });

  it('let go, a job comes behind those that were submitted meanwhile (beh.hold)', () => {
    const held = decided(start, sent(alice, { name: 'hold', targets: on(1) }));
    const again = decided(held, sent(alice, { name: 'unhold', targets: on(1) }));
    const ranked = (id: number): number => priorityOf(jobIn(again, id, 'PENDING'));
    assert.ok(ranked(1) < ranked(2) && ranked(1) < ranked(10));
  });

  it('of single tasks, one event for those that are named together', () => {
    const request = { name: 'hold', targets: tasks(10, 2, 3, 5) } as const;
    assert.deepEqual(leadsTo(start, alice, request), ['jobHeld']);
    const held = decided(start, sent(alice, request));
    assert.deepEqual(jobIn(held, 10, 'PENDING').heldTasks, [
      [2, 3],
      [5, 5],
    ]);
    assert.deepEqual(leadsTo(held, alice, request), []);
    const some = decided(held, sent(alice, { name: 'unhold', targets: tasks(10, 3, 4) }));
    assert.deepEqual(jobIn(some, 10, 'PENDING').heldTasks, [
      [2, 2],
      [5, 5],
    ]);
    const none = decided(held, sent(alice, { name: 'unhold', targets: on(10) }));
    assert.equal(jobIn(none, 10, 'PENDING').heldTasks, undefined);
  });

  it('one task of an array that is held whole is released alone', () => {
    const held = decided(start, sent(alice, { name: 'hold', targets: on(10) }));
    assert.equal(jobIn(held, 10, 'PENDING').held, 'user');
    assert.equal(jobIn(held, 11, 'RUNNING').held, 'user');
    const some = decided(held, sent(alice, { name: 'unhold', targets: tasks(10, 4) }));
    const waiting = jobIn(some, 10, 'PENDING');
    assert.deepEqual(
      [waiting.held, waiting.heldTasks],
      [
        undefined,
        [
          [2, 3],
          [5, 5],
        ],
      ],
    );
  });

  it('what an administrator holds he alone lets go, task by task', () => {
    const held = decided(
      start,
      sent(bob, { name: 'hold', targets: tasks(10, 2) }),
      sent(alice, { name: 'hold', targets: tasks(10, 3) }),
      sent(alice, { name: 'unhold', targets: tasks(10, 2) }),
    );
    assert.deepEqual(jobIn(held, 10, 'PENDING').heldTasks, [[2, 3]]);
    assert.deepEqual(jobIn(held, 10, 'PENDING').adminHeldTasks, [[2, 2]]);
    const released = decided(held, sent(alice, { name: 'unhold', targets: on(10) }));
    assert.deepEqual(jobIn(released, 10, 'PENDING').heldTasks, [[2, 2]]);
    const all = decided(released, sent(bob, { name: 'unhold', targets: on(10) }));
    assert.equal(jobIn(all, 10, 'PENDING').heldTasks, undefined);
  });

  it('asUser: the user may end it, whoever asked', () => {
    const held = decided(start, sent(bob, { name: 'hold', targets: on(1), asUser: true }));
    assert.equal(jobIn(held, 1, 'PENDING').held, 'user');
    assert.equal(refusal(start, alice, 4, { name: 'hold', targets: [] }), 'finished');
  });

  it('an older format has neither', () => {
    const old = { ...start, format: 2 };
    const fine = sent(alice, { name: 'hold', targets: [...on(3), ...tasks(10, 2)] });
    assert.deepEqual(
      decideWithin(old, [fine], within).events.map((event) => event.name),
      ['requestHandled'],
    );
    assert.equal(refusal(old, alice, 3, { name: 'hold', targets: [] }), 'old format');
    assert.deepEqual(leadsTo(old, alice, { name: 'hold', targets: on(1) }), ['jobHeld']);
  });
});

describe('decide: requeue', () => {
  const requeue = (hold: boolean, ...jobs: readonly number[]) =>
    ({ name: 'requeue', targets: on(...jobs), hold }) as const;

  it('ends what runs, and then it waits again, not before two minutes', () => {
    const ending = decided(start, sent(alice, requeue(false, 3)));
    assert.deepEqual(jobIn(ending, 3, 'COMPLETING').requeue, { hold: false });
    const waiting = jobIn(after(ending, released(3, 'node1')), 3, 'PENDING');
    assert.deepEqual([waiting.attempt, waiting.eligibleTime, waiting.held], [1, now + 9 + 121, undefined]);
  });

  it('and held where that was asked for', () => {
    const ending = decided(start, sent(alice, requeue(true, 3)));
    assert.equal(jobIn(after(ending, released(3, 'node1')), 3, 'PENDING').held, 'user');
    assert.equal(jobIn(decided(start, sent(alice, requeue(true, 4))), 4, 'PENDING').held, 'user');
  });

  it('is released while it still ends', () => {
    const ending = decided(
      start,
      sent(alice, requeue(true, 3)),
      sent(alice, { name: 'unhold', targets: on(3) }),
    );
    assert.equal(jobIn(after(ending, released(3, 'node1')), 3, 'PENDING').held, undefined);
  });

  it('lets what has ended wait again', () => {
    const waiting = jobIn(decided(start, sent(alice, requeue(false, 4))), 4, 'PENDING');
    assert.deepEqual([waiting.attempt, waiting.eligibleTime], [1, later + 121]);
  });

  it('a cancel that comes in between has the last word', () => {
    const ending = decided(
      start,
      sent(alice, requeue(false, 3)),
      sent(alice, { name: 'cancel', targets: on(3) }),
    );
    const job = jobIn(after(ending, released(3, 'node1')), 3, 'ENDED');
    assert.deepEqual([job.endState, job.endedBy], ['CANCELLED', alice]);
  });

  it('is refused where it has no sense', () => {
    const { targets, ...rest } = requeue(false);
    const why = (cluster: Cluster, id: number, uid = alice) =>
      refusal(cluster, uid, id, { ...rest, targets });
    assert.equal(why(start, 1), 'pending');
    assert.equal(why(start, 3, 2003), 'foreign');
    assert.equal(why(after(start, submitted(20, { requeue: false })), 20), 'disabled');
    assert.equal(why(after(start, submitted(20, { kind: 'interactive' })), 20), 'not batch');
    assert.equal(why(decided(start, sent(alice, { name: 'cancel', targets: on(3) })), 3), 'completing');
  });

  it('a task runs again only while the room of its array is there', () => {
    const over = after(start, released(11, 'node1', { report: completed }));
    assert.deepEqual(leadsTo(over, alice, requeue(false, 11)), ['jobRequeued']);
    const jobs = over.jobs.delete(10);
    assert.equal(refusal({ ...over, jobs }, alice, 11, requeue(false)), 'finished');
  });

  it('an older format has it not, and waits with it', () => {
    const one = sent(alice, requeue(false, 3));
    assert.deepEqual(decideWithin({ ...start, format: 2 }, [one], within), { events: [], done: [] });
  });
});

describe('decide: suspend and resume', () => {
  const suspend = { name: 'suspend', targets: on(3) } as const;
  const resume = { name: 'resume', targets: on(3) } as const;

  it('are an administrator’s', () => {
    assert.equal(refusal(start, alice, 3, suspend), 'denied');
    assert.deepEqual(leadsTo(start, alice, suspend), []);
    assert.deepEqual(leadsTo(start, bob, suspend), ['jobSuspended']);
    assert.deepEqual(leadsTo(start, root, suspend), ['jobSuspended']);
  });

  it('count the time that it stood still', () => {
    const still = decided(start, sent(root, suspend));
    assert.equal(jobIn(still, 3, 'RUNNING').suspendedTime, later);
    assert.deepEqual(leadsTo(still, root, suspend), []);
    const gone = after(still, ...decide(still, [sent(root, resume)], later + 30));
    assert.deepEqual(
      [jobIn(gone, 3, 'RUNNING').suspendedTime, jobIn(gone, 3, 'RUNNING').suspendedSeconds],
      [undefined, 30],
    );
    assert.equal(refusal(gone, root, 3, resume), 'not suspended');
    assert.equal(refusal(gone, root, 1, suspend), 'pending');
    assert.equal(refusal(gone, root, 4, suspend), 'finished');
  });

  it('what stands still can be cancelled', () => {
    const still = decided(start, sent(root, suspend), sent(alice, { name: 'cancel', targets: on(3) }));
    const job = jobIn(still, 3, 'COMPLETING');
    assert.deepEqual([job.endState, job.suspendedSeconds], ['CANCELLED', 0]);
  });
});

describe('decide: top', () => {
  it('goes before all others of its user', () => {
    const top = decided(start, sent(root, { name: 'top', targets: on(2) }));
    const [first, second] = [1, 2].map((id) => jobIn(top, id, 'PENDING').priority);
    assert.deepEqual([first, second], [undefined, 4_294_901_760 - 1 + 1]);
    assert.deepEqual(leadsTo(top, root, { name: 'top', targets: on(2) }), []);
    assert.equal(refusal(start, alice, 2, { name: 'top', targets: [] }), 'denied');
    assert.equal(refusal(start, root, 3, { name: 'top', targets: [] }), 'not pending');
  });
});

describe('decide: update', () => {
  const update = (change: Extract<Request, { name: 'update' }>['change'], ...jobs: readonly number[]) =>
    ({ name: 'update', targets: on(...jobs), change }) as const;

  it('changes what is said, takes away what is cleared, and once', () => {
    const change = { set: { comment: 'x', timeLimit: 5 } } as const;
    const once = decided(start, sent(alice, update(change, 1)));
    const { spec } = jobIn(once, 1, 'PENDING');
    assert.deepEqual([spec.comment, spec.timeLimit, spec.name], ['x', 5, 'wrap']);
    assert.deepEqual(leadsTo(once, alice, update(change, 1)), []);
    const cleared = decided(once, sent(alice, update({ clear: ['comment'] }, 1)));
    assert.equal(jobIn(cleared, 1, 'PENDING').spec.comment, undefined);
  });

  it('of the ways to ask for memory and GPUs the newest counts', () => {
    const first = decided(
      start,
      sent(alice, update({ set: { memoryPerNodeMb: 500, tresPerNode: 'gres:gpu:2' } }, 1)),
    );
    const gpus = [{ count: 1, per: 'node' }] as const;
    const then = decided(first, sent(alice, update({ set: { memoryPerCpuMb: 100, gpus } }, 1)));
    const { spec } = jobIn(then, 1, 'PENDING');
    assert.deepEqual(
      [spec.memoryPerNodeMb, spec.memoryPerCpuMb, spec.gpus, spec.tresPerNode],
      [undefined, 100, gpus, undefined],
    );
  });

  it('on other nodes the GPUs that were named of the first ones are only so many', () => {
    const gpus = [{ count: 1, per: 'node' }] as const;
    const taskNodes = 'node1,node1';
    const named = {
      nodelist: ['node1'],
      ntasks: 2,
      taskNodes,
      nodeGpuIds: [{ node: 'node1', gpus: [3] }],
      gpus,
    };
    const waiting = after(start, submitted(77, named));
    const kept = decided(waiting, sent(alice, update({ set: { comment: 'x' } }, 77)));
    assert.deepEqual(jobIn(kept, 77, 'PENDING').spec.nodeGpuIds, named.nodeGpuIds);
    for (const change of [{ set: { nodelist: ['node1'] } }, { clear: ['nodelist'] }] as const) {
      const { spec } = jobIn(decided(waiting, sent(alice, update(change, 77))), 77, 'PENDING');
      assert.deepEqual([spec.nodeGpuIds, spec.taskNodes, spec.gpus], [undefined, undefined, gpus]);
    }
  });

  it('a begin time is when it may start', () => {
    const then = decided(start, sent(alice, update({ set: { beginTime: later + 500 } }, 1)));
    assert.equal(jobIn(then, 1, 'PENDING').eligibleTime, later + 500);
  });

  it('an array’s throttle', () => {
    const then = decided(start, sent(alice, update({ throttle: 2 }, 10)));
    assert.equal(jobIn(then, 10, 'PENDING').spec.array?.throttle, 2);
    assert.deepEqual(leadsTo(start, alice, update({ throttle: 2 }, 1)), [], 'no array, nothing to do');
  });

  it('by priority: 0 holds, a lower one is a user’s, a higher one an administrator’s', () => {
    const held = decided(start, sent(alice, update({ priority: 0 }, 1)));
    assert.equal(jobIn(held, 1, 'PENDING').held, 'user');
    assert.equal(refusal(held, alice, 1, update({ priority: 5 })), 'denied');
    assert.equal(refusal(held, root, 1, update({ priority: 5 })), 'held');
    assert.equal(refusal(start, alice, 1, update({ priority: 2 ** 32 - 2 })), 'denied');
    const low = decided(start, sent(alice, update({ priority: 5 }, 1)));
    assert.equal(jobIn(low, 1, 'PENDING').priority, 5);
  });

  it('is refused by what is asked, by the state of the job, and by who asks', () => {
    const why = (id: number, change: Parameters<typeof update>[0], uid = alice) =>
      refusal(start, uid, id, update(change));
    assert.equal(why(4, { set: { comment: 'x' } }), 'finished');
    assert.equal(why(1, { set: { uid: 0 } }), 'denied');
    assert.equal(why(1, { set: { kind: 'interactive' } }, root), 'denied');
    assert.equal(why(1, { set: { deadline: later } }), 'denied');
    assert.equal(why(1, { set: { deadline: later } }, root), undefined);
    assert.equal(why(3, { set: { partition: 'main' } }), 'not pending');
    assert.equal(why(3, { set: { timeLimit: 5 } }), undefined);
    assert.equal(why(1, { set: { nice: -1 } }), 'denied');
    assert.equal(why(1, { set: { partition: 'nosuch' } }), 'partition');
    assert.equal(why(1, { set: { nodelist: ['nosuch'] } }), 'node');
    assert.equal(why(1, { set: { constraint: 'slow' } }), 'feature');
    assert.equal(why(1, { set: { constraint: 'fast' } }), undefined);
    assert.equal(why(1, { set: { timeMin: 5, timeLimit: 4 } }), 'time min');
    assert.equal(why(1, { set: { name: 'x'.repeat(2000) } }), 'beyond bounds');
    const limited = decided(start, sent(alice, update({ set: { timeLimit: 5 } }, 3)));
    assert.equal(refusal(limited, alice, 3, update({ set: { timeLimit: 6 } })), 'denied');
    assert.equal(refusal(limited, bob, 3, update({ set: { timeLimit: 6 } })), undefined);
    const [job] = [start.jobs.get(10)];
    assert.ok(job);
    const request = update({ set: { comment: 'x' } });
    const part = { job, tasks: [[2, 2]] as const };
    assert.equal(jobEvents(start, part, { ...sent(alice, request), request }, later), 'single tasks');
  });

  it('no job comes to wait for itself', () => {
    const after1 = (jobId: number) =>
      ({ set: { dependency: { any: false, clauses: [{ type: 'afterok', jobId }] } } }) as const;
    const second = decided(start, sent(alice, update(after1(1), 2)));
    assert.equal(jobIn(second, 2, 'PENDING').spec.dependencyUpdated, true);
    assert.equal(refusal(second, alice, 1, update(after1(2))), 'circular dependency');
    assert.equal(refusal(second, alice, 1, update(after1(1))), 'dependency');
    assert.equal(refusal(second, alice, 1, update(after1(99))), undefined);
  });
});
