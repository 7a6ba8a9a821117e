import type { Cluster } from '../model/cluster.ts';
import type { PendingJob } from '../model/job.ts';
import type { JobSpec } from '../model/spec.ts';
import { type Bid, bidsOf } from './bids.ts';
import { freeWhenEmpty } from './free.ts';
import { placeIn } from './terms.ts';
import { wholesOf } from './wholes.ts';
import { wishKey } from './wishes.ts';

/** What the largest node of a partition has of each. */
export interface Largest {
  readonly cpus: number;
  readonly memoryMb: number;
}

const largestKnown = new WeakMap<ReturnType<typeof wholesOf>, WeakMap<readonly Bid[], Largest>>();

/**
 * The largest that there is of each in the partition that a job tries first: by that Slurm reckons what a job
 * comes to that it has not placed yet. Undefined where no node is known of it.
 */
export function largestIn(cluster: Cluster, spec: JobSpec): Largest | undefined {
  const bids = bidsOf(cluster, spec);
  const wholes = wholesOf(cluster);
  const known = largestKnown.get(wholes) ?? new WeakMap<readonly Bid[], Largest>();
  largestKnown.set(wholes, known);
  const before = known.get(bids);
  if (before !== undefined) return before;
  const nodes = [...(bids[0]?.nodes ?? [])].flatMap((name) => wholes.get(name) ?? []);
  if (nodes.length === 0) return undefined;
  const largest = {
    cpus: Math.max(1, ...nodes.map(({ cpus }) => cpus)),
    memoryMb: Math.max(...nodes.map(({ memoryMb }) => memoryMb)),
  };
  known.set(bids, largest);
  return largest;
}

/** How many kinds of waiting jobs are placed to see what they come to; the others are reckoned. */
const kindsMax = 256;

const nodesKnown = new WeakMap<readonly Bid[], WeakMap<ReturnType<typeof wholesOf>, Map<string, number>>>();

/**
 * How many nodes a waiting job is to come to, as Slurm shows it: what it would take of an empty cluster,
 * which is tried when it is submitted. What was submitted held has not been tried, and what fits nowhere has
 * no such number: of them it is reckoned from the tasks.
 */
export function nodesNeeded(cluster: Cluster, job: PendingJob): number {
  const { spec } = job;
  const isUntried = job.held !== undefined && spec.hold === true && job.releasedTime === undefined;
  const placed = isUntried ? undefined : nodesPlaced(cluster, spec);
  return placed ?? nodesReckoned(spec, largestIn(cluster, spec)?.cpus);
}

function nodesPlaced(cluster: Cluster, spec: JobSpec): number | undefined {
  const bids = bidsOf(cluster, spec);
  const wholes = wholesOf(cluster);
  const byWholes = nodesKnown.get(bids) ?? new WeakMap<ReturnType<typeof wholesOf>, Map<string, number>>();
  nodesKnown.set(bids, byWholes);
  const counts = byWholes.get(wholes) ?? new Map<string, number>();
  byWholes.set(wholes, counts);
  const key = wishKey(spec);
  const before = counts.get(key);
  if (before !== undefined) return before === 0 ? undefined : before;
  if (counts.size >= kindsMax) return undefined;
  const empty = freeWhenEmpty(cluster);
  const count = bids.reduce((found, bid) => found || (placeIn(bid, spec, empty, bid.nodes)?.length ?? 0), 0);
  counts.set(key, count);
  return count === 0 ? undefined : count;
}

/**
 * By the tasks alone (measured on a Slurm 22.05.8): a remainder of tasks of several CPUs counts as a node
 * beside the least that was asked for, which makes -n1 -c2 two of them on nodes of eight CPUs.
 */
function nodesReckoned(spec: JobSpec, cpus: number | undefined): number {
  const { ntasks, ntasksPerNode, ntasksPerCore = 1, cpusPerTask } = spec;
  const least = Math.max(spec.nodes.min, spec.nodelist?.length ?? 0);
  if (cpus === undefined) return least;
  if (ntasksPerNode !== undefined) return Math.max(least, Math.floor(ntasks / ntasksPerNode));
  if (cpusPerTask === 1) return Math.max(least, Math.ceil(ntasks / (cpus * ntasksPerCore)));
  const onNode = Math.max(1, Math.floor(cpus / cpusPerTask));
  return Math.max(least, Math.floor(ntasks / onNode)) + Math.sign(ntasks % onNode);
}
