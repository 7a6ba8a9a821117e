import type { NodeName } from '../model/ids.ts';
import type { NodeShare } from '../model/job.ts';
import { limits } from '../model/limits.ts';
import type { GpuNeed, JobSpec } from '../model/spec.ts';
import type { NodeFree } from './free.ts';
import type { NodeWhole } from './wholes.ts';

/** What of a job comes to one node. */
export interface Part {
  readonly tasks: number;
  /** Of each need that counts for the job as a whole, how many GPUs; in the order of `jobGpuNeeds`. */
  readonly jobGpus: readonly number[];
}

/** The needs of GPUs that are counted for the job as a whole. */
export function jobGpuNeeds(spec: JobSpec): readonly GpuNeed[] {
  return spec.gpus.filter((need) => need.per === 'job');
}

/** True if the job gets its nodes with nobody else on them. */
function isExclusive(spec: JobSpec): boolean {
  return spec.exclusive === 'node';
}

/**
 * How many nodes a job would like: the end of its range where it said one, so that -N1-4 is up to four nodes.
 */
export function nodeCountWanted(spec: JobSpec): number {
  const isSaid = spec.nodes.max < limits.nodesPerJob;
  const least = nodeCountMin(spec);
  if (spec.spreadJob) return isSaid ? spec.nodes.max : Math.max(least, spec.ntasks);
  return isSaid && !spec.useMinNodes ? Math.max(least, spec.nodes.max) : least;
}

/** Slurm's --ntasks-per-node is a limit here; it asks for at least so many nodes. */
export function nodeCountMin(spec: JobSpec): number {
  const byTasks = spec.ntasksPerNode === undefined ? 1 : Math.ceil(spec.ntasks / spec.ntasksPerNode);
  return Math.max(spec.nodes.min, spec.nodelist?.length ?? 0, byTasks);
}

/** Whether a node is of the kind that the job asks for, whatever is free on it. */
export function isOfKind(spec: JobSpec, whole: NodeWhole): boolean {
  return (
    !spec.exclude?.includes(whole.name) &&
    whole.cpus >= (spec.minCpusPerNode ?? 0) &&
    whole.tmpMb >= (spec.tmpPerNodeMb ?? 0) &&
    whole.sockets >= (spec.socketsPerNode ?? 0) &&
    whole.coresPerSocket >= (spec.coresPerSocket ?? 0) &&
    whole.threadsPerCore >= (spec.threadsPerCore ?? 0)
  );
}

/** The share that a part takes of a node; undefined when it does not fit. */
export function shareOf(spec: JobSpec, node: NodeFree, part: Part): NodeShare | undefined {
  if (part.tasks > tasksBound(spec, node.whole) || !mayEnter(spec, node)) return undefined;
  const gpus = isExclusive(spec) ? allGpus(spec, node, part) : chooseGpus(spec, node, part);
  if (gpus === undefined) return undefined;
  if (spec.ntasksPerGpu !== undefined && gpus.length > 0 && part.tasks > gpus.length * spec.ntasksPerGpu)
    return undefined;
  const { cpus: all, threadsPerCore } = node.whole;
  const cores = coresOf(spec, node.whole, part, gpus.length);
  const cpus = isExclusive(spec) ? all : cores * threadsPerCore;
  // Threads that the job leaves unused have no memory.
  const counted = isExclusive(spec) ? all : cores * threadsUsed(spec, node.whole);
  const memoryMb = memoryOf(spec, node.whole, counted, gpus.length);
  if (cpus > node.cpus || cores * threadsPerCore > cpus || memoryMb > node.memoryMb) return undefined;
  return { node: node.name, cpus, memoryMb, gpus, tasks: part.tasks };
}

/** How many CPUs of the node a job could have at most, which memory for each of them may bound. */
export function cpusWithin(spec: JobSpec, node: NodeFree): number {
  const perCpu = spec.memoryPerCpuMb;
  if (perCpu === undefined || perCpu === 0 || isExclusive(spec)) return node.cpus;
  const { threadsPerCore } = node.whole;
  const byMemory = Math.floor(node.memoryMb / perCpu / threadsPerCore) * threadsPerCore;
  return Math.min(node.cpus, byMemory);
}

/** More tasks than that the job may not have on the node, however much is free. */
export function tasksBound(spec: JobSpec, whole: NodeWhole): number {
  const perSocket = spec.ntasksPerSocket === undefined ? undefined : spec.ntasksPerSocket * whole.sockets;
  const cpus = spec.overcommit ? Number.POSITIVE_INFINITY : whole.cpus;
  return Math.min(spec.ntasksPerNode ?? cpus, perSocket ?? cpus, cpus);
}

