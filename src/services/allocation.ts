import { MgpuError } from '../base/error.ts';
import { allocationEnvironment } from '../core/environment.ts';
import type { JobId } from '../model/ids.ts';
import { type ActiveJob, isActive, type Job } from '../model/job.ts';
import { rangesHas } from '../model/ranges.ts';
import type { Reason } from '../model/states.ts';
import type { Keeper, StartKeeper } from '../ports/keeper.ts';
import type { LocalCommand, RunningCommand, StartCommand } from '../ports/localcommand.ts';
import type { Watcher } from '../ports/watch.ts';
import { askCluster } from './askcluster.ts';
import { patienceOf } from './immediate.ts';
import { giveBack, sayPulse } from './pulse.ts';
import type { Session } from './session.ts';
import { awaited, type Submission, submit } from './submit.ts';

/*
 * What salloc does: it asks for nodes, runs a command here while it has them, and gives them back. The
 * allocation is a job whose first process only waits (agent/holder); what salloc tells it goes through the
 * pulse in the job's room, which its keeper writes.
 *
 *   waiting ──nodes──▶ granted ──command ends, HUP──▶ relinquished
 *      └──signal, cancelled, too late──▶ revoked ◀──cancelled, time limit, signal──┘
 */

export type AllocationSignal = 'INT' | 'TERM' | 'QUIT' | 'HUP' | 'USR1' | 'USR2';

/** What salloc has of the machine that it runs on. */
export interface AllocationPorts {
  readonly start: StartCommand;
  readonly startKeeper: StartKeeper;
  /** Hands over the signals that come, until the function it gives is called. */
  interrupts(handler: (signal: AllocationSignal) => void): () => void;
  /** True where the keyboard sends its signals to salloc and its command alike. */
  readonly hasTerminal: boolean;
}

/** What happens, for the command to put into words. */
export type AllocationMessage =
  | { readonly what: 'waits'; readonly reason: Reason | 'held' | undefined }
  | { readonly what: 'allocated' | 'granted' | 'relinquishing' | 'revoked' | 'overTime' }
  | { readonly what: 'cancelled' | 'over' | 'aborted' | 'busy' | 'late' }
  | { readonly what: 'notFound'; readonly command: string };

/** A command, and the variables and the folder that salloc itself has. */
export interface AskedCommand {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly submitDir: string;
}

export interface AllocationOptions {
  readonly submission: Submission;
  /** The command to run here; undefined with --no-shell. */
  readonly command: AskedCommand | undefined;
  /** Seconds after which to give up (--immediate); undefined waits for ever. */
  readonly immediateSeconds: number | undefined;
  /** The signal for the command when the allocation is taken away. */
  readonly killSignal: number | undefined;
  say(message: AllocationMessage, id: JobId): void;
}

/** How it went: as the command did, or without one. */
export type AllocationEnd =
  | { readonly kind: 'command'; readonly code: number; readonly signal: number }
  | { readonly kind: 'kept' | 'failed' | 'tooLate' };

export interface AllocationSession extends Session {
  readonly watcher: Watcher;
}

interface Allocating {
  readonly session: AllocationSession;
  readonly ports: AllocationPorts;
  readonly options: AllocationOptions;
  readonly id: JobId;
  readonly signals: AllocationSignal[];
  readonly keeper: Keeper;
  say(message: AllocationMessage): void;
}

/** Submits an allocation, waits for its nodes, runs the command and gives the nodes back. */
export async function runAllocation(
  session: AllocationSession,
  ports: AllocationPorts,
  options: AllocationOptions,
): Promise<AllocationEnd> {
  const { store, present, watcher } = session;
  const signals: AllocationSignal[] = [];
  const release = ports.interrupts((signal) => {
    signals.push(signal);
    watcher.wake();
  });
  try {
    watcher.add(store.layout.log);
    const id = await submit(store, present, awaited(session, options.submission));
    const say = (message: AllocationMessage): void => options.say(message, id);
    const { pulse } = store.layout.job(id);
    const keeper = options.command === undefined ? { stop() {} } : ports.startKeeper(pulse);
    try {
      return await allocate({ session, ports, options, id, signals, keeper, say });
    } finally {
      keeper.stop();
    }
  } finally {
    release();
  }
}

async function allocate(allocating: Allocating): Promise<AllocationEnd> {
  const { command } = allocating.options;
  if (command === undefined) await sayPulse(allocating.session, allocating.id, 'stay');
  const job = await waitForNodes(allocating);
  if ('kind' in job) return job;
  return command === undefined
    ? { kind: 'kept' }
    : runCommand(allocating, commandFor(allocating, command, job), job.attempt);
}

/**
 * After how long a job counts as one that has to wait, in ms: soon if something keeps it, later where a
 * daemon has only to do its work; and how often it is looked at.
 */
