import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checked } from '../../../src/base/schema.ts';
import { isActive, type Job, jobSchema, shownJobId, shownState } from '../../../src/model/job.ts';
import { limits } from '../../../src/model/limits.ts';
import { compactStates } from '../../../src/model/states.ts';
import { completing, ended, neverStarted, pending, running, share } from '../builders.ts';

const shares = [share('node1', { gpus: [0, 3] })];
const failed = { endState: 'FAILED', reason: 'NonZeroExitCode', exitCode: { code: 3, signal: 0 } } as const;
const examples: readonly Job[] = [
  pending(1),
  pending(2, { held: 'user', tasks: [[1, 5]] }),
  running(3, { shares }),
  running(4, { shares, array: [2, 1] }),
  completing(5, { shares, ...failed }),
  ended(6, { shares, ...failed }),
  neverStarted(7, { endState: 'CANCELLED' }),
];

describe('job', () => {
  it('passes its own schema in every state, and through JSON', () => {
    for (const job of examples) {
      const copy: unknown = JSON.parse(JSON.stringify(job));
      assert.deepEqual(checked(jobSchema, copy, 'job'), job);
    }
  });

  it('must have the facts of its state', () => {
    const { startTime: _startTime, ...withoutStart } = running(3, { shares });
    const { exitCode: _exitCode, ...withoutCode } = ended(6, { shares, ...failed });
    const { holders: _holders, ...withoutHolders } = completing(5, { shares, ...failed });
    for (const broken of [withoutStart, withoutCode, withoutHolders, { ...pending(1), state: 'SUSPENDED' }]) {
      assert.throws(() => checked(jobSchema, broken, 'job'), { code: 'SCHEMA' });
    }
  });

  it('has bounds', () => {
    const job = running(3, { shares });
    const signal = { requestId: 'AAAAAAAA', signal: 10, scope: 'full' } as const;
    const broken: readonly object[] = [
      { ...job, id: 0 },
      { ...job, id: limits.jobIdMax + 1 },
      { ...job, attempt: -1 },
      { ...job, allocation: [share('bad name')] },
      { ...job, allocation: [share('n', { gpus: [limits.gpusPerNode] })] },
      { ...job, signals: Array.from({ length: limits.signalsPerJob + 1 }, () => signal) },
      { ...job, arrayTaskId: 0xffff_ffff, arrayJobId: 1 },
    ];
    for (const one of broken) assert.throws(() => checked(jobSchema, one, 'job'), { code: 'SCHEMA' });
    const many = Array.from({ length: limits.signalsPerJob }, () => signal);
    checked(jobSchema, { ...job, signals: many }, 'job');
  });

  it('is active while it holds nodes', () => {
    assert.deepEqual(
      examples.filter(isActive).map((job) => job.id),
      [3, 4, 5],
    );
  });

  it('is shown by its base state or its end, and by the numbers that users write', () => {
    assert.deepEqual(examples.map(shownState), [
      'PENDING',
      'PENDING',
      'RUNNING',
      'RUNNING',
      'COMPLETING',
      'FAILED',
      'CANCELLED',
    ]);
    assert.deepEqual(examples.map(shownJobId), ['1', '2', '3', '2_1', '5', '6', '7']);
  });
});

describe('states', () => {
  it('each has two letters of its own', () => {
    const codes = Object.values(compactStates);
    assert.equal(new Set(codes).size, codes.length);
    for (const code of codes) assert.match(code, /^[A-Z]{1,3}$/);
  });
});
