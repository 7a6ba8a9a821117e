import { activeJobsOn } from '../core/free.ts';
import type { Cluster } from '../model/cluster.ts';
import type { ActiveJob } from '../model/job.ts';
import type { ProcessIdentity } from '../ports/processes.ts';
import { type Agent, logOrThrow } from './agent.ts';
import { sayLastWords, sayWhyToSteps } from './lastwords.ts';
import { isFenced } from './lease.ts';
import { readExit } from './markers.ts';
import {
  findRun,
  isShimGone,
  localRunOf,
  lookAtMarker,
  lostReport,
  nodeDown,
  processesOf,
  type Run,
  type Runs,
  runKey,
  withdraw,
} from './run.ts';
import { signalAll } from './signals.ts';

const termSignal = 15;
const killSignal = 9;
const contSignal = 18;
/** Between two SIGKILLs at what does not go. */
const killAgainMs = 1000;
/** How often it is said of what does not go. */
const killLogMs = 60_000;

/** The jobs whose processes this node has: those whose first node it is. */
export function jobsRunHere(agent: Agent, cluster: Cluster = agent.journal.cluster()): readonly ActiveJob[] {
  const { name } = agent.node;
  return activeJobsOn(cluster, name).filter((job) => job.allocation[0]?.node === name);
}

/** Looks at every run: finds those of an earlier daemon, sees which have ended, and ends those that must. */
export async function observe(agent: Agent, runs: Runs): Promise<void> {
  const jobs = jobsRunHere(agent);
  await Promise.all(jobs.map((job) => lookOrLog(agent, runs, job)));
  const ending = jobs.flatMap((job) => {
    const run = runs.get(runKey(job.id, job.attempt));
    return run && mustEnd(run, job) ? { run, job } : [];
  });
  if (ending.length > 0) await endProcesses(agent, ending);
}

/** What goes wrong with one job's room must not keep the others from being looked after. */
async function lookOrLog(agent: Agent, runs: Runs, job: ActiveJob): Promise<void> {
  try {
    await look(agent, runs, job);
  } catch (error) {
    // The others go on.
    logOrThrow(agent, job, error);
  }
}

async function look(agent: Agent, runs: Runs, job: ActiveJob): Promise<void> {
  const key = runKey(job.id, job.attempt);
  let run = runs.get(key);
  if (run === undefined) {
    run = await findRun(agent, job);
    runs.set(key, run);
    run.isFenced = await isFenced(agent, localRunOf(agent, run));
    if (run.phase !== 'absent') agent.logger.info('found again', { jobId: run.jobId, attempt: run.attempt });
  }
  if (run.phase === 'absent' && run.unreadSinceMs !== undefined) await lookAtMarker(agent, run);
  if (run.phase === 'absent' && job.state === 'COMPLETING') await withdraw(agent, run);
  if (run.phase === 'running' && (await isShimGone(agent, run))) await shimGone(agent, run);
}

async function shimGone(agent: Agent, run: Run): Promise<void> {
  run.report = await readExit(agent.store, run.jobId, run.attempt, localRunOf(agent, run));
  if (run.report === undefined && run.isChild && (await isAnothers(agent, run))) return;
  run.report ??= lostReport(agent, run);
  run.phase = 'draining';
  const isLeased = agent.node.leaseSeconds !== undefined || run.isFenced;
  if (isLeased && (await isFenced(agent, localRunOf(agent, run)))) {
    run.isFenced = true;
    run.report = nodeDown;
  }
}

/** An own shim ended without a record: it found the marker taken by another, or could not take it at all. */
async function isAnothers(agent: Agent, run: Run): Promise<boolean> {
  const own = run.shim?.pid;
  run.isChild = false;
  run.phase = 'absent';
  await lookAtMarker(agent, run);
  if (phaseOf(run) === 'running') return run.shim?.pid !== own;
  if (phaseOf(run) === 'absent' && run.unreadSinceMs === undefined) await startAgain(agent, run);
  return true;
}

