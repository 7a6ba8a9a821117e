import type { ActiveJob, PendingSignal, RunningJob } from '../model/job.ts';
import type { ProcessIdentity } from '../ports/processes.ts';
import { type Agent, logOrThrow } from './agent.ts';
import { jobsRunHere } from './observe.ts';
import { isFirst, processesOf, type Run, type Runs, runKey } from './run.ts';
import { signalAll } from './signals.ts';
import { signalSteps, stepClients } from './stepsignals.ts';
import { secondsLeft } from './timeleft.ts';

const stopSignal = 19;
const contSignal = 18;

/**
 * Delivers what running jobs are to be told: signals that users sent, the one before the time limit, and
 * that they stand still or go on.
 */
export async function deliverSignals(agent: Agent, runs: Runs): Promise<void> {
  for (const job of jobsRunHere(agent)) {
    const run = runs.get(runKey(job.id, job.attempt));
    if (job.state !== 'RUNNING' || run?.phase !== 'running') continue;
    try {
      await deliverAll(agent, job, run);
    } catch (error) {
      // The others go on.
      logOrThrow(agent, job, error);
    }
  }
}

async function deliverAll(agent: Agent, job: RunningJob, run: Run): Promise<void> {
  if (job.signals !== undefined) await deliverSent(agent, job, run);
  if (isToBeWarned(agent, job, run)) await warn(agent, job, run);
  await standStillOrGoOn(agent, job, run);
}

/** Each once, as far as this daemon's memory reaches. */
async function deliverSent(agent: Agent, job: RunningJob, run: Run): Promise<void> {
  const members = await membersOf(agent, run);
  for (const { requestId, signal, scope } of job.signals ?? []) {
    if (run.delivered.has(requestId)) continue;
    run.delivered.add(requestId);
    await signalScope(agent, { job, members, scope }, signal);
  }
}

/** The processes of a run, its shim left out. */
export async function membersOf(agent: Agent, run: Run): Promise<readonly ProcessIdentity[]> {
  const members = (await agent.processes.members([processesOf(run)])).get(run.mark) ?? [];
  return members.filter((one) => one.pid !== run.shim?.pid);
}

interface Scope {
  readonly job: ActiveJob;
  readonly members: readonly ProcessIdentity[];
  readonly scope: PendingSignal['scope'];
}

/** Whom Slurm means: a batch script is no step. It is the shim's first child, and the oldest of them. */
async function signalScope(agent: Agent, { job, members, scope }: Scope, signal: number): Promise<void> {
  if (job.spec.kind === 'batch' && scope === 'steps') {
    await signalSteps(agent, job, { signal, uid: job.spec.uid });
    return;
  }
  const clients = scope === 'full' ? await stepClients(agent, job) : new Set<number>();
  const meant = scope === 'batch' ? members.slice(0, 1) : members.filter(({ pid }) => !clients.has(pid));
  await signalAll(agent, meant, [signal]);
}

function isToBeWarned(agent: Agent, job: RunningJob, run: Run): boolean {
  const { warningSignal } = job.spec;
  return (
    warningSignal !== undefined && !run.isWarned && secondsLeft(agent, job, run) <= warningSignal.seconds
  );
}

/**
 * --signal, once for an attempt: a file in the run's own folder is taken first, so that the next daemon does
 * not send it again.
 */
async function warn(agent: Agent, job: RunningJob, run: Run): Promise<void> {
  const { signal = 0, batchOnly = false } = job.spec.warningSignal ?? {};
  if (!(await isFirst(agent, run, 'warned'))) {
    run.isWarned = true;
    return;
  }
  run.isWarned = true;
  const scope = batchOnly ? 'batch' : 'steps';
  agent.logger.info('sending the signal before the time limit', { jobId: job.id, signal, to: scope });
  await signalScope(agent, { job, members: await membersOf(agent, run), scope }, signal);
}

/**
 * Stops what stands still, at each look what is new, and lets it go on afterwards. How long it stood still is
 * by this machine's clock; what was before this daemon the log tells.
 */
async function standStillOrGoOn(agent: Agent, job: RunningJob, run: Run): Promise<void> {
  const nowMs = agent.store.clock.monotonicMs();
  run.stillMs ??= (job.suspendedSeconds ?? 0) * 1000;
  if (job.suspendedTime !== undefined) {
    if (run.isStopped !== true) agent.logger.info('standing still', { jobId: job.id });
    run.stillSinceMs ??= nowMs;
    run.isStopped = true;
    await signalAll(agent, await membersOf(agent, run), [stopSignal]);
    return;
  }
  if (run.stillSinceMs !== undefined) run.stillMs += nowMs - run.stillSinceMs;
  delete run.stillSinceMs;
  // An earlier daemon may have stopped it.
  const isToGoOn = run.isStopped ?? job.suspendedSeconds !== undefined;
  if (isToGoOn) {
    agent.logger.info('going on', { jobId: job.id });
    await signalAll(agent, await membersOf(agent, run), [contSignal]);
  }
  run.isStopped = false;
}
