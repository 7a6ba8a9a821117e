import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isThroughSrun, shellCode, stepExitCode, stepRoutes } from '../../../src/model/step.ts';

describe('stepRoutes', () => {
  const all = { kind: 'srun' } as const;
  const cases = [
    [{}, { input: all, output: all, error: all }],
    [{ output: 'none' }, { input: all, output: { kind: 'none' }, error: 'output' }],
    [{ output: '3' }, { input: all, output: { kind: 'srun', task: 3 }, error: 'output' }],
    [
      { output: 'x', error: 'all' },
      { input: all, output: { kind: 'file', pattern: 'x' }, error: all },
    ],
    [
      { output: 'all', input: 'none' },
      { input: { kind: 'none' }, output: all, error: all },
    ],
    [{ error: '1x' }, { input: all, output: all, error: { kind: 'file', pattern: '1x' } }],
  ] as const;
  for (const [given, expected] of cases) {
    it(JSON.stringify(given), () => assert.deepEqual(stepRoutes(given), expected));
  }
});

describe('isThroughSrun', () => {
  it('is so for all tasks or for the one that is named', () => {
    assert.equal(isThroughSrun({ kind: 'srun' }, 5), true);
    assert.equal(isThroughSrun({ kind: 'srun', task: 5 }, 5), true);
    assert.equal(isThroughSrun({ kind: 'srun', task: 0 }, 5), false);
    assert.equal(isThroughSrun({ kind: 'none' }, 0), false);
  });
});

describe('the code of a step', () => {
  it('is the worst of its tasks, a signal counting as in a shell', () => {
    const end = (code: number, signal: number) => ({ task: 0, code, signal, pid: 1 });
    assert.equal(shellCode(end(0, 9)), 137);
    assert.equal(shellCode(end(255, 0)), 255);
    const exit = { mgpu: 'step-exit', format: 1, step: 0, tasks: [end(3, 0), end(0, 2), end(0, 0)] } as const;
    assert.equal(stepExitCode(exit), 130);
    assert.equal(stepExitCode({ ...exit, tasks: [] }), 0);
    assert.equal(stepExitCode({ ...exit, tasks: [], failure: 'no file' }), 1);
  });
});
