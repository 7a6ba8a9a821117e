import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StepGrant, StepRequest } from '../../../src/model/steprequest.ts';
import { type CancelStepsAsk, cancelSteps } from '../../../src/services/cancelsteps.ts';
import { readStepControl, writeStepFile } from '../../../src/store/steps.ts';
import { node, now, share, spec } from '../builders.ts';
import { fakeCluster } from '../session.ts';

const alice = 2001;

/** Job 1 runs, with step 0 that ended, step 1 that runs and step 2 that waits for its turn. */
async function withSteps() {
  const there = await fakeCluster([node('gpu01')]);
  const allocation = [share('gpu01')];
  await there.commit([
    { name: 'jobSubmitted', time: now, id: 1, spec: spec() },
    { name: 'jobAllocated', time: now, id: 1, attempt: 1, allocation },
  ]);
  const session = await there.open();
  const { files, layout } = session.store;
  const room = layout.job(1);
  await files.makeDir(room.path, 0o755);
  await files.makeDir(room.steps(1), 0o755);
  for (const step of [0, 1, 2]) {
    const at = room.step(1, step);
    await files.makeDir(at.path, 0o755);
    await writeStepFile(files, at.request, requestOf(step), `n${step}`);
    if (step < 2) await writeStepFile(files, at.grant, grant, `g${step}`);
  }
  const exit = { mgpu: 'step-exit', format: 1, step: 0, tasks: [] } as const;
  await writeStepFile(files, room.step(1, 0).exit(0), exit, 'e');
  const cancel = (given: Partial<CancelStepsAsk>) =>
    cancelSteps(session, { targets: [], sender: { uid: alice }, fits: () => true, ...given });
  return { files, room, cancel };
}

const grant: StepGrant = { mgpu: 'step-grant', format: 1, time: now, gpus: [[]] };

function requestOf(step: number): StepRequest {
  return {
    ...({ mgpu: 'step-request', format: 1, jobId: 1, attempt: 1, step, time: now, ntasks: 1 } as const),
    ...{ name: 's', jobName: 'j', user: 'alice', uid: alice, host: 'h', workDir: '/' },
    shares: [{ node: 'gpu01', host: 'h', tasks: [[0, 0]], cpus: 1, memoryMb: 0, gpus: 0 }],
    client: { pid: 1, startTicks: 0, bootId: 'b', space: 's' },
  };
}

test('steps are told by their rooms, each once and only while it can hear', async () => {
  const { files, room, cancel } = await withSteps();
  const targets = [0, 1, 2, 3].map((step) => ({ job: 1, step }));
  assert.deepEqual(await cancel({ targets: [...targets, { job: 9, step: 0 }] }), [
    { job: '1.0', outcome: 'finished' },
    { job: '1.1', outcome: 'sent' },
    { job: '1.2', outcome: 'sent' },
    { job: '1.3', outcome: 'unknown' },
    { job: '9.0', outcome: 'unknown' },
  ]);
  const told = await readStepControl(files, room.step(1, 1).control(0));
  assert.deepEqual([told?.kind, told?.signal, told?.uid], ['end', 9, alice]);
  // The turn of the one that waited never comes.
  assert.equal(await files.stat(room.step(1, 2).control(0)), undefined);
  assert.notEqual(await files.stat(room.step(1, 2).grant), undefined);
  assert.deepEqual(await cancel({ targets: [{ job: 1, step: 2 }] }), [{ job: '1.2', outcome: 'finished' }]);
});

test('a signal is one; another user, a condition and a no keep it back', async () => {
  const { files, room, cancel } = await withSteps();
  const targets = [{ job: 1, step: 1 }];
  assert.equal((await cancel({ targets, sender: { uid: 7 } }))[0]?.outcome, 'denied');
  assert.equal((await cancel({ targets, fits: () => false }))[0]?.outcome, 'unmatched');
  const asked: string[] = [];
  const confirm = async ({ id }: { readonly id: string }): Promise<boolean> => {
    asked.push(id);
    return false;
  };
  assert.equal((await cancel({ targets, confirm }))[0]?.outcome, 'unconfirmed');
  assert.deepEqual(asked, ['1.1']);
  assert.equal(await files.stat(room.step(1, 1).control(0)), undefined);
  assert.equal((await cancel({ targets, signal: 10 }))[0]?.outcome, 'sent');
  const told = await readStepControl(files, room.step(1, 1).control(0));
  assert.deepEqual([told?.kind, told?.signal], ['signal', 10]);
});
