import { IdMap } from '../base/idmap.ts';
import type { Cluster } from '../model/cluster.ts';
import type { NodeName } from '../model/ids.ts';
import { type ActiveJob, isActive, type Job, type NodeShare } from '../model/job.ts';
import { type Node, nodeTakesJobs } from '../model/node.ts';
import type { NodeNeed } from './needs.ts';

/** What is free on a node. */
export interface NodeFree {
  readonly name: string;
  readonly cpus: number;
  readonly memoryMb: number;
  /** Free GPUs in the order of their index. */
  readonly gpus: readonly { readonly index: number; readonly type: string }[];
}

/** Free resources by node name, of the nodes that take jobs. */
export type Free = ReadonlyMap<string, NodeFree>;

const known = new WeakMap<Cluster['jobs'], { readonly nodes: Cluster['nodes']; readonly free: Free }>();

/** What nobody holds now on the nodes whose daemon is there, GPUs in trouble left out. */
export function freeNow(cluster: Cluster): Free {
  const { jobs, nodes } = cluster;
  const before = known.get(jobs);
  if (before?.nodes === nodes) return before.free;
  const free = freeOf(cluster);
  known.set(jobs, { nodes, free });
  return free;
}

function freeOf(cluster: Cluster): Free {
  const free = new Map<string, NodeFree>();
  for (const node of cluster.nodes.values()) {
    if (!nodeTakesJobs(node)) continue;
    const troubled = new Set(node.gpuTroubles.map((trouble) => trouble.index));
    free.set(node.record.name, wholeNode(node, troubled));
  }
  takeAll(free, activeJobs(cluster).flatMap(heldShares));
  const kept = [...cluster.nodes.values()].flatMap(({ remnants = [] }) => remnants);
  takeAll(
    free,
    kept.map(({ share }) => share),
  );
  return free;
}

/** All that the registered nodes have, as if nothing ran and all were well. */
export function freeWhenEmpty(cluster: Cluster): Free {
  return new Map([...cluster.nodes.values()].map((node) => [node.record.name, wholeNode(node, new Set())]));
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

/** Takes shares out of what is free; a node that is not in it is passed over. */
export function takeAll(free: Map<string, NodeFree>, shares: readonly NodeShare[]): void {
  for (const share of sumByNode(shares)) {
    const node = free.get(share.node);
    if (node !== undefined) free.set(share.node, without(node, share));
  }
}

/** One share for each node: many on a node are taken at once. */
function sumByNode(shares: readonly NodeShare[]): Iterable<Taken> {
  if (shares.length < 2) return shares;
  const sums = new Map<NodeName, { node: NodeName; cpus: number; memoryMb: number; gpus: number[] }>();
  for (const { node, cpus, memoryMb, gpus } of shares) {
    const sum = sums.get(node);
    if (sum === undefined) sums.set(node, { node, cpus, memoryMb, gpus: [...gpus] });
    else {
      sum.cpus += cpus;
      sum.memoryMb += memoryMb;
      sum.gpus.push(...gpus);
    }
  }
  return sums.values();
}

type Taken = Pick<NodeShare, 'node' | 'cpus' | 'memoryMb' | 'gpus'>;

/** The node's free resources with a share given back; GPUs come from the node's full list. */
export function withShare(node: NodeFree, share: NodeShare, whole: NodeFree): NodeFree {
  const back = new Set([...node.gpus.map((gpu) => gpu.index), ...share.gpus]);
  return {
    ...node,
    cpus: node.cpus + share.cpus,
    memoryMb: node.memoryMb + share.memoryMb,
    gpus: whole.gpus.filter((gpu) => back.has(gpu.index)),
  };
}

export function without(node: NodeFree, share: Taken): NodeFree {
  const taken = new Set(share.gpus);
  return {
    ...node,
    cpus: node.cpus - share.cpus,
    memoryMb: node.memoryMb - share.memoryMb,
    gpus: taken.size === 0 ? node.gpus : node.gpus.filter((gpu) => !taken.has(gpu.index)),
  };
}

/** The share that a need takes of a node; undefined when it does not fit. */
export function shareFor(node: NodeFree, need: NodeNeed, whole: NodeFree): NodeShare | undefined {
  const memoryMb = need.memoryMb === 'all' ? whole.memoryMb : need.memoryMb;
  if (need.cpus > node.cpus || memoryMb > node.memoryMb) return undefined;
  const gpus = chooseGpus(node, need);
  return gpus && { node: node.name, cpus: need.cpus, memoryMb, gpus, tasks: need.tasks };
}

function chooseGpus(node: NodeFree, need: NodeNeed): readonly number[] | undefined {
  if (need.gpuIds) {
    const free = new Set(node.gpus.map((gpu) => gpu.index));
    return need.gpuIds.every((index) => free.has(index)) ? need.gpuIds : undefined;
  }
  const chosen: number[] = [];
  // Typed wishes first, so that an untyped one does not take their cards.
  const wishes = [...need.gpus].sort((a, b) => Number(a.type === undefined) - Number(b.type === undefined));
  for (const wish of wishes) {
    const fitting = node.gpus.filter(
      (gpu) => !chosen.includes(gpu.index) && (wish.type === undefined || wish.type === gpu.type),
    );
    if (fitting.length < wish.count) return undefined;
    chosen.push(...fitting.slice(0, wish.count).map((gpu) => gpu.index));
  }
  return chosen.sort((a, b) => a - b);
}

function wholeNode(node: Node, without: ReadonlySet<number>): NodeFree {
  const { name, cpus, memoryMb, gpus } = node.record;
  return { name, cpus, memoryMb, gpus: gpus.filter((gpu) => !without.has(gpu.index)) };
}
