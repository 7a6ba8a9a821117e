import { isMgpuError, MgpuError } from '../../base/error.ts';
import type { JobId } from '../../model/ids.ts';
import { isThroughSrun, type StepExit, shellCode, stepExitCode, stepRoutes } from '../../model/step.ts';
import type { StepControl } from '../../model/steprequest.ts';
import type { WindowSize } from '../../model/window.ts';
import type { Watcher } from '../../ports/watch.ts';
import type { StepRoom } from '../../store/layout.ts';
import { readStepExit } from '../../store/steps.ts';
import type { Session } from '../session.ts';
import { idleWatch } from './idle.ts';
import { endInput, type InputWay, inputByFile, inputByLink, type LiveInputWay, sendInput } from './input.ts';
import type { Interrupt, Interrupts } from './interrupts.ts';
import { createLiveSide, type LiveSide, type Offered } from './live.ts';
import type { LiveWish } from './offer.ts';
import { createRelay, type Outputs, type Relay, type SharedOutputs, type StepStreams } from './relay.ts';
import { createReports, type EndReports, type FollowedPart } from './reports.ts';
import { giveScreen, type Screen } from './screen.ts';

/** What `srun` is to its user. */
export interface Terminal extends Outputs {
  /** Opens a file to write to its end, emptied if asked. Throws an `MgpuError` with the system's words. */
  readonly file: (path: string, how: 'append' | 'truncate') => Promise<Outputs['out']>;
  /** Standard input; undefined when there is none: closed, or /dev/null. */
  readonly input: (() => AsyncIterable<Uint8Array>) | undefined;
  /** Hands over the signals that come, until the function it gives is called. */
  interrupts(handler: (signal: Interrupt) => void): () => void;
  /** Missing where standard output is no terminal. */
  readonly screen?: Screen;
}

/** An open cluster for a command that follows a job. */
export interface FollowingSession extends Session {
  readonly watcher: Watcher;
}

/** How srun shows and treats a step. */
export interface ShowOptions {
  /** -Q. */
  readonly isQuiet: boolean;
  /** -u. */
  readonly isUnbuffered: boolean;
  /** -v. */
  readonly isVerbose: boolean;
  /** -K. */
  readonly killsOnBadExit?: boolean;
  /** -W, in seconds; 0 and missing: for ever. */
  readonly waitSeconds?: number;
  /** -X. */
  readonly isStatusDisabled?: boolean;
  /** --quit-on-interrupt. */
  readonly quitsOnInterrupt?: boolean;
  /** --pty: the window that the first task's terminal begins with. */
  readonly window?: WindowSize;
  /** --bcast: the program that is copied first. */
  readonly bcastProgram?: string;
  /** --session-timeout, in seconds; 0 and missing: for ever. */
  readonly sessionSeconds?: number;
  /** --max-wait-time, in seconds; missing: for ever. */
  readonly maxWaitSeconds?: number;
  /** --io and --connection-timeout; missing: through files. */
  readonly live?: LiveWish;
}

/** What a step is told: a signal for its tasks, with the window of the first one's terminal, or its end. */
export type StepAsk = Pick<StepControl, 'kind' | 'signal' | 'window'>;

/** A step that runs, and what its kind of step wants to know and to tell. */
export interface Following {
  readonly session: FollowingSession;
  readonly terminal: Terminal;
  readonly options: ShowOptions;
  readonly interrupts: Interrupts;
  readonly jobId: JobId;
  readonly step: number;
  readonly room: StepRoom;
  readonly parts: readonly FollowedPart[];
  readonly streams: StepStreams;
  readonly shared?: SharedOutputs;
  /** Where the step's supervisors may connect to. */
  readonly offered?: Offered | undefined;
  inform(line: string): void;
  complain(line: string): Promise<void>;
  /** Tells the step's supervisors something. */
  control(control: StepAsk): Promise<void>;
  /** Ends the step for what one of its tasks did. */
  terminate(): void;
  /** Says that the step runs on when srun has gone. */
  detach(): Promise<void>;
  /** Called every half second: gives srun's exit code when the step is over though it said nothing. */
  look(): Promise<(() => Promise<number>) | undefined>;
  /** Says that somebody or a time limit ended the step; true if so. */
  tellCancelled(exits: readonly StepExit[]): Promise<boolean>;
}

