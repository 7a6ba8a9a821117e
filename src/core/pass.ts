import type { Cluster } from '../model/cluster.ts';
import type { NodeName, Seconds } from '../model/ids.ts';
import type { NodeShare, PendingJob } from '../model/job.ts';
import type { JobSpec } from '../model/spec.ts';
import { type Bid, bidsOf } from './bids.ts';
import { bookedTimes, nodesWithin } from './bookings.ts';
import { freeNow, holdingsOf, type NodeFree, takeAll } from './free.ts';
import { licensesFree, takeLicenses } from './licenses.ts';
import { type KeptRoom, reserve, type Starting, withoutKept } from './reserve.ts';
import { withoutSwitches } from './switchwait.ts';
import { placeIn, specIn } from './terms.ts';
import { timeCuts } from './timecut.ts';
import { type Wishes, wishKey } from './wishes.ts';

/*
 * One look of the scheduler at all jobs that wait: what is still free as it goes on, and for whom room is
 * kept. In one pass both only become less, so that nothing is looked for twice.
 */

/** A job, or a task of an array, that starts now. */
export interface Start extends Starting {
  readonly task?: number;
}

/** How many starts one pass makes at most: a commit stays small, the next pass makes more. */
const startsMax = 512;
/** And how many parts of nodes they take together. */
const sharesMax = 20_000;

/**
 * How many different wishes one pass looks into the future for: each look costs as much as there are jobs.
 */
const looksAheadMax = 16;

/** In how many partitions room is kept for the first job that finds none. */
const keptMax = 16;

/**
 * For how many different wishes room is looked for in vain; whoever comes later with another one waits for
 * the next pass, as beyond Slurm's bf_max_job_test.
 */
const failuresMax = 2000;

export interface Pass {
  readonly cluster: Cluster;
  readonly now: Seconds;
  readonly free: Map<string, NodeFree>;
  readonly licenses: Map<string, number>;
  readonly starts: Start[];
  shares: number;
  /** By the partition in which room is kept, in the order in which it was. */
  readonly kept: Map<string, KeptRoom>;
  /** What jobs asked for that would not fit even when all that runs has ended. */
  readonly unfit: Set<string>;
  /** What was looked for in vain. */
  readonly failed: Set<string>;
  /** A number for each kind of wish, for its text is long. */
  readonly kinds: Map<string, number>;
  /** One of each kind of jobs that wait; undefined where the pass is to look at all of them. */
  readonly wishes: Wishes;
  /** There is room for no job that waits: in one pass there will not be more. */
  isHopeless: boolean;
}

export function newPass(cluster: Cluster, now: Seconds, wishes: Wishes): Pass {
  return {
    cluster,
    now,
    free: new Map(freeNow(cluster)),
    licenses: licensesFree(cluster),
    starts: [],
    shares: 0,
    kept: new Map(),
    unfit: new Set(),
    failed: new Set(),
    kinds: new Map(),
    wishes,
    isHopeless: false,
  };
}

export function isFull({ starts, shares }: Pass): boolean {
  return starts.length >= startsMax || shares >= sharesMax;
}

/** A job, or a task of an array, that would start. */
export interface Candidate {
  readonly job: PendingJob;
  /** What it asks for now. */
  readonly spec: JobSpec;
  readonly task: number | undefined;
}

/** Starts the job in the first of the partitions that has room, and takes that. */
export function start(pass: Pass, { job, spec: asked, task }: Candidate, bids: readonly Bid[]): boolean {
  const failures = pass.failed.size;
  for (const bid of bids) {
    for (const spec of cutsOf(pass, asked, bid)) {
      const allocation = placeUnlessFailed(pass, spec, bid);
      if (allocation === undefined) continue;
      const { name } = bid.partition;
      const holdings = holdingsOf(specIn(bid, spec), allocation, name);
      takeAll(pass.free, holdings);
      takeLicenses(pass.licenses, spec);
      pass.shares += allocation.length;
      for (const room of outlasted(pass, spec)) takeAll(room.freeThen, holdings);
      const { timeLimit } = spec;
      pass.starts.push({
        ...{ job, allocation, partition: name, timeLimit },
        ...(task !== undefined && { task }),
      });
      return true;
    }
  }
  if (pass.failed.size > failures) lookForHope(pass);
  return false;
}

