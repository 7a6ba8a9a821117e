import { IdMap } from '../base/idmap.ts';
import { type Cluster, configOf, lastJobId } from '../model/cluster.ts';
import type { ClauseState, Dependency, DependencyClause, ShownClause } from '../model/dependency.ts';
import type { JobId, Seconds } from '../model/ids.ts';
import type { Job } from '../model/job.ts';
import { rangesHas } from '../model/ranges.ts';
import type { JobSpec } from '../model/spec.ts';
import { arrayMembers } from './members.ts';
import { type Parent, parentOf } from './parents.ts';
import { isFirstOfItsName } from './singleton.ts';

/*
 * Whether what a job waits for has happened is asked of the state each time. A job that is not in it is as
 * good as done, as in Slurm; so one that has ended and did not do what somebody waits for has to stay, which
 * `parentsToKeep` sees to. Only the jobs that are named are looked at, never what they wait for themselves:
 * a circle makes its jobs wait and nothing else.
 */

/** How what a job waits for stands. */
export interface Standing {
  /** `never`: it cannot be met any more. */
  readonly state: 'met' | 'waits' | 'never';
  /** What is not met, for squeue's %E; no clauses when the job waits for nothing. */
  readonly left: { readonly any: boolean; readonly clauses: readonly ShownClause[] };
  /** When it may change though nothing happens. */
  readonly due?: Seconds;
}

const met: Standing = { state: 'met', left: { any: false, clauses: [] } };

/** What a job, or one waiting task of an array, waits for. A job that has started waits for nothing. */
export function standingOf(cluster: Cluster, job: Job, now: Seconds, task?: number): Standing {
  const { dependency } = job.spec;
  const hasStarted = job.state !== 'PENDING' && job.startTime !== undefined;
  if (dependency === undefined || dependency.clauses.length === 0 || hasStarted) return met;
  const own = job.arrayTaskId ?? task;
  const left: ShownClause[] = [];
  let failures = 0;
  let due = Number.POSITIVE_INFINITY;
  for (const clause of dependency.clauses) {
    const found = clauseStanding(cluster, { job, clause, now, ...(own !== undefined && { task: own }) });
    if (found.state === 'met') {
      if (dependency.any) return met;
      continue;
    }
    if (found.state === 'failed') failures += 1;
    due = Math.min(due, found.due ?? due);
    left.push({ ...clause, ...(found.isArray && { taskId: 'all' }), state: found.state });
  }
  if (left.length === 0) return met;
  const isHopeless = dependency.any ? failures === left.length : failures > 0;
  return {
    state: isHopeless ? 'never' : 'waits',
    left: { any: dependency.any, clauses: left },
    ...(due < Number.POSITIVE_INFINITY && { due }),
  };
}

/** Whether the tasks of a waiting array may wait for different jobs. */
export function isTaskByTask({ dependency }: JobSpec): boolean {
  return dependency?.clauses.some((clause) => clause.type === 'aftercorr') ?? false;
}

/**
 * The dependency that a job gets by an update: what names no job is dropped, for in Slurm it is met at once.
 */
export function withDependency(cluster: Cluster, spec: JobSpec, dependency: Dependency): JobSpec {
  const last = lastJobId(cluster);
  const clauses = dependency.clauses.filter(({ jobId }) => jobId === undefined || jobId <= last);
  const { dependency: _dependency, dependencyUpdated: _updated, ...rest } = spec;
  if (clauses.length < dependency.clauses.length && dependency.any) return rest;
  if (clauses.length === 0) return rest;
  return { ...rest, dependency: { ...dependency, clauses }, dependencyUpdated: true };
}

/** True if the job would, over others, wait for itself. Costs what all clauses of waiting jobs come to. */
export function makesCycle(cluster: Cluster, id: JobId, dependency: Dependency): boolean {
  const seen = new Set<JobId>();
  const open = namedJobs(dependency);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === id) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    for (const member of [next, ...(arrayMembers(cluster).get(next)?.values() ?? [])]) {
      if (member === id) return true;
      const job = cluster.jobs.get(member);
      if (job?.state === 'PENDING' && job.spec.dependency) open.push(...namedJobs(job.spec.dependency));
    }
  }
  return false;
}

/**
 * The ended jobs that may not leave the state, for somebody waits for what they did not do, or for some
 * minutes to pass since they started. Who waited in vain, and never ran, may be asked to wait again.
 */
