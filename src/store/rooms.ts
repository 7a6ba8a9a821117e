import { MgpuError } from '../base/error.ts';
import { JsonFault, parseBounded } from '../base/json.ts';
import { checked, dictionary, type Infer, int, list, object, oneOf, text } from '../base/schema.ts';
import type { JobId } from '../model/ids.ts';
import { limits } from '../model/limits.ts';
import { rangesSchema } from '../model/ranges.ts';
import type { LiveOffer } from '../model/steplive.ts';
import { taskHooksSchema } from '../model/taskhooks.ts';
import { refuseNewer } from '../model/version.ts';
import { windowSchema } from '../model/window.ts';
import type { FileContent, Files } from '../ports/files.ts';
import { encodeText, readSpoilt, replace } from './put.ts';
import { type Store, surely } from './spool.ts';
import { writeLiveOffer } from './steps.ts';

/** What only the submitter may read: with which arguments and environment the job runs. */
const args = list(text(limits.launchBytes), 1_000_000);
const launchSchema = object(
  {
    mgpu: oneOf('launch'),
    format: int(1),
    /** For a batch job its script's arguments; for a step the whole command. */
    args,
    environment: dictionary(text(limits.launchBytes), 100_000),
  },
  {
    /** --multi-prog: what single tasks of a step run in place of the command. */
    programs: list(
      object({ tasks: rangesSchema, args }, { numbers: text(limits.launchBytes) }),
      limits.tasksPerJob,
    ),
    /** What is run before and after each task of a step, and the CPUs it is bound to. */
    hooks: taskHooksSchema,
    /** --pty: task 0 of a step has a terminal, which begins with this window. */
    terminal: windowSchema,
    /** The soft limits of the submitter's process that the tasks take over: see model/ulimit.ts. */
    limits: text(limits.textLength),
    /** --bcast: the program lies in the step's room as its script, and is copied there on each node. */
    bcast: object({ path: text(limits.pathLength), mode: int(0, 0o7777), mtime: int(0) }),
  },
);
export type LaunchFile = Infer<typeof launchSchema>;

const triesMax = 100_000;

/**
 * Makes the rooms of new jobs, and with them the jobs' ids: the folders' names, each of which the file system
 * gives to one caller only. The hint spares the search; ids come in order as long as nobody dies in between.
 * `last` is the largest id known. The caller must look afterwards whether an id was closed long ago.
 */
export async function makeRooms(store: Store, last: JobId, count: number): Promise<readonly JobId[]> {
  const { files, layout } = store;
  const made: JobId[] = [];
  let candidate = Math.max(await readHint(store), last) + 1;
  for (let tries = 0; tries < triesMax + count && candidate <= limits.jobIdMax; tries += 1) {
    if ((await files.makeDir(layout.job(candidate).path, 0o755)) === 'created') {
      made.push(candidate);
      if (made.length === count) {
        await writeHint(store, candidate);
        return made;
      }
      candidate += 1;
    } else candidate = Math.max(candidate, await readHint(store)) + 1;
  }
  throw new MgpuError('NO_JOB_ID', `${layout.jobs}: no free job id was found`);
}

/** The id that the next job will get, unless another comes first; `last` is the largest id known. */
export async function nextJobId(store: Store, last: JobId): Promise<JobId> {
  return Math.max(await readHint(store), last) + 1;
}

async function readHint(store: Store): Promise<number> {
  const content = await readSpoilt(store, store.layout.idHint);
  const hint = content && /^(\d{1,8})\n$/.exec(content);
  const id = Number(hint?.[1] ?? 0);
  // Nobody got there honestly; believing it would leave no id for anybody.
  return id < limits.jobIdMax ? id : 0;
}

async function writeHint(store: Store, id: JobId): Promise<void> {
  const options = { mode: 0o666, durable: false, nonce: store.ids.next() };
  try {
    await replace(store.files, store.layout.jobs, '.last', encodeText(`${id}\n`), options);
  } catch (error) {
    // The next search takes longer; were this an error, the rooms just made would be left behind.
    if (!(error instanceof MgpuError)) throw error;
  }
}

