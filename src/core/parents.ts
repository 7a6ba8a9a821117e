import type { Cluster } from '../model/cluster.ts';
import type { JobId, Seconds } from '../model/ids.ts';
import type { Job } from '../model/job.ts';
import { rangesCount, rangesHas } from '../model/ranges.ts';
import { arrayMembers } from './members.ts';

/** What others wait for: a job, one task of an array, or all of its tasks together. */
export interface Parent {
  readonly isArray: boolean;
  /** Some of it has not started. */
  readonly waiting: boolean;
  /** Some of it has not ended, or still holds nodes. */
  readonly unended: boolean;
  /** Some of it ended otherwise than well. */
  readonly failed: boolean;
  /** When the last of it started, or ended without a start. */
  readonly startTime: Seconds;
}

const none: Parent = { isArray: false, waiting: false, unended: false, failed: false, startTime: 0 };

/** The parent that a clause names; undefined when no such job is known. */
export function parentOf(cluster: Cluster, id: JobId, task: number | 'all' | undefined): Parent | undefined {
  const own = cluster.jobs.get(id);
  const members = arrayMembers(cluster).get(id);
  const isArray = members !== undefined || (own !== undefined && 'tasks' in own && own.tasks !== undefined);
  if (!isArray) return own && withJob(none, own);
  if (task === undefined || task === 'all') return arrayAsAWhole(cluster, id);
  const started = members?.get(task);
  const job = started === undefined ? undefined : cluster.jobs.get(started);
  if (job !== undefined) return withJob(none, job);
  const tasks = own !== undefined && 'tasks' in own ? own.tasks : undefined;
  return own !== undefined && tasks !== undefined && rangesHas(tasks, task) ? withJob(none, own) : undefined;
}

const sums = new WeakMap<Cluster['jobs'], Map<JobId, Parent>>();

/** Summed up once for all that wait for it. */
function arrayAsAWhole(cluster: Cluster, id: JobId): Parent {
  const known = sums.get(cluster.jobs) ?? new Map<JobId, Parent>();
  sums.set(cluster.jobs, known);
  const found = known.get(id) ?? sumOfArray(cluster, id);
  known.set(id, found);
  return found;
}

function sumOfArray(cluster: Cluster, id: JobId): Parent {
  const own = cluster.jobs.get(id);
  let sum: Parent = { ...none, isArray: true };
  // What is left of an array that was cancelled counts too; a part of it that is empty does not.
  if (own !== undefined && 'tasks' in own && rangesCount(own.tasks ?? []) > 0) sum = withJob(sum, own);
  for (const member of arrayMembers(cluster).get(id)?.values() ?? []) {
    const job = cluster.jobs.get(member);
    if (job !== undefined) sum = withJob(sum, job);
  }
  return sum;
}

function withJob(sum: Parent, job: Job): Parent {
  const started = job.state === 'PENDING' ? 0 : (job.startTime ?? (job.state === 'ENDED' ? job.endTime : 0));
  return {
    isArray: sum.isArray,
    waiting: sum.waiting || job.state === 'PENDING',
    unended: sum.unended || job.state !== 'ENDED',
    failed: sum.failed || (job.state === 'ENDED' && job.endState !== 'COMPLETED'),
    startTime: Math.max(sum.startTime, started),
  };
}
