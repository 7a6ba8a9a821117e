import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { assert as must } from '../../../src/base/assert.ts';
import { bidsOf } from '../../../src/core/bids.ts';
import { activeJobs, freeNow } from '../../../src/core/free.ts';
import { plan, planEvents } from '../../../src/core/plan.ts';
import { reserve } from '../../../src/core/reserve.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import { share } from '../builders.ts';
import {
  after,
  allocated,
  clusterOf,
  endRequested,
  gpus,
  jobIn,
  now,
  registered,
  released,
  submitted,
} from './world.ts';

/** Node1 has 8 CPUs; job 1 holds 4 of them and ends in ten minutes at the latest. */
const base = after(
  clusterOf(registered('node1', { cpus: 8, gpus: gpus(4) })),
  submitted(1, { cpusPerTask: 4, timeLimit: 10 }),
  { ...allocated(1, [share('node1', { cpus: 4, gpus: [0, 1] })]), time: now },
);

function started(cluster: Cluster): readonly number[] {
  return plan(cluster, now).starts.map((start) => start.job.id);
}

describe('reserve: later jobs do not put off the first that waits', () => {
  const waits = after(base, submitted(2, { cpusPerTask: 6, timeLimit: 60 }));

  it('a short job runs before it, a long one where it would not hurt', () => {
    assert.deepEqual(started(after(waits, submitted(3, { cpusPerTask: 4, timeLimit: 10 }))), [3]);
    assert.deepEqual(started(after(waits, submitted(3, { cpusPerTask: 4, timeLimit: 11 }))), []);
    assert.deepEqual(started(after(waits, submitted(3, { cpusPerTask: 2, timeLimit: 600 }))), [3]);
    assert.deepEqual(started(after(waits, submitted(3, { cpusPerTask: 2 }))), [3]);
  });

  it('several long jobs together do not hurt it either', () => {
    const long = { cpusPerTask: 2, timeLimit: 600 };
    assert.deepEqual(started(after(waits, submitted(3, long), submitted(4, long))), [3]);
    const both = after(
      waits,
      submitted(3, { cpusPerTask: 1 }),
      submitted(4, { cpusPerTask: 1 }),
      submitted(5),
    );
    assert.deepEqual(started(both), [3, 4]);
    const tasks = { array: { tasks: [[1, 9]] as const, throttle: 0 } };
    assert.deepEqual(started(after(waits, submitted(3, tasks))), [3, 3]);
  });

  it('a short one beside a long one', () => {
    const mixed = after(
      waits,
      submitted(3, { cpusPerTask: 2, timeLimit: 600 }),
      submitted(4, { cpusPerTask: 2, timeLimit: 5 }),
    );
    assert.deepEqual(started(mixed), [3, 4]);
  });

  it('only the first that waits has it', () => {
    const more = after(waits, submitted(3, { cpusPerTask: 8 }), submitted(4, { cpusPerTask: 2 }));
    assert.deepEqual(started(more), [4]);
    assert.deepEqual([...plan(more, now).reasons.values()], ['Resources', 'Priority']);
  });

  it('when nobody knows when it can start, nothing is taken from it', () => {
    const endless = after(
      clusterOf(registered('node1', { cpus: 8 })),
      submitted(1, { cpusPerTask: 4 }),
      allocated(1, [share('node1', { cpus: 4 })]),
      submitted(2, { cpusPerTask: 8, timeLimit: 1 }),
      submitted(3, { timeLimit: 1 }),
    );
    assert.deepEqual(started(endless), []);
  });

  it('jobs that start in the same pass are counted with their ends', () => {
    const empty = clusterOf(registered('node1', { cpus: 8 }));
    const cluster = after(
      empty,
      submitted(1, { cpusPerTask: 6, timeLimit: 10 }),
      submitted(2, { cpusPerTask: 8, timeLimit: 10 }),
      submitted(3, { cpusPerTask: 2, timeLimit: 10 }),
      submitted(4, { cpusPerTask: 2, timeLimit: 11 }),
    );
    assert.deepEqual(started(cluster), [1, 3]);
  });

  it('on other nodes anything may run', () => {
    const cluster = after(
      waits,
      registered('node2', { cpus: 2 }),
      submitted(3, { cpusPerTask: 2 }),
      submitted(4, { cpusPerTask: 3 }),
    );
    assert.deepEqual(started(cluster), [3]);
  });

  it('GPUs are held back by number', () => {
    const cluster = after(
      base,
      submitted(2, { gpus: [{ count: 3, per: 'node' }], timeLimit: 60 }),
      submitted(3, { gpus: [{ count: 1, per: 'node' }] }),
      submitted(4, { gpus: [{ count: 1, per: 'node' }] }),
    );
    assert.deepEqual(
      plan(cluster, now).starts.map((start) => [start.job.id, start.allocation[0]?.gpus]),
      [[3, [3]]],
    );
  });
});

