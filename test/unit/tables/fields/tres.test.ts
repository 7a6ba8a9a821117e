import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatGpuIndices,
  formatGpuTally,
  formatTres,
  jobTres,
  requestedTres,
  tallyOf,
} from '../../../../src/tables/fields/tres.ts';
import { gpu, pending, running, share, spec } from '../../builders.ts';

const mixed = [gpu(0), gpu(1, { type: 'v100' }), gpu(2), gpu(3, { type: '' })];
const text = (...[job]: [Parameters<typeof jobTres>[0]]): string => formatTres(jobTres(job, () => mixed));

test('what a job asks for (captures ‘gres strings’, ‘resource requests’)', () => {
  const asked = (spec: NonNullable<Parameters<typeof pending>[1]>['spec']): string =>
    text(pending(1, spec === undefined ? {} : { spec }));
  assert.equal(asked({}), 'cpu=1,node=1,billing=1');
  assert.equal(
    asked({ gpus: [{ count: 2, per: 'node', type: 'a100' }], memoryPerNodeMb: 1000 }),
    'cpu=1,mem=1000M,node=1,billing=1,gres/gpu=2,gres/gpu:a100=2',
  );
  assert.equal(asked({ ntasks: 2, gpus: [{ count: 1, per: 'task' }] }), 'cpu=2,node=1,billing=2,gres/gpu=2');
  assert.equal(
    asked({ nodes: { min: 2, max: 2 }, gpus: [{ count: 2, per: 'node' }], memoryPerNodeMb: 1024 }),
    'cpu=2,mem=2G,node=2,billing=2,gres/gpu=4',
  );
  assert.equal(asked({ gpuIds: [0, 2] }), 'cpu=1,node=1,billing=1,gres/gpu=2');
});

test('what a job holds', () => {
  const job = running(1, {
    shares: [share('n1', { gpus: [0, 1], memoryMb: 1000 }), share('n2', { gpus: [2, 3] })],
  });
  assert.equal(text(job), 'cpu=2,mem=1000M,node=2,billing=2,gres/gpu=4,gres/gpu:a100=2,gres/gpu:v100=1');
});

test('GPUs of a node by type', () => {
  assert.equal(formatGpuTally(tallyOf([0, 1, 2, 3], mixed)), 'gpu:a100:2,gpu:v100:1,gpu:1');
  assert.equal(formatGpuIndices([0, 1, 2], mixed), 'gpu:a100:2(IDX:0,2),gpu:v100:1(IDX:1)');
  assert.equal(formatGpuIndices([0, 1], undefined), 'gpu:2(IDX:0-1)');
  assert.equal(formatGpuIndices([], mixed), '');
});

test('memory is asked for by the node, by the CPU or by the GPU', () => {
  const memoryOf = (given: Parameters<typeof spec>[0]): number => requestedTres(spec(given)).memoryMb;
  const two = { nodes: { min: 2, max: 2 }, ntasks: 4 } as const;
  assert.equal(memoryOf({ ...two, memoryPerNodeMb: 500 }), 1000);
  assert.equal(memoryOf({ ...two, memoryPerCpuMb: 500 }), 2000);
  assert.equal(memoryOf({ ...two, memoryPerGpuMb: 500, gpus: [{ count: 3, per: 'node' }] }), 3000);
  assert.equal(memoryOf(two), 0);
});