const promptMs = 300;
const startMs = 3000;
const pauseMsMin = 20;
const pauseMsMax = 1000;
/** Waits until the job has its nodes; says how it ended if it never will. */
async function waitForNodes(allocating: Allocating): Promise<ActiveJob | AllocationEnd> {
  const { session, options, id, signals, say } = allocating;
  const { clock } = session.store;
  const sinceMs = clock.monotonicMs();
  const { ms: patienceMs, isAtOnce } = patienceOf(options.immediateSeconds);
  let isTold = false;
  for (let pauseMs = pauseMsMin; ; pauseMs = Math.min(pauseMsMax, 2 * pauseMs)) {
    if (signals.length > 0) return giveUp(allocating, 'aborted');
    const { cluster, reasons } = await session.present.view();
    const job = cluster.jobs.get(id);
    if (job === undefined ? rangesHas(cluster.closed, id) : job.state === 'ENDED') {
      for (const what of ['cancelled', 'revoked', 'over'] as const) say({ what });
      return { kind: 'failed' };
    }
    if (job !== undefined && isActive(job)) {
      if (isTold) say({ what: 'allocated' });
      say({ what: 'granted' });
      return job;
    }
    const waitedMs = clock.monotonicMs() - sinceMs;
    const reason = heldOf(job) ?? reasons.get(id);
    if (isAtOnce && waitedMs >= promptMs && reason !== undefined) return giveUp(allocating, 'busy');
    if (waitedMs >= patienceMs) return giveUp(allocating, isAtOnce ? 'busy' : 'late');
    const isTellDue = waitedMs >= (reason === undefined ? startMs : promptMs);
    if (!isTold && !isAtOnce && isTellDue) {
      isTold = true;
      say({ what: 'waits', reason });
    }
    const nextMs = waitedMs < promptMs ? promptMs : patienceMs;
    await session.watcher.wait(Math.min(pauseMs, nextMs - waitedMs));
  }
}

function heldOf(job: Job | undefined): 'held' | undefined {
  return job?.state === 'PENDING' && job.held !== undefined ? 'held' : undefined;
}

async function giveUp(allocating: Allocating, why: 'aborted' | 'late' | 'busy'): Promise<AllocationEnd> {
  const { say } = allocating;
  await cancel(allocating);
  if (why !== 'aborted') say({ what: why });
  say({ what: 'revoked' });
  if (why === 'aborted') say({ what: why });
  return { kind: why === 'aborted' ? 'failed' : 'tooLate' };
}

async function cancel({ session, options, id }: Allocating): Promise<void> {
  const request = { name: 'cancel', targets: [{ job: id }] } as const;
  await askCluster(session, { request, host: options.submission.spec.submitHost });
}

function commandFor({ session, options }: Allocating, command: AskedCommand, job: ActiveJob): LocalCommand {
  const { words, environment: own, submitDir } = command;
  const { spool, layout } = session.store;
  const { clusterName } = spool;
  const input = { job, own, workDir: submitDir, clusterName, spoolRoot: layout.root };
  return { words, workDir: options.submission.spec.workDir, environment: allocationEnvironment(input) };
}

async function runCommand(
  allocating: Allocating,
  command: LocalCommand,
  attempt: number,
): Promise<AllocationEnd> {
  const { ports, session, say } = allocating;
  const running = await ports.start(command);
  if (running === undefined) {
    say({ what: 'notFound', command: command.words[0] ?? '' });
    await relinquish(allocating, 1);
    return { kind: 'failed' };
  }
  void running.ended.then(() => session.watcher.wake());
  const isOurs = await waitForCommand(allocating, running, attempt);
  if (!running.hasEnded()) {
    // The terminal went.
    running.signal(hangupSignal);
    if (isOurs) await relinquish(allocating, 1);
    return { kind: 'failed' };
  }
  const end = await running.ended;
  if (isOurs) await relinquish(allocating, end.code);
  return { kind: 'command', ...end };
}

const hangupSignal = 1;
/** How often the job is looked at while its command runs, in ms. */
const lookMs = 1000;

/** Waits until the command has ended, or SIGHUP comes; false if the allocation was gone before. */
async function waitForCommand(
  allocating: Allocating,
  running: RunningCommand,
  attempt: number,
): Promise<boolean> {
  const { session, options, id, signals, ports, say } = allocating;
  let isOurs = true;
  while (!running.hasEnded()) {
    for (const signal of signals.splice(0)) {
      if (signal === 'HUP') return isOurs;
      // A key press is meant for the command, which has it as well.
      const isKey = ports.hasTerminal && (signal === 'INT' || signal === 'QUIT');
      if (!isKey && isOurs) await cancel(allocating);
    }
    const job = isOurs ? await lookAtJob(session, id) : 'unknown';
    if (job !== 'unknown' && (job?.state !== 'RUNNING' || job.attempt !== attempt)) {
      isOurs = false;
      if (job !== undefined) await giveAway(allocating, job);
      const isOverTime = job !== undefined && 'endState' in job && job.endState === 'TIMEOUT';
      say({ what: isOverTime ? 'overTime' : 'revoked' });
      if (options.killSignal !== undefined) running.signal(options.killSignal);
    }
    await session.watcher.wait(lookMs);
  }
  return isOurs;
}

/** A file server that is away for a while takes nobody's allocation; the next look tells. */
async function lookAtJob({ present }: Session, id: JobId): Promise<Job | 'unknown' | undefined> {
  try {
    return (await present.view()).cluster.jobs.get(id);
  } catch (error) {
    if (!(error instanceof MgpuError)) throw error;
    return 'unknown';
  }
}

/**
 * The node was lost before the allocation began there, and the job waits again, or has other nodes by now:
 * the command runs with those that it was told of, and nobody is there for others.
 */
async function giveAway(allocating: Allocating, job: Job): Promise<void> {
  if (job.state !== 'PENDING' && job.state !== 'RUNNING') return;
  // Where this cannot be said now, nobody sees a pulse any more.
  allocating.keeper.stop();
  try {
    await cancel(allocating);
  } catch (error) {
    // A file server that is away for a while is no reason to leave the command alone.
    if (!(error instanceof MgpuError)) throw error;
  }
}

async function relinquish({ session, id, say, keeper }: Allocating, code: number): Promise<void> {
  say({ what: 'relinquishing' });
  keeper.stop();
  await giveBack(session, id, code);
}
