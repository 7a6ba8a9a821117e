import type { Cluster } from '../model/cluster.ts';
import type { Seconds } from '../model/ids.ts';
import type { ActiveJob, NodeShare, PendingJob } from '../model/job.ts';
import type { JobSpec } from '../model/spec.ts';
import {
  activeJobs,
  type Free,
  type Holding,
  heldShares,
  holdingsOf,
  type NodeFree,
  withBack,
  without,
} from './free.ts';
import { nodeCountMin } from './needs.ts';
import { type Allowed, place } from './place.ts';

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
  readonly allowed: Allowed;
}): KeptRoom | undefined {
  const { spec, allowed } = input;
  const ends = endsInOrder(input);
  const last = new Map(input.free);
  for (const { holdings } of ends) giveBack(last, holdings);
  if (place(spec, last, allowed) === undefined) return undefined;
  const isOfOneNode = nodeCountMin(spec) === 1 && spec.nodes.max === 1;
  const then = new Map(input.free);
  for (const { time, holdings } of ends) {
    giveBack(then, holdings);
    const shares = place(spec, isOfOneNode ? only(then, holdings) : then, allowed);
    if (shares !== undefined) return { time, shares, holdings: holdingsOf(spec, shares), freeThen: then };
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
    cpus: Math.min(now.cpus, then.cpus),
    memoryMb: Math.min(now.memoryMb, then.memoryMb),
    gpus: now.gpus.filter((gpu) => kept.has(gpu.index)),
  };
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
    holdings: holdingsOf(job.spec, heldShares(job)),
  }));
  const starting = starts.map(({ job, allocation }) => ({
    time: endTime(job.spec, now),
    holdings: holdingsOf(job.spec, allocation),
  }));
  return [...ends, ...starting].sort((a, b) => a.time - b.time);
}

/** When what a job holds will be free at the latest, if it uses all of its time. */
export function endOf(job: ActiveJob, now: Seconds): Seconds {
  if (job.state === 'COMPLETING') return job.endTime;
  const still = job.suspendedTime === undefined ? 0 : Math.max(0, now - job.suspendedTime);
  return endTime(job.spec, job.startTime) + (job.suspendedSeconds ?? 0) + still;
}

function endTime(spec: JobSpec, start: Seconds): Seconds {
  return spec.timeLimit === 'UNLIMITED' ? Number.POSITIVE_INFINITY : start + spec.timeLimit * 60;
}
