import { MgpuError } from '../base/error.ts';
import type { StepRequest } from '../model/steprequest.ts';
import type { Files } from '../ports/files.ts';
import type { ProcessIdentity } from '../ports/processes.ts';
import type { StepRoom } from '../store/layout.ts';
import { readStepGrant, readStepRequest, takeStepFile } from '../store/steps.ts';
import { partOf, type StepPart } from './part.ts';

export interface Taker {
  readonly files: Files;
  /** The supervisor. */
  readonly identity: ProcessIdentity;
  readonly time: number;
}

/** A supervisor takes a part of a step, which one process can; `taken` when another has it. */
export async function takePart(
  { files, identity, time }: Taker,
  room: StepRoom,
  number: number,
): Promise<(StepPart & { readonly request: StepRequest }) | 'taken'> {
  const request = await readStepRequest(files, room.request);
  const grant = await readStepGrant(files, room.grant);
  const part = request && grant && partOf(request, grant, number);
  if (request === undefined || part === undefined)
    throw new MgpuError('ORDER', `${room.path}: it has no part ${number} to run`);
  const { pid, startTicks, bootId } = identity;
  const start = { mgpu: 'step-start', format: 1, pid, startTicks, bootId, time } as const;
  const nonce = partNonce('start', { part: number, pid });
  // A daemon that comes up after a power cut would start it again if the marker were lost.
  const durable = request.shares[number]?.isDirect !== true;
  const made = await takeStepFile(files, room.started(number), start, nonce, { durable });
  return made === 'exists' ? 'taken' : { ...part, request };
}

/**
 * A name for a temporary in the room of a step that no other supervisor uses: processes of different machines
 * may have the same number, above all in containers, but have different parts.
 */
export function partNonce(
  what: string,
  { part, pid }: { readonly part: number; readonly pid: number },
): string {
  return `${what}-${part}-${pid}`;
}