export function parentsToKeep(cluster: Cluster): ReadonlySet<JobId> {
  const kept = new Set<JobId>();
  // Before all times nothing has passed.
  const now = Number.NEGATIVE_INFINITY;
  for (const job of dependentJobs(cluster)) {
    for (const clause of job.spec.dependency?.clauses ?? []) {
      const { jobId } = clause;
      if (jobId === undefined || kept.has(jobId)) continue;
      if (clauseStanding(cluster, { job, clause, now }).state === 'met') continue;
      kept.add(jobId);
      for (const member of arrayMembers(cluster).get(jobId)?.values() ?? []) kept.add(member);
    }
  }
  return kept;
}

/** The jobs that have a dependency and wait, or waited and may again, in the order of their ids. */
function dependentJobs({ jobs }: Cluster): readonly Job[] {
  return selectDependent(jobs);
}

const selectDependent = IdMap.selector((job: Job): job is Job => {
  if (job.spec.dependency === undefined) return false;
  return job.state === 'PENDING' || (job.state === 'ENDED' && job.startTime === undefined);
});

function namedJobs({ clauses }: Dependency): JobId[] {
  return clauses.flatMap(({ jobId }) => jobId ?? []);
}

interface Asked {
  readonly job: Job;
  readonly clause: DependencyClause;
  readonly now: Seconds;
  /** The task of the job's own array that asks. */
  readonly task?: number;
}

interface ClauseStanding {
  readonly state: 'met' | ClauseState;
  /** Set where the clause names an array as a whole without saying so. */
  readonly isArray?: boolean;
  readonly due?: Seconds;
}

const metClause: ClauseStanding = { state: 'met' };

function clauseStanding(cluster: Cluster, asked: Asked): ClauseStanding {
  const { job, clause, task } = asked;
  const { type, jobId } = clause;
  if (type === 'singleton' || jobId === undefined) {
    return isFirstOfItsName(cluster, job) ? metClause : { state: 'unfulfilled' };
  }
  const isToOwnTask = type === 'aftercorr' && task !== undefined && clause.taskId === undefined;
  const parent = parentOf(cluster, jobId, isToOwnTask ? task : clause.taskId);
  if (parent === undefined) return unknownParent(cluster, asked, jobId);
  const isArray = clause.taskId === undefined && (parent.isArray || isToOwnTask);
  return { ...parentStanding(parent, asked), ...(isArray && { isArray }) };
}

/**
 * How long a job waits for one of a lower id that is in no state and was in none: its submission may have
 * been seen before the other's, as listings of network file systems have it. Longer than clocks are off.
 */
const arrivalSeconds = 86_400;

/** A job that nobody knows is as good as done; one of a higher id was not there when this was submitted. */
function unknownParent(cluster: Cluster, { job, now }: Asked, jobId: JobId): ClauseStanding {
  const isBelow = jobId < job.id && jobId >= (configOf(cluster).firstJobId ?? 1);
  const mayArrive = isBelow && !cluster.jobs.has(jobId) && !rangesHas(cluster.closed, jobId);
  const due = job.submitTime + arrivalSeconds;
  return mayArrive && now < due && !job.spec.dependencyUpdated ? { state: 'unfulfilled', due } : metClause;
}

function parentStanding(parent: Parent, { job, clause, now }: Asked): ClauseStanding {
  const isLater = (clause.jobId ?? 0) > job.id && !job.spec.dependencyUpdated;
  if (isLater) return metClause;
  const { waiting, unended, failed } = parent;
  switch (clause.type) {
    case 'after': {
      if (waiting) return { state: 'unfulfilled' };
      const due = parent.startTime + (clause.delayMinutes ?? 0) * 60;
      return clause.delayMinutes === undefined || now >= due ? metClause : { state: 'unfulfilled', due };
    }
    case 'afterany':
    // No job leaves anything in a burst buffer: its end is that of both.
    case 'afterburstbuffer':
      return unended ? { state: 'unfulfilled' } : metClause;
    case 'afterok':
    case 'aftercorr':
      if (unended) return { state: 'unfulfilled' };
      return failed ? { state: 'failed' } : metClause;
    case 'afternotok':
      if (unended) return { state: 'unfulfilled' };
      return failed ? metClause : { state: 'failed' };
    default:
      return metClause;
  }
}
