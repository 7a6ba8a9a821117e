import type { Cluster } from '../model/cluster.ts';
import { configOf } from '../model/cluster.ts';
import type { Seconds } from '../model/ids.ts';
import type { PendingJob } from '../model/job.ts';
import { rangesHas } from '../model/ranges.ts';
import type { JobSpec } from '../model/spec.ts';
import type { Reason } from '../model/states.ts';
import { reservationReason } from './bookings.ts';
import { standingOf } from './depend.ts';
import { requeueDelaySeconds } from './reduce-job.ts';

/** Why a job waits, with words of its own where the reason's name alone does not say it. */
export interface Wait {
  readonly reason: Reason;
  /** As squeue prints it in place of the reason. */
  readonly text?: string;
}

/** Why a job, or a waiting task of an array, may not start now even if all nodes were free. */
export function whyNotYet(
  cluster: Cluster,
  job: PendingJob,
  { now, task }: { readonly now: Seconds; readonly task?: number | undefined },
): Reason | undefined {
  if (job.held) return job.held === 'user' ? 'JobHeldUser' : 'JobHeldAdmin';
  if (task !== undefined && job.heldTasks && rangesHas(job.heldTasks, task)) return 'JobHeldUser';
  if (job.spec.dependency !== undefined) {
    const { state } = standingOf(cluster, job, now, task);
    if (state === 'never') return 'DependencyNeverSatisfied';
    if (state === 'waits') return 'Dependency';
  }
  const latest = latestStart(job.spec);
  // A plan ends such a job, and must not start it as well.
  if (latest !== undefined && now > latest) return 'DeadLine';
  if (isTooEarly(cluster, job, now)) return 'BeginTime';
  return reservationReason(cluster, job.spec, now);
}

/**
 * Only a time that was set for it counts: that of the submission, and before format 3 that of a lost attempt,
 * is of another machine's clock, which may be ahead of this one. So may be that of a pause after a requeue:
 * one that seems to last longer than it does is over.
 */
function isTooEarly({ format }: Cluster, job: PendingJob, now: Seconds): boolean {
  const { eligibleTime, submitTime, spec } = job;
  if (eligibleTime <= now || eligibleTime <= submitTime) return false;
  if (spec.beginTime !== undefined && spec.beginTime > now) return true;
  return format >= 3 && eligibleTime - now <= requeueDelaySeconds;
}

/** Whether what can never be met ends the job, as it says or, if it says nothing, the settings do. */
export function isKilledIfHopeless(cluster: Cluster, { killOnInvalidDep }: JobSpec): boolean {
  return killOnInvalidDep ?? configOf(cluster).killInvalidDependency ?? false;
}

/** The last instant at which the job may start and have its time before the deadline. */
export function latestStart({ deadline, timeMin, timeLimit }: JobSpec): Seconds | undefined {
  if (deadline === undefined) return undefined;
  const minutes = timeMin ?? timeLimit;
  return minutes === 'UNLIMITED' ? deadline : deadline - minutes * 60;
}
