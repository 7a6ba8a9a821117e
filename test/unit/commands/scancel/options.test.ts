import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readScancel } from '../../../../src/commands/scancel/options.ts';

function lines(words: readonly string[], environment: Record<string, string> = {}): readonly string[] {
  const read = readScancel(words, environment);
  assert.ok('failed' in read, words.join(' '));
  assert.equal(read.failed.exitCode, 1);
  return read.failed.lines;
}

test('faults are told as by Slurm (captures "errors.scancel" and observed)', () => {
  const nothing = 'scancel: error: No job identification provided';
  const cases: readonly (readonly [readonly string[], string])[] = [
    [[], nothing],
    [['-v', '-Q'], nothing],
    [['--batch'], nothing],
    [['abc'], 'scancel: error: Invalid job id abc'],
    [['12,abc'], 'scancel: error: Invalid job id abc'],
    [['12_x'], 'scancel: error: Invalid job id 12_x'],
    [['0'], 'scancel: error: Invalid job id 0'],
    [[''], 'scancel: error: Invalid job id '],
    [['--', '-5'], 'scancel: error: Invalid job id -5'],
    [['-5'], "scancel: invalid option -- '5'"],
    [['5', '--foo'], "scancel: unrecognized option '--foo'"],
    [['-s', 'FOO', '1'], 'Unknown job signal: FOO'],
    [['-s', '0', '1'], 'Unknown job signal: 0'],
    [['12.x'], 'scancel: error: Invalid job id 12.x'],
    [['12_[1-2].0'], 'scancel: error: Invalid job id 12_[1-2].0'],
  ];
  for (const [words, expected] of cases) assert.equal(lines(words)[0], expected, words.join(' '));
  const valid = 'Valid job states are PENDING, RUNNING, and SUSPENDED';
  assert.deepEqual(lines(['-t', 'FOO']), ['Invalid job state specified: FOO', valid]);
  assert.deepEqual(lines(['5'], { SCANCEL_STATE: 'FOO' }), ['Unrecognized SCANCEL_STATE value: FOO', valid]);
  assert.deepEqual(lines(['5'], { SCANCEL_BATCH: 'yes' }), [
    'scancel: error: Unrecognized SCANCEL_BATCH value: yes',
  ]);
});

test('jobs may stand anywhere, alone or in lists', () => {
  assert.deepEqual(readScancel(['12', '-v', '13_[1-2],14', '-s', 'usr1', '-f'], {}), {
    values: { verbose: 1, signal: 10, full: true },
    targets: [{ job: 12 }, { job: 13, task: 1 }, { job: 13, task: 2 }, { job: 14 }],
    steps: [],
  });
});

test('steps stand among jobs', () => {
  assert.deepEqual(readScancel(['12.0,13', '14_2.3'], {}), {
    values: {},
    targets: [{ job: 13 }],
    steps: [
      { job: 12, step: 0 },
      { job: 14, task: 2, step: 3 },
    ],
  });
});

test('a condition alone will do', () => {
  assert.deepEqual(readScancel(['--me', '-t', 'pd'], {}), {
    values: { users: 'self', state: 'PENDING' },
    targets: [],
    steps: [],
  });
  assert.deepEqual(readScancel(['-n', 'x', '-u', 'bob', '-w', 'n[1-2]'], {}), {
    values: { jobName: 'x', users: ['bob'], nodelist: ['n1', 'n2'] },
    targets: [],
    steps: [],
  });
  assert.deepEqual(readScancel([], { SCANCEL_USER: 'bob', SCANCEL_FULL: 'false' }), {
    values: { users: ['bob'] },
    targets: [],
    steps: [],
  });
});
