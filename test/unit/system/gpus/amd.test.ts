import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brief, probeOn } from './stand-ins.ts';

test('AMD by amd-smi, in both layouts', async () => {
  for (const scenario of ['wrapped', 'bare', 'outside']) {
    const probe = probeOn(['amd', 'rocm'], { MGPU_STAND_IN_AMD: scenario });
    const { gpus, ...rest } = await probe.inventory();
    assert.deepEqual(rest, { source: 'amd-smi', problems: [], ignored: [] });
    assert.deepEqual(gpus[1], {
      index: 1,
      model: 'AMD Instinct MI300X OAM',
      type: 'mi300x',
      vendor: 'amd',
      uuid: 'GPU-00bf000000000002',
      busId: '0000:26:00.0',
      memoryMb: 196_592,
    });
    const { conditions } = await probe.conditions();
    assert.deepEqual(brief(conditions), scenario === 'outside' ? ['ok 0', 'ok 1'] : ['ok 0', 'ok 0']);
    assert.equal(conditions[1]?.utilizationPercent, 41);
  }
});

test('an integrated GPU is not counted, and the partitions of a card are', async () => {
  const integrated = probeOn(['amd'], { MGPU_STAND_IN_AMD: 'integrated' });
  const { gpus, ignored } = await integrated.inventory();
  assert.deepEqual(
    gpus.map(({ index, type }) => [index, type]),
    [[0, 'rx7900xtx']],
  );
  assert.deepEqual(ignored, ['GPU 1 (AMD Radeon Graphics) is integrated']);
  assert.equal((await integrated.conditions()).conditions.length, 1);

  const parted = await probeOn(['amd'], { MGPU_STAND_IN_AMD: 'partitions' }).inventory();
  assert.deepEqual(
    parted.gpus.map(({ index, type, uuid: id, busId }) => [index, type, id, busId]),
    [
      [0, 'mi300x', undefined, '0000:05:00.0'],
      [1, 'mi300x', undefined, '0000:05:00.1'],
    ],
  );
});

test('AMD by rocm-smi where there is nothing newer', async () => {
  for (const scenario of ['idle', 'old', 'outside']) {
    const probe = probeOn(['rocm'], { MGPU_STAND_IN_ROCM: scenario });
    const { gpus, ...rest } = await probe.inventory();
    assert.deepEqual(rest, {
      source: 'rocm-smi',
      problems: [],
      ignored: ['GPU 2 (Phoenix3) is integrated'],
    });
    assert.deepEqual(
      gpus.map(({ type, uuid: id, memoryMb }) => [type, id, memoryMb]),
      [
        ['mi210', 'GPU-0e54792172da5eeb', 65_520],
        ['mi210', 'GPU-18f68e602b8a790f', 65_520],
      ],
    );
    const { conditions } = await probe.conditions();
    assert.deepEqual(brief(conditions), scenario === 'outside' ? ['ok 0', 'ok 1'] : ['ok 0', 'ok 0']);
    if (scenario !== 'outside') continue;
    const held = [{ pid: 4711, name: 'python3 -c a, b', memoryMb: 1000 }];
    assert.deepEqual(conditions[1], { index: 1, health: 'ok', processes: held, memoryUsedMb: 1011 });
  }
});
