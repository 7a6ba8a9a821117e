import { MgpuError } from '../base/error.ts';
import { JsonFault, parseBounded } from '../base/json.ts';
import { checked, type Schema } from '../base/schema.ts';
import { limits } from '../model/limits.ts';
import { type StepExit, stepExitSchema } from '../model/step.ts';
import {
  type LiveHanded,
  type LiveInput,
  type LiveOffer,
  liveHandedSchema,
  liveInputSchema,
  liveOfferSchema,
} from '../model/steplive.ts';
import {
  type StepControl,
  type StepGrant,
  type StepMeeting,
  type StepRequest,
  type StepStart,
  stepControlSchema,
  stepGrantSchema,
  stepMeetingSchema,
  stepRequestSchema,
  stepStartSchema,
} from '../model/steprequest.ts';
import type { Files } from '../ports/files.ts';
import type { JobRoom, StepRoom } from './layout.ts';
import { encodeText, putIfAbsent, replace } from './put.ts';

/*
 * The files of a job's steps. A step's number is the name of its folder, which one maker gets. All other
 * files appear whole. What does not fit its schema counts as not there: the folder is the user's own, and
 * must not stop who looks after other jobs.
 */

const bounds = { depthMax: limits.jsonDepth, valuesMax: limits.jsonValues };

/** How many steps a job may have; one that makes more is doing something else than running programs. */
const stepsMax = 900_000;
/** From here on are steps that commands make for themselves: nobody counts or shows them. */
export const internalSteps = stepsMax;
const internalMax = 990_000;

/** Takes the next free number for a step of that attempt, `first` or higher, and makes its folder. */
export async function makeStep(
  files: Files,
  room: JobRoom,
  { attempt, first }: { readonly attempt: number; readonly first: number },
): Promise<number> {
  const folder = room.steps(attempt);
  await files.makeDir(folder, 0o755);
  const max = first >= internalSteps ? internalMax : stepsMax;
  const taken = (await allNumbers(files, room, attempt)).filter((one) => one < max);
  let number = Math.max(first, (taken.at(-1) ?? -1) + 1);
  for (; number < max; number += 1) {
    if ((await files.makeDir(room.step(attempt, number).path, 0o755)) === 'created') return number;
  }
  throw new MgpuError('NO_STEP_ID', `${folder}: a job can have ${max} steps and no more`);
}

/** The numbers of the steps that users made, in order. */
export async function stepNumbers(files: Files, room: JobRoom, attempt: number): Promise<readonly number[]> {
  return (await allNumbers(files, room, attempt)).filter((number) => number < internalSteps);
}

