import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freeWhenEmpty, type NodeFree } from '../../../src/core/free.ts';
import { cpusWithin, isOfKind, nodeCountMin, nodeCountWanted, shareOf } from '../../../src/core/needs.ts';
import { limits } from '../../../src/model/limits.ts';
import type { NodeRecord } from '../../../src/model/node.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { spec } from '../builders.ts';
import { clusterOf, gpus, registered } from './world.ts';

function nodeWith(given: Partial<NodeRecord>): NodeFree {
  return freeWhenEmpty(clusterOf(registered('node1', given))).get('node1') ?? assert.fail();
}

/** The nodes of the captured cluster. */
const gpu01 = nodeWith({ sockets: 2, coresPerSocket: 4, gpus: gpus(4) });
const cpu01 = nodeWith({ sockets: 1, coresPerSocket: 4, threadsPerCore: 2, memoryMb: 16_000 });

/** `CPUs, MiB, GPUs` of the share; undefined where there is none. */
function shareText(node: NodeFree, given: Partial<JobSpec>, tasks = given.ntasks ?? 1): string | undefined {
  const share = shareOf(spec(given), node, { tasks, jobGpus: [] });
  return share && `${share.cpus} ${share.memoryMb} ${share.gpus.join('+')}`.trimEnd();
}

describe('needs: cores are given out whole (as the real one placed jobs on cpu01)', () => {
  const perCpu = { memoryPerCpuMb: 1000 };
  const cases: readonly (readonly [Partial<JobSpec>, string | undefined])[] = [
    [{}, '2 2000'],
    [{ ntasks: 3 }, '4 4000'],
    [{ cpusPerTask: 3 }, '4 4000'],
    [{ ntasks: 2, cpusPerTask: 3 }, '6 6000'],
    [{ ntasks: 2 }, '2 2000'],
    [{ ntasks: 2, ntasksPerCore: 1 }, '4 4000'],
    [{ ntasks: 2, threadsPerCore: 1 }, '4 2000'],
    [{ cpusPerTask: 2, hint: 'nomultithread' }, '4 2000'],
    [{ ntasks: 8, threadsPerCore: 1 }, undefined],
    [{ exclusive: 'node' }, '8 8000'],
    [{ memoryPerCpuMb: 0 }, '2 16000'],
  ];
  for (const [given, expected] of cases) {
    it(`${JSON.stringify(given)}: ${expected}`, () => {
      assert.equal(shareText(cpu01, { ...perCpu, ...given }), expected);
    });
  }

  it('CPUs that were counted otherwise than the cores are cores of their own', () => {
    const odd = nodeWith({ cpus: 3, sockets: 1, coresPerSocket: 8, threadsPerCore: 2 });
    assert.equal(shareText(odd, {}), '1 0');
  });
});

describe('needs: what else a node has to give', () => {
  const cases: readonly (readonly [string, Partial<JobSpec>, string | undefined])[] = [
    ['--mincpus is taken', { minCpusPerNode: 4 }, '4 0'],
    ['memory for the node', { memoryPerNodeMb: 500 }, '1 500'],
    ['all of it', { memoryPerNodeMb: 0 }, '1 32000'],
    ['memory for each GPU', { memoryPerGpuMb: 4000, gpus: [{ count: 2, per: 'node' }] }, '1 8000 0+1'],
    ['CPUs for each GPU', { cpusPerGpu: 2, gpus: [{ count: 2, per: 'node' }] }, '4 0 0+1'],
    ['GPUs for each task', { ntasks: 3, gpus: [{ count: 1, per: 'task' }] }, '3 0 0+1+2'],
    [
      'GPUs for each socket that it uses',
      { gpus: [{ count: 1, per: 'socket' }], socketsPerNode: 2 },
      '1 0 0',
    ],
    ['more CPUs use more sockets', { ntasks: 8, gpus: [{ count: 1, per: 'socket' }] }, '8 0 0+1'],
    ['exclusive takes all CPUs and GPUs', { exclusive: 'node', memoryPerNodeMb: 100 }, '8 100 0+1+2+3'],
    [
      'too many tasks for its GPUs',
      { ntasks: 5, ntasksPerGpu: 2, gpus: [{ count: 2, per: 'node' }] },
      undefined,
    ],
    ['as many as they take', { ntasks: 4, ntasksPerGpu: 2, gpus: [{ count: 2, per: 'node' }] }, '4 0 0+1'],
    ['too many tasks for the node', { ntasks: 3, ntasksPerNode: 2 }, undefined],
    ['too many tasks for its sockets', { ntasks: 3, ntasksPerSocket: 1 }, undefined],
    ['more CPUs than there are', { exclusive: 'node', cpusPerTask: 9 }, undefined],
  ];
  for (const [what, given, expected] of cases) {
    it(what, () => {
      assert.equal(shareText(gpu01, given), expected);
    });
  }

  it('memory for each CPU bounds how many a node can give', () => {
    assert.equal(cpusWithin(spec({ memoryPerCpuMb: 9000 }), gpu01), 3);
    assert.equal(cpusWithin(spec({ memoryPerCpuMb: 3000 }), cpu01), 4);
    assert.equal(cpusWithin(spec(), gpu01), 8);
  });
});

describe('needs: kinds and numbers of nodes', () => {
  it('a node is of the kind that is asked for, or not', () => {
    const is = (given: Partial<JobSpec>, node = gpu01): boolean => isOfKind(spec(given), node.whole);
    assert.ok(is({ socketsPerNode: 2, coresPerSocket: 4, threadsPerCore: 1, minCpusPerNode: 8 }));
    const others = [
      { socketsPerNode: 3 },
      { coresPerSocket: 5 },
      { threadsPerCore: 2 },
      { minCpusPerNode: 9 },
    ];
    for (const other of [...others, { tmpPerNodeMb: 1 }, { exclude: ['node1'] }]) assert.ok(!is(other));
    assert.ok(is({ tmpPerNodeMb: 10 }, nodeWith({ tmpMb: 10 })));
  });

  it('the least number of nodes', () => {
    assert.equal(nodeCountMin(spec()), 1);
    assert.equal(nodeCountMin(spec({ nodes: { min: 3, max: 4 } })), 3);
    assert.equal(nodeCountMin(spec({ nodelist: ['a', 'b'] })), 2);
    assert.equal(nodeCountMin(spec({ ntasks: 5, ntasksPerNode: 2 })), 3);
  });

  it('a range asks for its end, unless it is open or the least will do', () => {
    const nodes = { min: 1, max: 3 };
    assert.equal(nodeCountWanted(spec({ nodes })), 3);
    assert.equal(nodeCountWanted(spec({ nodes, useMinNodes: true })), 1);
    assert.equal(nodeCountWanted(spec({ nodes: { min: 1, max: limits.nodesPerJob } })), 1);
    const spread = { spreadJob: true, ntasks: 4 };
    assert.equal(nodeCountWanted(spec({ ...spread, nodes: { min: 1, max: limits.nodesPerJob } })), 4);
  });
});
