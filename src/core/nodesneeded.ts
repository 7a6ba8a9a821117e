import type { Cluster } from '../model/cluster.ts';
import type { PendingJob } from '../model/job.ts';
import { limits } from '../model/limits.ts';
import type { JobSpec } from '../model/spec.ts';
import { type Bid, bidsOf } from './bids.ts';
import { freeWhenEmpty } from './free.ts';
import { withoutSwitches } from './switchwait.ts';
import { placeIn } from './terms.ts';
import { type Wholes, wholesOf } from './wholes.ts';
import { wishKey } from './wishes.ts';

/** What the largest node of a partition has of each. */
export interface Largest {
  readonly cpus: number;
  readonly memoryMb: number;
}

/** What is known of the partitions that a job names. */
interface Asked {
  readonly wholes: Wholes;
  /** Of the one that is tried first; undefined where no node is known of it. */
  readonly largest: Largest | undefined;
  /** By the kind of job how many nodes it takes when nothing runs; 0 is none that are enough. */
  readonly counts: Map<string, number>;
}

const asked = new WeakMap<readonly Bid[], Asked>();

function askedOf(cluster: Cluster, bids: readonly Bid[]): Asked {
  const wholes = wholesOf(cluster);
  const before = asked.get(bids);
  if (before?.wholes === wholes) return before;
  const made = { wholes, largest: largestOf(bids, wholes), counts: new Map<string, number>() };
  asked.set(bids, made);
  return made;
}

function largestOf([bid]: readonly Bid[], wholes: Wholes): Largest | undefined {
  const nodes = [...(bid?.nodes ?? [])].flatMap((name) => wholes.get(name) ?? []);
  if (nodes.length === 0) return undefined;
  return {
    cpus: Math.max(1, ...nodes.map(({ cpus }) => cpus)),
    memoryMb: Math.max(...nodes.map(({ memoryMb }) => memoryMb)),
  };
}

/**
 * The largest that there is of each in the partition that a job tries first: by that Slurm reckons what a job
 * comes to that it has not placed yet. Undefined where no node is known of it.
 */
export function largestIn(cluster: Cluster, spec: JobSpec): Largest | undefined {
  return askedOf(cluster, bidsOf(cluster, spec)).largest;
}

/** How many kinds of waiting jobs are placed to see what they come to; the others are reckoned. */
const kindsMax = 256;

/**
 * How many nodes a waiting job is to come to, as Slurm shows it: what it would take of an empty cluster,
 * which is tried when it is submitted. What was submitted held has not been tried, and what fits nowhere has
 * no such number: of them it is reckoned from the tasks.
 */
export function nodesNeeded(cluster: Cluster, job: PendingJob): number {
  const spec = withoutSwitches(job.spec);
  if (isOneTask(spec)) return 1;
  const isUntried = job.held !== undefined && spec.hold === true && job.releasedTime === undefined;
  const bids = bidsOf(cluster, spec);
  const known = askedOf(cluster, bids);
  const placed = isUntried ? undefined : nodesPlaced(cluster, spec, { bids, known });
  return placed ?? nodesReckoned(spec, known.largest?.cpus);
}

/** Most jobs are of one CPU, and come to one node whatever there is: they are looked at no further. */
function isOneTask({ ntasks, cpusPerTask, nodes, gpus, nodelist, spreadJob }: JobSpec): boolean {
  const isOne = ntasks === 1 && cpusPerTask === 1 && nodes.min === 1 && gpus.length === 0;
  const isFree = nodes.max === 1 || nodes.max === limits.nodesPerJob;
  return isOne && isFree && nodelist === undefined && spreadJob !== true;
}

function nodesPlaced(
  cluster: Cluster,
  spec: JobSpec,
  { bids, known: { counts } }: { readonly bids: readonly Bid[]; readonly known: Asked },
): number | undefined {
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
