import { IdMap } from '../base/idmap.ts';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterEvent } from '../model/event.ts';
import type { JobId, Seconds } from '../model/ids.ts';
import type { ActiveJob, Job, NodeShare, PendingJob } from '../model/job.ts';
import { rangesCount, rangesHas, rangesNumbers } from '../model/ranges.ts';
import type { Reason } from '../model/states.ts';
import { activeJobs, type Free, freeNow, freeWhenEmpty, type NodeFree, takeAll } from './free.ts';
import { place } from './place.ts';
import { type Reservation, reserve, withoutReserved } from './reserve.ts';
import { type Wishes, wishesOf, wishKey } from './wishes.ts';

/** A job, or a task of an array, that starts now. */
export interface Start {
  readonly job: PendingJob;
  readonly task?: number;
  readonly allocation: readonly NodeShare[];
}

export interface Plan {
  readonly starts: readonly Start[];
  /** Why each of the others waits. */
  readonly reasons: ReadonlyMap<JobId, Reason>;
}

/** How many starts one plan makes at most: a commit stays small, the next pass makes more. */
const startsMax = 512;
/** And how many parts of nodes they take together. */
const sharesMax = 20_000;

/**
 * What to start now: waiting jobs by priority, each placed whole or not at all. The first that finds no room
 * gets a reservation, and later jobs start only where they do not put it off (as Slurm's backfill does).
 */
export function plan(cluster: Cluster, now: Seconds): Plan {
  const pass = newPass(cluster, now, undefined);
  for (const job of pendingByPriority(cluster)) {
    const reason = planJob(pass, job);
    if (reason !== undefined) pass.reasons.set(job.id, reason);
  }
  return { starts: pass.starts, reasons: pass.reasons };
}

/**
 * The starts of the same plan, for who needs no reasons: it ends where nobody who comes later can start, so
 * that a long queue costs a full cluster little.
 */
export function planStarts(cluster: Cluster, now: Seconds): readonly Start[] {
  const pass = newPass(cluster, now, wishesOf(cluster.jobs));
  for (const job of pendingByPriority(cluster)) {
    if (isFull(pass) || pass.isHopeless) break;
    planJob(pass, job);
  }
  return pass.starts;
}

function newPass(cluster: Cluster, now: Seconds, wishes: Wishes): Pass {
  return {
    cluster,
    now,
    free: new Map(freeNow(cluster)),
    whole: freeWhenEmpty(cluster),
    starts: [],
    shares: 0,
    reasons: new Map(),
    arraysRunning: new Map(runningTasks(cluster)),
    reservation: undefined,
    unfit: new Set(),
    failed: { free: new Set(), spared: new Set() },
    wishes,
    isHopeless: false,
  };
}

function planJob(pass: Pass, job: PendingJob): Reason | undefined {
  return job.tasks ? planArray(pass, job) : planTask(pass, job);
}

/** Notes when there is room for no job that waits: in one pass there will not be more. */
function lookForHope(pass: Pass): void {
  if (pass.wishes === undefined) return;
  pass.isHopeless = [...pass.wishes.values()].every(
    (job) => pass.unfit.has(wishKey(job.spec)) || placeUnlessFailed(pass, job) === undefined,
  );
}

/**
 * The claims of a plan as events. `ids` are job ids in hand for tasks of arrays, and bound how many of them
 * may start; an id that became another job's since it was drawn is passed over. `idsUsed` counts from the
 * first of them, and `idsWanted` says how many there should be.
 */
export function planEvents(
  cluster: Cluster,
  now: Seconds,
  ids: readonly JobId[],
): { readonly events: readonly ClusterEvent[]; readonly idsUsed: number; readonly idsWanted: number } {
  const starts = planStarts(cluster, now);
  const usable = ids.filter((id) => !cluster.jobs.has(id) && !rangesHas(cluster.closed, id));
  const events: ClusterEvent[] = [];
  const left = new Map<JobId, number>();
  const short = new Set<JobId>();
  let used = 0;
  let wanted = 0;
  for (const { job, task, allocation } of starts) {
    const attempt = job.attempt + 1;
    if (task === undefined) {
      events.push({ name: 'jobAllocated', time: now, id: job.id, attempt, allocation });
      continue;
    }
    // Slurm's rule: the last waiting task takes the array's own id, each other one a new id.
    const waiting = left.get(job.id) ?? rangesCount(job.tasks ?? []);
    const isLast = waiting === 1 && !short.has(job.id);
    if (!isLast) wanted += 1;
    const id = isLast ? job.id : usable[used];
    if (id === undefined) {
      short.add(job.id);
      continue;
    }
    if (!isLast) used += 1;
    left.set(job.id, waiting - 1);
    events.push({ name: 'jobAllocated', time: now, id, attempt, allocation, array: { job: job.id, task } });
  }
  const idsUsed = used === 0 ? 0 : ids.indexOf(usable[used - 1] ?? 0) + 1;
  return { events, idsUsed, idsWanted: wanted + ids.length - usable.length };
}

interface Pass {
  readonly cluster: Cluster;
  readonly now: Seconds;
  readonly free: Map<string, NodeFree>;
  readonly whole: Free;
  readonly starts: Start[];
  readonly reasons: Map<JobId, Reason>;
  readonly arraysRunning: Map<JobId, number>;
  shares: number;
  reservation: Reservation | undefined;
  /** What jobs asked for that would not fit even when all that runs has ended, as `wishKey` writes it. */
  readonly unfit: Set<string>;
  /**
   * What was looked for in vain in all that is free, and in what the reservation spares. In one pass both
   * only become less, so that it need not be looked for again.
   */
  readonly failed: { readonly free: Set<string>; readonly spared: Set<string> };
  /** One of each kind of jobs that wait; undefined where the pass is to look at all of them. */
  readonly wishes: Wishes;
  isHopeless: boolean;
}

