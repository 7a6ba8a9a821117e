import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { IdMap } from '../../../src/base/idmap.ts';
import { decide, decideWithin } from '../../../src/core/decide.ts';
import { plan, planEvents, planStarts, waitsOf } from '../../../src/core/plan.ts';
import { reduce, reduceAll } from '../../../src/core/reduce.ts';
import { findTargets } from '../../../src/core/targets.ts';
import { tellLikeness, termsKey, wishKey } from '../../../src/core/wishes.ts';
import { type Cluster, lastJobId } from '../../../src/model/cluster.ts';
import type { SentRequest } from '../../../src/model/request.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { plainCommands as commands, LifeSoFar } from './commands.ts';
import { findTargetsSimply, planSimply } from './simple.ts';
import { clusterOf, gpus, now, presence, registered, sent, submitted } from './world.ts';

/** Every state that a cluster went through. */
function* statesOf(all: Parameters<LifeSoFar['go']>[0][]): IterableIterator<Cluster> {
  const life = new LifeSoFar();
  for (const one of all) {
    life.go(one);
    yield life.cluster;
  }
}

const wanted = fc.record({
  timeLimit: fc.constantFrom(1, 10, 60, 600, 'UNLIMITED' as const),
  gpus: fc.integer({ min: 0, max: 4 }).map((count) => (count === 0 ? [] : [{ count, per: 'node' as const }])),
  nodes: fc.constantFrom({ min: 1, max: 1 }, { min: 1, max: 1 }, { min: 2, max: 2 }, { min: 1, max: 3 }),
  cpusPerTask: fc.integer({ min: 1, max: 3 }),
});

/** Three nodes of four GPUs: the first jobs run, wherever they found room, and many wait. */
const busy = fc
  .tuple(fc.array(wanted, { maxLength: 8 }), fc.array(wanted, { maxLength: 25 }))
  .map(([running, waiting]) => {
    const nodes = ['a', 'b', 'c'].map((name) => registered(name, { gpus: gpus(4) }));
    const jobs = [...running, ...waiting].map((given, index) => submitted(index + 1, given));
    const early = clusterOf(...nodes, ...jobs.slice(0, running.length));
    const { events } = planEvents(early, now - 100, []);
    return reduceAll(early, [...events, ...jobs.slice(running.length)]);
  });

/** One look plans ahead for no more than 16 different wishes. */
const ownWishesMax = 15;

