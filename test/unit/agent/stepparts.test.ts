import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withdrawStart } from '../../../src/agent/markers.ts';
import { newMemory } from '../../../src/agent/memory.ts';
import { findRun, runKey } from '../../../src/agent/run.ts';
import { serveSteps } from '../../../src/agent/stepparts.ts';
import type { ActiveJob } from '../../../src/model/job.ts';
import type { StepRequest } from '../../../src/model/steprequest.ts';
import { encodeText } from '../../../src/store/put.ts';
import { makeRooms } from '../../../src/store/rooms.ts';
import { makeStep, takeStepFile } from '../../../src/store/steps.ts';
import { share, spec } from '../builders.ts';
import { alice, allocated, registered, submitted } from '../core/world.ts';
import { journalOf, oneDisk, raisedTo } from '../store/onedisk.ts';
import { fakeAgent, furnishLocal } from './agents.ts';

/** A daemon of node1 and an allocation on two nodes, of which `first` is the first; it has a step on both. */
async function stepOnTwo(first: 'node1' | 'node2') {
  const disk = await oneDisk();
  const { store } = await disk.open();
  const journal = await journalOf(store);
  await makeRooms(store, 0, 1);
  const nodes = first === 'node1' ? ['node1', 'node2'] : ['node2', 'node1'];
  const given = spec({ uid: alice, kind: 'allocation', requeue: false, nodes: { min: 2, max: 2 } });
  await journal.commit(() => [...raisedTo(3), registered('node1'), registered('node2'), submitted(1, given)]);
  await journal.commit(() => [
    allocated(
      1,
      nodes.map((name) => share(name)),
    ),
  ]);
  await furnishLocal(disk);
  const { files, layout, ids } = store;
  const room = layout.job(1);
  const step = room.step(1, await makeStep(files, room, { attempt: 1, first: 0 }));
  const one = { host: 'vm', cpus: 1, memoryMb: 0, gpus: 0 };
  const request: StepRequest = {
    mgpu: 'step-request',
    format: 1,
    ...{ jobId: 1, attempt: 1, step: 0, name: 'true', jobName: 'job', user: 'alice', uid: alice, time: 1 },
    ...{ host: 'vm', workDir: '/', ntasks: 2 },
    client: { pid: 12, startTicks: 3, bootId: 'login', space: 'pid:[1]' },
    shares: nodes.map((name, task) => ({ ...one, node: name, tasks: [[task, task]] })),
  };
  await takeStepFile(files, step.request, request, ids.next());
  const grant = { mgpu: 'step-grant', format: 1, time: 1, gpus: [[], []] } as const;
  await takeStepFile(files, step.grant, { ...grant, gpus: [[], []] }, ids.next());
  const fake = await fakeAgent(disk);
  const memory = newMemory(3);
  const job = fake.agent.journal.cluster().jobs.get(1) as ActiveJob;
  return {
    ...fake,
    /** What the daemon knows of the job's first process. */
    async isIn(phase: 'absent' | 'running' | 'draining' | 'over'): Promise<void> {
      const run = await findRun(fake.agent, job);
      Object.assign(run, { phase });
      memory.runs.set(runKey(1, 1), run);
    },
    async marker(text: string): Promise<void> {
      await files.create(room.started(1), encodeText(text), { mode: 0o644, sync: false });
    },
    serve: () => serveSteps(fake.agent, memory),
  };
}

test('a part of a step starts on the first node when the job has begun there, and no sooner', async () => {
  const { serve, isIn, marker, launched } = await stepOnTwo('node1');
  await serve();
  await isIn('running');
  await serve();
  assert.deepEqual(launched, [], 'nobody has the start marker yet');
  await marker('');
  await isIn('draining');
  await serve();
  assert.deepEqual(launched, [], 'what has ended starts nothing');
  await isIn('running');
  await serve();
  assert.deepEqual(launched, ['-c']);
});

test('nothing starts on the first node where the attempt was taken away before it began', async () => {
  const { serve, isIn, launched, agent } = await stepOnTwo('node1');
  await withdrawStart(agent.store, 1, 1);
  await isIn('running');
  await serve();
  assert.deepEqual(launched, []);
});

test('on the other nodes a part starts at once', async () => {
  const { serve, launched } = await stepOnTwo('node2');
  await serve();
  assert.deepEqual(launched, ['-c']);
});
