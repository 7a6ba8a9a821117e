import { isMgpuError, MgpuError } from '../base/error.ts';
import { checked } from '../base/schema.ts';
import { printable } from '../base/text.ts';
import type { JobId } from '../model/ids.ts';
import { formatIndexList } from '../model/indexlist.ts';
import { type ActiveJob, type EndedJob, isActive, type Job } from '../model/job.ts';
import { limits } from '../model/limits.ts';
import { rangesHas } from '../model/ranges.ts';
import {
  isThroughSrun,
  type StepExit,
  shellCode,
  stepExitCode,
  stepExitSchema,
  stepRoutes,
} from '../model/step.ts';
import { refuseNewer } from '../model/version.ts';
import type { Watcher } from '../ports/watch.ts';
import { sendRequest } from '../store/inbox.ts';
import type { JobRoom } from '../store/layout.ts';
import { decodeText, encodeText } from '../store/put.ts';
import { cancelledLines, taskLines } from './interactive/endlines.ts';
import { endInput, sendInput } from './interactive/input.ts';
import { createInterrupts, type Interrupt, type Interrupts } from './interactive/interrupts.ts';
import { createRelay, type Outputs, type Relay } from './interactive/relay.ts';
import type { Session } from './session.ts';
import { type Submission, submit } from './submit.ts';

export type { Interrupt } from './interactive/interrupts.ts';

/** What `srun` is to its user. */
export interface Terminal extends Outputs {
  /** Standard input; undefined when there is none: closed, or /dev/null. */
  readonly input: (() => AsyncIterable<Uint8Array>) | undefined;
  /** Hands over the signals that come, until the function it gives is called. */
  interrupts(handler: (signal: Interrupt) => void): () => void;
}

/** An open cluster for a command that follows a job. */
export interface FollowingSession extends Session {
  readonly watcher: Watcher;
}

export interface InteractiveOptions {
  readonly submission: Submission;
  /** -Q. */
  readonly isQuiet: boolean;
  /** -u. */
  readonly isUnbuffered: boolean;
  /** -v. */
  readonly isVerbose: boolean;
}

interface Following {
  readonly session: FollowingSession;
  readonly terminal: Terminal;
  readonly options: InteractiveOptions;
  readonly interrupts: Interrupts;
  readonly jobId: JobId;
  readonly room: JobRoom;
  inform(line: string): void;
  complain(line: string): Promise<void>;
}

/**
 * Submits an interactive job, waits for its nodes, shows what its tasks write as they write it, gives them
 * standard input, and gives the code that srun ends with. The job does not need us: it runs on whatever
 * happens here.
 */
export async function runInteractive(
  session: FollowingSession,
  terminal: Terminal,
  options: InteractiveOptions,
): Promise<number> {
  const { store, present, watcher } = session;
  const { spec } = options.submission;
  const complain = async (line: string): Promise<void> =>
    void (await terminal.err(encodeText(`${printable(line)}\n`)));
  // Whoever reads nothing of it cannot be told that.
  const inform = (line: string): void => void (options.isQuiet || complain(line).catch(() => {}));
  const interrupts = createInterrupts({
    clock: store.clock,
    send: async (request) => void (await sendRequest(store, request, spec.submitHost)),
    inform,
    wake: () => watcher.wake(),
  });
  const release = terminal.interrupts(interrupts.take);
  try {
    watcher.add(store.layout.log);
    const jobId = await submit(store, present, options.submission);
    interrupts.submitted(jobId);
    const room = store.layout.job(jobId);
    const following = { session, terminal, options, interrupts, jobId, room, inform, complain };
    const { input } = stepRoutes(spec);
    if (terminal.input === undefined && input.kind === 'srun') await endInput(store.files, room);
    return await follow(following);
  } finally {
    release();
    await interrupts.settled();
  }
}

