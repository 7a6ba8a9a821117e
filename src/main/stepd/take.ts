import { MgpuError } from '../../base/error.ts';
import type { StepClient } from '../../model/steprequest.ts';
import type { Files } from '../../ports/files.ts';
import { partOf, type StepPart } from '../../step/part.ts';
import type { StepRoom } from '../../store/layout.ts';
import { readStepGrant, readStepRequest, takeStepFile } from '../../store/steps.ts';
import { systemClock } from '../../system/clock.ts';
import { systemProcesses } from '../../system/processes.ts';

/** Takes a part of a step, which one process can; `taken` when another has it. */
export async function takePart(
  files: Files,
  room: StepRoom,
  number: number,
): Promise<(StepPart & { readonly client: StepClient }) | 'taken'> {
  const request = await readStepRequest(files, room.request);
  const grant = await readStepGrant(files, room.grant);
  const part = request && grant && partOf(request, grant, number);
  if (request === undefined || part === undefined)
    throw new MgpuError('ORDER', `${room.path}: it has no part ${number} to run`);
  const { pid, startTicks, bootId } = await systemProcesses().identityOf(process.pid);
  const time = systemClock().now();
  const start = { mgpu: 'step-start', format: 1, pid, startTicks, bootId, time } as const;
  const made = await takeStepFile(files, room.started(number), start, `start-${pid}`);
  return made === 'exists' ? 'taken' : { ...part, client: request.client };
}
