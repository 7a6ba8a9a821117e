import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bidsOf, partitionReason } from '../../../src/core/bids.ts';
import { latestStart } from '../../../src/core/eligible.ts';
import { activeJobs, freeWhenEmpty } from '../../../src/core/free.ts';
import { plan } from '../../../src/core/plan.ts';
import { reduceCommit } from '../../../src/core/reduce.ts';
import { placeIn } from '../../../src/core/terms.ts';
import { type Cluster, emptyCluster } from '../../../src/model/cluster.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { commands, type Life, LifeSoFar, live, nodeNames } from './commands.ts';
import { now, root } from './world.ts';

/** What a cluster is, as a value that can be compared. */
function shown(cluster: Cluster): unknown {
  return {
    ...cluster,
    jobs: [...cluster.jobs.values()],
    nodes: [...cluster.nodes],
    handled: [...cluster.handled],
  };
}

function replayed({ commits }: Life): Cluster {
  return commits.reduce((cluster, events, index) => reduceCommit(cluster, index + 1, events), emptyCluster);
}

describe('laws: a cluster that lives at random', () => {
  it('is never impossible, ends nothing twice, decides and plans the same again, and can be replayed', () => {
    fc.assert(
      fc.property(commands, (all) => {
        const life = live(all);
        assert.deepEqual(shown(replayed(life)), shown(life.cluster));
      }),
      { numRuns: 80 },
    );
  });

  it('gets everywhere', () => {
    const lives = fc.sample(commands, { seed: 1, numRuns: 200 }).map(live);
    const events = new Set(lives.flatMap(({ commits }) => commits.flat().map((event) => event.name)));
    assert.equal(events.size, 24, [...events].sort().join(' '));
    const states = new Set(
      lives.flatMap(({ cluster }) => [...cluster.jobs.values()].map((job) => job.state)),
    );
    assert.deepEqual([...states].sort(), ['COMPLETING', 'ENDED', 'PENDING', 'RUNNING']);
  });

  it('once troubles stop, every job that the cluster can run comes to an end', () => {
    fc.assert(
      fc.property(commands, (all) => {
        const life = new LifeSoFar();
        for (const one of all) life.go(one);
        for (const node of life.cluster.nodes.keys()) {
          life.commit([
            { name: 'nodePresence', time: now, node, incarnation: 'incarnation-1', presence: 'up' },
            { name: 'gpuTroubles', time: now, node, troubles: [] },
          ]);
        }
        const targets = [...life.cluster.jobs.keys()].map((job) => ({ job }));
        life.commit(life.decided(root, { name: 'unhold', targets }));
        settle(life);
        for (const job of life.cluster.jobs.values()) {
          if (job.state === 'ENDED') continue;
          assert.equal(job.state, 'PENDING');
          const isOver = (latestStart(job.spec) ?? Number.POSITIVE_INFINITY) < life.time;
          assert.ok(isOver || !couldRun(life.cluster, job.spec), `job ${job.id} could run and does not`);
        }
      }),
      { numRuns: 40 },
    );
  });
});

/** Whether a partition takes the job, and has nodes for it when they are empty. */
function couldRun(cluster: Cluster, spec: JobSpec): boolean {
  const whole = freeWhenEmpty(cluster);
  return bidsOf(cluster, spec).some(
    (bid) => partitionReason(bid, spec) === undefined && placeIn(bid, spec, whole, bid.nodes) !== undefined,
  );
}

/** Ends all that runs and starts what waits, until neither is left to do. */
function settle(life: LifeSoFar): void {
  const stepsMax = 500;
  for (let step = 0; step < stepsMax; step += 1) {
    const node = nodeNames.find((name) => life.cluster.nodes.get(name)?.remnants !== undefined);
    if (node !== undefined) life.go({ do: 'clear', node });
    else if ([...activeJobs(life.cluster)].length > 0)
      life.go({ do: 'end', pick: step % 30, fails: step % 2 === 0 });
    else if (plan(life.cluster, life.time).starts.length > 0) life.go({ do: 'schedule', ids: 4 });
    else if (isAnyTooEarly(life)) life.go({ do: 'pass', seconds: 400 });
    else return;
  }
  assert.fail(`still at work after ${stepsMax} steps`);
}

/** What was requeued has to wait for a while. */
function isAnyTooEarly({ cluster, time }: LifeSoFar): boolean {
  return [...cluster.jobs.values()].some((job) => job.state === 'PENDING' && job.eligibleTime > time);
}
