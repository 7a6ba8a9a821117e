import { MgpuError } from '../base/error.ts';
import type { StepOrder } from '../model/step.ts';
import { isByConnection } from '../model/steplive.ts';
import type { Files } from '../ports/files.ts';
import type { LiveNet, TaskPipes } from '../ports/live.ts';
import type { OpenFile, TaskLaunch, Tasks } from '../ports/tasks.ts';
import type { StepRoom } from '../store/layout.ts';
import { encodeText } from '../store/put.ts';
import { readLiveOffer, writeStepFile } from '../store/steps.ts';
import { type Live, type LiveSources, openLive } from './live.ts';
import { fileInput, type InputSource } from './liveinput.ts';
import type { StreamName } from './liveoutput.ts';
import type { StreamPlace, TaskPlan } from './plan.ts';

/** Why no task could be started, as Slurm says it of a file that cannot be opened (err.srun.output). */
export class StreamFault extends Error {}

/** What connections to srun are made with; missing: its tasks' output goes to files. */
export interface LivePorts {
  readonly net: Pick<LiveNet, 'connect'>;
  readonly pipes: TaskPipes;
  /** Of this machine. */
  readonly bootId: string;
}

export interface Opening extends Omit<LiveSources, 'net' | 'pipes' | 'offer' | 'part'> {
  readonly tasks: Pick<Tasks, 'open'>;
  readonly order: StepOrder;
  readonly live: LivePorts | undefined;
}

/** A task with its files open. */
export interface TaskPlace {
  readonly plan: TaskPlan;
  readonly input: TaskLaunch['input'];
  /** Where its input comes from if it is fed. */
  readonly source: InputSource | undefined;
  readonly output: OpenFile | 'none';
  readonly error: OpenFile | 'none';
}

/** Connects to srun if that is offered and wanted here; undefined where everything goes through files. */
export async function goLive(opening: Opening, plans: readonly TaskPlan[]): Promise<Live | undefined> {
  const { files, room, order, live, nonce } = opening;
  const offer = live && (await readLiveOffer(files, room.live));
  if (live === undefined || offer === undefined) return undefined;
  const part = order.nodeIndex ?? 0;
  if (!isByConnection(offer, live.bootId)) {
    // srun then knows that its input goes by the file.
    const handed = { mgpu: 'step-handed', format: 1, streams: [] } as const;
    await writeStepFile(files, room.handed(part), handed, `${nonce}-handed`);
    return undefined;
  }
  const named = new Map<string, StreamName>();
  for (const place of plans.flatMap(({ output, error }) => [output, error])) {
    if (place !== 'none' && place.own !== undefined) named.set(place.path, place.own);
  }
  const opened = await openLive({ ...opening, ...live, offer, part }, [...named.values()]);
  if (offer.mode === 'socket' && !(await opened.linked)) {
    const where = `port ${offer.port} of ${offer.addresses.join(', ')}`;
    throw new StreamFault(
      `no connection from node ${order.node} to srun within ${offer.seconds} s: ${where}`,
    );
  }
  return opened;
}

/**
 * Opens all files before any task starts. What is written is opened once, so that no task empties
 * another's.
 */
export async function openPlaces(
  opening: Opening,
  plans: readonly TaskPlan[],
  { opened, live }: { readonly opened: OpenFile[]; readonly live: Live | undefined },
): Promise<readonly TaskPlace[]> {
  const written = new Map<string, OpenFile>();
  const open = async (path: string, how: OpeningFile): Promise<OpenFile> => {
    const file = await openStream(opening, path, how);
    opened.push(file);
    return file;
  };
  const openWritten = async (
    at: Exclude<StreamPlace, 'none'>,
    stream: 'stdout' | 'stderr',
  ): Promise<OpenFile> => {
    const piped = at.own && pipeOf(live, at.own);
    if (piped !== undefined) {
      opened.push(piped);
      return piped;
    }
    const how = at.own !== undefined ? 'truncate' : (opening.order.openMode ?? 'truncate');
    return open(at.path, { how, stream, mode: at.own !== undefined ? 0o600 : 0o666 });
  };
  const place = async (at: StreamPlace, stream: 'stdout' | 'stderr'): Promise<OpenFile | 'none'> => {
    if (at === 'none') return 'none';
    const file = written.get(at.path) ?? (await openWritten(at, stream));
    written.set(at.path, file);
    return file;
  };
  const fed: 'fed' | 'none' = (await isInputEmpty(opening)) ? 'none' : 'fed';
  const inputOf = async ({ input }: TaskPlan): Promise<TaskLaunch['input']> => {
    if (typeof input !== 'string') return open(input.path, { how: 'read', stream: 'stdin', mode: 0 });
    return input === 'none' ? 'none' : fed;
  };
  const places: TaskPlace[] = [];
  for (const plan of plans) {
    const input = await inputOf(plan);
    const source = input === 'fed' ? (live?.input.source() ?? fileInput(opening)) : undefined;
    const output = await place(plan.output, 'stdout');
    places.push({ plan, input, source, output, error: await place(plan.error, 'stderr') });
  }
  live?.input.opened();
  return places;
}

function pipeOf(live: Live | undefined, name: StreamName): OpenFile | undefined {
  const pipe = live?.pipe(name);
  if (pipe === undefined) return undefined;
  return {
    fd: pipe.fd,
    write: async (text) => void live?.say(name, encodeText(text)),
    close: pipe.closeWriter,
  };
}

/** True when srun has nothing to send, as in scripts: /dev/null says the same and spares a pipe. */
async function isInputEmpty({
  files,
  room,
}: {
  readonly files: Files;
  readonly room: StepRoom;
}): Promise<boolean> {
  return (await files.stat(room.stdinEnd)) !== undefined && (await files.stat(room.stdin)) === undefined;
}

interface OpeningFile {
  readonly how: Parameters<Tasks['open']>[1];
  readonly stream: 'stdin' | 'stdout' | 'stderr';
  readonly mode: number;
}

async function openStream({ tasks }: Opening, path: string, opening: OpeningFile): Promise<OpenFile> {
  const { how, stream, mode } = opening;
  try {
    return await tasks.open(path, how, mode);
  } catch (error) {
    if (!(error instanceof MgpuError)) throw error;
    throw new StreamFault(`Could not open ${stream} file: ${error.message.slice(path.length + 2)}`);
  }
}
