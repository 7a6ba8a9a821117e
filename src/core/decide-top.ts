import { IdMap } from '../base/idmap.ts';
import type { Cluster } from '../model/cluster.ts';
import type { Seconds } from '../model/ids.ts';
import type { Job, PendingJob } from '../model/job.ts';
import { priorityOf } from '../model/jobpriority.ts';
import type { JobDecision } from './decide-jobs.ts';

const priorityMax = 2 ** 32 - 2;

const selectPending = IdMap.selector((job: Job): job is PendingJob => job.state === 'PENDING');

/** The job goes before all other waiting jobs of its user: it gets a priority just above theirs. */
export function topEvents(
  cluster: Cluster,
  job: Job,
  { by, time }: { readonly by: number; readonly time: Seconds },
): JobDecision {
  if (job.state === 'ENDED') return 'finished';
  if (job.state !== 'PENDING') return 'not pending';
  if (job.held !== undefined) return 'held';
  const others = selectPending(cluster.jobs).filter(
    (other) => other.id !== job.id && other.spec.uid === job.spec.uid && other.held === undefined,
  );
  const highest = others.reduce((most, other) => Math.max(most, priorityOf(other)), 0);
  if (priorityOf(job) > highest) return [];
  const priority = Math.min(priorityMax, highest + 1);
  return [{ name: 'jobUpdated', time, id: job.id, spec: job.spec, by, priority }];
}
