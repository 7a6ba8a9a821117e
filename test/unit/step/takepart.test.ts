import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StepGrant, StepRequest } from '../../../src/model/steprequest.ts';
import type { Files } from '../../../src/ports/files.ts';
import { partNonce, takePart } from '../../../src/step/takepart.ts';
import { stepRoom } from '../../../src/store/layout.ts';
import { readStepStart, takeStepFile } from '../../../src/store/steps.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';
import { randomOf } from '../../fakes/random.ts';
import { turnsOf } from '../../fakes/turns.ts';

const room = stepRoom('/step');
const client = { pid: 12, startTicks: 3, bootId: 'login', space: 'pid:[1]' };
const share = { host: 'vm', cpus: 1, memoryMb: 0, gpus: 0 };
const request: StepRequest = {
  mgpu: 'step-request',
  format: 1,
  ...{ jobId: 12, attempt: 1, step: 0, name: 'true', jobName: 'job', user: 'alice', uid: 2001, time: 1 },
  ...{ host: 'vm', workDir: '/', ntasks: 2, client },
  shares: [
    { ...share, node: 'gpu01', tasks: [[0, 0]] },
    { ...share, node: 'gpu02', tasks: [[1, 1]] },
  ],
};
const grant: StepGrant = { mgpu: 'step-grant', format: 1, time: 1, gpus: [[], []] };

async function furnish(files: Files): Promise<void> {
  await files.makeDir('/step', 0o755);
  await takeStepFile(files, room.request, request, 'a');
  await takeStepFile(files, room.grant, grant, 'b');
}

const identityOn = (bootId: string) => ({ pid: 17, startTicks: 5, bootId });

test('one process takes a part, and learns who waits for it', async () => {
  const files = memoryDisk().actor();
  await furnish(files);
  const taken = await takePart({ files, identity: identityOn('one'), time: 7 }, room, 1);
  assert.ok(taken !== 'taken');
  assert.deepEqual([taken.request.client, taken.order.node, taken.order.nodeIndex], [client, 'gpu02', 1]);
  assert.equal((await readStepStart(files, room.started(1)))?.bootId, 'one');
  assert.equal(await takePart({ files, identity: identityOn('two'), time: 8 }, room, 1), 'taken');
});

test('a part that the step does not have is refused', async () => {
  const files = memoryDisk().actor();
  await furnish(files);
  const taking = takePart({ files, identity: identityOn('one'), time: 7 }, room, 2);
  await assert.rejects(taking, /\/step: it has no part 2 to run/);
});

test('supervisors of two machines with the same number take their parts, in whatever order', async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const disk = memoryDisk();
    await furnish(disk.actor());
    const turns = turnsOf(randomOf(seed));
    const taking = (part: number) => (): ReturnType<typeof takePart> => {
      const files = disk.actor({ turn: turns.next });
      return takePart({ files, identity: identityOn(`machine ${part}`), time: 7 }, room, part);
    };
    for (const outcome of await turns.run([taking(0), taking(1)]))
      assert.ok(outcome.status === 'fulfilled' && outcome.value !== 'taken', `seed ${seed}`);
  }
});

test('what a supervisor puts there is named by its part too', () => {
  const [one, other] = [0, 1].map((part) => partNonce('step', { part, pid: 17 }));
  assert.notEqual(one, other);
});

test('a part that a daemon started stays taken after a power cut', async () => {
  const disk = memoryDisk();
  const files = disk.actor();
  await furnish(files);
  const durable = { durable: true };
  await files.unlink(room.request);
  await files.unlink(room.grant);
  await takeStepFile(files, room.request, request, 'c', durable);
  await takeStepFile(files, room.grant, grant, 'd', durable);
  await files.syncDir('/');
  await takePart({ files, identity: identityOn('one'), time: 7 }, room, 1);
  disk.cutPower();
  const again = { files: disk.actor(), identity: identityOn('two'), time: 8 };
  assert.equal(await takePart(again, room, 1), 'taken');
});
