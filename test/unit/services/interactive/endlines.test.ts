import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StepExit } from '../../../../src/model/step.ts';
import { stepExitCode } from '../../../../src/model/step.ts';
import { cancelledLines, taskLines } from '../../../../src/services/interactive/endlines.ts';

type End = readonly [code: number, signal: number];

function exitOf(ends: readonly End[]): StepExit {
  const tasks = ends.map(([code, signal], task) => ({ task, code, signal, pid: 100 + task }));
  return { mgpu: 'step-exit', format: 1, step: 0, tasks };
}

describe('how srun tells of the end of tasks, as captured', () => {
  const cases: readonly (readonly [string, readonly End[], number, readonly string[]])[] = [
    ['success', [[0, 0]], 0, []],
    ['srun.exit', [[7, 0]], 7, ['srun: error: gpu03: task 0: Exited with exit code 7']],
    [
      'srun.exit_max',
      [
        [0, 0],
        [1, 0],
        [2, 0],
      ],
      2,
      [
        'srun: error: gpu03: task 1: Exited with exit code 1',
        'srun: error: gpu03: task 2: Exited with exit code 2',
      ],
    ],
    [
      'srun.exit_same',
      [
        [4, 0],
        [4, 0],
      ],
      4,
      ['srun: error: gpu03: tasks 0-1: Exited with exit code 4'],
    ],
    ['srun.sig9', [[0, 9]], 137, ['srun: error: gpu03: task 0: Killed']],
    ['srun.sigterm', [[0, 15]], 143, ['srun: error: gpu03: task 0: Terminated']],
    [
      'srun.sigmix',
      [
        [3, 0],
        [0, 9],
      ],
      137,
      ['srun: error: gpu03: task 0: Exited with exit code 3', 'srun: error: gpu03: task 1: Killed'],
    ],
    [
      'srun.sig_disablestatus',
      [
        [0, 2],
        [0, 2],
      ],
      130,
      ['srun: error: gpu03: tasks 0-1: Interrupt'],
    ],
  ];
  for (const [name, ends, code, lines] of cases) {
    it(name, () => {
      assert.equal(stepExitCode(exitOf(ends)), code);
      assert.deepEqual(taskLines('gpu03', exitOf(ends)), lines);
    });
  }

  it('folds the numbers of many tasks', () => {
    const ends = Array.from({ length: 6 }, (_, task): End => [task === 3 ? 0 : 1, 0]);
    assert.deepEqual(taskLines('n1', exitOf(ends)), [
      'srun: error: n1: tasks 0-2,4-5: Exited with exit code 1',
    ]);
  });
});

describe('how srun tells that a step was ended, as captured', () => {
  const step = {
    jobId: 467,
    node: 'gpu03',
    stepd: 'slurmstepd-gpu03',
    endTime: 1_795_380_442,
    utcOffsetMinutes: 0,
  };
  const aborted = 'srun: Job step aborted: Waiting up to 32 seconds for job step to finish.';

  it('srun.scancelled', () => {
    assert.deepEqual(cancelledLines({ ...step, endState: 'CANCELLED' }), [
      'slurmstepd-gpu03: error: *** STEP 467.0 ON gpu03 CANCELLED AT 2026-11-22T20:47:22 ***',
      aborted,
    ]);
  });

  it('timelimit.srun', () => {
    assert.deepEqual(cancelledLines({ ...step, endState: 'TIMEOUT' }), [
      'slurmstepd-gpu03: error: *** STEP 467.0 ON gpu03 ' +
        'CANCELLED AT 2026-11-22T20:47:22 DUE TO TIME LIMIT ***',
      aborted,
    ]);
  });
});
