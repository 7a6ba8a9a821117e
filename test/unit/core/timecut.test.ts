import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bidsOf } from '../../../src/core/bids.ts';
import { plan, planEvents } from '../../../src/core/plan.ts';
import { timeCuts } from '../../../src/core/timecut.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import { formatOfEvent } from '../../../src/model/event.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { share, spec } from '../builders.ts';
import { after, allocated, clusterOf, jobIn, now, registered, root, submitted } from './world.ts';

/** Job 1 holds 4 of 8 CPUs for ten minutes, and job 2 waits for all 8 of them. */
const busy = after(
  clusterOf(registered('node1', { cpus: 8 })),
  submitted(1, { cpusPerTask: 4, timeLimit: 10 }),
  { ...allocated(1, [share('node1', { cpus: 4 })]), time: now },
  submitted(2, { cpusPerTask: 8, timeLimit: 60 }),
);

function starts(cluster: Cluster): readonly (readonly [number, JobSpec['timeLimit']])[] {
  return plan(cluster, now).starts.map(({ job, timeLimit }) => [job.id, timeLimit]);
}

describe('--time-min', () => {
  it('a job gets as much time as there is before the job that waits above it', () => {
    const cut = submitted(3, { cpusPerTask: 2, timeLimit: 60, timeMin: 5 });
    assert.deepEqual(starts(after(busy, cut)), [[3, 10]]);
    assert.deepEqual(starts(after(busy, submitted(3, { cpusPerTask: 2, timeLimit: 60 }))), []);
    assert.deepEqual(starts(after(busy, submitted(3, { timeLimit: 60, timeMin: 11 }))), []);
  });

  it('the job that started has that limit, an array its own one', () => {
    const array = { tasks: [[1, 2]] as const, throttle: 0, step: 1 };
    const wanted = { cpusPerTask: 2, timeLimit: 60, timeMin: 5, array };
    const cluster = after(busy, submitted(3, wanted));
    const { events } = planEvents(cluster, now, [4]);
    assert.deepEqual(events.map(formatOfEvent), [3, 3]);
    const [first] = events;
    assert.ok(first !== undefined);
    const later = after(cluster, first);
    assert.equal(jobIn(later, 4, 'RUNNING').spec.timeLimit, 10);
    assert.equal(jobIn(later, 3, 'PENDING').spec.timeLimit, 60);
  });

  it('with nothing in the way it gets all of its time', () => {
    const free = clusterOf(registered('node1'), submitted(1, { timeLimit: 60, timeMin: 5 }));
    assert.deepEqual(starts(free), [[1, 60]]);
    assert.equal(
      planEvents(free, now, []).events.some((event) => 'timeLimit' in event),
      false,
    );
  });

  it('ends before a reservation, its deadline and what the partition allows', () => {
    const node = clusterOf(registered('node1'));
    const job = submitted(1, { timeLimit: 60, timeMin: 2 });
    const reservation = { name: 'r', startTime: now + 330, endTime: now + 999, nodes: ['node1'] };
    const reserved = after(node, { name: 'reservationSet', time: now, by: root, reservation });
    assert.deepEqual(starts(after(reserved, job)), [[1, 5]]);
    // As captured: three minutes less what had passed were two.
    const late = submitted(1, { timeLimit: 20, timeMin: 1, deadline: now + 179 });
    assert.deepEqual(starts(after(node, late)), [[1, 2]]);
    const partitions = [{ name: 'main', maxTime: 30 }];
    const limited = after(node, { name: 'clusterConfigured', time: now, config: { partitions, nodes: [] } });
    assert.deepEqual(starts(after(limited, job)), [[1, 30]]);
  });

  it('every limit lies between the least and the most, the longest comes first, each is tried once', () => {
    const minutes = fc.integer({ min: 1, max: 200 });
    const times = fc.array(fc.integer({ min: now - 99, max: now + 20_000 }), { maxLength: 30 });
    const [bid] = bidsOf(clusterOf(registered('node1')), spec());
    assert.ok(bid !== undefined);
    fc.assert(
      fc.property(minutes, minutes, times, (timeLimit, timeMin, ends) => {
        const job = spec({ timeLimit, timeMin });
        const limits = timeCuts(job, bid, { now, times: ends }).map((one) => Number(one.timeLimit));
        assert.deepEqual(
          limits,
          [...new Set(limits)].sort((a, b) => b - a),
        );
        assert.ok(limits.every((one) => one >= timeMin && one <= timeLimit));
        assert.equal(limits.includes(timeLimit), timeMin <= timeLimit);
      }),
    );
  });
});