describe('what is quick for many jobs', () => {
  it('plans as if each job were looked at by itself', () => {
    fc.assert(
      fc.property(commands, (all) => {
        for (const cluster of statesOf([...all])) {
          const { starts, reasons } = plan(cluster, now);
          const simple = planSimply(cluster, now);
          assert.deepEqual(planStarts(cluster, now), starts);
          const made = starts.map(({ job, task, allocation }) => ({
            ...(task !== undefined && { task }),
            shares: allocation,
            job: job.id,
          }));
          assert.deepEqual(made, simple.starts);
          // A map: which is told first means nothing.
          assert.deepEqual(reasons, simple.reasons);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('plans the same where running jobs leave little room for many', () => {
    fc.assert(
      fc.property(busy, (cluster) => {
        const { starts, reasons } = plan(cluster, now);
        const simple = planSimply(cluster, now);
        assert.deepEqual(planStarts(cluster, now), starts);
        assert.deepEqual(
          starts.map(({ job, allocation }) => ({ shares: allocation, job: job.id })),
          simple.starts,
        );
        assert.deepEqual(reasons, simple.reasons);
      }),
      { numRuns: 500 },
    );
  });

  it('tells alike jobs what it tells jobs that have each a wish of their own', () => {
    const away = presence('b', 'lost');
    fc.assert(
      fc.property(busy, fc.boolean(), (cluster, isAway) => {
        const some = isAway ? reduceAll(cluster, [away]) : cluster;
        const few = { ...some, jobs: IdMap.of([...some.jobs.entries()].slice(0, ownWishesMax)) };
        const own = [...few.jobs.entries()].map(([id, job]) => {
          // Nobody has it, and none of it is asked for.
          const licenses = [{ name: `own${id}`, count: 0 }];
          return [id, job.state === 'PENDING' ? { ...job, spec: { ...job.spec, licenses } } : job] as const;
        });
        const { reasons, texts, starts } = plan(few, now);
        const apart = plan({ ...few, jobs: IdMap.of(own) }, now);
        assert.deepEqual([reasons, texts, starts.length], [apart.reasons, apart.texts, apart.starts.length]);
      }),
      { numRuns: 500 },
    );
  });

  it('knows the wish of a job that is like another as if it had looked', () => {
    const changes = fc.record(
      {
        name: fc.constantFrom('a', 'b'),
        uid: fc.constantFrom(2001, 2002),
        timeLimit: fc.constantFrom(1, 2),
        cpusPerTask: fc.constantFrom(1, 2),
        constraint: fc.constantFrom('a100', 'h100'),
        timeMin: fc.constantFrom(1, 2),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(changes, changes, (first, second) => {
        const base: JobSpec = { ...submitted(1).spec, ...first };
        const like: JobSpec = { ...base, ...second };
        tellLikeness(like, base, Object.keys(second));
        assert.equal(termsKey(like), termsKey({ ...like }));
        assert.equal(wishKey(like) === wishKey(base), wishKey({ ...like }) === wishKey({ ...base }));
      }),
    );
  });

  it('tells of one job after the other what it tells of all', () => {
    fc.assert(
      fc.property(commands, fc.array(fc.nat(30)), (all, asked) => {
        for (const cluster of statesOf([...all])) {
          const { reasons, texts } = plan(cluster, now);
          const waitOf = waitsOf(cluster, now);
          for (const id of [...asked, ...cluster.jobs.keys()]) {
            const told = [waitOf(id)?.reason, waitOf(id)?.text];
            assert.deepEqual(told, [reasons.get(id), texts.get(id)], `job ${id}`);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('finds the jobs that a target means as if it looked through all', () => {
    fc.assert(
      fc.property(commands, (all) => {
        for (const cluster of statesOf([...all])) {
          for (let job = 1; job <= lastJobId(cluster) + 1; job += 1) {
            for (const task of [undefined, 0, 1, 2, 3]) {
              const target = { job, ...(task !== undefined && { task }) };
              const found = findTargets(cluster, target).map(({ id }) => id);
              assert.deepEqual(found, findTargetsSimply(cluster, target), JSON.stringify(target));
            }
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('knows the largest id and reduces many events as one after the other', () => {
    fc.assert(
      fc.property(commands, (all) => {
        const life = new LifeSoFar();
        for (const one of all) life.go(one);
        const { commits, cluster } = life;
        const largest = Math.max(0, ...cluster.jobs.keys(), cluster.closed.at(-1)?.[1] ?? 0);
        assert.equal(lastJobId(cluster), largest);
        const events = commits.flat();
        const first = new LifeSoFar().cluster;
        assert.deepEqual(reduceAll(first, events), events.reduce(reduce, first));
      }),
      { numRuns: 20 },
    );
  });

  it('decides piece by piece what it decides at once', () => {
    fc.assert(
      fc.property(commands, fc.integer({ min: 1, max: 2000 }), (all, textMax) => {
        const life = new LifeSoFar();
        for (const one of all) life.go(one);
        const targets = [...life.cluster.jobs.keys()].map((job) => ({ job }));
        const requests = [
          sent(2001, { name: 'hold', targets }),
          sent(2002, { name: 'unhold', targets }),
          sent(0, { name: 'signal', targets, signal: 10, scope: 'batch' }),
          sent(2001, { name: 'cancel', targets }),
        ];
        const whole = reduceAll(life.cluster, decide(life.cluster, requests, now));
        assert.deepEqual(inPieces(life.cluster, requests, textMax), whole);
      }),
      { numRuns: 40 },
    );
  });
});

function inPieces(cluster: Cluster, requests: readonly SentRequest[], textMax: number): Cluster {
  let state = cluster;
  let left = requests;
  const one = 400;
  for (let tries = 0; left.length > 0; tries += 1) {
    const { events, done } = decideWithin(state, left, { now, textMax });
    const isSignal = left[0]?.request.name === 'signal';
    if (!isSignal) assert.ok(JSON.stringify(events).length < textMax + one * 8, 'a piece is small');
    state = reduceAll(state, events);
    left = left.filter((request) => !done.includes(request));
    assert.ok(tries < 500, 'it comes to an end');
  }
  return state;
}
