import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { GpuProbeOptions } from '../../../../src/system/gpus/probe.ts';
import { brief, probeOn } from './stand-ins.ts';

const uuid = 'GPU-11111111-2222-3333-4444-00000000000';

const nvidia = (scenario: string, env: Record<string, string> = {}) =>
  probeOn(['nvidia'], { MGPU_STAND_IN: scenario, ...env });

/** A probe of a node whose condition changes. */
function changingNvidia(t: TestContext, scenario: string, options: GpuProbeOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'mgpu-probe-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const chosen = join(folder, 'scenario');
  const log = join(folder, 'calls');
  const become = (next: string): void => writeFileSync(chosen, `${next}\n`);
  const calls = (): number => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0);
  become(scenario);
  const probe = probeOn(['nvidia'], { MGPU_STAND_IN: chosen, MGPU_STAND_IN_LOG: log }, options);
  return { probe, become, calls };
}

test('four healthy cards', async () => {
  const probe = nvidia('healthy');
  const { gpus, ...rest } = await probe.inventory();
  assert.deepEqual(rest, { source: 'nvidia-smi', problems: [], ignored: [] });
  assert.equal(gpus.length, 4);
  assert.deepEqual(gpus[2], {
    index: 2,
    uuid: `${uuid}2`,
    model: 'NVIDIA A100-SXM4-80GB',
    type: 'a100',
    memoryMb: 81_920,
    busId: '0000:a3:00.0',
    vendor: 'nvidia',
  });
  const { conditions, ...more } = await probe.conditions();
  assert.deepEqual(more, { source: 'nvidia-smi', problems: [] });
  assert.deepEqual(brief(conditions), ['ok 0', 'ok 0', 'ok 0', 'ok 0']);
  assert.deepEqual(conditions[3], {
    index: 3,
    health: 'ok',
    processes: [],
    utilizationPercent: 0,
    memoryUsedMb: 412,
    eccUncorrected: 0,
  });
});

test('a process from outside is told with its card', async () => {
  const { conditions } = await nvidia('outside', { MGPU_STAND_IN_PID: '99' }).conditions();
  assert.deepEqual(brief(conditions), ['ok 0', 'ok 1', 'ok 0', 'ok 0']);
  assert.deepEqual(conditions[1]?.processes, [
    { pid: 99, name: '/opt/env/bin/python3 train.py --lr=0.1, 0.2', memoryMb: 1034 },
  ]);
});

test('MIG devices, and a process on one of them', async () => {
  const probe = nvidia('mig');
  const { gpus } = await probe.inventory();
  assert.deepEqual(gpus[0]?.mig, [
    { uuid: 'MIG-aaaaaaaa-bbbb-cccc-dddd-000000000000', profile: '3g.40gb', memoryMb: 40_960 },
    { uuid: 'MIG-aaaaaaaa-bbbb-cccc-dddd-000000000001', profile: '1g.20gb', memoryMb: 20_480 },
  ]);
  assert.equal(gpus[1]?.mig, undefined);
  const { conditions } = await probe.conditions();
  assert.deepEqual(brief(conditions), ['ok 1', 'ok 0', 'ok 0', 'ok 0']);
  assert.equal(conditions[0]?.utilizationPercent, undefined);
});

test('one broken card does not hide the healthy ones', async () => {
  const probe = nvidia('broken');
  const { gpus, problems } = await probe.inventory();
  assert.deepEqual(
    gpus.map(({ index, model, busId }) => [index, model, busId]),
    [
      [0, 'NVIDIA A100-SXM4-80GB', '0000:5d:00.0'],
      [1, 'NVIDIA A100-SXM4-80GB', '0000:5e:00.0'],
      [2, 'unknown', '0000:a3:00.0'],
      [3, 'NVIDIA A100-SXM4-80GB', '0000:a4:00.0'],
    ],
  );
  assert.match(problems[0] ?? '', /Unable to determine the device handle for GPU 0000:A3:00.0/);
  const { conditions } = await probe.conditions();
  assert.deepEqual(brief(conditions), ['ok 0', 'ok 0', 'failed ?', 'ok 0']);
  assert.match(conditions[2]?.reason ?? '', /Unable to determine the device handle/);
});

test('a broken card that spoils every call leaves all unknown', async (t) => {
  const { probe, become, calls } = changingNvidia(t, 'spoiling');
  assert.deepEqual((await probe.inventory()).gpus, []);
  assert.equal(calls(), 3);
  become('healthy');
  await probe.inventory();
  become('spoiling');
  const { conditions } = await probe.conditions();
  assert.deepEqual(brief(conditions), ['unknown ?', 'unknown ?', 'unknown ?', 'unknown ?']);
  assert.equal((await probe.inventory()).gpus.length, 4);
});

