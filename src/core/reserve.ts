import type { Cluster } from '../model/cluster.ts';
import type { Seconds } from '../model/ids.ts';
import type { ActiveJob, NodeShare, PendingJob } from '../model/job.ts';
import type { JobSpec } from '../model/spec.ts';
import type { TimeLimit } from '../model/timelimit.ts';
import type { Bid } from './bids.ts';
import {
  activeJobs,
  type Free,
  type Holding,
  holdingsOf,
  holdingsOfJob,
  type NodeFree,
  withBack,
  without,
} from './free.ts';
import { nodeCountMin } from './needs.ts';
import type { Allowed } from './place.ts';
import { placeIn, specIn } from './terms.ts';

/** Room that is kept for the first job which found none. */
export interface KeptRoom {
  /**
   * When it can start if running jobs use their whole time limits; Infinity when one of them has no limit.
   */
  readonly time: Seconds;
  readonly shares: readonly NodeShare[];
  readonly holdings: readonly Holding[];
  /** What is free then, before the kept shares are taken; less with each start that lasts so long. */
  readonly freeThen: Map<string, NodeFree>;
}

/** A job that starts in the same pass. */
export interface Starting {
  readonly job: PendingJob;
  readonly allocation: readonly NodeShare[];
  /** In which of its partitions. */
  readonly partition: string;
  /** With --time-min it may be shorter than the job's own. */
  readonly timeLimit: TimeLimit;
}

/**
 * The earliest start of a job, from the time limits of what runs. Undefined when it would not fit even then:
 * such a job holds nobody back. The job must not fit into what is free now.
 */
export function reserve(input: {
  readonly cluster: Cluster;
  readonly now: Seconds;
  readonly free: Free;
  readonly starts: readonly Starting[];
  readonly spec: JobSpec;
  readonly bid: Bid;
  readonly allowed: Allowed;
}): KeptRoom | undefined {
  const { spec, bid, allowed } = input;
  const ends = endsInOrder(input);
  const last = new Map(input.free);
  for (const { holdings } of ends) giveBack(last, holdings);
  if (placeIn(bid, spec, last, allowed) === undefined) return undefined;
  const isOfOneNode = nodeCountMin(spec) === 1 && spec.nodes.max === 1;
  const then = new Map(input.free);
  for (const { time, holdings } of ends) {
    giveBack(then, holdings);
    const shares = placeIn(bid, spec, isOfOneNode ? only(then, holdings) : then, allowed);
    if (shares === undefined) continue;
    const kept = holdingsOf(specIn(bid, spec), shares, bid.partition.name);
    return { time, shares, holdings: kept, freeThen: then };
  }
  return undefined;
}

function giveBack(free: Map<string, NodeFree>, holdings: readonly Holding[]): void {
  for (const holding of holdings) {
    const node = free.get(holding.node);
    if (node) free.set(holding.node, withBack(node, holding));
  }
}

/** Where a job of one node may fit now if it did not before: what has changed. */
function only(free: Free, holdings: readonly Holding[]): Free {
  const changed = holdings.flatMap(({ node }) => free.get(node) ?? []);
  return new Map(changed.map((node) => [node.name, node]));
}

/** What is free now without what the kept room will need. */
export function withoutKept(free: Free, { holdings, freeThen }: KeptRoom): Free {
  const left = new Map(free);
  for (const holding of holdings) {
    const now = left.get(holding.node);
    const then = freeThen.get(holding.node);
    if (now === undefined || then === undefined) continue;
    left.set(holding.node, overlap(now, without(then, holding), holding));
  }
  return left;
}

/** Whoever wants to be alone there then lets nobody else onto the node now. */
function overlap(now: NodeFree, then: NodeFree, { uid, isAlone }: Holding): NodeFree {
  const kept = new Set(then.gpus.map((gpu) => gpu.index));
  const tenants = isAlone ? new Map(now.tenants).set(uid, { jobs: 1, alone: 1 }) : now.tenants;
  return {
    ...now,
    tenants,
    partitionCpus: largest(now.partitionCpus, then.partitionCpus),
    cpus: Math.min(now.cpus, then.cpus),
    memoryMb: Math.min(now.memoryMb, then.memoryMb),
    gpus: now.gpus.filter((gpu) => kept.has(gpu.index)),
  };
}

function largest(one: NodeFree['partitionCpus'], other: NodeFree['partitionCpus']): typeof one {
  const counts = new Map(one);
  for (const [name, count] of other) counts.set(name, Math.max(count, counts.get(name) ?? 0));
  return counts;
}

interface End {
  readonly time: Seconds;
  readonly holdings: readonly Holding[];
}

function endsInOrder(input: {
  readonly cluster: Cluster;
  readonly now: Seconds;
  readonly starts: readonly Starting[];
}): readonly End[] {
  const { cluster, now, starts } = input;
  const ends = activeJobs(cluster).map((job) => ({
    time: endOf(job, now),
    holdings: holdingsOfJob(job),
  }));
  const starting = starts.map(({ job, allocation, partition, timeLimit }) => ({
    time: endTime({ timeLimit }, now),
    holdings: holdingsOf(job.spec, allocation, partition),
  }));
  return [...ends, ...starting].sort((a, b) => a.time - b.time);
}

/** When what a job holds will be free at the latest, if it uses all of its time. */
export function endOf(job: ActiveJob, now: Seconds): Seconds {
  if (job.state === 'COMPLETING') return job.endTime;
  const still = job.suspendedTime === undefined ? 0 : Math.max(0, now - job.suspendedTime);
  return endTime(job.spec, job.startTime) + (job.suspendedSeconds ?? 0) + still;
}

function endTime({ timeLimit }: Pick<JobSpec, 'timeLimit'>, start: Seconds): Seconds {
  return timeLimit === 'UNLIMITED' ? Number.POSITIVE_INFINITY : start + timeLimit * 60;
}
