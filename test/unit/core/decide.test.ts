import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mayChange } from '../../../src/core/authority.ts';
import { decide } from '../../../src/core/decide.ts';
import { reduce } from '../../../src/core/reduce.ts';
import { findTargets } from '../../../src/core/targets.ts';
import { type Cluster, emptyCluster } from '../../../src/model/cluster.ts';
import { limits } from '../../../src/model/limits.ts';
import type { Request, SentRequest } from '../../../src/model/request.ts';
import { share, spec } from '../builders.ts';
import {
  after,
  alice,
  allocated,
  bob,
  cancelled,
  clusterOf,
  completed,
  endRequested,
  jobIn,
  now,
  registered,
  released,
  root,
  sent,
  submitted,
} from './world.ts';

const start = clusterOf(registered('node1'), submitted(1), submitted(2), submitted(3));
const running = after(start, allocated(1, [share('node1')]));
const later = now + 50;

/** What a request of that user leads to, without the word that it was handled. */
function leadsTo(cluster: Cluster, uid: number, request: Request): readonly unknown[] {
  const one = sent(uid, request);
  const events = decide(cluster, [one], later);
  const last = events.at(-1);
  if (last?.name === 'requestHandled') {
    assert.deepEqual([last.requestId, last.by, last.time], [one.requestId, uid, later]);
    return events.slice(0, -1);
  }
  return events;
}

function decided(cluster: Cluster, ...requests: readonly SentRequest[]): Cluster {
  return after(cluster, ...decide(cluster, requests, later));
}

/** A job, or a task of an array. */
type Named = number | readonly [number, number];

const targets = (...jobs: readonly Named[]) =>
  jobs.map((job) => (typeof job === 'number' ? { job } : { job: job[0], task: job[1] }));

describe('decide: submit', () => {
  it('is kept, by its owner or root', () => {
    const request = { name: 'submit', jobId: 9, spec: spec({ uid: alice }) } as const;
    const event = { name: 'jobSubmitted', time: later, id: 9, spec: request.spec };
    assert.deepEqual(leadsTo(start, alice, request), [event]);
    assert.deepEqual(leadsTo(start, root, request), [event]);
  });

  it('in somebody else’s name is refused, and that is remembered', () => {
    const one = sent(bob, { name: 'submit', jobId: 9, spec: spec({ uid: alice }) });
    const events = decide(start, [one], later);
    assert.deepEqual(
      events.map((event) => event.name),
      ['requestHandled'],
    );
    assert.match(JSON.stringify(events), /refused/);
    assert.deepEqual(decide(after(start, ...events), [one], later), []);
  });

  it('of an id that was used leads to nothing', () => {
    const request = { name: 'submit', jobId: 1, spec: spec() } as const;
    assert.deepEqual(decide(start, [sent(alice, request)], later), []);
    assert.deepEqual(decide({ ...emptyCluster, closed: [[1, 1]] }, [sent(alice, request)], later), []);
  });

  it('of one id twice keeps the first', () => {
    const one = sent(alice, { name: 'submit', jobId: 9, spec: spec({ name: 'first' }) });
    const two = sent(alice, { name: 'submit', jobId: 9, spec: spec({ name: 'second' }) });
    assert.equal(jobIn(decided(start, one, two), 9, 'PENDING').spec.name, 'first');
  });

  it('comes before a cancel whose clock is behind', () => {
    const cancel = sent(alice, { name: 'cancel', targets: targets(9) });
    const submit = sent(alice, { name: 'submit', jobId: 9, spec: spec() });
    assert.equal(jobIn(decided(start, cancel, submit), 9, 'ENDED').endState, 'CANCELLED');
  });
});