test('a card that breaks keeps its name and its number', async (t) => {
  const { probe, become } = changingNvidia(t, 'healthy');
  const before = await probe.inventory();
  become('broken');
  assert.deepEqual(brief((await probe.conditions()).conditions), ['ok 0', 'ok 0', 'failed ?', 'ok 0']);
  assert.deepEqual((await probe.inventory()).gpus, before.gpus);
  become('vanished');
  const { conditions } = await probe.conditions();
  assert.deepEqual(brief(conditions), ['ok 0', 'ok 0', 'ok 0', 'failed ?']);
  assert.equal(conditions[3]?.reason, 'not listed by nvidia-smi any more');
});

test('a card that was broken at the start and recovers is well again', async (t) => {
  const { probe, become } = changingNvidia(t, 'broken');
  await probe.inventory();
  become('healthy');
  assert.deepEqual(brief((await probe.conditions()).conditions), ['ok 0', 'ok 0', 'ok 0', 'ok 0']);
  assert.equal((await probe.inventory()).gpus[2]?.type, 'a100');
});

test('a card that needs a reset is not idle', async () => {
  const { conditions } = await nvidia('reset').conditions();
  const { reason, memoryUsedMb } = conditions[1] ?? {};
  assert.deepEqual(brief(conditions), ['ok 0', 'failed 0', 'ok 0', 'ok 0']);
  assert.deepEqual([reason, memoryUsedMb], ['GPU requires reset', undefined]);
});

test('a list of processes that is closed leaves its card unknown', async () => {
  const { conditions } = await nvidia('hidden').conditions();
  assert.deepEqual(brief(conditions), ['ok ?', 'ok 0', 'ok 0', 'ok 0']);
});

test('a warning beside a complete answer is told and changes nothing', async () => {
  const probe = nvidia('inforom');
  const { gpus, problems } = await probe.inventory();
  assert.equal(gpus.length, 4);
  assert.deepEqual(problems, [
    'nvidia-smi ended with 14 (an infoROM is damaged): WARNING: infoROM is corrupted at gpu 0000:A3:00.0',
  ]);
  assert.deepEqual(brief((await probe.conditions()).conditions), ['ok 0', 'ok 0', 'ok 0', 'ok 0']);
});

test('an old release is asked for fewer columns', async () => {
  const probe = nvidia('old');
  assert.equal((await probe.inventory()).gpus.length, 4);
  assert.deepEqual(brief((await probe.conditions()).conditions), ['ok 0', 'ok 0', 'ok 0', 'ok 0']);
});

test('a tool that cannot start says why, and what was known stays known', async (t) => {
  for (const [scenario, words] of [
    ['mismatch', /18 \(driver and library versions differ.*NVML library version: 550\.54/],
    ['container', /255 \(other error\): Failed to initialize NVML: Unknown Error/],
  ] as const) {
    const { probe, become } = changingNvidia(t, scenario);
    const { gpus, source, problems } = await probe.inventory();
    assert.deepEqual([gpus, source], [[], 'nvidia-smi']);
    assert.match(problems[0] ?? '', words);
    assert.deepEqual((await probe.conditions()).conditions, []);

    become('healthy');
    assert.equal((await probe.inventory()).gpus.length, 4, 'it works again');
    become(scenario);
    const later = await probe.inventory();
    assert.equal(later.gpus.length, 4);
    assert.match(later.problems[0] ?? '', words);
    const { conditions } = await probe.conditions();
    assert.deepEqual(brief(conditions), ['unknown ?', 'unknown ?', 'unknown ?', 'unknown ?']);
    assert.match(conditions[0]?.reason ?? '', words);
  }
});

test('no devices is an answer', async (t) => {
  const { probe, become } = changingNvidia(t, 'none');
  const { gpus, source } = await probe.inventory();
  assert.deepEqual([gpus, source], [[], 'nvidia-smi']);
  become('healthy');
  assert.equal((await probe.inventory()).gpus.length, 4);
  become('none');
  assert.deepEqual(brief((await probe.conditions()).conditions), [
    'failed ?',
    'failed ?',
    'failed ?',
    'failed ?',
  ]);
  assert.deepEqual((await probe.inventory()).gpus, []);
});

test('a hang is given up, is asked once however many ask, and leaves unknown what was known', async (t) => {
  const { probe, become, calls } = changingNvidia(t, 'hang', { timeoutMs: 250 });
  const [first, second] = await Promise.all([probe.inventory(), probe.inventory()]);
  assert.equal(first, second);
  assert.deepEqual(first.problems, ['nvidia-smi gave no answer in time']);
  assert.ok(calls() <= 1, 'a busy machine may not have come to start it');
  become('healthy');
  const deadline = Date.now() + 10_000;
  while ((await probe.inventory()).gpus.length !== 4) assert.ok(Date.now() < deadline);
  become('hang');
  const { conditions } = await probe.conditions();
  assert.deepEqual(brief(conditions), ['unknown ?', 'unknown ?', 'unknown ?', 'unknown ?']);
  assert.equal(conditions[0]?.reason, 'nvidia-smi gave no answer in time');
});
