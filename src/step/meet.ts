import { type Meeting, meetingPart, meetingPort, portsMax } from '../model/meeting.ts';
import type { StepRequest } from '../model/steprequest.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { StepRoom } from '../store/layout.ts';
import { readStepMeeting, takeStepFile } from '../store/steps.ts';

/*
 * Where the tasks of a distributed step meet: the part that has task 0 looks for a port that is free on its
 * node and says so in the step's room; the others wait for that before they start a task.
 */

export interface MeetingSources {
  readonly files: Files;
  readonly clock: Clock;
  readonly room: StepRoom;
  readonly request: StepRequest;
  readonly part: number;
  readonly nonce: string;
  isPortFree(port: number): Promise<boolean>;
}

/** How long the others wait for the first part, and how often they look. */
const waitMsMax = 120_000;
const lookMs = 100;

/** Where to meet; or why there is no such place, in words for srun to show. `isOver`: the step is to end. */
export async function findMeeting(sources: MeetingSources, isOver: () => boolean): Promise<Meeting | string> {
  const { files, clock, room, request, part } = sources;
  const first = request.shares[meetingPart(request.shares.map(({ tasks }) => tasks))];
  const address = first?.facts?.addresses[0] ?? first?.host ?? '127.0.0.1';
  if (first === request.shares[part]) {
    const fault = await choosePort(sources);
    if (fault !== undefined) return fault;
  }
  const end = clock.monotonicMs() + waitMsMax;
  for (;;) {
    const meeting = await readStepMeeting(files, room.meeting);
    if (meeting !== undefined) return { address, port: meeting.port };
    const why = `no port of ${first?.node ?? 'the first node'} was told for the tasks to meet on`;
    if (isOver() || clock.monotonicMs() > end) return why;
    await clock.sleep(lookMs);
  }
}

/** Who was told once is told the same for ever: a port that is there already stays. */
async function choosePort(sources: MeetingSources): Promise<string | undefined> {
  const { files, room, request, nonce, isPortFree } = sources;
  for (let tries = 0; tries < portsMax; tries += 1) {
    const port = meetingPort(request, tries);
    if (!(await isPortFree(port))) continue;
    await takeStepFile(files, room.meeting, { mgpu: 'step-meeting', format: 1, port }, nonce);
    return undefined;
  }
  return 'no port is free for the tasks to meet on';
}
