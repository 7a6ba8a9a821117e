import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declaredGpus } from '../../../../src/model/gpu.ts';
import { declaredProbe } from '../../../../src/system/gpus/declared.ts';

test('declared GPUs are there, well and free', async () => {
  const probe = declaredProbe(declaredGpus('a100:1,v100:1'));
  const { source, gpus } = await probe.inventory();
  assert.deepEqual([source, gpus.map(({ type }) => type)], ['declared', ['a100', 'v100']]);
  assert.deepEqual((await probe.conditions()).conditions, [
    { index: 0, health: 'ok', processes: [] },
    { index: 1, health: 'ok', processes: [] },
  ]);
});
