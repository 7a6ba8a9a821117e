import type { ActiveJob } from '../model/job.ts';
import type { Agent } from './agent.ts';
import type { Run } from './run.ts';

/**
 * Seconds until the run reaches its time limit, counted from its first process by this machine's own clock.
 * While it stands still the limit does not come nearer.
 */
export function secondsLeft(agent: Agent, job: ActiveJob, run: Run): number {
  const { timeLimit } = job.spec;
  const standsStill = job.state === 'RUNNING' && job.suspendedTime !== undefined;
  if (timeLimit === 'UNLIMITED' || standsStill || run.phase !== 'running' || run.shim === undefined) {
    return Number.POSITIVE_INFINITY;
  }
  const stillSeconds = (run.stillMs ?? (job.suspendedSeconds ?? 0) * 1000) / 1000;
  return timeLimit * 60 + stillSeconds - agent.processes.ageSeconds(run.shim);
}

/** Seconds until this daemon has to do something about the run's time: warn it, or end it. */
export function secondsToAct(agent: Agent, job: ActiveJob, run: Run): number {
  const left = secondsLeft(agent, job, run);
  const { warningSignal } = job.spec;
  return warningSignal === undefined || run.isWarned ? left : left - warningSignal.seconds;
}
