import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  parsePidGpus,
  parsePids,
  parseRocmCards,
  parseRocmStates,
  rocmProcesses,
} from '../../../../src/system/gpus/rocm-smi.ts';
import { hostileText } from './hostile.ts';

const title = '======= ROCm System Management Interface =======\n======= GPUs Indexed by PID =======\n';
const end = '=================\n======= End of ROCm SMI Log =======\n';

test('cards, whose keys differ by release', () => {
  for (const [series, model] of [
    ['Card series', 'Card model'],
    ['Card Series', 'Card Model'],
  ] as const) {
    const text = JSON.stringify({
      card0: {
        [series]: '0x740f',
        [model]: 'AMD Instinct MI210',
        'PCI Bus': '0000:A3:00.0',
        'Unique ID': '0xe54792172da5eeb',
        'VRAM Total Memory (B)': '68702699520',
      },
      card11: { [series]: 'N/A', 'PCI Bus': 'N/A', 'Unique ID': 'N/A', 'VRAM Total Memory (B)': 'N/A' },
      system: { 'Driver version': '6.2' },
    });
    assert.deepEqual(parseRocmCards(text), [
      {
        index: 0,
        model: 'AMD Instinct MI210',
        busId: '0000:a3:00.0',
        uuid: 'GPU-0e54792172da5eeb',
        memoryMb: 65_520,
      },
      { index: 11 },
    ]);
  }
});

test('numbers that change', () => {
  const text =
    '{"card1": {"PCI Bus": "0000:C3:00.0", "GPU use (%)": "7", "VRAM Total Used Memory (B)": "10960896"}}';
  assert.deepEqual(parseRocmStates(text), [
    { index: 1, busId: '0000:c3:00.0', utilizationPercent: 7, memoryUsedMb: 11 },
  ]);
  assert.equal(parseRocmStates('WARNING: No JSON data to report'), undefined);
});

test('which GPUs a process holds', () => {
  const text = `\n\n${title}PID 78912 is using 0 DRM device(s)
PID 79301 is using 1 DRM device(s):
1${' '}
PID 1949829 is using 2 DRM device(s):
0${' '}
1${' '}
PID 28156 is using 2 DRM device(s):
0 1${' '}
${end}`;
  assert.deepEqual(
    [...(parsePidGpus(text) ?? [])],
    [
      [79_301, [1]],
      [1_949_829, [0, 1]],
      [28_156, [0, 1]],
    ],
  );
  assert.equal(parsePidGpus(`${title}No KFD PIDs currently running\n${end}`)?.size, 0);
});

test('an answer that is not certain is none', () => {
  for (const text of [
    '',
    title,
    `${title}${end}`,
    `${title}PID 5 is using 2 DRM device(s):\n0\n${end}`,
    `${title}PID 5 is using 2 DRM device(s):\n0\nPID 6 is using 0 DRM device(s)\n${end}`,
    `${title}PID 5 is using 1 DRM device(s):\n0 1\n${end}`,
    `${title}PID x is using 1 DRM device(s):\n0\n${end}`,
    `${title}Unable to get list of KFD PIDs. A kernel update may be needed\n${end}`,
  ]) {
    assert.equal(parsePidGpus(text), undefined, text);
  }
});

test('names and memory, which count over all GPUs of a process', () => {
  const pids = parsePids(
    '{"system": {"PID5": "python3 -c a,b, 1, 1048576, 0, unknown", "PID6": "x, 2, UNKNOWN, 0, 0", "odd": 1}}',
  );
  const processes = rocmProcesses(
    new Map([
      [5, [1]],
      [6, [0, 1]],
      [7, [2]],
    ]),
    pids,
  );
  assert.deepEqual(
    [...processes],
    [
      [
        1,
        [
          { pid: 5, name: 'python3 -c a, b', memoryMb: 1 },
          { pid: 6, name: 'x' },
        ],
      ],
      [0, [{ pid: 6, name: 'x' }]],
      [2, [{ pid: 7, name: 'unknown' }]],
    ],
  );
  assert.equal(parsePids('WARNING: No JSON data to report').size, 0);
});

test('no text makes a parser throw', () => {
  const line = fc.oneof(
    hostileText(),
    fc.constantFrom(
      'PID 5 is using 1 DRM device(s):',
      '0',
      '====',
      'GPUs Indexed by PID',
      '{',
      '"card0": {}',
    ),
  );
  fc.assert(
    fc.property(fc.array(line), fc.json({ maxDepth: 2 }), (lines, json) => {
      for (const text of [lines.join('\n'), json]) {
        parsePidGpus(text);
        parsePids(text);
        parseRocmCards(text);
        parseRocmStates(text);
      }
    }),
  );
});