/** Those of all steps. */
async function allNumbers(files: Files, room: JobRoom, attempt: number): Promise<readonly number[]> {
  const names = (await files.list(room.steps(attempt))) ?? [];
  return names
    .filter((name) => /^\d{1,7}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/**
 * The numbers of the steps that users made, though a listing may be old on a network file system and then
 * lacks the newest: those are asked for by name, up to the first that is not there either.
 */
export async function certainStepNumbers(
  files: Files,
  room: JobRoom,
  attempt: number,
): Promise<readonly number[]> {
  const listed = await stepNumbers(files, room, attempt);
  if (listed.length === 0 && (await files.stat(room.steps(attempt))) === undefined) return [];
  return withMissed(files, room, { attempt, listed, firstMin: 0, firstMax: 1 });
}

/** Those of all steps, for sure. */
export async function certainNumbers(
  files: Files,
  room: JobRoom,
  attempt: number,
): Promise<readonly number[]> {
  const all = await allNumbers(files, room, attempt);
  const listed = all.filter((number) => number < internalSteps);
  const internal = all.filter((number) => number >= internalSteps);
  const firstOnes = { firstMin: internalSteps, firstMax: internalSteps };
  return [
    ...(await withMissed(files, room, { attempt, listed, firstMin: 0, firstMax: 1 })),
    ...(await withMissed(files, room, { attempt, listed: internal, ...firstOnes })),
  ];
}

interface Listed {
  readonly attempt: number;
  readonly listed: readonly number[];
  /** They begin with one of these. */
  readonly firstMin: number;
  readonly firstMax: number;
}

async function withMissed(
  files: Files,
  room: JobRoom,
  { attempt, listed, firstMin, firstMax }: Listed,
): Promise<readonly number[]> {
  const numbers = [...listed];
  for (let next = (numbers.at(-1) ?? firstMin - 1) + 1; next < internalMax; next += 1) {
    if ((await files.stat(room.step(attempt, next).path)) !== undefined) numbers.push(next);
    else if (next >= firstMax) break;
  }
  return numbers;
}

export const readStepRequest = reader(stepRequestSchema);
export const readStepGrant = reader(stepGrantSchema);
export const readStepMeeting = reader(stepMeetingSchema);
export const readStepStart = reader(stepStartSchema);
export const readStepExit = reader(stepExitSchema);
export const readStepControl = reader(stepControlSchema);
export const readLiveOffer = reader(liveOfferSchema);
export const readLiveHanded = reader(liveHandedSchema, limits.launchBytes);
export const readLiveInput = reader(liveInputSchema);

/**
 * What a name says that somebody takes once: `void` where it was taken to mean nothing, undefined while
 * nobody has. The name is looked for before it is read: after a read that found nothing, one that has just
 * come would seem to mean nothing.
 */
export async function takenStepFile<T>(
  files: Files,
  path: string,
  read: (files: Files, path: string) => Promise<T | undefined>,
): Promise<T | 'void' | undefined> {
  if ((await files.stat(path)) === undefined) return undefined;
  return (await read(files, path)) ?? 'void';
}

function reader<T>(
  schema: Schema<T>,
  bytesMax: number = limits.requestBytes,
): (files: Files, path: string) => Promise<T | undefined> {
  return async (files, path) => {
    try {
      const content = await files.read(path, bytesMax);
      return content && checked(schema, parseBounded(content.bytes, bounds), path);
    } catch (error) {
      if (error instanceof JsonFault) return undefined;
      if (error instanceof MgpuError && unfitCodes.has(error.code)) return undefined;
      throw error;
    }
  };
}

const unfitCodes: ReadonlySet<string> = new Set([
  'SCHEMA',
  'NOT_REGULAR',
  'TOO_LARGE',
  'ENOTDIR',
  'ELOOP',
  'EACCES',
]);

type StepFile =
  | StepRequest
  | StepGrant
  | StepMeeting
  | StepStart
  | StepControl
  | StepExit
  | LiveHanded
  | LiveInput;

/** Puts a file in place, whole, in place of what may be there. */
export async function writeStepFile(
  files: Files,
  path: string,
  content: StepFile,
  nonce: string,
): Promise<void> {
  const { folder, name } = parts(path);
  await replace(files, folder, name, encoded(content), { mode: 0o644, durable: false, nonce });
}

/** Says where srun listens, and the key, to the step's user alone. */
export async function writeLiveOffer(files: Files, room: StepRoom, offer: LiveOffer): Promise<void> {
  await files.unlink(room.live);
  await files.create(room.live, encodeText(`${JSON.stringify(offer)}\n`), { mode: 0o600, sync: false });
}

/** Puts a file in place if there is none of that name. */
export function takeStepFile(
  files: Files,
  path: string,
  content: StepFile,
  nonce: string,
  { durable = false }: { readonly durable?: boolean } = {},
): Promise<'put' | 'exists'> {
  const { folder, name } = parts(path);
  return putIfAbsent(files, folder, name, encoded(content), { mode: 0o644, durable, nonce });
}

/** Takes a name with what means nothing, so that nobody else can put something there. */
export function takeVoid(files: Files, path: string, nonce: string): Promise<'put' | 'exists'> {
  const { folder, name } = parts(path);
  const content = encodeText('{"mgpu":"void"}\n');
  return putIfAbsent(files, folder, name, content, { mode: 0o644, durable: false, nonce });
}

const controlsMax = 100_000;

/** Adds to what a step's supervisors are asked to do; they do it in this order. */
export async function askStep(
  files: Files,
  room: StepRoom,
  control: StepControl,
  nonce: () => string,
): Promise<void> {
  for (let number = 0; number < controlsMax; number += 1) {
    if ((await files.stat(room.control(number))) !== undefined) continue;
    if ((await takeStepFile(files, room.control(number), control, nonce())) === 'put') return;
  }
  throw new MgpuError('TOO_MANY', `${room.path}: the step was sent ${controlsMax} signals`);
}

function encoded(content: StepFile): Uint8Array {
  return encodeText(`${JSON.stringify(content)}\n`);
}

function parts(path: string): { readonly folder: string; readonly name: string } {
  const slash = path.lastIndexOf('/');
  return { folder: path.slice(0, slash), name: path.slice(slash + 1) };
}