describe('decide: cancel', () => {
  it('ends what waits at once and asks the holder to end what runs', () => {
    assert.deepEqual(leadsTo(running, alice, { name: 'cancel', targets: targets(1, 2) }), [
      {
        name: 'jobEndRequested',
        time: later,
        id: 1,
        attempt: 1,
        endState: 'CANCELLED',
        reason: 'None',
        by: alice,
      },
      { name: 'jobCancelled', time: later, id: 2, by: alice },
    ]);
  });

  it('of what is over, ending or unknown leads to nothing', () => {
    const over = after(running, cancelled(2), endRequested(1));
    assert.deepEqual(leadsTo(over, alice, { name: 'cancel', targets: targets(1, 2, 77) }), []);
  });

  it('is done by the owner and by root, not by others', () => {
    const request = { name: 'cancel', targets: targets(1, 2) } as const;
    assert.deepEqual(leadsTo(running, bob, request), []);
    assert.equal(leadsTo(running, root, request).length, 2);
    const job = jobIn(running, 1, 'RUNNING');
    assert.deepEqual(
      [alice, bob, root].map((uid) => mayChange(running, { uid }, job)),
      [true, false, true],
    );
  });

  it('may name a job twice', () => {
    assert.equal(leadsTo(running, alice, { name: 'cancel', targets: targets(2, 2, 1, 1) }).length, 2);
  });
});

describe('decide: signal', () => {
  const signal = { name: 'signal', targets: targets(1, 2), signal: 10, scope: 'full' } as const;

  it('reaches what runs', () => {
    const one = sent(alice, signal);
    const { requestId } = one;
    assert.deepEqual(decide(running, [one], later)[0], {
      name: 'jobSignalled',
      time: later,
      id: 1,
      attempt: 1,
      requestId,
      signal: 10,
      scope: 'full',
    });
    assert.equal(jobIn(decided(running, one), 1, 'RUNNING').signals?.length, 1);
    assert.deepEqual(leadsTo(running, bob, signal), []);
    assert.deepEqual(leadsTo(start, alice, signal), []);
  });

  it('is dropped where too many wait already', () => {
    const many = Array.from({ length: limits.signalsPerJob + 5 }, () => sent(alice, signal));
    const cluster = decide(running, many, later).reduce(reduce, running);
    assert.equal(jobIn(cluster, 1, 'RUNNING').signals?.length, limits.signalsPerJob);
    assert.deepEqual(leadsTo(cluster, alice, signal), []);
  });
});

describe('decide: hold and unhold', () => {
  const hold = { name: 'hold', targets: targets(2) } as const;
  const unhold = { name: 'unhold', targets: targets(2) } as const;

  it('a user’s hold is lifted by the user or root', () => {
    const held = decided(start, sent(alice, hold));
    assert.equal(jobIn(held, 2, 'PENDING').held, 'user');
    assert.equal(jobIn(decided(held, sent(alice, unhold)), 2, 'PENDING').held, undefined);
    assert.equal(jobIn(decided(held, sent(root, unhold)), 2, 'PENDING').held, undefined);
    assert.equal(jobIn(decided(held, sent(bob, unhold)), 2, 'PENDING').held, 'user');
    assert.deepEqual(leadsTo(held, alice, hold), []);
  });

  it('an administrator’s hold is lifted by root alone, and not weakened by the user’s own', () => {
    const held = decided(start, sent(root, hold));
    assert.equal(jobIn(held, 2, 'PENDING').held, 'admin');
    assert.deepEqual(leadsTo(held, alice, unhold), []);
    assert.deepEqual(leadsTo(held, alice, hold), []);
    assert.equal(jobIn(decided(held, sent(root, unhold)), 2, 'PENDING').held, undefined);
    const stronger = decided(decided(start, sent(alice, hold)), sent(root, hold));
    assert.equal(jobIn(stronger, 2, 'PENDING').held, 'admin');
  });

  it('of what runs, or is not held, leads to nothing', () => {
    assert.deepEqual(leadsTo(running, alice, { name: 'hold', targets: targets(1) }), []);
    assert.deepEqual(leadsTo(running, alice, { name: 'unhold', targets: targets(1, 2) }), []);
  });
});

