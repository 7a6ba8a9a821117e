import { IdMap } from '../base/idmap.ts';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterEvent } from '../model/event.ts';
import type { Seconds } from '../model/ids.ts';
import type { Job, PendingJob } from '../model/job.ts';
import { rangesNumbers, rangesOf } from '../model/ranges.ts';
import { isTaskByTask, standingOf } from './depend.ts';
import { isKilledIfHopeless, latestStart } from './eligible.ts';

/** How many ends one plan makes at most. */
const endsMax = 1000;

const selectBound = IdMap.selector(
  (job: Job): job is PendingJob =>
    job.state === 'PENDING' && (job.spec.deadline !== undefined || job.spec.dependency !== undefined),
);

/**
 * The ends of jobs that can never start: whose deadline leaves no time any more, and those that wait for what
 * can never be and want to be gone then.
 */
export function hopelessEvents(cluster: Cluster, now: Seconds): readonly ClusterEvent[] {
  const events: ClusterEvent[] = [];
  for (const job of selectBound(cluster.jobs)) {
    if (events.length >= endsMax) break;
    const event = hopelessEvent(cluster, job, now);
    if (event !== undefined) events.push(event);
  }
  return events;
}

function hopelessEvent(cluster: Cluster, job: PendingJob, now: Seconds): ClusterEvent | undefined {
  const end = { name: 'jobCancelled', time: now, id: job.id, by: job.spec.uid } as const;
  const latest = latestStart(job.spec);
  if (latest !== undefined && now > latest) return { ...end, endState: 'DEADLINE', reason: 'DeadLine' };
  if (job.spec.dependency === undefined || !isKilledIfHopeless(cluster, job.spec)) return undefined;
  const why = { endState: 'CANCELLED', reason: 'DependencyNeverSatisfied' } as const;
  const isNever = (task?: number): boolean => standingOf(cluster, job, now, task).state === 'never';
  if (job.tasks === undefined || !isTaskByTask(job.spec)) return isNever() ? { ...end, ...why } : undefined;
  const tasks = [...rangesNumbers(job.tasks)].filter((task) => isNever(task));
  return tasks.length === 0 ? undefined : { ...end, ...why, tasks: rangesOf(tasks) };
}
