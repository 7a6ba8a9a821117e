import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nvidiaFailure } from '../../../../src/system/gpus/nvidia-failure.ts';
import { hostileText } from './hostile.ts';

test('what each failure means for the next step', () => {
  const cases: readonly (readonly [number, string, string])[] = [
    [255, 'Unable to determine the device handle for GPU 0000:0B:00.0: Unknown Error', 'card'],
    [255, 'Unable to determine the device handle for GPU0000:0B:00.0: Unknown Error', 'card'],
    [
      0,
      'Unable to determine the device handle for gpu 0000:0B:00.0: GPU is lost.  Reboot the system',
      'card',
    ],
    [15, '', 'card'],
    [6, 'No devices were found', 'none'],
    [0, 'No devices were found', 'none'],
    [2, 'Field "mig.mode.current" is not a valid field to query.', 'field'],
    [2, 'Invalid combination of input arguments.', 'tool'],
    [18, 'Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 550.54', 'tool'],
    [255, 'Failed to initialize NVML: Unknown Error', 'tool'],
    [9, '', 'tool'],
    [12, '', 'tool'],
    [14, 'WARNING: infoROM is corrupted at gpu 0000:A3:00.0', 'tool'],
  ];
  for (const [code, text, kind] of cases) assert.equal(nvidiaFailure(code, text)?.kind, kind, text);
  assert.equal(nvidiaFailure(0, ' \n'), undefined);
});

test('the message names the code, what it means and what was said', () => {
  assert.equal(
    nvidiaFailure(18, 'Failed to initialize NVML: Driver/library version mismatch\n')?.message,
    'nvidia-smi ended with 18 (driver and library versions differ: reboot the node or reload the driver): ' +
      'Failed to initialize NVML: Driver/library version mismatch',
  );
  assert.equal(nvidiaFailure(77, '')?.message, 'nvidia-smi ended with 77');
  assert.equal(nvidiaFailure(0, 'odd')?.message, 'nvidia-smi: odd');
});

test('any code and text give one line', () => {
  fc.assert(
    fc.property(fc.nat(255), hostileText(400), (code, text) => {
      const { message = '' } = nvidiaFailure(code, text) ?? {};
      assert.ok(message.length <= 200 && !message.includes('\n'));
    }),
  );
});