async function follow(following: Following): Promise<number> {
  const { interrupts, complain, jobId, inform } = following;
  const job = await waitForStart(following);
  if (job === 'revoked') {
    inform(`srun: Job allocation ${jobId} has been revoked`);
    return 1;
  }
  if (job === 'gone') {
    await complain(`srun: error: job ${jobId} has ended and is not known any more`);
    return 1;
  }
  const ntasks = Math.max(1, job.allocation?.[0]?.tasks ?? 1);
  interrupts.started(ntasks);
  if (following.options.isVerbose) {
    const names = formatIndexList(Array.from({ length: ntasks }, (_, task) => task));
    inform(`srun: launching StepId=${jobId}.0 on host ${nodeOf(job)}, ${ntasks} tasks: ${names}`);
  }
  const code = await followStep(following, ntasks);
  return interrupts.exitCode() ?? code;
}

/** After how long a job counts as one that has to wait, in ms. */
const promptMs = 300;
const pauseMsMin = 20;
const queuePauseMsMax = 1000;
const stepPauseMsMax = 200;

/** Waits until the job has its nodes, or never will. */
async function waitForStart(following: Following): Promise<ActiveJob | EndedJob | 'revoked' | 'gone'> {
  const { session, interrupts, jobId, inform } = following;
  const { clock } = session.store;
  const sinceMs = clock.monotonicMs();
  let isTold = false;
  for (let pauseMs = pauseMsMin; ; pauseMs = Math.min(queuePauseMsMax, 2 * pauseMs)) {
    if (interrupts.isRevoked()) return 'revoked';
    const { cluster } = await session.present.view();
    const job = cluster.jobs.get(jobId);
    if (job === undefined && rangesHas(cluster.closed, jobId)) return 'gone';
    if (job !== undefined && job.state !== 'PENDING') {
      if (job.state === 'ENDED' && job.allocation === undefined) return 'revoked';
      if (isTold) inform(`srun: job ${jobId} has been allocated resources`);
      return job;
    }
    if (!isTold && clock.monotonicMs() - sinceMs >= promptMs) {
      isTold = true;
      inform(`srun: job ${jobId} queued and waiting for resources`);
    }
    const promptInMs = sinceMs + promptMs - clock.monotonicMs();
    await session.watcher.wait(promptInMs > 0 ? Math.min(pauseMs, promptInMs) : pauseMs);
  }
}

/** How often the state of the job is looked at while its step runs, in ms. */
const stateLookMs = 500;

async function followStep(following: Following, ntasks: number): Promise<number> {
  const { session, terminal, options, interrupts, jobId, room } = following;
  const { store, watcher, present } = session;
  const { spec } = options.submission;
  const relay = createRelay(
    { files: store.files, room, spec, ntasks, isUnbuffered: options.isUnbuffered },
    terminal,
  );
  watcher.add(room.path);
  let isOver = false;
  startInput(following, () => isOver);
  let lookedMs = Number.NEGATIVE_INFINITY;
  try {
    for (let pauseMs = pauseMsMin; ; ) {
      // In this order: what was written before the end was there to be seen is shown.
      const isLookDue = store.clock.monotonicMs() - lookedMs >= stateLookMs;
      if (isLookDue) lookedMs = store.clock.monotonicMs();
      const end = isLookDue ? endOf((await present.journal.refresh()).jobs.get(jobId)) : undefined;
      const exit = await readStepExit(following);
      const hasMoved = await relay.pump();
      if (exit !== undefined) return await finish(following, relay, exit);
      if (end !== undefined) return await finishWithout(following, relay, end);
      if (interrupts.isDetached()) return await detach(following, relay);
      if (relay.isBroken() && !interrupts.isAborting()) interrupts.take('PIPE');
      interrupts.look();
      pauseMs = hasMoved ? pauseMsMin : Math.min(stepPauseMsMax, 2 * pauseMs);
      await watcher.wait(pauseMs);
    }
  } finally {
    isOver = true;
  }
}

function startInput({ session, terminal, options, room, complain }: Following, isOver: () => boolean): void {
  const route = stepRoutes(options.submission.spec).input;
  const isWanted = route.kind === 'srun' && isThroughSrun(route, route.task ?? 0);
  if (terminal.input === undefined || !isWanted) return;
  const sending = { files: session.store.files, room, input: terminal.input(), isOver };
  sendInput({ ...sending, complain: (message) => void complain(`srun: error: ${message}`) }).catch(
    (error: unknown) => {
      // The room is full or gone; the tasks' end tells the rest.
      if (!isMgpuError(error)) throw error;
    },
  );
}

