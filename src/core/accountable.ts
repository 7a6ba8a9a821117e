import type { Cluster } from '../model/cluster.ts';
import type { JobId, Seconds } from '../model/ids.ts';

/** How many jobs one segment takes at most. */
const jobsMax = 5000;

/**
 * The ended jobs that may leave the state: ended `ageSeconds` ago or longer. An array's own room holds the
 * script of all its tasks, so it stays until the last of them has ended.
 */
export function accountable(cluster: Cluster, now: Seconds, ageSeconds: number): readonly JobId[] {
  const arraysAlive = new Set<JobId>();
  for (const job of cluster.jobs.values()) {
    if (job.state !== 'ENDED' && job.arrayJobId !== undefined) arraysAlive.add(job.arrayJobId);
  }
  const ids: JobId[] = [];
  for (const job of cluster.jobs.values()) {
    if (ids.length >= jobsMax) break;
    if (job.state === 'ENDED' && now - job.endTime >= ageSeconds && !arraysAlive.has(job.id))
      ids.push(job.id);
  }
  return ids;
}
