import { IdMap } from '../base/idmap.ts';
import type { Cluster } from '../model/cluster.ts';
import type { JobId } from '../model/ids.ts';
import type { EndedJob, Job } from '../model/job.ts';
import { parentsToKeep } from './depend.ts';

/** How many jobs one segment takes at most. */
const jobsMax = 5000;

/** When an observer first saw that a job had ended, on its own monotonic clock in ms. */
export type EndsSeen = ReadonlyMap<JobId, number>;

/** What an observer that looks now has seen of ends: earlier sightings stay, jobs that left the state go. */
export function noteEnds(seen: EndsSeen, cluster: Cluster, nowMs: number): EndsSeen {
  const now = new Map<JobId, number>();
  for (const { id } of selectEnded(cluster.jobs)) now.set(id, seen.get(id) ?? nowMs);
  return now;
}

const selectEnded = IdMap.selector((job: Job): job is EndedJob => job.state === 'ENDED');
const selectOtherTasks = IdMap.selector(
  (job: Job): job is Job => job.arrayJobId !== undefined && job.arrayJobId !== job.id,
);

/**
 * The ended jobs that may leave the state: those whose end the observer saw at `seenByMs` or before. Their
 * end times are of other machines' clocks and are not asked. An array's own room holds the script of all its
 * tasks, so it stays until the others are gone: those that have ended may be asked to run again. And what
 * others wait for stays while they do.
 */
export function accountable(cluster: Cluster, seen: EndsSeen, seenByMs: number): readonly JobId[] {
  const needed = parentsToKeep(cluster);
  const arraysNeeded = new Set(selectOtherTasks(cluster.jobs).map((job) => job.arrayJobId));
  const ids: JobId[] = [];
  for (const { id } of selectEnded(cluster.jobs)) {
    if (ids.length >= jobsMax) break;
    const seenMs = seen.get(id);
    if (seenMs === undefined || seenMs > seenByMs) continue;
    if (!arraysNeeded.has(id) && !needed.has(id)) ids.push(id);
  }
  return ids;
}
