import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MgpuError } from '../../../../src/base/error.ts';
import { withNodeGpus } from '../../../../src/commands/submission/nodegpus.ts';
import type { SubmitValues } from '../../../../src/tables/options/values.ts';

const alike = [
  { node: 'n1', gpus: [0, 1] },
  { node: 'n2', gpus: [2, 3] },
];
const uneven = [
  { node: 'n1', gpus: [0] },
  { node: 'n2', gpus: [2, 3] },
];

describe('GPUs of named nodes', () => {
  test('say the nodes, their number and how many GPUs there are', () => {
    const nodes = { nodelist: ['n1', 'n2'], nodes: { min: 2, max: 2 } };
    const gres = [{ name: 'gpu', count: 2 }];
    assert.deepEqual(withNodeGpus({ nodeGpuIds: alike }), { nodeGpuIds: alike, ...nodes, gres });
    assert.deepEqual(withNodeGpus({ nodeGpuIds: uneven }), {
      ...{ nodeGpuIds: uneven, ...nodes },
      gpus: [{ count: 3 }],
    });
    assert.deepEqual(withNodeGpus({ gpuIds: [0] }), { gpuIds: [0] });
  });

  test('what says the same may stand beside them', () => {
    const plain = withNodeGpus({ nodeGpuIds: alike });
    const same: readonly SubmitValues[] = [
      { nodelist: ['n2'] },
      { nodes: { min: 1, max: 2 } },
      { gpus: [{ count: 4 }] },
      { gpusPerNode: [{ count: 2 }] },
      { gres: [{ name: 'gpu', count: 2 }] },
    ];
    for (const more of same) assert.deepEqual(withNodeGpus({ nodeGpuIds: alike, ...more }), plain);
    assert.equal(withNodeGpus({ nodeGpuIds: alike, ntasks: 2, exclude: ['n3'] }).ntasks, 2);
  });

  const refused: readonly (readonly [SubmitValues, RegExp])[] = [
    [{ gpuIds: [0] }, /--gpu-ids do not agree/],
    [{ nodelist: ['n1', 'n3'] }, /--nodelist n3 do not agree/],
    [{ exclude: ['n2'] }, /--exclude n2 do not agree/],
    [{ nodes: { min: 3, max: 4 } }, /--nodes 3-4 do not agree/],
    [{ nodes: { min: 1, max: 1 } }, /--nodes 1 do not agree/],
    [{ ntasks: 1 }, /--ntasks 1 do not agree/],
    [{ gpus: [{ count: 2 }] }, /--gpus 2 do not agree/],
    [{ gpus: [{ count: 4, type: 'a100' }] }, /a type in --gpus do not agree/],
    [{ gpusPerNode: [{ count: 1 }] }, /--gpus-per-node 1 do not agree/],
    [{ gres: [] }, /--gres 0 do not agree/],
    [{ gpusPerTask: [{ count: 1 }] }, /--gpus-per-task do not agree/],
    [{ gpusPerSocket: [{ count: 1 }] }, /--gpus-per-socket do not agree/],
  ];
  for (const [values, message] of refused) {
    test(`refused beside ${JSON.stringify(values)}`, () => {
      assert.throws(
        () => withNodeGpus({ nodeGpuIds: alike, ...values }),
        (error) =>
          error instanceof MgpuError &&
          error.code === 'OPTIONS' &&
          message.test(error.message) &&
          error.hint !== undefined,
      );
    });
  }

  test('a number for each node does not agree with nodes that have different ones', () => {
    const values = { nodeGpuIds: uneven, gpusPerNode: [{ count: 2 }] };
    assert.throws(() => withNodeGpus(values), /--gpus-per-node 2 do not agree/);
  });
});
