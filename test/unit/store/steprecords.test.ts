import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limits } from '../../../src/model/limits.ts';
import type { StepExit, TaskEnd } from '../../../src/model/step.ts';
import type { StepRequest } from '../../../src/model/steprequest.ts';
import { jobRoom } from '../../../src/store/layout.ts';
import { readStepRecord, readStepRecords } from '../../../src/store/steprecords.ts';
import {
  askStep,
  certainNumbers,
  internalSteps,
  makeStep,
  readStepControl,
  stepNumbers,
  writeStepFile,
} from '../../../src/store/steps.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';
import { fakeCluster } from '../session.ts';

const request: StepRequest = {
  mgpu: 'step-request',
  format: 1,
  jobId: 12,
  attempt: 1,
  step: 0,
  name: 'train',
  jobName: 'job',
  user: 'alice',
  uid: 2001,
  time: 1,
  host: 'vm',
  workDir: '/',
  ntasks: 2,
  shares: [{ node: 'gpu01', host: 'vm', tasks: [[0, 1]], cpus: 2, memoryMb: 100, gpus: 1 }],
  client: { pid: 7, startTicks: 1, bootId: 'boot', space: 'pid:[1]' },
};

async function room() {
  const { store } = await (await fakeCluster()).open();
  const job = store.layout.job(12);
  await store.files.makeDir(job.path, 0o755);
  const write = (path: string, content: Parameters<typeof writeStepFile>[2]) =>
    writeStepFile(store.files, path, content, store.ids.next());
  return {
    store,
    job,
    /** A step that began at 100 and, if that is said, ended so. */
    async step(ends?: readonly Partial<TaskEnd>[], how: Partial<StepExit> = {}): Promise<number> {
      const step = await makeStep(store.files, job, { attempt: 1, first: 0 });
      const at = job.step(1, step);
      await write(at.request, { ...request, step });
      await write(at.grant, { mgpu: 'step-grant', format: 1, time: 99, gpus: [[3]] });
      const start = { mgpu: 'step-start', format: 1, pid: 9, startTicks: 1, bootId: 'b', time: 100 } as const;
      await write(at.started(0), start);
      const tasks = ends?.map((end, task) => ({ task, code: 0, signal: 0, pid: 1, ...end }));
      const exit = { mgpu: 'step-exit', format: 1, step, endTime: 110, ...how } as const;
      if (tasks !== undefined) await write(at.exit(0), { ...exit, tasks });
      return step;
    },
  };
}

describe('the record of a step', () => {
  it('tells what it had and how it ended', async () => {
    const there = await room();
    const cases: readonly (readonly [Parameters<typeof there.step>, string])[] = [
      [[[{}, {}]], 'COMPLETED 0:0'],
      [[[{ code: 3 }, {}]], 'FAILED 3:0'],
      [[[{ signal: 9 }, { code: 1 }]], 'CANCELLED 0:9'],
      [[[{ signal: 9 }], { endedBy: 2001 }], 'CANCELLED 0:9'],
      [[[{ signal: 15 }], { isOverTime: true }], 'TIMEOUT 0:15'],
      [[[], { failure: 'no file' }], 'FAILED 1:0'],
      [[], 'RUNNING 0:0'],
    ];
    for (const [given, expected] of cases) {
      const step = await there.step(...given);
      const record = await readStepRecord(there.store.files, there.job.step(1, step));
      const { state, exitCode } = record ?? {};
      assert.equal(`${state} ${exitCode?.code}:${exitCode?.signal}`, expected);
      assert.deepEqual([record?.name, record?.cpus, record?.startTime], ['train', 2, 100]);
      assert.deepEqual(record?.nodes, [{ node: 'gpu01', gpus: 1 }]);
    }
  });

  it('is none where nothing began, or files are spoilt', async () => {
    const { store, job } = await room();
    assert.equal(await makeStep(store.files, job, { attempt: 1, first: 0 }), 0);
    assert.equal(await readStepRecord(store.files, job.step(1, 0)), undefined);
    await store.files.create(job.step(1, 0).request, new TextEncoder().encode('[[['), {
      mode: 0o600,
      sync: false,
    });
    assert.equal(await readStepRecord(store.files, job.step(1, 0)), undefined);
    assert.deepEqual(await readStepRecords(store.files, job, 1), { steps: [], leftOut: 0 });
  });

  it('is kept for the newest steps only, and the others are counted', async () => {
    const there = await room();
    const count = limits.stepsKept + 5;
    for (let made = 0; made < count; made += 1) await there.step([{}, {}]);
    const { steps, leftOut } = await readStepRecords(there.store.files, there.job, 1);
    assert.equal(steps.length + leftOut, count);
    assert.ok(leftOut >= 5 && steps.length > 300, `${steps.length} kept`);
    assert.equal(steps.at(-1)?.step, count - 1);
    assert.ok(JSON.stringify(steps).length <= limits.stepsKeptBytes + steps.length + 2);
  });
});

describe('the steps of a job', () => {
  it('have numbers of which two makers never get the same', async () => {
    const { store, job } = await room();
    const make = () => makeStep(store.files, job, { attempt: 1, first: 1 });
    const numbers = await Promise.all(Array.from({ length: 20 }, make));
    assert.deepEqual(
      [...numbers].sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, place) => place + 1),
    );
    assert.deepEqual(
      await stepNumbers(store.files, job, 1),
      Array.from({ length: 20 }, (_, n) => n + 1),
    );
    assert.deepEqual(await stepNumbers(store.files, job, 2), []);
  });

  it('are asked in an order, whoever asks', async () => {
    const { store, job } = await room();
    await makeStep(store.files, job, { attempt: 1, first: 0 });
    const at = job.step(1, 0);
    const control = { mgpu: 'step-control', format: 1, kind: 'signal', uid: 2001, time: 1 } as const;
    const ask = (signal: number) => askStep(store.files, at, { ...control, signal }, () => store.ids.next());
    await Promise.all([10, 12, 15].map(ask));
    const seen = await Promise.all([0, 1, 2].map((one) => readStepControl(store.files, at.control(one))));
    assert.deepEqual(seen.map((one) => one?.signal).sort(), [10, 12, 15]);
  });
});

describe('the numbers of steps', () => {
  it('are known for sure though a listing is old', async () => {
    for (const made of [[], [0], [1], [0, 1, 2], [internalSteps], [0, 1, internalSteps, internalSteps + 1]]) {
      const disk = memoryDisk();
      let isListingOld = false;
      const files = disk.actor({ isListingOld: () => isListingOld });
      const job = jobRoom('/job');
      for (const path of ['/job', job.steps(1), ...made.map((step) => job.step(1, step).path)])
        await files.makeDir(path, 0o755);
      for (isListingOld of [false, true])
        assert.deepEqual(await certainNumbers(files, job, 1), made, `${made.join()} ${isListingOld}`);
    }
  });
});