/**
 * How many different wishes one pass looks into the future for: each look costs as much as there are jobs.
 */
const looksAheadMax = 16;

/**
 * For how many different wishes room is looked for in vain; whoever comes later with another one waits for
 * the next pass, as beyond Slurm's bf_max_job_test.
 */
const failuresMax = 1000;

function planOne(pass: Pass, job: PendingJob, task: number | undefined): Reason | undefined {
  if (job.held) return job.held === 'user' ? 'JobHeldUser' : 'JobHeldAdmin';
  if (isFull(pass)) return 'Priority';
  const { spec } = job;
  const key = wishKey(spec);
  if (pass.unfit.has(key)) return 'Resources';
  const reservation = reservationFor(job, pass);
  const failures = failuresOf(pass);
  const allocation = placeUnlessFailed(pass, job);
  if (allocation !== undefined) {
    takeAll(pass.free, allocation);
    pass.shares += allocation.length;
    if (reservation) takeAll(reservation.freeThen, allocation);
    pass.starts.push({ job, allocation, ...(task !== undefined && { task }) });
    return undefined;
  }
  if (failuresOf(pass) > failures) lookForHope(pass);
  if (pass.reservation !== undefined) return 'Priority';
  if (pass.isHopeless) return 'Resources';
  if (spec.nodelist?.some((name) => !pass.free.has(name))) return 'ReqNodeNotAvail';
  if (pass.unfit.size >= looksAheadMax) return 'Resources';
  pass.reservation = reserve({ ...pass, job });
  if (pass.reservation === undefined) pass.unfit.add(key);
  return 'Resources';
}

function failuresOf({ failed }: Pass): number {
  return failed.free.size + failed.spared.size;
}

function isFull({ starts, shares }: Pass): boolean {
  return starts.length >= startsMax || shares >= sharesMax;
}

function placeUnlessFailed(pass: Pass, job: PendingJob): readonly NodeShare[] | undefined {
  const { spec } = job;
  const reservation = reservationFor(job, pass);
  const failed = reservation ? pass.failed.spared : pass.failed.free;
  const key = wishKey(spec);
  if (failed.has(key) || failed.size >= failuresMax) return undefined;
  const room = reservation ? withoutReserved(pass.free, reservation) : pass.free;
  const allocation = place(spec, room, pass.whole);
  if (allocation === undefined) failed.add(key);
  return allocation;
}

/** A job, or a task of an array that waits again by itself and counts against its array's limit. */
function planTask(pass: Pass, job: PendingJob): Reason | undefined {
  if (job.arrayJobId === undefined) return planOne(pass, job, undefined);
  const running = pass.arraysRunning.get(job.arrayJobId) ?? 0;
  if (running >= throttleOf(job) && !job.held) return 'JobArrayTaskLimit';
  const reason = planOne(pass, job, undefined);
  if (reason === undefined) pass.arraysRunning.set(job.arrayJobId, running + 1);
  return reason;
}

function throttleOf(job: PendingJob): number {
  return job.spec.array?.throttle || Number.POSITIVE_INFINITY;
}

/** Starts tasks of an array as long as there is room and the array's own limit allows. */
function planArray(pass: Pass, job: PendingJob): Reason | undefined {
  const throttle = throttleOf(job);
  let running = pass.arraysRunning.get(job.id) ?? 0;
  for (const task of rangesNumbers(job.tasks ?? [])) {
    if (running >= throttle && !job.held) return 'JobArrayTaskLimit';
    const reason = planOne(pass, job, task);
    if (reason !== undefined) return reason;
    running += 1;
    pass.arraysRunning.set(job.id, running);
  }
  return undefined;
}

/**
 * What the job has to leave room for: the reservation, when the job, started now, may still run as it begins.
 */
function reservationFor(job: PendingJob, { reservation, now }: Pass): Reservation | undefined {
  const limit = job.spec.timeLimit;
  if (limit === 'UNLIMITED' || reservation === undefined) return reservation;
  const mayOutlast = now + limit * 60 > reservation.time || reservation.time === Number.POSITIVE_INFINITY;
  return mayOutlast ? reservation : undefined;
}

function pendingByPriority(cluster: Cluster): readonly PendingJob[] {
  return selectPending(cluster.jobs);
}

const selectPending = IdMap.selector((job: Job): job is PendingJob => job.state === 'PENDING');

const tasksKnown = new WeakMap<readonly ActiveJob[], ReadonlyMap<JobId, number>>();

function runningTasks(cluster: Cluster): ReadonlyMap<JobId, number> {
  const active = activeJobs(cluster);
  const counts = tasksKnown.get(active) ?? countTasks(active);
  tasksKnown.set(active, counts);
  return counts;
}

function countTasks(active: readonly ActiveJob[]): ReadonlyMap<JobId, number> {
  const counts = new Map<JobId, number>();
  for (const { arrayJobId } of active) {
    if (arrayJobId !== undefined) counts.set(arrayJobId, (counts.get(arrayJobId) ?? 0) + 1);
  }
  return counts;
}
