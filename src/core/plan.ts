import type { Cluster } from '../model/cluster.ts';
import type { ClusterEvent } from '../model/event.ts';
import type { JobId, Seconds } from '../model/ids.ts';
import type { ActiveJob, PendingJob } from '../model/job.ts';
import { rangesCount, rangesHas, rangesNumbers } from '../model/ranges.ts';
import type { JobSpec } from '../model/spec.ts';
import type { Reason } from '../model/states.ts';
import { type Bid, bidsOf, partitionReason } from './bids.ts';
import { isTaskByTask } from './depend.ts';
import { type Wait, whyNotYet } from './eligible.ts';
import { activeJobs } from './free.ts';
import { hopelessEvents } from './hopeless.ts';
import { hasLicenses } from './licenses.ts';
import { type Candidate, isFull, isUnfit, keepRoom, newPass, type Pass, type Start, start } from './pass.ts';
import { pendingByPriority } from './queue.ts';
import { waitsForOneOf } from './singleton.ts';
import { specAt } from './switchwait.ts';
import { whyNoRoom } from './whynoroom.ts';
import { termsKey, wishesOf } from './wishes.ts';

export type { Start } from './pass.ts';

export interface Plan {
  readonly starts: readonly Start[];
  /** Why each of the others waits. */
  readonly reasons: ReadonlyMap<JobId, Reason>;
  /** What squeue prints in place of the reason where Slurm has more to say. */
  readonly texts: ReadonlyMap<JobId, string>;
}

/**
 * What to start now: waiting jobs by priority, each placed whole or not at all. The first of a partition that
 * finds no room has some kept, and later jobs start only where they do not put it off (as Slurm's backfill
 * does).
 */
export function plan(cluster: Cluster, now: Seconds): Plan {
  const planning = newPlanning(newPass(cluster, now, undefined));
  const reasons = new Map<JobId, Reason>();
  const texts = new Map<JobId, string>();
  for (const job of pendingByPriority(cluster)) {
    const wait = planJob(planning, job);
    if (wait === undefined) continue;
    reasons.set(job.id, wait.reason);
    if (wait.text !== undefined) texts.set(job.id, wait.text);
  }
  return { starts: planning.pass.starts, reasons, texts };
}

/**
 * Why a job waits, by the same plan; undefined for one that does not. The plan goes as far down the queue as
 * somebody asks, for a look at a few jobs need not pay for those behind them.
 */
export function waitsOf(cluster: Cluster, now: Seconds): (id: JobId) => Wait | undefined {
  let planning: Planning | undefined;
  let queue: readonly PendingJob[] = [];
  let next = 0;
  const found = new Map<JobId, Wait | undefined>();
  return (id) => {
    const known = found.get(id);
    if (known !== undefined || found.has(id) || cluster.jobs.get(id)?.state !== 'PENDING') return known;
    if (planning === undefined) {
      planning = newPlanning(newPass(cluster, now, undefined));
      queue = pendingByPriority(cluster);
    }
    for (let last: JobId | undefined; last !== id && next < queue.length; next += 1) {
      const job = queue[next] as PendingJob;
      found.set(job.id, planJob(planning, job));
      last = job.id;
    }
    return found.get(id);
  };
}

/**
 * The starts of the same plan, for who needs no reasons: it ends where nobody who comes later can start, so
 * that a long queue costs a full cluster little.
 */
export function planStarts(cluster: Cluster, now: Seconds): readonly Start[] {
  const planning = newPlanning(newPass(cluster, now, wishesOf(cluster.jobs)));
  const { pass } = planning;
  for (const job of pendingByPriority(cluster)) {
    if (isFull(pass) || pass.isHopeless) break;
    planJob(planning, job);
  }
  return pass.starts;
}

interface Planning {
  readonly pass: Pass;
  readonly arraysRunning: Map<JobId, number>;
  /** The partitions in which a job was told that nodes are missing. */
  readonly lacking: Set<string>;
  readonly answers: Answers;
}

/**
 * What jobs were told since the pass last changed: the next that asks for the same is told the same. Long
 * queues are mostly of such jobs.
 */
interface Answers {
  /** How much had come to pass when they were given. */
  progress: number;
  readonly byTerms: Map<string, Wait>;
}

function newPlanning(pass: Pass): Planning {
  const answers = { progress: 0, byTerms: new Map() };
  return { pass, arraysRunning: new Map(runningTasks(pass.cluster)), lacking: new Set(), answers };
}

/** Another number whenever anything changed by which a job is answered: all of that only grows. */
function progressOf({ pass, lacking }: Planning): number {
  const { starts, kept, unfit, failed } = pass;
  return starts.length + kept.size + unfit.size + failed.size + lacking.size;
}

