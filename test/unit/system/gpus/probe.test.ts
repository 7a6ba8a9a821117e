import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brief, probeOn } from './stand-ins.ts';

test('a tool that finds nothing makes room for the next one', async () => {
  const probe = probeOn(['nvidia', 'amd', 'rocm'], {
    MGPU_STAND_IN: 'none',
    MGPU_STAND_IN_AMD: 'broken',
  });
  const { source, gpus, problems } = await probe.inventory();
  assert.deepEqual([source, gpus.length], ['rocm-smi', 2]);
  assert.deepEqual(problems, [
    'nvidia-smi ended with 6 (not found): No devices were found',
    'amd-smi ended with 255: ERROR:root:Unable to initialize amdsmi: driver not loaded',
  ]);
});

test('without a tool the PCI bus is asked, once at a time, and not where nvidia-smi is', async () => {
  let calls = 0;
  const card = { vendor: 'NVIDIA Corporation', model: 'GA100 [A100 SXM4 80GB]', busAddress: '5d:00.0' };
  const listControllers = async () => {
    calls += 1;
    return [card, { vendor: 'ASPEED Technology, Inc.', model: 'ASPEED Graphics Family' }];
  };
  const probe = probeOn([], {}, { listControllers });
  const { source, gpus, problems, ignored } = await probe.inventory();
  assert.deepEqual([source, gpus.length, problems.length, ignored.length], ['systeminformation', 1, 1, 1]);
  assert.deepEqual(brief((await probe.conditions()).conditions), ['unknown ?']);
  await probeOn(['nvidia'], { MGPU_STAND_IN: 'none' }, { listControllers }).inventory();
  assert.equal(calls, 1);
});

test('a list of the bus that fails or hangs is told', async () => {
  const nothing = { source: 'none', gpus: [], ignored: [] };
  const failing = probeOn([], {}, { listControllers: () => Promise.reject(new Error('lspci is odd')) });
  assert.deepEqual(await failing.inventory(), {
    ...nothing,
    problems: ['systeminformation cannot list the display controllers: lspci is odd'],
  });
  let calls = 0;
  const listControllers = () => {
    calls += 1;
    return new Promise<never>(() => undefined);
  };
  const probe = probeOn([], {}, { listControllers, timeoutMs: 20 });
  for (let round = 0; round < 2; round += 1) {
    assert.deepEqual(await probe.inventory(), {
      ...nothing,
      problems: ['systeminformation cannot list the display controllers: no answer in time'],
    });
  }
  assert.equal(calls, 1);
});

test('a node without GPUs has none, and nothing is wrong with it', async () => {
  const probe = probeOn([]);
  assert.deepEqual(await probe.inventory(), { source: 'none', gpus: [], problems: [], ignored: [] });
  assert.deepEqual(await probe.conditions(), { source: 'none', conditions: [], problems: [] });
});
