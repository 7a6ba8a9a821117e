import { IdMap } from '../base/idmap.ts';
import type { Cluster } from '../model/cluster.ts';
import type { NodeName } from '../model/ids.ts';
import { type ActiveJob, isActive, type Job, type NodeShare } from '../model/job.ts';
import { nodeTakesJobs } from '../model/node.ts';
import type { JobSpec } from '../model/spec.ts';
import { type NodeWhole, wholesOf } from './wholes.ts';

/** What is free on a node. */
export interface NodeFree {
  readonly name: string;
  readonly whole: NodeWhole;
  readonly cpus: number;
  readonly memoryMb: number;
  /** Free GPUs in the order of their index. */
  readonly gpus: readonly { readonly index: number; readonly type: string }[];
  /** Whose jobs hold something of it, by uid; -1 where that is not known. */
  readonly tenants: ReadonlyMap<number, Tenant>;
  /** How many CPUs the jobs of each partition hold, which a partition may bound. */
  readonly partitionCpus: ReadonlyMap<string, number>;
}

interface Tenant {
  readonly jobs: number;
  /** How many of them share their nodes with nobody else (--exclusive=user). */
  readonly alone: number;
}

/** Free resources by node name, of the nodes that take jobs, in the order of the nodes. */
export type Free = ReadonlyMap<string, NodeFree>;

/** A part of a node that is taken, and by whom. */
export interface Holding extends Pick<NodeShare, 'node' | 'cpus' | 'memoryMb' | 'gpus'> {
  readonly uid: number;
  readonly isAlone: boolean;
  readonly partition: string;
}

/** `partition`: in which the job runs, where it named several. */
export function holdingsOf(
  spec: JobSpec,
  shares: readonly NodeShare[],
  partition: string = spec.partition,
): readonly Holding[] {
  const isAlone = spec.exclusive === 'user';
  return shares.map(({ node, cpus, memoryMb, gpus }) => ({
    ...{ node, cpus, memoryMb, gpus, isAlone, partition },
    uid: spec.uid,
  }));
}

/** What a job holds that has its nodes. */
export function holdingsOfJob(job: ActiveJob): readonly Holding[] {
  return holdingsOf(job.spec, heldShares(job), job.partition);
}

const known = new WeakMap<Cluster['jobs'], Pick<Cluster, 'nodes' | 'config'> & { readonly free: Free }>();

/** What nobody holds now on the nodes that take jobs, GPUs in trouble left out. */
export function freeNow(cluster: Cluster): Free {
  const { jobs, nodes, config } = cluster;
  const before = known.get(jobs);
  if (before?.nodes === nodes && before.config === config) return before.free;
  const free = freeOf(cluster);
  known.set(jobs, { nodes, config, free });
  return free;
}

function freeOf(cluster: Cluster): Free {
  const free = new Map<string, NodeFree>();
  for (const whole of wholesOf(cluster).values()) {
    const node = cluster.nodes.get(whole.name);
    if (node === undefined || !nodeTakesJobs(node)) continue;
    const troubled = new Set(node.gpuTroubles.map((trouble) => trouble.index));
    free.set(whole.name, wholeNode(whole, troubled));
  }
  takeAll(
    free,
    activeJobs(cluster).flatMap((job) => holdingsOfJob(job)),
  );
  const kept = [...cluster.nodes.values()].flatMap(({ remnants = [] }) => remnants);
  takeAll(
    free,
    kept.map(({ share }) => ({ ...share, uid: -1, isAlone: false, partition: '' })),
  );
  return free;
}

const emptyKnown = new WeakMap<ReturnType<typeof wholesOf>, Free>();

/** All that the nodes have that registered or are declared, as if nothing ran and all were well. */
export function freeWhenEmpty(cluster: Cluster): Free {
  const wholes = wholesOf(cluster);
  const before = emptyKnown.get(wholes);
  if (before !== undefined) return before;
  const free = new Map([...wholes.values()].map((whole) => [whole.name, wholeNode(whole, new Set())]));
  emptyKnown.set(wholes, free);
  return free;
}

const selectActive = IdMap.selector<Job, ActiveJob>(isActive);

/** The jobs that hold nodes, in the order of their ids. */
export function activeJobs(cluster: Cluster): readonly ActiveJob[] {
  return selectActive(cluster.jobs);
}

const byHolder = new WeakMap<readonly ActiveJob[], ReadonlyMap<NodeName, readonly ActiveJob[]>>();

