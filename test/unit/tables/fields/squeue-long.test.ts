import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StepRecord } from '../../../../src/model/steprecord.ts';
import { derivedStatus } from '../../../../src/tables/fields/squeue-long.ts';
import { ended, pending, running, share } from '../../builders.ts';

const shares = [share('n1')];

function step(id: number, code: number, signal = 0): StepRecord {
  return {
    ...{ step: id, name: 'sh', state: code + signal === 0 ? 'COMPLETED' : 'FAILED' },
    ...{ startTime: 1, endTime: 2, exitCode: { code, signal }, ntasks: 1, cpus: 1 },
    ...{ memoryMb: 0, nodes: [{ node: 'n1', gpus: 0 }] },
  };
}

test('the derived exit code is the worst of the steps', () => {
  const job = ended(1, { shares, endState: 'COMPLETED' });
  assert.equal(derivedStatus(job), 0);
  // Seen on a Slurm 22.05.8: a step that ended with 3 makes it 768.
  assert.equal(derivedStatus({ ...job, steps: [step(0, 0), step(1, 3), step(2, 0, 9)] }), 768);
  assert.equal(derivedStatus({ ...job, steps: [step(0, 0, 9)] }), 9);
  assert.equal(derivedStatus(pending(1)), 0);
  assert.equal(derivedStatus(running(1, { shares })), 0);
});

test('that of a job which is one step is its own', () => {
  const exitCode = { code: 2, signal: 0 };
  const job = ended(1, { shares, endState: 'FAILED', exitCode, spec: { kind: 'interactive' } });
  assert.equal(derivedStatus(job), 512);
  const batch = ended(1, { shares, endState: 'FAILED', exitCode });
  assert.equal(derivedStatus(batch), 0);
});
