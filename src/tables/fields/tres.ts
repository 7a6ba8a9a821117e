import { formatIndexList } from '../../model/indexlist.ts';
import type { Job, NodeShare } from '../../model/job.ts';
import { formatMemory } from '../../model/memory.ts';
import type { NodeGpu } from '../../model/node.ts';
import type { JobSpec } from '../../model/spec.ts';

/** How many GPUs of each type; a type that nobody said is the empty text. */
export type GpuTally = ReadonlyMap<string, number>;

/** The GPUs of a node with the type of each. */
export type GpusOfNode = (node: string) => readonly NodeGpu[] | undefined;

/** Trackable resources, in the order in which Slurm writes them. */
export interface Tres {
  readonly cpus: number;
  /** MiB; 0 is left out. */
  readonly memoryMb: number;
  /** 0 is left out, as for what a node has. */
  readonly nodes: number;
  /** What it costs; 0 is left out. Here every CPU costs 1. */
  readonly billing: number;
  readonly gpus: GpuTally;
}

/**
 * As scontrol's TRES= and squeue's tres-alloc print it:
 * `cpu=4,mem=4000M,node=2,billing=4,gres/gpu=8,gres/gpu:a100=8`.
 */
export function formatTres({ cpus, memoryMb, nodes, billing, gpus }: Tres): string {
  const total = sum(gpus.values());
  const typed = [...gpus].filter(([type, count]) => type !== '' && count > 0);
  const parts = [
    cpus > 0 ? `cpu=${cpus}` : '',
    memoryMb > 0 ? `mem=${formatMemory(memoryMb)}` : '',
    nodes > 0 ? `node=${nodes}` : '',
    billing > 0 ? `billing=${billing}` : '',
    total > 0 ? `gres/gpu=${total}` : '',
    ...typed.map(([type, count]) => `gres/gpu:${type}=${count}`),
  ];
  return parts.filter((part) => part !== '').join(',');
}

/**
 * What a job was given, or what it asks for while it has nothing. `nodeMemoryMb`: what all of a node's
 * memory is taken for.
 */
export function jobTres(job: Job, gpusOf: GpusOfNode, nodeMemoryMb?: () => number): Tres {
  const allocation = job.state === 'PENDING' ? undefined : job.allocation;
  if (allocation === undefined) return requestedTres(job.spec, nodeMemoryMb);
  const cpus = sum(allocation.map((share) => share.cpus));
  return {
    cpus,
    billing: cpus,
    memoryMb: sum(allocation.map((share) => share.memoryMb)),
    nodes: allocation.length,
    gpus: gpuTallyOf(allocation, gpusOf),
  };
}

/** The GPUs of some shares by type. */
export function gpuTallyOf(shares: readonly NodeShare[], gpusOf: GpusOfNode): GpuTally {
  return addTallies(shares.map((share) => tallyOf(share.gpus, gpusOf(share.node))));
}

/** What a job asks for. */
export function requestedTres(spec: JobSpec, nodeMemoryMb?: () => number): Tres {
  const nodes = spec.nodes.min;
  const cpus = requestedCpus(spec);
  const gpus = requestedGpus(spec);
  const memoryMb = wantsWholeMemory(spec)
    ? (nodeMemoryMb?.() ?? 0) * nodes
    : requestedMemory(spec, cpus, gpus);
  return { cpus, memoryMb, nodes, billing: cpus, gpus };
}

/** --mem=0 and --mem-per-cpu=0: all that each node has. */
function wantsWholeMemory({ memoryPerNodeMb, memoryPerCpuMb }: JobSpec): boolean {
  return memoryPerNodeMb === 0 || memoryPerCpuMb === 0;
}

function requestedMemory(spec: JobSpec, cpus: number, gpus: GpuTally): number {
  const { memoryPerNodeMb = 0, memoryPerCpuMb, memoryPerGpuMb } = spec;
  if (memoryPerCpuMb !== undefined) return memoryPerCpuMb * cpus;
  return memoryPerGpuMb === undefined
    ? memoryPerNodeMb * spec.nodes.min
    : memoryPerGpuMb * sum([...gpus.values()]);
}

export function requestedCpus(spec: JobSpec): number {
  return Math.max(spec.ntasks, spec.nodes.min) * spec.cpusPerTask;
}

function requestedGpus(spec: JobSpec): GpuTally {
  if (spec.gpuIds !== undefined && spec.gpus.length === 0)
    return new Map([['', spec.gpuIds.length * spec.nodes.min]]);
  const sockets = spec.nodes.min * (spec.socketsPerNode ?? 1);
  const times = { job: 1, node: spec.nodes.min, socket: sockets, task: spec.ntasks };
  return addTallies(spec.gpus.map(({ type = '', count, per }) => new Map([[type, count * times[per]]])));
}

/** The given devices of a node by type; a device that the node does not know any more has none. */
export function tallyOf(indices: readonly number[], gpus: readonly NodeGpu[] | undefined): GpuTally {
  return addTallies(indices.map((index) => new Map([[typeOf(index, gpus), 1]])));
}

function typeOf(index: number, gpus: readonly NodeGpu[] | undefined): string {
  return gpus?.find((gpu) => gpu.index === index)?.type ?? '';
}

/** The tallies in one; types keep the order in which they are first met. */
function addTallies(tallies: readonly GpuTally[]): GpuTally {
  const total = new Map<string, number>();
  for (const tally of tallies) {
    for (const [type, count] of tally) total.set(type, (total.get(type) ?? 0) + count);
  }
  return total;
}

/** As a node's Gres= and a job's JOB_GRES= print it: `gpu:a100:4,gpu:v100:2`. Empty for no GPUs. */
export function formatGpuTally(tally: GpuTally): string {
  return [...tally].map(([type, count]) => `gpu:${type === '' ? '' : `${type}:`}${count}`).join(',');
}

/** As GresUsed= and a node's line of `-d show job` print it: `gpu:a100:2(IDX:0-1)`. */
export function formatGpuIndices(indices: readonly number[], gpus: readonly NodeGpu[] | undefined): string {
  const types = [...new Set(indices.map((index) => typeOf(index, gpus)))];
  const texts = types.map((type) => {
    const own = indices.filter((index) => typeOf(index, gpus) === type);
    return `${formatGpuTally(new Map([[type, own.length]]))}(IDX:${formatIndexList(own)})`;
  });
  return texts.join(',');
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
