import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { completed } from '../../../src/core/complete.ts';
import { earliestStart, plannedStarts } from '../../../src/core/planned.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import { parseDependency } from '../../../src/model/dependency.ts';
import { limits } from '../../../src/model/limits.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { share, spec } from '../builders.ts';
import { factsCluster, formatRaised } from './facts.ts';
import { after, allocated, clusterOf, now, registered, submitted } from './world.ts';

/** `id:seconds from now:nodes` of each start. */
function planned(cluster: Cluster): string {
  const starts = [...plannedStarts(cluster, now)];
  return starts.map(([id, { time, nodes }]) => `${id}:${time - now}:${nodes.join('+')}`).join(' ');
}

const one = after(
  clusterOf(formatRaised, registered('node1')),
  submitted(1, { cpusPerTask: 6, timeLimit: 10 }),
  { ...allocated(1, [share('node1', { cpus: 6 })]), time: now },
);

describe('planned: squeue --start', () => {
  it('each job takes the earliest gap that those before it leave', () => {
    const cluster = after(
      one,
      submitted(2, { cpusPerTask: 8, timeLimit: 20 }),
      submitted(3, { cpusPerTask: 4, timeLimit: 5 }),
      submitted(4, { cpusPerTask: 2, timeLimit: 10 }),
      submitted(5, { cpusPerTask: 1, timeLimit: 11 }),
    );
    assert.equal(planned(cluster), '4:0:node1 2:600:node1 3:1800:node1 5:1800:node1');
  });

  it('a begin time counts, and what cannot be told has none', () => {
    const dependency = parseDependency('afterok:1');
    assert.ok(dependency);
    const cluster = after(
      one,
      submitted(2, { beginTime: now + 3000 }),
      submitted(3, { dependency }),
      submitted(4, { hold: true }),
      submitted(5, { cpusPerTask: 9 }),
    );
    assert.equal(planned(cluster), '2:3000:node1');
  });

  it('what has no limit is taken to last a year', () => {
    const endless = after(one, submitted(2), { ...allocated(2, [share('node1', { cpus: 2 })]), time: now });
    assert.equal(planned(after(endless, submitted(3, { cpusPerTask: 8 }))), `3:${365 * 86_400}:node1`);
  });

  it('a reservation is kept clear', () => {
    const cluster = after(one, submitted(2, { cpusPerTask: 8, timeLimit: 20 }), {
      ...{ name: 'reservationSet', time: now, by: 0 },
      reservation: { name: 'r', startTime: now + 900, endTime: now + 5000, nodes: ['node1'] },
    });
    assert.equal(planned(cluster), '');
  });
});

describe('planned: sbatch --test-only', () => {
  const open = { min: 1, max: limits.nodesPerJob };
  const cluster = factsCluster();
  const tested = (given: Partial<JobSpec>): string | undefined => {
    const asked = completed(spec({ partition: '', nodes: open, ...given }), cluster);
    const start = earliestStart(cluster, asked, now);
    if (start === undefined) return undefined;
    const cpus = start.allocation.reduce((sum, share) => sum + share.cpus, 0);
    return `${cpus} ${start.allocation.map(({ node }) => node).join(',')} ${start.partition}`;
  };
  const cases: readonly (readonly [string, Partial<JobSpec>, string | undefined])[] = [
    ['-G 2', { gpus: [{ count: 2, per: 'job' }] }, '1 gpu03 gpu'],
    ['--gpus=a100:2', { gpus: [{ count: 2, per: 'job', type: 'a100' }] }, '1 gpu01 gpu'],
    [
      '-N2 --gres=gpu:2',
      { ntasks: 2, nodes: { min: 2, max: 2 }, gpus: [{ count: 2, per: 'node' }] },
      '2 gpu01,gpu02 gpu',
    ],
    ['-n3 -c2', { ntasks: 3, cpusPerTask: 2 }, '6 gpu01 gpu'],
    ['--mincpus=4', { minCpusPerNode: 4 }, '4 gpu03 gpu'],
    ['-p cpu -n3', { partition: 'cpu', ntasks: 3 }, '4 cpu01 cpu'],
    ['-p gpu,debug -c4', { partition: 'gpu,debug', cpusPerTask: 4 }, '4 gpu03 debug'],
    ['-t 30-0', { timeLimit: 43_200 }, '1 gpu03 gpu'],
    ['-p off', { partition: 'off' }, '2 cpu01 off'],
    ['-n 21', { ntasks: 21 }, undefined],
    // Of features in brackets the best node with any of them, though the job would start with the first.
    ['-C [a100|v100]', { constraint: '[a100|v100]' }, '1 gpu03 gpu'],
    ['-C [v100|a100] -c5', { constraint: '[v100|a100]', cpusPerTask: 5 }, '5 gpu01 gpu'],
    ['-C [v100|a100] -n9', { constraint: '[v100|a100]', ntasks: 9 }, '9 gpu01,gpu02 gpu'],
    ['-C [a100|v100]&nvlink', { constraint: '[a100|v100]&nvlink' }, '1 gpu01 gpu'],
    [
      '-C [a100|v100] -N1-2',
      { constraint: '[a100|v100]', ntasks: 2, nodes: { min: 1, max: 2 } },
      '2 gpu01,gpu02 gpu',
    ],
    ['-C [a100|v100] -N3', { constraint: '[a100|v100]', ntasks: 3, nodes: { min: 3, max: 3 } }, undefined],
    ['-C [(a100&nvlink)|v100]', { constraint: '[(a100&nvlink)|v100]' }, '1 gpu01 gpu'],
  ];
  for (const [words, given, expected] of cases) {
    it(words, () => {
      assert.equal(tested(given), expected);
    });
  }

  it('as soon as what runs is over, and not before the begin time', () => {
    const asked = spec({ cpusPerTask: 8 });
    assert.equal(earliestStart(one, asked, now)?.time, now + 600);
    assert.equal(earliestStart(one, { ...asked, beginTime: now + 700 }, now)?.time, now + 700);
  });
});