export interface RoomContent {
  readonly script?: Uint8Array;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly programs?: LaunchFile['programs'];
  readonly hooks?: LaunchFile['hooks'];
  readonly terminal?: LaunchFile['terminal'];
  readonly limits?: LaunchFile['limits'];
  readonly bcast?: LaunchFile['bcast'];
  /** Where the supervisors of an interactive job's step may connect to. */
  readonly live?: LiveOffer;
}

/** Furnishes a new room durably: after this the request may be sent. */
export async function furnishRoom(store: Store, id: JobId, content: RoomContent): Promise<void> {
  const { files, layout, spool } = store;
  const room = layout.job(id);
  await files.create(room.launch, encodeLaunch(content), { mode: 0o600, sync: spool.durable });
  if (content.script) await files.create(room.script, content.script, { mode: 0o700, sync: spool.durable });
  // Of no use after a power cut, so it need not be on disk.
  if (content.live !== undefined) await writeLiveOffer(files, room.firstStep, content.live);
  if (!spool.durable) return;
  await files.syncDir(room.path);
  await files.syncDir(layout.jobs);
}

/**
 * Takes back what was put into a room whose job was not submitted. The folder stays, and keeps the id from
 * all others: they go by the order of the ids, and one that became free below those in use would break it.
 */
export async function emptyRoom({ files, layout }: Store, id: JobId): Promise<void> {
  const { launch, script, firstStep } = layout.job(id);
  for (const path of [launch, script, firstStep.live]) await files.unlink(path);
}

/** The bytes of a launch file. Throws `TOO_LARGE`. */
export function encodeLaunch({
  args,
  environment,
  programs,
  hooks,
  terminal,
  limits: rlimits,
  bcast,
}: Omit<RoomContent, 'script' | 'live'>): Uint8Array {
  const launch: LaunchFile = {
    mgpu: 'launch',
    format: 1,
    args,
    environment,
    ...(programs !== undefined && { programs }),
    ...(hooks !== undefined && { hooks }),
    ...(terminal !== undefined && { terminal }),
    ...(rlimits !== undefined && { limits: rlimits }),
    ...(bcast !== undefined && { bcast }),
  };
  const bytes = encodeText(JSON.stringify(launch));
  if (bytes.length <= limits.launchBytes) return bytes;
  const what = `environment and arguments have ${bytes.length} bytes`;
  throw new MgpuError('TOO_LARGE', `${what}, more than a job may have`);
}

/**
 * Reads what a job runs with. Throws `NO_ROOM` when it is gone, `SCHEMA` when it is not what it should be.
 */
export async function readLaunch(store: Store, id: JobId): Promise<LaunchFile> {
  const path = store.layout.job(id).launch;
  return launchFileOf(await surely(store, () => store.files.read(path, limits.launchBytes)), path);
}

/** Reads a job's batch script. Throws `NO_ROOM` when it is gone. */
export async function readScript(store: Store, id: JobId): Promise<Uint8Array> {
  const path = store.layout.job(id).script;
  const content = await surely(store, () => store.files.read(path, limits.launchBytes));
  if (content === undefined) throw new MgpuError('NO_ROOM', `${path}: the job's room has no script`);
  return content.bytes;
}

const bounds = { depthMax: limits.jsonDepth, valuesMax: limits.jsonValues };

/** The same for whoever knows the room alone. */
export async function readLaunchFile(files: Files, path: string): Promise<LaunchFile> {
  return launchFileOf(await files.read(path, limits.launchBytes), path);
}

function launchFileOf(content: FileContent | undefined, path: string): LaunchFile {
  if (content === undefined) throw new MgpuError('NO_ROOM', `${path}: the job's room has no launch file`);
  try {
    const json = parseBounded(content.bytes, bounds);
    refuseNewer(json, path);
    return checked(launchSchema, json, path);
  } catch (cause) {
    if (!(cause instanceof JsonFault)) throw cause;
    throw new MgpuError('SCHEMA', `${path}: ${cause.message}`, { cause });
  }
}