/**
 * The decisions of a plan as events: claims, and ends of what can never start. `ids` are job ids in hand for
 * tasks of arrays, and bound how many of them may start; an id that became another job's since it was drawn
 * is passed over. `idsUsed` counts from the first of them, and `idsWanted` says how many there should be.
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
  for (const { job, task, allocation, partition, timeLimit } of starts) {
    const attempt = job.attempt + 1;
    const where = {
      ...(job.spec.partition !== partition && { partition }),
      ...(job.spec.timeLimit !== timeLimit && timeLimit !== 'UNLIMITED' && { timeLimit }),
    };
    if (task === undefined) {
      events.push({ name: 'jobAllocated', time: now, id: job.id, attempt, allocation, ...where });
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
    const array = { job: job.id, task };
    events.push({ name: 'jobAllocated', time: now, id, attempt, allocation, array, ...where });
  }
  const idsUsed = used === 0 ? 0 : ids.indexOf(usable[used - 1] ?? 0) + 1;
  events.push(...hopelessEvents(cluster, now));
  return { events, idsUsed, idsWanted: wanted + ids.length - usable.length };
}

function planJob(planning: Planning, job: PendingJob): Wait | undefined {
  return job.tasks ? planArray(planning, job) : planTask(planning, job);
}

function planOne(planning: Planning, job: PendingJob, task: number | undefined): Wait | undefined {
  const { pass } = planning;
  const { cluster, now } = pass;
  const early = whyNotYet(cluster, job, { now, task });
  if (early !== undefined) return { reason: early };
  // One that comes before it in the order, though it was submitted later: it was put on top.
  if (waitsForOneOf(job, pass.starts)) return { reason: 'Dependency' };
  if (isFull(pass)) return { reason: 'Priority' };
  const spec = specAt(cluster, job, now);
  return planning.answers.byTerms.get(termsKey(spec)) ?? answered(planning, { job, spec, task });
}

/** Starts the job or says why not, and keeps what it was told for those that ask for the same. */
function answered(planning: Planning, one: Candidate): Wait | undefined {
  const { answers } = planning;
  const before = progressOf(planning);
  const wait = startOrWait(planning, one);
  const after = progressOf(planning);
  if (after !== answers.progress) {
    answers.byTerms.clear();
    answers.progress = after;
  }
  if (wait !== undefined && before === after) {
    answers.byTerms.set(termsKey(one.spec), wait);
  }
  return wait;
}

/** Depends on what the job asks for, and on how far the pass has come, alone. */
function startOrWait(planning: Planning, one: Candidate): Wait | undefined {
  const { pass } = planning;
  const { cluster } = pass;
  const { spec } = one;
  const all = bidsOf(cluster, spec);
  const isOpen = (bid: Bid): boolean => partitionReason(bid, spec) === undefined;
  const bids = all.every(isOpen) ? all : all.filter(isOpen);
  if (bids.length === 0) {
    const [first] = all;
    return { reason: first ? (partitionReason(first, spec) ?? 'PartitionConfig') : 'PartitionConfig' };
  }
  if (!hasLicenses(pass.licenses, spec)) return { reason: 'Licenses' };
  const isKnownUnfit = isUnfit(pass, spec, bids);
  if (!isKnownUnfit && start(pass, one, bids)) return undefined;
  if (isKnownUnfit) return unfitWait(planning, spec, bids);
  const open = bids.filter(({ partition }) => !pass.kept.has(partition.name));
  if (open.length === 0) return { reason: 'Priority' };
  if (pass.isHopeless) return { reason: 'Resources' };
  if (keepRoom(pass, spec, open)) return { reason: 'Resources' };
  return unfitWait(planning, spec, bids);
}

/** Who waits for nodes behind few switches takes others in the end: nothing has to come back for that. */
function unfitWait(planning: Planning, spec: JobSpec, bids: readonly Bid[]): Wait {
  const isUnasked = planning.pass.wishes !== undefined || spec.switches !== undefined;
  return isUnasked ? { reason: 'Resources' } : whyNoRoom(planning, spec, bids);
}

/** A job, or a task of an array that waits again by itself and counts against its array's limit. */
function planTask(planning: Planning, job: PendingJob): Wait | undefined {
  if (job.arrayJobId === undefined) return planOne(planning, job, undefined);
  const running = planning.arraysRunning.get(job.arrayJobId) ?? 0;
  if (running >= throttleOf(job) && !job.held) return { reason: 'JobArrayTaskLimit' };
  const wait = planOne(planning, job, undefined);
  if (wait === undefined) planning.arraysRunning.set(job.arrayJobId, running + 1);
  return wait;
}

function throttleOf(job: PendingJob): number {
  return job.spec.array?.throttle || Number.POSITIVE_INFINITY;
}

/** What only some tasks of an array wait for: the others may start all the same. */
const ownReasons: ReadonlySet<Reason> = new Set(['JobHeldUser', 'Dependency', 'DependencyNeverSatisfied']);

/** Starts tasks of an array as long as there is room and the array's own limit allows. */
function planArray(planning: Planning, job: PendingJob): Wait | undefined {
  const throttle = throttleOf(job);
  const mayDiffer = job.heldTasks !== undefined || isTaskByTask(job.spec);
  let running = planning.arraysRunning.get(job.id) ?? 0;
  let own: Wait | undefined;
  for (const task of rangesNumbers(job.tasks ?? [])) {
    if (running >= throttle && !job.held) return { reason: 'JobArrayTaskLimit' };
    const wait = planOne(planning, job, task);
    if (wait !== undefined) {
      if (!mayDiffer || job.held || !ownReasons.has(wait.reason)) return wait;
      own ??= wait;
      continue;
    }
    running += 1;
    planning.arraysRunning.set(job.id, running);
  }
  return own;
}

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
