import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { largestIn, nodesNeeded } from '../../../src/core/nodesneeded.ts';
import { limits } from '../../../src/model/limits.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { pending, spec } from '../builders.ts';
import { factsCluster } from './facts.ts';

const cluster = factsCluster();
const anyNodes = { min: 1, max: limits.nodesPerJob };

/** A job of the partition gpu: two nodes of 8 CPUs and one of 4. */
function wish(ntasks: number, cpusPerTask = 1, given: Partial<JobSpec> = {}): JobSpec {
  return spec({ partition: 'gpu', nodes: anyNodes, memoryPerCpuMb: 1000, ntasks, cpusPerTask, ...given });
}

function heldAtOnce(wanted: JobSpec): number {
  return nodesNeeded(cluster, pending(1, { spec: { ...wanted, hold: true }, held: 'user' }));
}

describe('the nodes that a job comes to', () => {
  // All measured on a Slurm 22.05.8, whose sums are odd.
  for (const [ntasks, cpus, count] of [
    ...([
      [1, 1, 1],
      [8, 1, 1],
      [9, 1, 2],
      [17, 1, 3],
      [1000, 1, 125],
    ] as const),
    ...([
      [1, 2, 2],
      [2, 2, 2],
      [4, 2, 1],
      [5, 2, 2],
      [8, 2, 2],
      [9, 2, 3],
    ] as const),
    ...([
      [1, 3, 2],
      [2, 3, 1],
      [3, 3, 2],
      [7, 3, 4],
      [1, 4, 2],
      [3, 4, 2],
    ] as const),
    ...([
      [1, 5, 1],
      [3, 5, 3],
      [2, 8, 2],
      [1, 9, 1],
      [15, 9, 15],
    ] as const),
  ] as const) {
    it(`is reckoned while nobody has tried it: -n${ntasks} -c${cpus} is ${count}`, () => {
      assert.equal(heldAtOnce(wish(ntasks, cpus)), count);
    });
  }

  it('is reckoned by the tasks of a node or core where they are said, and is not less than asked', () => {
    assert.equal(heldAtOnce(wish(8, 1, { ntasksPerNode: 3 })), 2);
    assert.equal(heldAtOnce(wish(9, 1, { ntasksPerNode: 3 })), 3);
    assert.equal(heldAtOnce(wish(16, 1, { ntasksPerCore: 2 })), 1);
    assert.equal(heldAtOnce(wish(4, 2, { nodes: { min: 3, max: 3 } })), 3);
    assert.equal(heldAtOnce(wish(9, 1, { nodelist: ['gpu01', 'gpu02', 'gpu03'] })), 3);
  });

  it('is what it takes of an empty cluster once it was tried', () => {
    const waiting = (wanted: JobSpec): number => nodesNeeded(cluster, pending(1, { spec: wanted }));
    assert.equal(waiting(wish(3, 2)), 1);
    assert.equal(waiting(wish(1, 2)), 1);
    assert.equal(waiting(wish(8, 1, { ntasksPerNode: 3 })), 3);
    assert.equal(waiting(wish(9, 1, { nodes: { min: 1, max: 3 } })), 3);
    assert.equal(waiting(wish(4, 1, { memoryPerCpuMb: 8192 })), 2);
    assert.equal(waiting(wish(1, 1, { gpus: [{ count: 8, per: 'job' }] })), 2);
    assert.equal(waiting(wish(3, 1, { spreadJob: true })), 3);
    assert.equal(waiting(wish(9, 1, { partition: 'cpu,gpu' })), 2);
  });

  it('is reckoned of what fits nowhere, and of what was held when it had been tried it is not', () => {
    assert.equal(nodesNeeded(cluster, pending(1, { spec: wish(30) })), 4);
    assert.equal(nodesNeeded(cluster, pending(1, { spec: wish(3, 2), held: 'user' })), 1);
    assert.equal(nodesNeeded(factsCluster(), pending(1, { spec: wish(9, 1, { partition: 'none' }) })), 1);
  });

  it('is one for a job of one CPU, as for those that are looked at closely', () => {
    const one = { nodes: anyNodes, memoryPerCpuMb: 1000 };
    for (const given of [one, { ...one, nodes: { min: 1, max: 1 } }, { ...one, nodelist: ['gpu01'] }]) {
      assert.equal(nodesNeeded(cluster, pending(1, { spec: wish(1, 1, given) })), 1);
      assert.equal(heldAtOnce(wish(1, 1, given)), 1);
    }
    assert.equal(nodesNeeded(cluster, pending(1, { spec: wish(1, 1, { nodes: { min: 1, max: 3 } }) })), 3);
  });

  it('is reckoned for the kinds beyond those that are tried', () => {
    const own = factsCluster();
    const waiting = (cpus: number, index: number): number =>
      nodesNeeded(own, pending(1, { spec: wish(1, cpus, { tmpPerNodeMb: 0, memoryPerCpuMb: index }) }));
    for (let index = 1; index <= 256; index += 1) assert.equal(waiting(2, index), 1);
    assert.equal(waiting(2, 257), 2);
  });
});

describe('the largest node for a job', () => {
  it('is of the partition that it tries first', () => {
    assert.deepEqual(largestIn(cluster, wish(1, 1, { partition: 'cpu,gpu' })), { cpus: 8, memoryMb: 16_000 });
    assert.deepEqual(largestIn(cluster, wish(1)), { cpus: 8, memoryMb: 32_000 });
    assert.equal(largestIn(cluster, wish(1, 1, { partition: 'none' })), undefined);
  });
});