/** How many CPUs tasks on one node take; with --overcommit they share those of one. */
export function cpusOfTasks(spec: JobSpec, tasks: number): number {
  return (spec.overcommit ? Math.min(1, tasks) : tasks) * spec.cpusPerTask;
}

/** Cores are given out whole. */
function coresOf(spec: JobSpec, whole: NodeWhole, part: Part, gpuCount: number): number {
  const { threadsPerCore } = whole;
  const used = threadsUsed(spec, whole);
  const byTasks = cpusOfTasks(spec, part.tasks);
  const wanted = Math.max(byTasks, gpuCount * (spec.cpusPerGpu ?? 0));
  return Math.max(
    Math.ceil(wanted / used),
    Math.ceil(part.tasks / (spec.ntasksPerCore ?? part.tasks)),
    Math.ceil((spec.minCpusPerNode ?? 1) / threadsPerCore),
  );
}

/** How many threads of a core count for the job. */
function threadsUsed(spec: JobSpec, { threadsPerCore }: NodeWhole): number {
  if (spec.hint === 'nomultithread' || spec.hint === 'compute_bound') return 1;
  return Math.max(1, Math.min(threadsPerCore, spec.threadsPerCore ?? threadsPerCore));
}

function memoryOf(spec: JobSpec, whole: NodeWhole, cpus: number, gpuCount: number): number {
  const { memoryPerNodeMb, memoryPerCpuMb, memoryPerGpuMb } = spec;
  if (memoryPerNodeMb === 0 || memoryPerCpuMb === 0) return whole.memoryMb;
  if (memoryPerNodeMb !== undefined) return memoryPerNodeMb;
  if (memoryPerCpuMb !== undefined) return memoryPerCpuMb * cpus;
  return (memoryPerGpuMb ?? 0) * gpuCount;
}

/** Who shares with nobody, or with nobody but the same user, keeps others out and is kept out by them. */
function mayEnter(spec: JobSpec, { tenants }: NodeFree): boolean {
  if (tenants.size === 0) return true;
  if (isExclusive(spec)) return false;
  if (spec.exclusive === 'user') return tenants.size === 1 && tenants.has(spec.uid);
  for (const [uid, { alone }] of tenants) if (alone > 0 && uid !== spec.uid) return false;
  return true;
}

interface Wish {
  readonly type?: string;
  readonly count: number;
}

/** What GPUs a part asks for on the node. */
function wishesOf(spec: JobSpec, whole: NodeWhole, part: Part): readonly Wish[] {
  let index = 0;
  return spec.gpus.flatMap(({ type, count, per }) => {
    const counts = {
      job: 0,
      node: count,
      socket: count * socketsUsed(spec, whole, part),
      task: count * part.tasks,
    };
    if (per === 'job') {
      counts.job = part.jobGpus[index] ?? 0;
      index += 1;
    }
    const wanted = counts[per];
    return wanted === 0 ? [] : [{ count: wanted, ...(type !== undefined && { type }) }];
  });
}

function socketsUsed(spec: JobSpec, whole: NodeWhole, part: Part): number {
  const perSocket = Math.max(1, whole.coresPerSocket * whole.threadsPerCore);
  return Math.min(whole.sockets, Math.ceil(cpusOfTasks(spec, part.tasks) / perSocket));
}

function allGpus(spec: JobSpec, node: NodeFree, part: Part): readonly number[] | undefined {
  const chosen = chooseGpus(spec, node, part);
  return chosen && node.gpus.map(({ index }) => index);
}

/** The GPUs that a job asks for by their indices on a node; undefined where it names none there. */
function namedGpus({ gpuIds, nodeGpuIds }: JobSpec, name: NodeName): readonly number[] | undefined {
  return gpuIds ?? nodeGpuIds?.find(({ node }) => node === name)?.gpus;
}

function chooseGpus(spec: JobSpec, node: NodeFree, part: Part): readonly number[] | undefined {
  const named = namedGpus(spec, node.name);
  if (named !== undefined) {
    const free = new Set(node.gpus.map((gpu) => gpu.index));
    return named.every((index) => free.has(index)) ? named : undefined;
  }
  if (spec.nodeGpuIds !== undefined) return undefined;
  if (spec.gpus.length === 0) return [];
  const chosen: number[] = [];
  // Typed wishes first, so that an untyped one does not take their cards.
  const wishes = [...wishesOf(spec, node.whole, part)].sort(
    (a, b) => Number(a.type === undefined) - Number(b.type === undefined),
  );
  for (const wish of wishes) {
    const fitting = node.gpus.filter(
      (gpu) => !chosen.includes(gpu.index) && (wish.type === undefined || wish.type === gpu.type),
    );
    if (fitting.length < wish.count) return undefined;
    chosen.push(...fitting.slice(0, wish.count).map((gpu) => gpu.index));
  }
  return chosen.sort((a, b) => a - b);
}
