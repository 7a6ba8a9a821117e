import type { Cluster } from '../model/cluster.ts';
import type { Seconds } from '../model/ids.ts';
import type { NodeShare, PendingJob } from '../model/job.ts';
import type { JobSpec } from '../model/spec.ts';
import { activeJobs, type Free, heldShares, type NodeFree, without, withShare } from './free.ts';
import { place } from './place.ts';

/** Room that is kept for the first job which found none. */
export interface Reservation {
  /**
   * When it can start if running jobs use their whole time limits; Infinity when one of them has no limit.
   */
  readonly time: Seconds;
  readonly shares: readonly NodeShare[];
  /** What is free then, before the reserved shares are taken; less with each start that lasts so long. */
  readonly freeThen: Map<string, NodeFree>;
}

/**
 * The earliest start of a job, from the time limits of what runs. Undefined when it would not fit even then:
 * such a job holds nobody back. The job must not fit into what is free now.
 */
export function reserve(input: {
  readonly cluster: Cluster;
  readonly now: Seconds;
  readonly free: Free;
  readonly whole: Free;
  readonly starts: readonly { readonly job: PendingJob; readonly allocation: readonly NodeShare[] }[];
  readonly job: PendingJob;
}): Reservation | undefined {
  const { spec } = input.job;
  const ends = endsInOrder(input);
  const last = new Map(input.free);
  for (const { shares } of ends) giveBack(last, shares, input.whole);
  if (place(spec, last, input.whole) === undefined) return undefined;
  const then = new Map(input.free);
  for (const { time, shares } of ends) {
    giveBack(then, shares, input.whole);
    const placed = place(spec, spec.nodes.max > 1 ? then : only(then, shares), input.whole);
    if (placed !== undefined) return { time, shares: placed, freeThen: then };
  }
  return undefined;
}

function giveBack(free: Map<string, NodeFree>, shares: readonly NodeShare[], whole: Free): void {
  for (const share of shares) {
    const node = free.get(share.node);
    const all = whole.get(share.node);
    if (node && all) free.set(share.node, withShare(node, share, all));
  }
}

/** Where a job of one node may fit now if it did not before: what has changed. */
function only(free: Free, shares: readonly NodeShare[]): Free {
  const changed = shares.flatMap(({ node }) => free.get(node) ?? []);
  return new Map(changed.map((node) => [node.name, node]));
}

/** What is free now without what the reservation will need. */
export function withoutReserved(free: Free, { shares, freeThen }: Reservation): Free {
  const left = new Map(free);
  for (const share of shares) {
    const now = left.get(share.node);
    const then = freeThen.get(share.node);
    if (now === undefined || then === undefined) continue;
    const spare = without(then, share);
    left.set(share.node, overlap(now, spare));
  }
  return left;
}

function overlap(now: NodeFree, then: NodeFree): NodeFree {
  const kept = new Set(then.gpus.map((gpu) => gpu.index));
  return {
    ...now,
    cpus: Math.min(now.cpus, then.cpus),
    memoryMb: Math.min(now.memoryMb, then.memoryMb),
    gpus: now.gpus.filter((gpu) => kept.has(gpu.index)),
  };
}

function endsInOrder(input: {
  readonly cluster: Cluster;
  readonly now: Seconds;
  readonly starts: readonly { readonly job: PendingJob; readonly allocation: readonly NodeShare[] }[];
}): readonly { readonly time: Seconds; readonly shares: readonly NodeShare[] }[] {
  const ends = [...activeJobs(input.cluster)].map((job) => ({
    time: job.state === 'COMPLETING' ? job.endTime : endTime(job.spec, job.startTime),
    shares: heldShares(job),
  }));
  const starting = input.starts.map(({ job, allocation }) => ({
    time: endTime(job.spec, input.now),
    shares: allocation,
  }));
  return [...ends, ...starting].sort((a, b) => a.time - b.time);
}

function endTime(spec: JobSpec, start: Seconds): Seconds {
  return spec.timeLimit === 'UNLIMITED' ? Number.POSITIVE_INFINITY : start + spec.timeLimit * 60;
}