const pauseMsMin = 20;
const stepPauseMsMax = 200;
/** How often the state of the job is looked at while its step runs, in ms. */
const stateLookMs = 500;

/** Shows what the tasks write as they write it, gives them standard input, and gives the step's exit code. */
export async function followStep(following: Following): Promise<number> {
  const { session, interrupts, room, streams, parts, shared = {} } = following;
  const { store, watcher } = session;
  const ntasks = parts.reduce((sum, { tasks }) => sum + tasks.length, 0);
  const live = liveSideOf(following);
  const isUnbuffered = following.options.isUnbuffered;
  const relay = createRelay(
    {
      ...{ files: store.files, room, streams, ntasks, isUnbuffered, shared },
      ...(live !== undefined && { live: { side: live, partOf: partsOf(parts) } }),
    },
    following.terminal,
  );
  const way = live && inputWayOf(following, live);
  live?.begin({
    take: relay.take,
    inputTaken(part, offset) {
      if (way?.taken(part, offset) !== true)
        throw new MgpuError('FRAME', 'input was taken that was not sent');
    },
    changed: () => way?.settle(),
  });
  const reports = reportsOf(following);
  const exits = new Map<number, StepExit>();
  watcher.add(room.path);
  let isOver = false;
  const release = await takeScreen(following);
  const idle = idleWatch(following, relay);
  startInput({ ...following, read: idle.read }, way ?? inputByFile(store.files, room), () => isOver);
  let lookedMs = Number.NEGATIVE_INFINITY;
  try {
    for (let pauseMs = pauseMsMin; ; ) {
      // In this order: what was written before the end was there to be seen is shown.
      const isLookDue = store.clock.monotonicMs() - lookedMs >= stateLookMs;
      if (isLookDue) lookedMs = store.clock.monotonicMs();
      const end = isLookDue ? await following.look() : undefined;
      await readExits(following, exits);
      if (exits.size < parts.length) await reports.look();
      const hasMoved = await relay.pump();
      way?.settle();
      if (exits.size === parts.length) return await finish(following, { relay, reports, exits, live });
      if (end !== undefined) {
        await relay.finish();
        return await end();
      }
      if (interrupts.isDetached()) return await detach(following, relay, way);
      if (relay.isBroken() && !interrupts.isAborting()) interrupts.take('PIPE');
      interrupts.look();
      await idle.look();
      pauseMs = hasMoved ? pauseMsMin : Math.min(stepPauseMsMax, 2 * pauseMs);
      await watcher.wait(pauseMs);
    }
  } finally {
    isOver = true;
    live?.close();
    await release();
  }
}

const windowSignal = 28;

/** From here on the terminal is the first task's; gives what takes it back. */
function takeScreen({ terminal, options, control }: Following): Promise<() => Promise<void>> {
  const { window } = options;
  if (terminal.screen === undefined || window === undefined) return Promise.resolve(async () => {});
  return giveScreen(terminal.screen, {
    begin: window,
    send: (now) => control({ kind: 'signal', signal: windowSignal, window: now }),
  });
}

function reportsOf(following: Following): EndReports {
  const { session, room, parts, options, jobId, step } = following;
  const { files, clock } = session.store;
  return createReports({
    files,
    clock,
    room,
    parts,
    name: `${jobId}.${step}`,
    killsOnBadExit: options.killsOnBadExit === true,
    waitSeconds: options.waitSeconds ?? 0,
    complain: following.complain,
    inform: following.inform,
    terminate: following.terminate,
  });
}

async function readExits({ session, room, parts }: Following, exits: Map<number, StepExit>): Promise<void> {
  for (const part of parts.keys()) {
    if (exits.has(part)) continue;
    const exit = await readStepExit(session.store.files, room.exit(part));
    if (exit !== undefined) exits.set(part, exit);
  }
}