describe('decide: arrays', () => {
  const array = { tasks: [[1, 4]] as const, throttle: 0 };
  const task = (id: number, number: number) =>
    allocated(id, [share('node1')], { array: { job: 10, task: number } });
  const some = after(start, submitted(10, { array }), task(11, 1), task(12, 2));
  const ids = (cluster: Cluster, ...of: readonly Named[]) =>
    targets(...of).flatMap((target) => findTargets(cluster, target).map((job) => job.id));

  it('the array’s number stands for all of its tasks', () => {
    assert.deepEqual(ids(some, 10), [10, 11, 12]);
    const all = after(some, task(13, 3), task(10, 4));
    assert.deepEqual(ids(all, 10), [10, 11, 12, 13]);
    const early = after(some, cancelled(10));
    assert.deepEqual(ids(early, 10), [10, 11, 12], 'the waiting part was cancelled, two tasks run on');
  });

  it('a task is found by its number, started or not', () => {
    assert.deepEqual(ids(some, [10, 1], [10, 3], [10, 9], [99, 1]), [11, 10]);
    assert.deepEqual(ids(after(some, task(13, 3), task(10, 4)), [10, 4]), [10]);
    assert.deepEqual(ids(start, [1, 1]), [], 'job 1 is no array');
  });

  it('a job of a task is named by its own id, too', () => {
    assert.deepEqual(ids(some, 11, 1, 77), [11, 1]);
  });

  it('cancelling a task takes it out, or asks its holder', () => {
    const part = decided(some, sent(alice, { name: 'cancel', targets: targets([10, 3], [10, 1]) }));
    assert.deepEqual(jobIn(part, 10, 'PENDING').tasks, [[4, 4]]);
    assert.equal(jobIn(part, 11, 'COMPLETING').endState, 'CANCELLED');
    assert.equal(jobIn(part, 12, 'RUNNING').arrayTaskId, 2);
    const rest = decided(part, sent(alice, { name: 'cancel', targets: targets(10) }));
    assert.equal(jobIn(rest, 10, 'ENDED').endState, 'CANCELLED');
    assert.equal(jobIn(rest, 12, 'COMPLETING').endState, 'CANCELLED');
  });

  it('every waiting task cancelled by its number ends the array', () => {
    const all = decided(some, sent(alice, { name: 'cancel', targets: targets([10, 3], [10, 4], [10, 4]) }));
    assert.equal(jobIn(all, 10, 'ENDED').endState, 'CANCELLED');
    assert.equal(jobIn(all, 11, 'RUNNING').arrayTaskId, 1);
  });
});

describe('decide: again', () => {
  it('leads to nothing', () => {
    const requests: readonly SentRequest[] = [
      sent(alice, { name: 'submit', jobId: 20, spec: spec() }),
      sent(bob, { name: 'submit', jobId: 21, spec: spec({ uid: alice }) }),
      sent(alice, { name: 'hold', targets: targets(2) }),
      sent(alice, { name: 'unhold', targets: targets(2) }),
      sent(alice, { name: 'signal', targets: targets(1), signal: 10, scope: 'steps' }),
      sent(alice, { name: 'cancel', targets: targets(3, 20) }),
      sent(bob, { name: 'cancel', targets: targets(2) }),
      sent(alice, { name: 'cancel', targets: [] }),
    ];
    const once = decided(running, ...requests);
    assert.deepEqual(decide(once, requests, later + 1), []);
    const delivered = after(once, {
      name: 'jobSignalsDelivered',
      time: later,
      id: 1,
      attempt: 1,
      requestIds: requests.map((one) => one.requestId),
    });
    assert.deepEqual(decide(delivered, requests, later + 1), []);
    const over = after(once, released(1, 'node1', { report: completed }));
    assert.deepEqual(decide(over, requests, later + 1), []);
  });

  it('with no requests leads to nothing', () => {
    assert.deepEqual(decide(running, [], later), []);
  });
});
