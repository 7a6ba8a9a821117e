import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gpuCountsFault } from '../../../../src/commands/submission/gpucounts.ts';
import type { SubmitValues } from '../../../../src/tables/options/values.ts';

const any = { min: 1, max: 1024 };
const some = (count: number) => [{ count }];

test('numbers of GPUs that do not fit each other are told as by Slurm (observed)', () => {
  const order = 'Failed to ensure --gpus >= --gres=gpu/--gpus-per-node >= --gpus-per-socket';
  const spec = 'Failed to validate job spec';
  const perNode = '--gres=gpu/--gpus-per-node';
  const cases: readonly (readonly [SubmitValues, string])[] = [
    [{ gres: [{ name: 'gpu', count: 2 }], gpus: some(1) }, order],
    [{ gpusPerSocket: some(2), socketsPerNode: 1, gpus: some(1) }, order],
    [{ gpusPerNode: some(1), gpusPerTask: some(2) }, 'Failed to ensure --gpus >= --gpus-per-task'],
    [{ gpusPerNode: some(2), gpus: some(3) }, `${spec}, --gpus is not multiple of ${perNode}`],
    [
      { gpusPerNode: some(3), gpusPerSocket: some(2) },
      `${spec}, ${perNode} not multiple of --gpus-per-socket.`,
    ],
    [
      { gpusPerNode: some(2), gpusPerSocket: some(1), socketsPerNode: 1 },
      `${spec}. Based on ${perNode} and --gpus-per-socket required number of sockets ` +
        'differ from --sockets-per-node.',
    ],
    [{ gpus: some(3), gpusPerTask: some(2) }, `${spec}, --gpus not multiple of --gpus-per-task`],
    [{ gpusPerNode: some(3), gpusPerTask: some(2) }, `${spec}, ${perNode} not multiple of --gpus-per-task.`],
    [
      { gpusPerNode: some(2), gpusPerTask: some(1), ntasksPerNode: 1 },
      `${spec}. Based on ${perNode} and --gpus-per-task requested number of tasks per node ` +
        'differ from --ntasks-per-node.',
    ],
    [
      { gpusPerSocket: some(3), gpusPerTask: some(2) },
      `${spec}, --gpus-per-socket not multiple of --gpus-per-task.`,
    ],
  ];
  for (const [values, expected] of cases) assert.equal(gpuCountsFault(values, any), expected);
  assert.equal(gpuCountsFault({ gpus: some(1) }, { min: 2, max: 2 }), `${spec}, --gpus < -N`);
});

test('numbers that fit, and those of several types, are nothing to complain of', () => {
  const fine: readonly SubmitValues[] = [
    {},
    { gpus: some(4), gpusPerNode: some(2), gpusPerTask: some(1), ntasksPerNode: 2 },
    { gpusPerNode: some(2), gpusPerSocket: some(1), socketsPerNode: 2 },
    { gpus: [{ type: 'a100', count: 1 }], gpusPerNode: some(2) },
    {
      gpus: [
        { type: 'a100', count: 1 },
        { type: 'v100', count: 2 },
      ],
    },
  ];
  for (const values of fine) assert.equal(gpuCountsFault(values, any), undefined, JSON.stringify(values));
});
