import { IdMap } from '../base/idmap.ts';
import type { Cluster } from '../model/cluster.ts';
import type { JobId } from '../model/ids.ts';
import { isActive, type Job } from '../model/job.ts';

/** The jobs of one user under one name that have not ended. */
interface Namesakes {
  /** Those that hold nodes; of a task, the number of its array. */
  readonly active: Set<JobId>;
  firstWaiting: JobId;
}

/**
 * True if nobody else of the job's user and name runs or waits longer (--dependency=singleton). The tasks of
 * one array do not wait for each other.
 */
export function isFirstOfItsName(cluster: Cluster, job: Job): boolean {
  const found = namesakes(cluster).get(keyOf(job));
  if (found === undefined) return true;
  const own = groupOf(job);
  return (
    found.firstWaiting >= own &&
    (found.active.size === 0 || (found.active.size === 1 && found.active.has(own)))
  );
}

/** True if the job waits for its namesakes, and one of these others is among them. */
export function waitsForOneOf(job: Job, others: readonly { readonly job: Job }[]): boolean {
  if (!isSingleton(job)) return false;
  return others.some((one) => keyOf(one.job) === keyOf(job) && groupOf(one.job) !== groupOf(job));
}

function isSingleton({ spec }: Job): boolean {
  return spec.dependency?.clauses.some((clause) => clause.type === 'singleton') ?? false;
}

const known = new WeakMap<Cluster['jobs'], ReadonlyMap<string, Namesakes>>();

function namesakes({ jobs }: Cluster): ReadonlyMap<string, Namesakes> {
  const before = known.get(jobs);
  if (before !== undefined) return before;
  const found = new Map<string, Namesakes>();
  for (const job of selectSingletons(jobs))
    found.set(keyOf(job), { active: new Set(), firstWaiting: Number.POSITIVE_INFINITY });
  for (const job of found.size === 0 ? [] : selectLive(jobs)) {
    const same = found.get(keyOf(job));
    if (same === undefined) continue;
    if (isActive(job)) same.active.add(groupOf(job));
    else same.firstWaiting = Math.min(same.firstWaiting, groupOf(job));
  }
  known.set(jobs, found);
  return found;
}

const selectSingletons = IdMap.selector(
  (job: Job): job is Job => job.state === 'PENDING' && isSingleton(job),
);
const selectLive = IdMap.selector((job: Job): job is Job => job.state !== 'ENDED');

function groupOf({ id, arrayJobId }: Job): JobId {
  return arrayJobId ?? id;
}

function keyOf({ spec }: Job): string {
  return `${spec.uid} ${spec.name}`;
}