describe('reserve: when', () => {
  const timeOf = (cluster: Cluster, id: number): number | undefined => {
    const { spec } = jobIn(cluster, id, 'PENDING');
    const [bid] = bidsOf(cluster, spec);
    must(bid !== undefined, 'the job is of a partition');
    const asked = { cluster, now, free: freeNow(cluster), starts: [], spec, bid, allowed: undefined };
    return reserve(asked)?.time;
  };

  it('at the end of the last job that stands in the way', () => {
    const cluster = after(
      base,
      submitted(2, { timeLimit: 3 }),
      { ...allocated(2, [share('node1', { cpus: 2 })]), time: now },
      submitted(3, { cpusPerTask: 4 }),
      submitted(4, { cpusPerTask: 8 }),
    );
    assert.equal(timeOf(cluster, 3), now + 180);
    assert.equal(timeOf(cluster, 4), now + 600);
  });

  it('a job that is ending counts as gone', () => {
    const cluster = after(base, endRequested(1), submitted(2, { cpusPerTask: 8 }));
    assert.equal(timeOf(cluster, 2), now + 3);
  });

  it('never, for what does not fit at all', () => {
    assert.equal(timeOf(after(base, submitted(2, { cpusPerTask: 9 })), 2), undefined);
    assert.equal(timeOf(after(base, submitted(2, { nodelist: ['node9'] })), 2), undefined);
  });
});

const wanted = fc.record({
  cpusPerTask: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 8 })),
  nodes: fc.constantFrom({ min: 1, max: 1 }, { min: 1, max: 1 }, { min: 2, max: 2 }),
  gpus: fc.constantFrom([], [], [{ count: 1, per: 'node' } as const], [{ count: 3, per: 'node' } as const]),
  memoryPerNodeMb: fc.constantFrom(100, 100, 100, 20_000),
  timeLimit: fc.constantFrom(1, 2, 3, 9, 20),
});

describe('reserve: law', () => {
  it('the first job that has to wait starts no later for all that is submitted after it', () => {
    const queue = fc.array(wanted, { minLength: 2, maxLength: 12, size: 'max' });
    const waiting = fc.sample(queue, { seed: 1, numRuns: 50 }).filter((jobs) => firstWaiting(jobs));
    assert.ok(waiting.length > 20, 'there is something to see');
    fc.assert(
      fc.property(queue, (jobs) => {
        const first = firstWaiting(jobs);
        if (first === undefined) return;
        const alone = startTimes(jobs.slice(0, first)).get(first) ?? assert.fail();
        const together = startTimes(jobs).get(first) ?? assert.fail();
        assert.ok(together <= alone, `job ${first} started at ${together} instead of ${alone}`);
      }),
      { numRuns: 60 },
    );
  });
});

type Wanted = typeof wanted extends fc.Arbitrary<infer W> ? W : never;

/** Two nodes, and the jobs, numbered from 1 on. */
function clusterWith(jobs: readonly Wanted[]): Cluster {
  const nodes = [registered('node1', { cpus: 8, gpus: gpus(4) }), registered('node2', { gpus: gpus(4) })];
  return clusterOf(...nodes, ...jobs.map((job, index) => submitted(index + 1, job)));
}

function firstWaiting(jobs: readonly Wanted[]): number | undefined {
  return [...plan(clusterWith(jobs), now).reasons].find(([, reason]) => reason === 'Resources')?.[0];
}

/** When each job starts, if all run for the whole of their limits. */
function startTimes(jobs: readonly Wanted[]): ReadonlyMap<number, number> {
  let cluster = clusterWith(jobs);
  const times = new Map<number, number>();
  for (let time = now; times.size < jobs.length; time += 60) {
    for (const job of activeJobs(cluster)) {
      const { timeLimit } = job.spec;
      if (timeLimit === 'UNLIMITED' || job.startTime + timeLimit * 60 > time) continue;
      cluster = after(cluster, ...job.holders.map((node) => released(job.id, node)));
    }
    const { events } = planEvents(cluster, time, []);
    cluster = after(cluster, ...events);
    for (const event of events) if (event.name === 'jobAllocated') times.set(event.id, time);
  }
  return times;
}