function cutsOf({ now, kept, cluster }: Pass, spec: JobSpec, bid: Bid): readonly JobSpec[] {
  if (spec.timeMin === undefined) return [spec];
  const rooms = [...kept.values()].map(({ time }) => time);
  return timeCuts(spec, bid, { now, times: [...rooms, ...bookedTimes(cluster)] });
}

/** The nodes that a job may have in a partition now. */
export function allowedNodes(pass: Pass, spec: JobSpec, bid: Bid): ReadonlySet<NodeName> {
  return nodesWithin(pass.cluster, bid.nodes, { spec, now: pass.now });
}

function placeUnlessFailed(pass: Pass, spec: JobSpec, bid: Bid): readonly NodeShare[] | undefined {
  const allowed = allowedNodes(pass, spec, bid);
  const rooms = outlasted(pass, spec);
  const key = `${kindOf(pass, spec)} ${idOf(bid)} ${idOf(allowed)} ${rooms.map(idOf).join(',')}`;
  if (pass.failed.has(key) || pass.failed.size >= failuresMax) return undefined;
  const left = rooms.reduce<ReadonlyMap<string, NodeFree>>(withoutKept, pass.free);
  const allocation = placeIn(bid, spec, left, allowed);
  if (allocation === undefined) pass.failed.add(key);
  return allocation;
}

function kindOf({ kinds }: Pass, spec: JobSpec): number {
  const key = wishKey(spec);
  const known = kinds.get(key);
  if (known !== undefined) return known;
  kinds.set(key, kinds.size);
  return kinds.size - 1;
}

const numbers = new WeakMap<object, number>();
let lastNumber = 0;

/** Another number for each thing that is asked about. */
function idOf(thing: object): number {
  const known = numbers.get(thing);
  if (known !== undefined) return known;
  lastNumber += 1;
  numbers.set(thing, lastNumber);
  return lastNumber;
}

/** The kept rooms at whose time the job, started now, may still run. */
function outlasted({ kept, now }: Pass, { timeLimit }: JobSpec): readonly KeptRoom[] {
  if (kept.size === 0) return [];
  const end = timeLimit === 'UNLIMITED' ? Number.POSITIVE_INFINITY : now + timeLimit * 60;
  return [...kept.values()].filter(({ time }) => end > time || time === Number.POSITIVE_INFINITY);
}

function lookForHope(pass: Pass): void {
  const { wishes, cluster } = pass;
  if (wishes === undefined) return;
  pass.isHopeless = [...wishes.values()].every(({ spec: asked }) => {
    // Of those that ask for the same some may have waited for it long enough.
    const spec = withoutSwitches(asked);
    return bidsOf(cluster, spec).every(
      (bid) =>
        pass.unfit.has(unfitKey(pass, spec, bid)) ||
        cutsOf(pass, spec, bid).every((one) => placeUnlessFailed(pass, one, bid) === undefined),
    );
  });
}

/** Keeps room for a job that found none; false where it would not fit even if all that runs had ended. */
export function keepRoom(pass: Pass, spec: JobSpec, bids: readonly Bid[]): boolean {
  let fits = false;
  for (const bid of bids) {
    const key = unfitKey(pass, spec, bid);
    if (pass.unfit.has(key)) continue;
    if (pass.unfit.size >= looksAheadMax || pass.kept.size >= keptMax) return true;
    const { cluster, now, free, starts } = pass;
    const room = reserve({ cluster, now, free, starts, spec, bid, allowed: allowedNodes(pass, spec, bid) });
    if (room === undefined) {
      pass.unfit.add(key);
      continue;
    }
    fits = true;
    pass.kept.set(bid.partition.name, room);
  }
  return fits;
}

/** True if it was found in this pass that the job can start in none of the partitions. */
export function isUnfit(pass: Pass, spec: JobSpec, bids: readonly Bid[]): boolean {
  return pass.unfit.size > 0 && bids.every((bid) => pass.unfit.has(unfitKey(pass, spec, bid)));
}

function unfitKey(pass: Pass, spec: JobSpec, bid: Bid): string {
  return `${kindOf(pass, spec)} ${idOf(bid)}`;
}
