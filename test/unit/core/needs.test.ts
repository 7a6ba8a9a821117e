import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { needsOf, nodeCountMin } from '../../../src/core/needs.ts';
import { spec } from '../builders.ts';

test('tasks and the job’s GPUs are spread evenly, the first nodes taking the rest', () => {
  const job = spec({ ntasks: 5, cpusPerTask: 2, gpus: [{ count: 3, per: 'job' }] });
  assert.deepEqual(
    needsOf(job, 2).map((need) => [need.tasks, need.cpus, need.gpus]),
    [
      [3, 6, [{ count: 2 }]],
      [2, 4, [{ count: 1 }]],
    ],
  );
});

test('GPUs are counted for the node, the task or the job', () => {
  const gpus = [
    { count: 1, per: 'node', type: 'a100' },
    { count: 2, per: 'task' },
    { count: 1, per: 'job' },
  ] as const;
  assert.deepEqual(
    needsOf(spec({ ntasks: 3, gpus }), 2).map((need) => need.gpus),
    [
      [{ count: 1, type: 'a100' }, { count: 4 }, { count: 1 }],
      [{ count: 1, type: 'a100' }, { count: 2 }],
    ],
  );
});

test('memory is for each node; none is said, or all is', () => {
  const memory = (memoryPerNodeMb?: number) =>
    needsOf(spec({ ...(memoryPerNodeMb !== undefined && { memoryPerNodeMb }) }), 1)[0]?.memoryMb;
  assert.deepEqual([memory(), memory(0), memory(500)], [0, 'all', 500]);
});

test('a job of fewer tasks than nodes has a task on each', () => {
  assert.deepEqual(
    needsOf(spec({ ntasks: 1 }), 3).map((need) => need.tasks),
    [1, 1, 1],
  );
});

test('the least number of nodes', () => {
  assert.equal(nodeCountMin(spec()), 1);
  assert.equal(nodeCountMin(spec({ nodes: { min: 3, max: 4 } })), 3);
  assert.equal(nodeCountMin(spec({ nodelist: ['a', 'b'] })), 2);
  assert.equal(nodeCountMin(spec({ ntasks: 5, ntasksPerNode: 2 })), 3);
});

test('law: nothing is lost in spreading, and no two nodes differ by more than one task', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 20 }),
      fc.nat(40),
      (ntasks, nodes, gpus) => {
        const job = spec({ ntasks, gpus: gpus === 0 ? [] : [{ count: gpus, per: 'job' }] });
        const needs = needsOf(job, nodes);
        const tasks = needs.map((need) => need.tasks);
        const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
        assert.equal(sum(tasks), Math.max(ntasks, nodes));
        assert.ok(Math.max(...tasks) - Math.min(...tasks) <= 1);
        assert.equal(sum(needs.flatMap((need) => need.gpus.map((one) => one.count))), gpus);
      },
    ),
  );
});
