import { MgpuError } from '../base/error.ts';
import { formatTimestamp } from '../model/duration.ts';
import type { StepControl } from '../model/steprequest.ts';
import type { WindowSize } from '../model/window.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { Watcher } from '../ports/watch.ts';
import type { StepRoom } from '../store/layout.ts';
import { decodeText } from '../store/put.ts';
import { readStepControl } from '../store/steps.ts';

/*
 * What ends a step before its tasks do, and what else is asked of it:
 *
 *   the job's end        SIGTERM to the supervisor; the daemon kills the rest
 *   control files        signals for the tasks; the step's end by scancel, or by srun
 *   its own time limit   SIGTERM, and after the grace SIGKILL
 *   srun is gone         the same, unless srun said that the step is to run on
 */

export interface Ended {
  readonly endedBy?: number;
  readonly isOverTime?: boolean;
}

export interface EndWatch {
  readonly files: Files;
  readonly clock: Clock;
  readonly watcher: Watcher;
  readonly room: StepRoom;
  /** Minutes that the step may run. */
  readonly timeLimit: number | undefined;
  /** From SIGTERM to SIGKILL, in ms. */
  readonly graceMs: number;
  /** Settles when the job ends; `all` if the tasks have been told already. */
  readonly endAsked: Promise<'us' | 'all'>;
  /** False where srun says itself that the job is ended. */
  readonly tellsJobEnd: boolean;
  isClientGone(): Promise<boolean>;
  /** True once when the connection to srun broke: a reason to look after it now. */
  takeLoss(): boolean;
  isOver(): boolean;
  /** Once it is over: whether SIGTERM ended a task. */
  wasTerminated(): boolean;
  signal(signal: number): Promise<void>;
  resize(window: WindowSize): void;
  /** Tells the tasks' reader why they end: `CANCELLED AT 2026-01-01T00:00:00`. */
  tell(words: string): Promise<void>;
}

const termSignal = 15;
const killSignal = 9;
const lookMsMin = 50;
const lookMsMax = 500;
const clientLookMs = 2000;

/** Serves the step until its tasks are over; gives what ended it, if something did. */
export async function watchEnds(watch: EndWatch): Promise<Ended> {
  const { clock, watcher } = watch;
  const state: State = { ended: {}, killAtMs: undefined, next: 0, clientLookedMs: clock.monotonicMs() };
  const startMs = clock.monotonicMs();
  watch.endAsked.then(
    (who) => {
      state.jobEnd = who;
      watcher.wake();
    },
    () => {},
  );
  for (let pauseMs = lookMsMin; !watch.isOver(); pauseMs = Math.min(lookMsMax, 2 * pauseMs)) {
    await passing(() => serveControls(watch, state));
    const now = clock.monotonicMs();
    if (state.jobEnd !== undefined && !state.isJobEndTold) await endWithJob(watch, state, state.jobEnd);
    const isOverTime = watch.timeLimit !== undefined && now - startMs >= watch.timeLimit * 60_000;
    if (isOverTime && state.killAtMs === undefined) {
      state.ended = { isOverTime: true };
      await end(watch, state, { signal: termSignal, why: ' DUE TO TIME LIMIT' });
    }
    const isClientDue = watch.takeLoss() || now - state.clientLookedMs >= clientLookMs;
    if (state.killAtMs === undefined && isClientDue) {
      state.clientLookedMs = now;
      const isGone = (await passing(() => watch.isClientGone())) ?? false;
      if (isGone) await end(watch, state, { signal: termSignal, why: '' });
    }
    if (state.killAtMs !== undefined && now >= state.killAtMs) {
      await watch.signal(killSignal);
      state.killAtMs = now + watch.graceMs;
    }
    await watcher.wait(pauseMs);
  }
  await tellLate(watch, state);
  return state.ended;
}

/** A task that SIGTERM ended at once was quicker than the news that its job ends: see endsignals.ts. */
async function tellLate(watch: EndWatch, state: State): Promise<void> {
  if (!watch.tellsJobEnd || state.killAtMs !== undefined || !watch.wasTerminated()) return;
  await Promise.race([watch.endAsked, watch.clock.sleep(lateMs)]);
  if (state.jobEnd !== undefined) await endWithJob(watch, state, 'all');
}

const lateMs = 400;

interface State {
  ended: Ended;
  /** Set once the step is being ended. */
  killAtMs: number | undefined;
  /** The number of the next control file. */
  next: number;
  clientLookedMs: number;
  jobEnd?: 'us' | 'all';
  isJobEndTold?: boolean;
}

async function serveControls(watch: EndWatch, state: State): Promise<void> {
  for (;;) {
    const path = watch.room.control(state.next);
    if ((await watch.files.stat(path)) === undefined) return;
    const control = await readStepControl(watch.files, path);
    state.next += 1;
    if (control !== undefined) await serve(watch, state, control);
  }
}

async function serve(watch: EndWatch, state: State, control: StepControl): Promise<void> {
  if (control.window !== undefined) {
    watch.resize(control.window);
  } else if (control.kind === 'signal') {
    await watch.signal(control.signal);
  } else {
    // A srun that hears of its job's end too asks for this as well, and nobody cancelled the step.
    const why = await whyJobEnds(watch);
    if (why === '') state.ended = { ...state.ended, endedBy: control.uid };
    await end(watch, state, { signal: control.signal, why });
  }
}

async function end(
  watch: EndWatch,
  state: State,
  { signal, why }: { readonly signal: number; readonly why: string },
): Promise<void> {
  if (state.killAtMs === undefined) {
    await passing(() => watch.tell(`CANCELLED AT ${stamp(watch.clock)}${why}`));
  }
  state.killAtMs ??= watch.clock.monotonicMs() + watch.graceMs;
  await watch.signal(signal);
}

/** The daemon has told the tasks already, unless SIGTERM came to the supervisor alone. */
async function endWithJob(watch: EndWatch, state: State, who: 'us' | 'all'): Promise<void> {
  state.isJobEndTold = true;
  if (watch.tellsJobEnd && state.killAtMs === undefined) {
    const why = await whyJobEnds(watch);
    await passing(() => watch.tell(`CANCELLED AT ${stamp(watch.clock)}${why}`));
  }
  state.killAtMs ??= watch.clock.monotonicMs() + watch.graceMs;
  if (who === 'us') await watch.signal(termSignal);
}

/** As the job's daemon says it; nothing for a cancelled job, and where that cannot be read. */
async function whyJobEnds({ files, room }: EndWatch): Promise<string> {
  const content = await passing(() => files.read(room.jobEnd, whyBytesMax));
  const why = content === undefined ? '' : decodeText(content.bytes);
  return /^ DUE TO [A-Z ,]+$/.test(why) ? why : '';
}

/**
 * A file server that is away for a while must not end the supervisor, whose tasks nobody would then end: it
 * looks again. Undefined where that failed.
 */
async function passing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    // What may pass: it is tried again at the next look.
    if (!(error instanceof MgpuError)) throw error;
    return undefined;
  }
}

const whyBytesMax = 200;

function stamp(clock: Clock): string {
  const now = clock.now();
  return formatTimestamp(now, clock.utcOffsetMinutes(now));
}
