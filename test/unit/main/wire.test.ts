import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AssertionError } from '../../../src/base/assert.ts';
import { MgpuError } from '../../../src/base/error.ts';
import { report, verbosityOf, wantsColours } from '../../../src/main/wire.ts';

function reported(error: unknown, isTraced = false) {
  let err = '';
  const exitCode = report(error, {
    program: 'sbatch',
    err: (text) => {
      err += text;
    },
    isTraced,
  });
  return { exitCode, err };
}

describe('report', () => {
  test('an operating error in the form of Slurm, and what to do', () => {
    const error = new MgpuError('NO_SPOOL', '/x: no spool here', { hint: 'make one with: mgpu init /x' });
    assert.deepEqual(reported(error), {
      exitCode: 1,
      err: 'sbatch: error: /x: no spool here\nsbatch: make one with: mgpu init /x\n',
    });
  });

  test('a bug is one line that says so', () => {
    for (const error of [
      new AssertionError('a job has no node'),
      new TypeError('x is not a function'),
      'thrown',
    ]) {
      const { exitCode, err } = reported(error);
      assert.equal(exitCode, 70);
      assert.match(err, /^sbatch: internal error: .*please report this.*\n$/);
      assert.equal(err.split('\n').length, 2);
    }
  });

  test('with -vvv where it happened, down to the first cause', () => {
    const error = new MgpuError('ENOSPC', 'full', { cause: new Error('write failed') });
    const { err } = reported(error, true);
    assert.match(err, /wire\.test/);
    assert.match(err, /caused by:\nsbatch: Error: write failed/);
  });
});

test('verbosityOf', () => {
  const cases: readonly (readonly [string, number])[] = [
    ['', 0],
    ['-v', 1],
    ['-vv --verbose x', 3],
    ['-J -n 3 -vvv', 3],
    ['-- -vvv', 0],
  ];
  for (const [words, count] of cases) assert.equal(verbosityOf(words.split(' ')), count, words);
});

test('under the names of Slurm nothing is coloured', () => {
  const cases: readonly (readonly [string, string, Record<string, string>, boolean])[] = [
    ['sinfo', 'mgpu_sinfo', {}, true],
    ['sinfo', 'sinfo', { TERM: 'xterm' }, false],
    ['mgpu', 'mgpu', { TERM: 'xterm' }, true],
    ['sinfo', 'mgpu_sinfo', { NO_COLOR: '1' }, false],
    ['sinfo', 'mgpu_sinfo', { TERM: 'dumb' }, false],
  ];
  for (const [name, calledAs, environment, expected] of cases)
    assert.equal(wantsColours({ name, calledAs }, environment), expected, calledAs);
});