function liveSideOf({ session, room, parts, offered }: Following): LiveSide | undefined {
  if (offered === undefined) return undefined;
  const { files, clock } = session.store;
  return createLiveSide({ files, clock, room, parts, offered, wake: () => session.watcher.wake() });
}

function partsOf(parts: readonly FollowedPart[]): (task: number) => number {
  const byTask = new Map(parts.flatMap(({ tasks }, part) => tasks.map((task) => [task, part] as const)));
  return (task) => byTask.get(task) ?? 0;
}

/** The file serves a step none of whose tasks gets any, and one that waits too long for connections. */
function inputWayOf({ session, room, parts, streams, offered }: Following, live: LiveSide): LiveInputWay {
  const { files, clock, ids } = session.store;
  const { input } = stepRoutes(streams);
  const fed = [...parts.keys()].filter((part) =>
    parts[part]?.tasks.some((task) => isThroughSrun(input, task)),
  );
  const connectMsMax = 1000 * (offered?.offer.seconds ?? 0) + connectMsMore;
  return inputByLink({ files, clock, room, live, parts: fed, connectMsMax, nonce: ids.next() });
}

/** For a node to hear of its part, in ms. */
const connectMsMore = 5000;

interface Reading extends Following {
  /** Called when input was read. */
  read(): void;
}

function startInput(
  { terminal, streams, complain, read }: Reading,
  way: InputWay,
  isOver: () => boolean,
): void {
  const route = stepRoutes(streams).input;
  const isWanted = route.kind === 'srun' && isThroughSrun(route, route.task ?? 0);
  if (terminal.input === undefined || !isWanted) return;
  const sending = { way, input: noted(terminal.input(), read), isOver };
  sendInput({ ...sending, complain: (message) => void complain(`srun: error: ${message}`) }).catch(
    (error: unknown) => {
      // The room is full or gone; the tasks' end tells the rest.
      if (!isMgpuError(error)) throw error;
    },
  );
}

async function* noted(input: AsyncIterable<Uint8Array>, read: () => void): AsyncIterable<Uint8Array> {
  for await (const bytes of input) {
    read();
    yield bytes;
  }
}

interface Finished {
  readonly relay: Relay;
  readonly reports: EndReports;
  readonly exits: ReadonlyMap<number, StepExit>;
  readonly live: LiveSide | undefined;
}

async function finish(following: Following, { relay, reports, exits, live }: Finished): Promise<number> {
  const { interrupts, jobId, step, complain, inform } = following;
  const all = [...exits.values()];
  const code = Math.max(...all.map(stepExitCode));
  await live?.look([...exits].flatMap(([part, { isHanded }]) => (isHanded === true ? [part] : [])));
  await relay.finish();
  // As a program in a pipe whose reader has gone: not a word.
  if (relay.isBroken()) return code;
  const failed = all.find((exit) => exit.failure !== undefined);
  if (failed !== undefined) {
    await complain(`srun: error: ${failed.failure}`);
    const { bcastProgram } = following.options;
    if (bcastProgram !== undefined) {
      await complain(`srun: fatal: Failed to broadcast '${bcastProgram}'. Step launch aborted.`);
    }
    return code;
  }
  const hasSignal = all.some((exit) => exit.tasks.some((end) => end.signal !== 0));
  const isCancelled = !reports.hasTerminated() && (await following.tellCancelled(all));
  for (const [part, exit] of exits) await reports.finish(part, exit.tasks);
  if (hasSignal && !isCancelled && interrupts.exitCode() === undefined) {
    inform(`srun: Force Terminated StepId=${jobId}.${step}`);
  }
  return code;
}

/** The terminal went; who wants the output finds it in the step's room. */
async function detach(following: Following, relay: Relay, way: LiveInputWay | undefined): Promise<number> {
  const { session, room, terminal } = following;
  await following.detach();
  await relay.pump();
  await way?.goToFile();
  if (terminal.input !== undefined) await endInput(session.store.files, room);
  return 129;
}

/** What srun ends with for a job that ended so. */
export function codeOfEnd(
  exitCode: { readonly code: number; readonly signal: number },
  isDone: boolean,
): number {
  return shellCode(exitCode) || (isDone ? 0 : 1);
}
