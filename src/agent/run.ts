import { isMgpuError } from '../base/error.ts';
import type { EndReport } from '../model/event.ts';
import type { ActiveJob } from '../model/job.ts';
import type { JobProcesses, ProcessIdentity } from '../ports/processes.ts';
import type { Agent } from './agent.ts';
import { readExit, readStarted, withdrawStart } from './markers.ts';

/*
 * A run is what this daemon knows of one attempt of a job on its node. It is only a memory: a new daemon
 * finds all of it again from the start marker, the exit record and the process table.
 *
 *   absent ──launch──▶ running ──shim gone──▶ draining ──no process left──▶ over ──committed──▶ (forgotten)
 *
 * `draining` ends what the job left behind: SIGTERM, then after the grace SIGKILL.
 */
export interface Run {
  readonly jobId: number;
  readonly attempt: number;
  /** In the environment of every process of the attempt. */
  readonly mark: string;
  phase: 'absent' | 'running' | 'draining' | 'over';
  shim?: ProcessIdentity;
  /** Set for an own child: its end is told, so nobody has to look. */
  isChild: boolean;
  hasExited: boolean;
  report?: EndReport | undefined;
  /**
   * Why the job may be tried again: it never ran (`withdrawn`), or its machine went down (`lost`).
   */
  again?: 'withdrawn' | 'lost';
  /** True when the run was ended because its lease was over. */
  isFenced: boolean;
  /**
   * Since when the run is being ended, by the monotonic clock, who had SIGTERM, and when the last SIGKILL
   * went.
   */
  endingSinceMs?: number;
  hasTermed: boolean;
  killSentMs?: number;
  killLoggedMs?: number;
  /** A launch that met what may pass is tried again from then on; how often one was. */
  retryAtMs?: number;
  retries: number;
  /** Signals of users that were delivered, until that is committed. */
  readonly delivered: Set<string>;
  /** Of which percents of the time limit a mail was sent. */
  mailed?: ReadonlySet<number>;
  /** The signal before the time limit was sent. */
  isWarned?: boolean;
  /** Its processes were stopped; undefined where an earlier daemon may have done it. */
  isStopped?: boolean;
  /** How long it stood still, without the time since `stillSinceMs`, in ms. */
  stillMs?: number;
  stillSinceMs?: number;
  /** Of an allocation: which version of its pulse was read last; `ended` where that said so. */
  pulseVersion?: string | undefined;
  /** Since when a taken start marker could not be read. */
  unreadSinceMs?: number;
}

/** The runs of this node by `runKey`. */
export type Runs = Map<string, Run>;

export function runKey(jobId: number, attempt: number): string {
  return `${jobId}.${attempt}`;
}

export function markOf(agent: Agent, jobId: number, attempt: number): string {
  return `${agent.store.spool.clusterId}.${jobId}.${attempt}`;
}

export function localRunOf(
  agent: { readonly localDir: string },
  run: { readonly jobId: number; readonly attempt: number },
): string {
  return `${agent.localDir}/runs/${runKey(run.jobId, run.attempt)}`;
}

/**
 * True for who takes that name in a run's own folder first: what is done once for an attempt is not done
 * again by the next daemon. Where the folder is gone this daemon's memory has to do.
 */
export async function isFirst({ store, localDir }: Agent, run: Run, name: string): Promise<boolean> {
  const path = `${localRunOf({ localDir }, run)}/${name}`;
  try {
    const made = await store.files.create(path, new Uint8Array(), { mode: 0o600, sync: false });
    return made === 'created';
  } catch (error) {
    if (!isMgpuError(error, 'ENOENT')) throw error;
    return true;
  }
}

/** A run that this daemon has not seen before: what the room and the process table tell of it. */
export async function findRun(agent: Agent, job: ActiveJob): Promise<Run> {
  const run: Run = {
    jobId: job.id,
    attempt: job.attempt,
    mark: markOf(agent, job.id, job.attempt),
    phase: 'absent',
    isChild: false,
    hasExited: false,
    retries: 0,
    delivered: new Set(),
    hasTermed: false,
    isFenced: false,
  };
  await lookAtMarker(agent, run);
  return run;
}

