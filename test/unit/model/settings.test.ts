import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSettings, settingsOf } from '../../../src/model/settings.ts';

test('an empty file leaves the defaults', () => {
  assert.deepEqual(settingsOf(null, 'cluster.yaml'), defaultSettings);
  assert.deepEqual(settingsOf({}, 'cluster.yaml'), defaultSettings);
});

test('each setting is taken from its section', () => {
  const settings = settingsOf(
    {
      networking: { heartbeat_interval: 2, timeout: 10 },
      jobs: { kill_wait: 1, min_job_age: 5 },
      gpus: { probe_interval: 3 },
    },
    'cluster.yaml',
  );
  assert.deepEqual(settings, {
    heartbeatSeconds: 2,
    nodeTimeoutSeconds: 10,
    killWaitSeconds: 1,
    minJobAgeSeconds: 5,
    gpuProbeSeconds: 3,
  });
});

test('what is unknown, of another type or impossible is refused by name', () => {
  const refusals: readonly [unknown, RegExp][] = [
    [{ network: {} }, /cluster\.yaml: unknown setting: network$/],
    [{ jobs: { killwait: 3 } }, /cluster\.yaml: unknown setting: jobs: killwait/],
    [{ jobs: { kill_wait: '3' } }, /cluster\.yaml: jobs\.kill_wait: expected a whole number/],
    [{ networking: { timeout: 10 } }, /timeout must be at least twice/],
    [[], /expected an object/],
    ['text', /expected an object/],
  ];
  for (const [value, message] of refusals)
    assert.throws(() => settingsOf(value, 'cluster.yaml'), { message });
});
