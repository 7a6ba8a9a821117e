import type { NodeShare } from '../model/job.ts';
import type { PartitionInfo } from '../model/partition.ts';
import type { JobSpec } from '../model/spec.ts';
import type { Bid } from './bids.ts';
import type { Free, NodeFree } from './free.ts';
import { type Allowed, place } from './place.ts';

/* The terms on which a partition gives out its nodes. */

const asExclusive = new WeakMap<JobSpec, JobSpec>();

/** A job as the partition takes it: OverSubscribe=EXCLUSIVE gives out whole nodes. */
export function specIn({ partition }: Bid, spec: JobSpec): JobSpec {
  if (partition.config.overSubscribe !== 'exclusive' || spec.exclusive === 'node') return spec;
  const known = asExclusive.get(spec);
  if (known !== undefined) return known;
  const whole: JobSpec = { ...spec, exclusive: 'node' };
  asExclusive.set(spec, whole);
  return whole;
}

/** Nodes for a job in a partition, or undefined; see `place`. */
export function placeIn(
  bid: Bid,
  spec: JobSpec,
  free: Free,
  allowed?: Allowed,
): readonly NodeShare[] | undefined {
  return place(specIn(bid, spec), freeIn(bid.partition, free), { allowed, policy: bid.policy });
}

/** Of each node as many CPUs as jobs of the partition may still have there (MaxCPUsPerNode). */
function freeIn({ name, config }: PartitionInfo, free: Free): Free {
  const most = config.maxCpusPerNode;
  if (most === undefined) return free;
  const left = (node: NodeFree): NodeFree => {
    const cpus = Math.max(0, Math.min(node.cpus, most - (node.partitionCpus.get(name) ?? 0)));
    return cpus === node.cpus ? node : { ...node, cpus };
  };
  return new Map([...free].map(([key, node]) => [key, left(node)]));
}
