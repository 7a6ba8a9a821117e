import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gpusOfTask, gpuVisibilityVariables, visibleGpus } from '../../../src/model/gpuvariables.ts';

describe('visibleGpus', () => {
  it('names the physical indices, as Slurm does where devices are not constrained (env.second_job)', () => {
    assert.deepEqual(visibleGpus([1, 2]), {
      CUDA_VISIBLE_DEVICES: '1,2',
      GPU_DEVICE_ORDINAL: '1,2',
      ROCR_VISIBLE_DEVICES: '1,2',
      ZE_AFFINITY_MASK: '1,2',
    });
  });

  it("lets exactly one of AMD's variables choose, and the ones behind it count what that left", () => {
    assert.deepEqual(visibleGpus([1, 3], 'amd'), {
      CUDA_VISIBLE_DEVICES: '0,1',
      GPU_DEVICE_ORDINAL: '0,1',
      HIP_VISIBLE_DEVICES: '0,1',
      ROCR_VISIBLE_DEVICES: '1,3',
      ZE_AFFINITY_MASK: '1,3',
    });
  });

  it('sets nothing where there is nothing, and nothing that would not be cleared', () => {
    assert.deepEqual(visibleGpus([]), {});
    const known: readonly string[] = gpuVisibilityVariables;
    for (const name of Object.keys(visibleGpus([0], 'amd'))) assert.ok(known.includes(name));
  });
});

describe('gpusOfTask', () => {
  it('gives every task its own', () => {
    const gpus = [4, 5, 6, 7];
    assert.deepEqual(
      [0, 1].map((localTask) => gpusOfTask(gpus, { perTask: 2, localTask })),
      [
        [4, 5],
        [6, 7],
      ],
    );
  });
});
