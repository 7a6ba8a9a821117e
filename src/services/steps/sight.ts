import type { StepClient, StepGrant, StepRequest } from '../../model/steprequest.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Files } from '../../ports/files.ts';
import type { ProcessIdentity } from '../../ports/processes.ts';
import type { StepRoom } from '../../store/layout.ts';
import {
  readStepExit,
  readStepGrant,
  readStepRequest,
  readStepStart,
  takenStepFile,
} from '../../store/steps.ts';

/** Who can be seen to live from here. */
export interface Liveness {
  readonly clock: Clock;
  /** Undefined for a process of another machine, or of another namespace. */
  isAlive(process: ProcessIdentity & { readonly space?: string }): Promise<boolean | undefined>;
  /** What was seen of those who can only be known by what they write: since when it is the same. */
  readonly seen: Map<string, { readonly version: string; readonly sinceMs: number }>;
}

/** So long who makes a step may need from one of its files to the next, in ms. */
const makingMsMax = 10_000;
/** After so long without a sign of life a srun elsewhere counts as gone, in ms. */
const silenceMsMax = 60_000;

/** What another step's files tell of it. */
export interface StepSight {
  /**
   * `making`: its maker has not asked for anything yet. `asking`: it waits for its turn. `granted`: it has
   * had it. `dead`: whoever made it is gone, before all of it was started.
   */
  readonly state: 'making' | 'asking' | 'granted' | 'ended' | 'dead';
  readonly request?: StepRequest;
  readonly grant?: StepGrant;
  /** The parts that nobody has started. */
  readonly unstarted: readonly number[];
}

export async function lookAtStep(files: Files, room: StepRoom, liveness: Liveness): Promise<StepSight> {
  const request = await takenStepFile(files, room.request, readStepRequest);
  if (request === 'void') return { state: 'ended', unstarted: [] };
  if (request === undefined) {
    const isLate = isStill(liveness, `${room.path}/`, '', makingMsMax);
    return { state: isLate ? 'dead' : 'making', unstarted: [] };
  }
  const grant = await takenStepFile(files, room.grant, readStepGrant);
  if (grant === 'void') return { state: 'ended', request, unstarted: [] };
  if (grant === undefined) {
    const isGone = await isClientGone(files, room, { client: request.client, liveness });
    return { state: isGone ? 'dead' : 'asking', request, unstarted: [] };
  }
  const parts = await Promise.all(request.shares.map((_, part) => lookAtPart(files, room, part, liveness)));
  const unstarted = [...parts.keys()].filter((part) => parts[part] === 'unstarted');
  const common = { request, grant, unstarted };
  if (parts.every((part) => part === 'ended')) return { state: 'ended', ...common };
  const canStart = parts.every((part) => part !== 'running');
  const isGone = canStart && (await isClientGone(files, room, { client: request.client, liveness }));
  return { state: isGone ? 'dead' : 'granted', ...common };
}

async function lookAtPart(
  files: Files,
  room: StepRoom,
  part: number,
  liveness: Liveness,
): Promise<'unstarted' | 'running' | 'ended'> {
  const hasEnded = async (): Promise<boolean> => (await readStepExit(files, room.exit(part))) !== undefined;
  if (await hasEnded()) return 'ended';
  const start = await takenStepFile(files, room.started(part), readStepStart);
  if (start === undefined) return 'unstarted';
  // A mark that means nothing was put there so that nobody starts it.
  if (start === 'void') return 'ended';
  if ((await liveness.isAlive(start)) !== false) return 'running';
  // It may have ended as it should a moment ago; one that did not is over as well.
  await hasEnded();
  return 'ended';
}

export interface ClientLook {
  readonly client: StepClient;
  readonly liveness: Liveness;
}

/** True if the srun of a step is gone: by its process on this machine, else by what it no longer writes. */
async function isClientGone(
  files: Files,
  room: StepRoom,
  { client, liveness }: ClientLook,
): Promise<boolean> {
  const isAlive = await liveness.isAlive(client);
  if (isAlive !== undefined) return !isAlive;
  const version = (await files.stat(room.beat))?.version ?? '';
  return isStill(liveness, room.beat, version, silenceMsMax);
}

/** True when it has not changed for so long while we looked. */
function isStill({ clock, seen }: Liveness, what: string, version: string, ms: number): boolean {
  const now = clock.monotonicMs();
  const before = seen.get(what);
  if (before?.version === version) return now - before.sinceMs >= ms;
  seen.set(what, { version, sinceMs: now });
  return false;
}
