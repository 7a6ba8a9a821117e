import { type Cluster, lastJobId } from '../model/cluster.ts';
import type { Seconds } from '../model/ids.ts';
import { isActive, type PendingJob } from '../model/job.ts';
import { priorityAfter } from '../model/jobpriority.ts';
import { type Ranges, rangesCount, rangesNumbers, rangesRemove } from '../model/ranges.ts';
import type { JobDecision } from './decide-jobs.ts';
import { type Chosen, isAllOf } from './targets.ts';

/** From this format on a job may be held while it runs, and single tasks of an array. */
const formatOfFineHolds = 3;

/** A job that runs is held for when it waits again. An administrator's hold is not weakened by the user's. */
export function holdEvents(
  { format }: Cluster,
  { job, tasks }: Chosen,
  by: 'user' | 'admin',
  time: Seconds,
): JobDecision {
  if (job.state === 'ENDED') return 'finished';
  if (isActive(job) && format < formatOfFineHolds) return 'old format';
  if (job.held === 'admin' || job.held === by) return [];
  const { id } = job;
  if (tasks === undefined || job.state !== 'PENDING') return [{ name: 'jobHeld', time, id, by }];
  if (format < formatOfFineHolds) return 'old format';
  const left = without(tasks, (by === 'user' ? job.heldTasks : job.adminHeldTasks) ?? []);
  return left.length === 0 ? [] : [{ name: 'jobHeld', time, id, by, tasks: left }];
}

/** What an administrator holds he alone lets go. */
export function unholdEvents(
  cluster: Cluster,
  { job, tasks }: Chosen,
  { isAdmin, now: time }: { readonly isAdmin: boolean; readonly now: Seconds },
): JobDecision {
  const { format } = cluster;
  const { id } = job;
  if (job.state === 'ENDED') return 'finished';
  if (isActive(job)) {
    const isToWaitHeld = job.state === 'COMPLETING' && job.requeue?.hold === true;
    if (job.held === undefined && !isToWaitHeld) return [];
    if (format < formatOfFineHolds) return 'old format';
    return job.held === 'admin' && !isAdmin ? 'denied' : [{ name: 'jobUnheld', time, id }];
  }
  if (job.held === 'admin' && !isAdmin) return 'denied';
  if (tasks !== undefined && !(job.held !== undefined && isAllOf(tasks, job.tasks))) {
    if (format < formatOfFineHolds) return 'old format';
    return unholdTasks(job, tasks, { isAdmin, time });
  }
  if (job.held === undefined && job.heldTasks === undefined) return [];
  const { adminHeldTasks } = job;
  const released = { name: 'jobUnheld', time, id, ...newPlace(cluster, job) } as const;
  if (isAdmin || adminHeldTasks === undefined) return [released];
  return [released, { name: 'jobHeld', time, id, by: 'admin', tasks: adminHeldTasks }];
}

/** As Slurm has it, what was held as a whole has lost its place (captured: beh.hold). */
function newPlace(cluster: Cluster, { held, priority, spec }: PendingJob): { readonly priority?: number } {
  const isGiven = priority !== undefined || spec.priority !== undefined;
  if (cluster.format < formatOfFineHolds || held === undefined || isGiven) return {};
  return { priority: priorityAfter(lastJobId(cluster), spec.nice) };
}

/** Of an array that is held as a whole the other tasks stay held, each by itself. */
function unholdTasks(
  job: PendingJob,
  tasks: Ranges,
  { isAdmin, time }: { readonly isAdmin: boolean; readonly time: Seconds },
): JobDecision {
  const { id, held, heldTasks = [], adminHeldTasks = [] } = job;
  const own = isAdmin ? tasks : without(tasks, adminHeldTasks);
  if (own.length === 0) return 'denied';
  if (held !== undefined) {
    return [
      { name: 'jobUnheld', time, id },
      { name: 'jobHeld', time, id, by: held, tasks: without(job.tasks ?? [], own) },
    ];
  }
  const areHeld = rangesCount(without(heldTasks, own)) < rangesCount(heldTasks);
  return areHeld ? [{ name: 'jobUnheld', time, id, tasks: own }] : [];
}

function without(ranges: Ranges, others: Ranges): Ranges {
  return rangesRemove(ranges, [...rangesNumbers(others)]);
}