/** Takes over what the start marker says; the run stays `absent` when nobody has taken it. */
export async function lookAtMarker(agent: Agent, run: Run): Promise<void> {
  const marker = await readStarted(agent.store, run.jobId, run.attempt);
  if (marker === 'absent') return;
  if (marker === 'withdrawn' || marker === 'lost') {
    run.phase = 'over';
    run.again = marker;
    return;
  }
  if (marker === 'taken') {
    await adoptUnread(agent, run);
    return;
  }
  const { pid, startTicks, bootId } = marker;
  run.shim = { pid, startTicks, bootId };
  run.phase = 'running';
  if (await isForeign(agent, run, run.shim)) {
    agent.logger.warn('the start marker names a process that is not of the job', { jobId: run.jobId, pid });
    delete run.shim;
  }
}

/**
 * The marker lies in the user's room: a living process counts as the shim only if it bears the job's mark.
 */
async function isForeign(agent: Agent, run: Run, shim: ProcessIdentity): Promise<boolean> {
  if (!(await agent.processes.isAlive(shim))) return false;
  const members = (await agent.processes.members([processesOf(run)])).get(run.mark) ?? [];
  return !members.some((one) => one.pid === shim.pid) && (await agent.processes.isAlive(shim));
}

/** How long a shim may be between taking its marker and filling it before it counts as dead there. */
const unreadMsMax = 10_000;

/**
 * The marker is taken and says nothing: its shim is about to fill it, or died, or the disk was full, or the
 * job spoilt it. If it stays so, the oldest process of the run stands for the shim.
 */
async function adoptUnread(agent: Agent, run: Run): Promise<void> {
  const now = agent.store.clock.monotonicMs();
  run.unreadSinceMs ??= now;
  const alive = (await agent.processes.members([{ mark: run.mark }])).get(run.mark) ?? [];
  const exit = await readExit(agent.store, run.jobId, run.attempt, localRunOf(agent, run));
  const oldest = alive[0];
  if (exit === undefined && now - run.unreadSinceMs < unreadMsMax) return;
  run.report = exit;
  run.phase = exit === undefined && oldest !== undefined ? 'running' : 'draining';
  if (oldest !== undefined) run.shim = oldest;
}

/**
 * Makes sure that the run does not start any more: whoever takes its marker decides. Where the room is gone
 * nobody starts it now, but somebody may have before; what bears its mark is looked for and ended.
 */
export async function withdraw(agent: Agent, run: Run): Promise<void> {
  const outcome = await withdrawStart(agent.store, run.jobId, run.attempt);
  if (outcome === 'taken') await lookAtMarker(agent, run);
  else run.phase = outcome === 'withdrawn' ? 'over' : 'draining';
}

/**
 * For a run without a start marker that may have been started all the same: an earlier daemon died between
 * starting the shim and now, or the marker was removed. Its oldest process then stands for the shim.
 */
export async function adoptUnmarked(agent: Agent, run: Run): Promise<boolean> {
  const alive = (await agent.processes.members([{ mark: run.mark }])).get(run.mark) ?? [];
  const oldest = alive[0];
  if (oldest === undefined) return false;
  run.shim = oldest;
  run.phase = 'running';
  return true;
}

/** True when the first process of the run, its shim, is gone. */
export async function isShimGone(agent: Agent, run: Run): Promise<boolean> {
  if (run.isChild) return run.hasExited;
  return run.shim === undefined || !(await agent.processes.isAlive(run.shim));
}

/** How to find the run's processes in the process table. */
export function processesOf(run: Run): JobProcesses {
  return run.shim === undefined ? { mark: run.mark } : { mark: run.mark, shim: run.shim };
}

/** The end of a run that was ended with its node. */
export const nodeDown: EndReport = {
  endState: 'NODE_FAIL',
  reason: 'NodeDown',
  exitCode: { code: 0, signal: 0 },
};

/** The end of a run whose shim left no record: the machine was rebooted, or somebody killed the shim. */
export function lostReport(agent: Agent, run: Run): EndReport {
  const isRebooted = run.shim !== undefined && run.shim.bootId !== agent.processes.bootId();
  if (isRebooted) run.again = 'lost';
  return isRebooted
    ? nodeDown
    : { endState: 'FAILED', reason: 'RaisedSignal', exitCode: { code: 0, signal: 9 } };
}
