import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { refusalOf } from '../../../src/core/admit.ts';
import { nextDue } from '../../../src/core/due.ts';
import { plan, planStarts } from '../../../src/core/plan.ts';
import { plannedStarts } from '../../../src/core/planned.ts';
import { whyWaiting } from '../../../src/core/why.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { share, spec } from '../builders.ts';
import { configured, factsConfig, formatRaised } from './facts.ts';
import { after, allocated, clusterOf, jobIn, now, registered, submitted } from './world.ts';

/** Two nodes behind each of two switches; one of each pair is full, for ten minutes. */
const idle = clusterOf(
  formatRaised,
  ...['a1', 'a2'].map((name) => registered(name, { switch: 's1' })),
  ...['b1', 'b2'].map((name) => registered(name, { switch: 's2' })),
);
const half = after(idle, submitted(1, { timeLimit: 10, nodes: { min: 2, max: 2 } }), {
  ...allocated(1, [share('a1', { cpus: 8 }), share('b1', { cpus: 8 })]),
  time: now,
});
const choosy = (waitSeconds?: number): Partial<JobSpec> => ({
  nodes: { min: 2, max: 2 },
  ntasks: 2,
  timeLimit: 5,
  switches: { count: 1, ...(waitSeconds !== undefined && { waitSeconds }) },
});

function startsAt(cluster: Cluster, time: number): readonly string[] {
  return planStarts(cluster, time).map(({ job, allocation }) =>
    [job.id, ...allocation.map(({ node }) => node)].join(' '),
  );
}

describe('switches: how long a job waits for few of them', () => {
  it('as long as it says, then it takes any nodes', () => {
    const cluster = after(half, submitted(2, choosy(60)));
    assert.deepEqual(startsAt(cluster, now), []);
    assert.equal(plan(cluster, now).reasons.get(2), 'Resources');
    assert.deepEqual(startsAt(cluster, now + 59), []);
    assert.deepEqual(startsAt(cluster, now + 60), ['2 a2 b2']);
    assert.equal(nextDue(cluster, now), now + 60);
    assert.equal(nextDue(cluster, now + 60), Number.POSITIVE_INFINITY);
  });

  it('five minutes if it does not say, and no longer than the cluster lets it', () => {
    const cluster = after(half, submitted(2, choosy()), submitted(3, choosy(3600)));
    assert.equal(nextDue(cluster, now), now + 300);
    assert.deepEqual(startsAt(cluster, now + 299), []);
    const short = after(cluster, configured({ ...factsConfig, partitions: [], maxSwitchWaitSeconds: 20 }));
    assert.deepEqual([nextDue(short, now), startsAt(short, now + 19)], [now + 20, []]);
    assert.deepEqual(startsAt(short, now + 20), ['2 a2 b2', '3 a2 b2']);
  });

  it('not at all where one switch has room', () => {
    assert.deepEqual(startsAt(after(idle, submitted(2, choosy(60))), now), ['2 a1 a2']);
  });

  it('a job that asks for the same and has waited for it starts beside one that has not', () => {
    const young = { ...submitted(3, choosy(60)), time: now + 40 };
    const cluster = after(half, young, submitted(2, choosy(60)));
    assert.deepEqual(startsAt(cluster, now + 70), ['2 a2 b2']);
    assert.deepEqual(startsAt(cluster, now + 110), ['2 a2 b2', '3 a2 b2']);
  });

  it('a clock that was ahead keeps nobody waiting for long', () => {
    const ahead = { ...submitted(2, choosy(60)), time: now + 86_400 };
    assert.deepEqual(startsAt(after(half, ahead), now), ['2 a2 b2']);
  });

  it('what needs more switches than it allows is taken in, and starts when it has waited', () => {
    const four: Partial<JobSpec> = { ...choosy(60), nodes: { min: 4, max: 4 }, ntasks: 4 };
    assert.equal(refusalOf(idle, spec({ partition: 'main', ...four })), undefined);
    const cluster = after(idle, submitted(2, four));
    assert.equal(plan(cluster, now).reasons.get(2), 'Resources');
    assert.deepEqual(startsAt(cluster, now + 60), ['2 a1 a2 b1 b2']);
  });

  it('the start that is planned, and what is said of it', () => {
    const cluster = after(half, submitted(2, choosy(60)), submitted(3, choosy(300)));
    assert.deepEqual(plannedStarts(cluster, now).get(2), { time: now + 60, nodes: ['a2', 'b2'] });
    const { facts } = whyWaiting(cluster, jobIn(cluster, 2, 'PENDING'), now);
    assert.deepEqual(facts[0], { about: 'switches', count: 1, until: now + 60 });
    const over = whyWaiting(cluster, jobIn(cluster, 2, 'PENDING'), now + 61).facts;
    assert.ok(over.every(({ about }) => about !== 'switches'));
  });
});
