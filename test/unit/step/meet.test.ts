import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { meetingPort } from '../../../src/model/meeting.ts';
import type { StepRequest } from '../../../src/model/steprequest.ts';
import { findMeeting, type MeetingSources } from '../../../src/step/meet.ts';
import { stepRoom } from '../../../src/store/layout.ts';
import { readStepMeeting } from '../../../src/store/steps.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

const room = stepRoom('/step');
const share = { host: 'vm', cpus: 1, memoryMb: 0, gpus: 0 };
const facts = { hostName: 'vm', bootId: 'b', addresses: ['10.0.0.2', '::2'] };
const request: StepRequest = {
  mgpu: 'step-request',
  format: 1,
  ...{ jobId: 12, attempt: 1, step: 0, name: 'true', jobName: 'job', user: 'alice', uid: 2001, time: 1 },
  ...{ host: 'vm', workDir: '/', ntasks: 2 },
  client: { pid: 12, startTicks: 3, bootId: 'login', space: 'pid:[1]' },
  shares: [
    { ...share, node: 'n1', tasks: [[1, 1]] },
    { ...share, node: 'n2', tasks: [[0, 0]], facts },
  ],
  distributed: true,
};

async function sources(busy: (port: number) => boolean = () => false) {
  const disk = memoryDisk();
  await disk.actor().makeDir('/step', 0o755);
  const clock = fakeClock();
  return (part: number): MeetingSources => ({
    ...{ files: disk.actor(), clock, room, request, part, nonce: `n${part}` },
    isPortFree: async (port) => !busy(port),
  });
}
const never = (): boolean => false;

describe('the meeting of a distributed step', () => {
  test('is on the node of task 0, and the others wait until its port is told', async () => {
    const taken = meetingPort(request, 0);
    const of = await sources((port) => port === taken);
    const other = findMeeting(of(0), never);
    const first = await findMeeting(of(1), never);
    assert.deepEqual(first, { address: '10.0.0.2', port: meetingPort(request, 1) });
    assert.deepEqual(await other, first);
    assert.equal((await readStepMeeting(of(0).files, room.meeting))?.port, meetingPort(request, 1));
  });

  test('stays where it was told', async () => {
    const of = await sources();
    const first = await findMeeting(of(1), never);
    assert.deepEqual(
      await findMeeting({ ...of(1), isPortFree: async (port) => port % 2 === 0 }, never),
      first,
    );
  });

  test('nobody waits for ever, nor when the step is to end', async () => {
    const of = await sources(() => true);
    assert.equal(await findMeeting(of(1), never), 'no port is free for the tasks to meet on');
    assert.equal(await findMeeting(of(0), () => true), 'no port of n2 was told for the tasks to meet on');
    assert.equal(await findMeeting(of(0), never), 'no port of n2 was told for the tasks to meet on');
  });
});
