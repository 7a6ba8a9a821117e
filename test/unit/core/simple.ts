import {
  activeJobs,
  type Free,
  freeNow,
  freeWhenEmpty,
  heldShares,
  holdingsOf,
  type NodeFree,
  takeAll,
  withBack,
} from '../../../src/core/free.ts';
import { place } from '../../../src/core/place.ts';
import { type KeptRoom, withoutKept } from '../../../src/core/reserve.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import type { Job, NodeShare, PendingJob } from '../../../src/model/job.ts';
import { rangesHas, rangesNumbers } from '../../../src/model/ranges.ts';
import type { JobTarget } from '../../../src/model/request.ts';

/*
 * The scheduler and the search for targets as one would write them for few jobs: every job is looked at by
 * itself, and nothing is remembered. The real ones must give the same.
 */

export interface SimplePlan {
  readonly starts: readonly {
    readonly job: number;
    readonly task?: number;
    readonly shares: readonly NodeShare[];
  }[];
  readonly reasons: ReadonlyMap<number, string>;
}

export function planSimply(cluster: Cluster, now: number): SimplePlan {
  const free = new Map(freeNow(cluster));
  const starts: { job: PendingJob; task?: number; shares: readonly NodeShare[] }[] = [];
  const reasons = new Map<number, string>();
  let reservation: KeptRoom | undefined;
  const planOne = (job: PendingJob, task?: number): string | undefined => {
    if (job.held) return job.held === 'user' ? 'JobHeldUser' : 'JobHeldAdmin';
    const { spec } = job;
    const limit = spec.timeLimit === 'UNLIMITED' ? Number.POSITIVE_INFINITY : spec.timeLimit * 60;
    const isShort = reservation !== undefined && now + limit <= reservation.time && reservation.time < 1e15;
    const kept = isShort ? undefined : reservation;
    const shares = place(spec, kept ? withoutKept(free, kept) : free);
    if (shares !== undefined) {
      takeAll(free, holdingsOf(spec, shares));
      if (kept) takeAll(kept.freeThen, holdingsOf(spec, shares));
      starts.push({ job, shares, ...(task !== undefined && { task }) });
      return undefined;
    }
    if (reservation !== undefined && !unfit.has(wishOf(job))) return 'Priority';
    reservation ??= reserveSimply({ cluster, now, free, starts, job });
    if (reservation !== undefined && !unfit.has(wishOf(job))) return 'Resources';
    unfit.add(wishOf(job));
    const lacks = whyUnfit(cluster, job);
    if (lacks !== 'missing') return lacks;
    isTold += 1;
    return isTold === 1 ? 'Resources' : 'ReqNodeNotAvail';
  };
  const unfit = new Set<string>();
  let isTold = 0;
  const groupOf = (job: Job): number => job.arrayJobId ?? job.id;
  const inOrder = [...cluster.jobs.values()].sort((a, b) => groupOf(a) - groupOf(b) || a.id - b.id);
  for (const job of inOrder) {
    if (job.state !== 'PENDING') continue;
    const reason = job.tasks
      ? planTasks(cluster, { job, started: starts }, planOne)
      : isThrottled(cluster, job, starts)
        ? 'JobArrayTaskLimit'
        : planOne(job);
    if (reason !== undefined) reasons.set(job.id, reason);
  }
  return { starts: starts.map(({ job, ...rest }) => ({ ...rest, job: job.id })), reasons };
}

/** Why a job would not even start if all that runs had ended. */
function whyUnfit(cluster: Cluster, { spec }: PendingJob): string {
  const whole = freeWhenEmpty(cluster);
  if (place(spec, whole) === undefined) {
    const cpus = [...cluster.nodes.values()].reduce((sum, { record }) => sum + record.cpus, 0);
    return spec.ntasks * spec.cpusPerTask > cpus ? 'PartitionConfig' : 'BadConstraints';
  }
  return spec.nodelist?.some((name) => !freeNow(cluster).has(name)) ? 'ReqNodeNotAvail' : 'missing';
}

function wishOf({ spec }: PendingJob): string {
  const { name: _name, timeLimit: _limit, array: _array, hold: _hold, ...wish } = spec;
  return JSON.stringify(wish);
}

function planTasks(
  cluster: Cluster,
  { job, started }: { readonly job: PendingJob; readonly started: readonly { readonly job: PendingJob }[] },
  planOne: (job: PendingJob, task: number) => string | undefined,
): string | undefined {
  for (const task of rangesNumbers(job.tasks ?? [])) {
    if (isThrottled(cluster, job, started)) return 'JobArrayTaskLimit';
    const reason = planOne(job, task);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Whether as many tasks of its array run as may, those of this pass and those that were tried again too. */
function isThrottled(
  cluster: Cluster,
  job: PendingJob,
  started: readonly { readonly job: PendingJob }[],
): boolean {
  const arrayOf = (one: Job): number | undefined =>
    one.state === 'PENDING' && one.tasks ? one.id : one.arrayJobId;
  const array = arrayOf(job);
  if (array === undefined || job.held) return false;
  const running = [...activeJobs(cluster), ...started.map((one) => one.job)];
  const throttle = job.spec.array?.throttle || Number.POSITIVE_INFINITY;
  return running.filter((one) => arrayOf(one) === array).length >= throttle;
}

function reserveSimply(input: {
  readonly cluster: Cluster;
  readonly now: number;
  readonly free: Free;
  readonly starts: readonly { readonly job: PendingJob; readonly shares: readonly NodeShare[] }[];
  readonly job: PendingJob;
}): KeptRoom | undefined {
  const endOf = ({ spec }: Job, start: number): number =>
    spec.timeLimit === 'UNLIMITED' ? Number.POSITIVE_INFINITY : start + spec.timeLimit * 60;
  const ends = [
    ...[...activeJobs(input.cluster)].map((job) => ({
      time: job.state === 'COMPLETING' ? job.endTime : endOf(job, job.startTime),
      holdings: holdingsOf(job.spec, heldShares(job)),
    })),
    ...input.starts.map(({ job, shares }) => ({
      time: endOf(job, input.now),
      holdings: holdingsOf(job.spec, shares),
    })),
  ].sort((a, b) => a.time - b.time);
  const then = new Map<string, NodeFree>(input.free);
  const { spec } = input.job;
  for (const { time, holdings } of ends) {
    for (const holding of holdings) {
      const node = then.get(holding.node);
      if (node) then.set(holding.node, withBack(node, holding));
    }
    const shares = place(spec, then);
    if (shares !== undefined) return { time, shares, holdings: holdingsOf(spec, shares), freeThen: then };
  }
  return undefined;
}

export function findTargetsSimply(cluster: Cluster, { job: id, task }: JobTarget): readonly number[] {
  const jobs = [...cluster.jobs.values()];
  const own = cluster.jobs.get(id);
  if (task === undefined) {
    const isArray =
      own?.arrayJobId === id || (own !== undefined && 'tasks' in own && own.tasks !== undefined);
    const others = isArray ? jobs.filter((job) => job.arrayJobId === id && job.id !== id) : [];
    return [...(own ? [id] : []), ...others.map((job) => job.id)];
  }
  const started = jobs.filter((job) => job.arrayJobId === id && job.arrayTaskId === task);
  if (started.length > 0) return started.map((job) => job.id);
  return own?.state === 'PENDING' && rangesHas(own.tasks ?? [], task) ? [id] : [];
}