/** How a job ended whose step said nothing; undefined while it may still. */
function endOf(job: Job | undefined): Job | 'gone' | undefined {
  if (job === undefined) return 'gone';
  if (job.state === 'ENDED') return job;
  // A lost node says nothing until it is back.
  return job.state === 'COMPLETING' && job.endState === 'NODE_FAIL' ? job : undefined;
}

async function readStepExit({ session, room }: Following): Promise<StepExit | undefined> {
  const path = room.stepExit(0);
  const content = await session.store.files.read(path, limits.requestBytes);
  if (content === undefined) return undefined;
  try {
    const json = JSON.parse(decodeText(content.bytes));
    refuseNewer(json, path);
    return checked(stepExitSchema, json, path);
  } catch (cause) {
    if (cause instanceof MgpuError) throw cause;
    throw new MgpuError('DAMAGED', `${path}: it is no JSON`, { cause });
  }
}

async function finish(following: Following, relay: Relay, exit: StepExit): Promise<number> {
  const { session, interrupts, jobId, complain, inform } = following;
  await relay.finish();
  // As a program in a pipe whose reader has gone: not a word.
  if (relay.isBroken()) return stepExitCode(exit);
  if (exit.failure !== undefined) {
    await complain(`srun: error: ${exit.failure}`);
    return stepExitCode(exit);
  }
  const hasSignal = exit.tasks.some((end) => end.signal !== 0);
  const job = (await session.present.journal.refresh()).jobs.get(jobId);
  const isCancelled = await tellCancelled(following, job);
  for (const line of taskLines(nodeOf(job), exit)) await complain(line);
  if (hasSignal && !isCancelled && interrupts.exitCode() === undefined) {
    inform(`srun: Force Terminated StepId=${jobId}.0`);
  }
  return stepExitCode(exit);
}

/** Says that somebody or the time limit ended the step; true if so. */
async function tellCancelled(following: Following, job: Job | undefined): Promise<boolean> {
  const { session, jobId, interrupts, complain, inform } = following;
  if (job === undefined || job.state === 'PENDING' || job.state === 'RUNNING') return false;
  const { endState, endTime } = job;
  if (endState !== 'CANCELLED' && endState !== 'TIMEOUT') return false;
  const utcOffsetMinutes = session.store.clock.utcOffsetMinutes(endTime);
  const lines = cancelledLines({ jobId, node: nodeOf(job), endState, endTime, utcOffsetMinutes });
  for (const line of lines) {
    if (!line.startsWith('srun:')) await complain(line);
    else if (!interrupts.isAborting()) inform(line);
  }
  return true;
}

async function finishWithout(following: Following, relay: Relay, job: Job | 'gone'): Promise<number> {
  const { jobId, room, complain } = following;
  await relay.finish();
  if (job === 'gone' || job.state === 'PENDING' || job.state === 'RUNNING') {
    await complain(`srun: error: job ${jobId} has ended and is not known any more`);
    return 1;
  }
  const { endState, reason, exitCode } = job;
  if (endState === 'NODE_FAIL') await complain(`srun: error: Node failure on ${nodeOf(job)}`);
  else if (!(await tellCancelled(following, job)) && endState !== 'COMPLETED') {
    await complain(
      `srun: error: job ${jobId} failed on ${nodeOf(job)}: ${reason}: see ${room.path}/step.0.log`,
    );
  }
  if (reason === 'JobLaunchFailure') return 1;
  return shellCode(exitCode) || (endState === 'COMPLETED' ? 0 : 1);
}

/** The terminal went; who wants the output finds it in the job's room. */
async function detach({ session, room, terminal }: Following, relay: Relay): Promise<number> {
  await relay.pump();
  if (terminal.input !== undefined) await endInput(session.store.files, room);
  return 129;
}

function nodeOf(job: Job | undefined): string {
  const share =
    job !== undefined && (isActive(job) || job.state === 'ENDED') ? job.allocation?.[0] : undefined;
  return share?.node ?? '?';
}