/** The jobs of which a node holds a share, in the order of their ids. */
export function activeJobsOn(cluster: Cluster, node: NodeName): readonly ActiveJob[] {
  const active = activeJobs(cluster);
  const known = byHolder.get(active) ?? groupByHolder(active);
  byHolder.set(active, known);
  return known.get(node) ?? [];
}

function groupByHolder(active: readonly ActiveJob[]): ReadonlyMap<NodeName, readonly ActiveJob[]> {
  const groups = new Map<NodeName, ActiveJob[]>();
  for (const job of active) {
    for (const node of job.holders) {
      const group = groups.get(node);
      if (group === undefined) groups.set(node, [job]);
      else group.push(job);
    }
  }
  return groups;
}

/** The shares of the nodes that have not given theirs back. */
export function heldShares(job: ActiveJob): readonly NodeShare[] {
  return job.allocation.filter((share) => job.holders.includes(share.node));
}

/** Takes holdings out of what is free; a node that is not in it is passed over. */
export function takeAll(free: Map<string, NodeFree>, holdings: readonly Holding[]): void {
  for (const [name, some] of groupByNode(holdings)) {
    const node = free.get(name);
    if (node !== undefined) free.set(name, without(node, ...some));
  }
}

/** Many on a node are taken at once. */
function groupByNode(holdings: readonly Holding[]): Iterable<readonly [NodeName, readonly Holding[]]> {
  if (holdings.length === 1 && holdings[0]) return [[holdings[0].node, holdings]];
  const groups = new Map<NodeName, Holding[]>();
  for (const holding of holdings) {
    const group = groups.get(holding.node);
    if (group === undefined) groups.set(holding.node, [holding]);
    else group.push(holding);
  }
  return groups;
}

/** The node's free resources with a holding given back; GPUs come from the node's full list. */
export function withBack(node: NodeFree, holding: Holding): NodeFree {
  const back = new Set([...node.gpus.map((gpu) => gpu.index), ...holding.gpus]);
  return {
    ...node,
    cpus: node.cpus + holding.cpus,
    memoryMb: node.memoryMb + holding.memoryMb,
    gpus: holding.gpus.length === 0 ? node.gpus : node.whole.gpus.filter((gpu) => back.has(gpu.index)),
    tenants: counted(node.tenants, [holding], -1),
    partitionCpus: cpusCounted(node.partitionCpus, [holding], -1),
  };
}

export function without(node: NodeFree, ...holdings: readonly Holding[]): NodeFree {
  const taken = new Set(holdings.flatMap(({ gpus }) => gpus));
  const sum = (pick: (holding: Holding) => number): number =>
    holdings.reduce((all, one) => all + pick(one), 0);
  return {
    ...node,
    cpus: node.cpus - sum(({ cpus }) => cpus),
    memoryMb: node.memoryMb - sum(({ memoryMb }) => memoryMb),
    gpus: taken.size === 0 ? node.gpus : node.gpus.filter((gpu) => !taken.has(gpu.index)),
    tenants: counted(node.tenants, holdings, 1),
    partitionCpus: cpusCounted(node.partitionCpus, holdings, 1),
  };
}

function counted(
  before: NodeFree['tenants'],
  holdings: readonly Holding[],
  step: 1 | -1,
): NodeFree['tenants'] {
  const tenants = new Map(before);
  for (const { uid, isAlone } of holdings) {
    const { jobs, alone } = tenants.get(uid) ?? { jobs: 0, alone: 0 };
    if (jobs + step <= 0) tenants.delete(uid);
    else tenants.set(uid, { jobs: jobs + step, alone: alone + (isAlone ? step : 0) });
  }
  return tenants;
}

function cpusCounted(
  before: NodeFree['partitionCpus'],
  holdings: readonly Holding[],
  step: 1 | -1,
): NodeFree['partitionCpus'] {
  const counts = new Map(before);
  for (const { partition, cpus } of holdings) {
    const count = (counts.get(partition) ?? 0) + step * cpus;
    if (count <= 0) counts.delete(partition);
    else counts.set(partition, count);
  }
  return counts;
}

const nobody: NodeFree['tenants'] = new Map();
const nothing: NodeFree['partitionCpus'] = new Map();

function wholeNode(whole: NodeWhole, troubled: ReadonlySet<number>): NodeFree {
  const { name, cpus, memoryMb } = whole;
  const gpus = troubled.size === 0 ? whole.gpus : whole.gpus.filter((gpu) => !troubled.has(gpu.index));
  return { name, whole, cpus, memoryMb, gpus, tenants: nobody, partitionCpus: nothing };
}