/** How often an attempt is started of which nobody could take the marker, and the pause before, in ms. */
const startsMax = 10;
const startAgainMs = 1000;

/** The spool was away for a moment, or the room is spoilt: a few more tries tell which. */
async function startAgain(agent: Agent, run: Run): Promise<void> {
  // Also where it cannot be withdrawn now: not at once again.
  run.retryAtMs = agent.store.clock.monotonicMs() + startAgainMs;
  if (run.retries >= startsMax) {
    await withdraw(agent, run);
    return;
  }
  run.retries += 1;
}

/** The phase after a call that may have changed it, which the compiler cannot see. */
function phaseOf(run: Run): Run['phase'] {
  return run.phase;
}

function mustEnd(run: Run, job: ActiveJob): boolean {
  if (run.phase === 'running') return job.state === 'COMPLETING' || run.isFenced;
  return run.phase === 'draining';
}

/**
 * SIGTERM, and after the grace SIGKILL, to all that is left of these runs; one look at the process table for
 * all.
 */
async function endProcesses(
  agent: Agent,
  ending: readonly { readonly run: Run; readonly job: ActiveJob }[],
): Promise<void> {
  const members = await agent.processes.members(ending.map(({ run }) => processesOf(run)));
  const left: Ending[] = [];
  for (const { run, job } of ending) {
    const all = members.get(run.mark) ?? [];
    const shim = run.shim;
    const others = all.filter(
      (one) => shim === undefined || one.pid !== shim.pid || run.phase === 'draining',
    );
    if (run.phase === 'draining' && others.length === 0) run.phase = 'over';
    else left.push({ run, job, members: others });
  }
  const fresh = left.filter((one) => !one.run.hasTermed && one.members.length > 0);
  for (const one of fresh) await orLog(agent, one, wakeRun);
  if (fresh.length > 0) await agent.store.clock.sleep(wakeMs);
  for (const one of left) await orLog(agent, one, endRun);
}

interface Ending {
  readonly run: Run;
  readonly job: ActiveJob;
  readonly members: readonly ProcessIdentity[];
}

/** A shell that waits loses the second of two signals that come at once together with its child's end. */
const wakeMs = 20;

/** What stands still could not end. */
async function wakeRun(agent: Agent, { run, job, members }: Ending): Promise<void> {
  await sayLastWords(agent, run, job);
  await sayWhyToSteps(agent, job);
  await signalAll(agent, members, [contSignal]);
}

async function orLog(
  agent: Agent,
  ending: Ending,
  act: (agent: Agent, ending: Ending) => Promise<void>,
): Promise<void> {
  try {
    await act(agent, ending);
  } catch (error) {
    // The others go on.
    logOrThrow(agent, ending.job, error);
  }
}

async function endRun(agent: Agent, { run, members }: Ending): Promise<void> {
  const now = agent.store.clock.monotonicMs();
  const facts = { jobId: run.jobId, attempt: run.attempt, processes: members.length };
  if (run.endingSinceMs === undefined) agent.logger.info('ending', facts);
  run.endingSinceMs ??= now;
  // Who appears after SIGTERM is what the job starts to clean up, and has the grace for it.
  if (!run.hasTermed && members.length > 0) {
    run.hasTermed = true;
    await signalAll(agent, members, [termSignal]);
  }
  const isGraceOver = now - run.endingSinceMs >= agent.settings.killWaitSeconds * 1000;
  if (!isGraceOver || (run.killSentMs !== undefined && now - run.killSentMs < killAgainMs)) return;
  const isShimStuck = run.killSentMs !== undefined && members.length === 0 && run.shim !== undefined;
  run.killSentMs = now;
  if (run.killLoggedMs === undefined || now - run.killLoggedMs >= killLogMs) {
    run.killLoggedMs = now;
    agent.logger.warn('killing', facts);
  }
  await signalAll(agent, isShimStuck && run.shim ? [run.shim] : members, [killSignal]);
}
