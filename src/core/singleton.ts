import { IdMap } from '../base/idmap.ts';
import type { Cluster } from '../model/cluster.ts';
import type { JobId } from '../model/ids.ts';
import { isActive, type Job } from '../model/job.ts';

/** The jobs of one user under one name that have not ended. */
interface Namesakes {
  /** How many hold nodes. */
  active: number;
  firstWaiting: JobId;
}

/**
 * True if nobody of the job's user and name runs or waits longer (--dependency=singleton).
 */
export function isFirstOfItsName(cluster: Cluster, job: Job): boolean {
  const found = namesakes(cluster).get(keyOf(job));
  return found === undefined || (found.active === 0 && found.firstWaiting >= job.id);
}

const known = new WeakMap<Cluster['jobs'], ReadonlyMap<string, Namesakes>>();

function namesakes({ jobs }: Cluster): ReadonlyMap<string, Namesakes> {
  const before = known.get(jobs);
  if (before !== undefined) return before;
  const found = new Map<string, Namesakes>();
  for (const job of selectSingletons(jobs)) found.set(keyOf(job), { active: 0, firstWaiting: job.id });
  for (const job of found.size === 0 ? [] : selectLive(jobs)) {
    const same = found.get(keyOf(job));
    if (same === undefined) continue;
    if (isActive(job)) same.active += 1;
    else same.firstWaiting = Math.min(same.firstWaiting, job.id);
  }
  known.set(jobs, found);
  return found;
}

const selectSingletons = IdMap.selector(
  (job: Job): job is Job =>
    job.state === 'PENDING' &&
    (job.spec.dependency?.clauses.some((clause) => clause.type === 'singleton') ?? false),
);
const selectLive = IdMap.selector((job: Job): job is Job => job.state !== 'ENDED');

function keyOf({ spec }: Job): string {
  return `${spec.uid} ${spec.name}`;
}
