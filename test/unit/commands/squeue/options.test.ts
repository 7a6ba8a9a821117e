import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSqueue } from '../../../../src/commands/squeue/options.ts';

function lines(words: readonly string[], environment: Record<string, string> = {}): readonly string[] {
  const read = readSqueue(words, environment);
  assert.ok('failed' in read, words.join(' '));
  assert.equal(read.failed.exitCode, 1);
  return read.failed.lines;
}
function values(words: readonly string[], environment: Record<string, string> = {}): object {
  const read = readSqueue(words, environment);
  assert.ok('values' in read, words.join(' '));
  return read.values;
}

test('faults are told as by Slurm (captures "errors.squeue" and observed)', () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [['--badopt'], "squeue: unrecognized option '--badopt'"],
    [['-t'], "squeue: option requires an argument -- 't'"],
    [['foo'], 'squeue: error: Unrecognized option: foo'],
    [['foo', '-h'], 'squeue: error: Unrecognized option: foo'],
    [['-j', '1', '-j', '2'], 'squeue: error: Unrecognized option: 2'],
    [['-j', 'abc'], 'squeue: error: Invalid job id: abc'],
    [['-jx'], 'squeue: error: Invalid job id: x'],
    [['-j', '0'], 'squeue: error: Invalid job id: 0'],
    [['-w', 'n['], 'squeue: error: Invalid node name n['],
    [['-i', 'x'], 'squeue: error: --iterate=x'],
    [['--sib'], 'squeue: error: --sib is not supported: there are no other clusters here'],
    [['-o', '%i', '-O', 'jobid'], 'squeue: error: -O (--Format) is incompatible with -o (--format)'],
    [
      ['-l', '-o', '%i'],
      'squeue: fatal: Options -o(--format) and -l(--long) are mutually exclusive. ' +
        'Please remove one and retry.',
    ],
  ];
  for (const [words, expected] of cases) assert.equal(lines(words)[0], expected, words.join(' '));
});

test('a state that there is not is answered with all that there are', () => {
  const valid =
    'PENDING,RUNNING,SUSPENDED,COMPLETED,CANCELLED,FAILED,TIMEOUT,NODE_FAIL,PREEMPTED,BOOT_FAIL,DEADLINE,' +
    'OUT_OF_MEMORY,COMPLETING,CONFIGURING,RESIZING,RESV_DEL_HOLD,REQUEUED,REQUEUE_FED,REQUEUE_HOLD,REVOKED,' +
    'SIGNALING,SPECIAL_EXIT,STAGE_OUT,STOPPED';
  const expected = [
    'squeue: error: Invalid job state specified: foo',
    `squeue: error: Valid job states include: ${valid}`,
    '',
  ];
  assert.deepEqual(lines(['-t', 'R,foo']), expected);
  assert.deepEqual(lines([], { SQUEUE_STATES: 'foo' }), expected);
});

test('jobs are named behind -j, glued or apart', () => {
  const jobs = [{ job: 1 }, { job: 2, task: 3 }];
  for (const words of [['-j1,2_3'], ['-j', '1,2_3'], ['--jobs=1,2_3'], ['--jobs', '1,2_3', '-h']]) {
    const { noheader: _, ...rest } = values(words) as { noheader?: boolean };
    assert.deepEqual(rest, { jobs }, words.join(' '));
  }
  assert.deepEqual(values(['-h', '-j']), { noheader: true, jobs: [] }, 'all jobs');
  assert.deepEqual(values(['-j', '']), { jobs: [] }, 'all jobs');
});

test('conditions are read, and of two the last one counts', () => {
  const words = '-u root,bob -p a,,b -n x -w n[1-2] -A acct -t pd,RUNNING -r -a -vv --local --nodes=n3'.split(
    ' ',
  );
  assert.deepEqual(values(words), {
    users: ['root', 'bob'],
    partitions: ['a', 'b'],
    names: ['x'],
    nodelist: ['n3'],
    accounts: ['acct'],
    states: ['PENDING', 'RUNNING'],
    array: true,
    all: true,
    verbose: 2,
    local: true,
  });
  assert.deepEqual(values(['--me', '-u', 'bob']), { users: ['bob'] });
  assert.deepEqual(values(['-u', 'bob', '--me']), { users: 'self' });
  assert.deepEqual(values(['-t', 'ALL']), { states: 'all' });
});

test('a layout on the command line turns those of variables off', () => {
  const both = { SQUEUE_FORMAT: '%i', SQUEUE_FORMAT2: 'jobid' };
  assert.deepEqual(values([], both), { format: '%i' });
  assert.deepEqual(values([], { SQUEUE_FORMAT2: 'jobid' }), { longFormat: 'jobid' });
  assert.deepEqual(values(['-l'], both), { long: true });
  assert.deepEqual(values(['-O', 'name'], both), { longFormat: 'name' });
  assert.deepEqual(values(['-o', '%j'], both), { format: '%j' });
});

test('a switch is on as soon as its variable is there', () => {
  assert.deepEqual(values([], { SQUEUE_ALL: '0', SQUEUE_ARRAY: '' }), { all: true, array: true });
});
