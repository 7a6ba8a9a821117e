import { MgpuError } from '../../base/error.ts';
import type { NodeCount } from '../../model/counts.ts';
import { formatGres, type GpuCount } from '../../model/gres.ts';
import { limits } from '../../model/limits.ts';
import type { GpuNeed } from '../../model/spec.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import { withinLimit } from './bounds.ts';
import { gpuCountsFault } from './gpucounts.ts';

/** Which GPUs a job takes, and what squeue and scontrol show of how they were asked for: `gres:gpu:2`. */
export interface GpuWish {
  readonly needs: readonly GpuNeed[];
  /** As asked, or as many as a total number and one for each node lead to. */
  readonly nodes: NodeCount;
  readonly tresPerJob?: string;
  readonly tresPerNode?: string;
  readonly tresPerSocket?: string;
  readonly tresPerTask?: string;
}

/** What GPUs follow from besides the options that name them. */
export interface GpuContext {
  readonly nodes: NodeCount;
  readonly ntasks: number;
}

/**
 * The GPUs that --gres, --gpus, --gpus-per-..., --gpu-ids and --ntasks-per-gpu ask for, each of which has its
 * own way to say how many. Two that say the same are taken as one; a total and a number for each node decide
 * how many nodes there are, a total and a number for each task how many tasks (see nodewish).
 */
export function gpuWish(values: SubmitValues, { nodes, ntasks }: GpuContext): GpuWish {
  const fault = gresComplaint(values) ?? gpuCountsFault(values, nodes);
  if (fault !== undefined) throw gresFault(fault);
  const perNode = perNodeCounts(values);
  const total = saidBy('gpus', values.gpus);
  const perSocket = saidBy('gpus-per-socket', values.gpusPerSocket);
  const perTask = saidBy('gpus-per-task', values.gpusPerTask);
  const texts = {
    ...textOf('tresPerJob', values.gpus),
    ...textOf('tresPerNode', perNode),
    ...textOf('tresPerSocket', values.gpusPerSocket),
    ...textOf('tresPerTask', values.gpusPerTask),
  };
  const wanted = [
    ...needs(perNode.filter(isSome), 'node'),
    ...needs(perSocket.filter(isSome), 'socket'),
    ...needs(perTask.filter(isSome), 'task'),
  ];
  if (wanted.length > 0) return { needs: wanted, nodes: nodesFor(perNode, total, nodes), ...texts };
  const asked = needs(total.filter(isSome), 'job');
  return { needs: asked.length > 0 ? asked : impliedByTasks(values, ntasks), nodes, ...texts };
}

/** Slurm's sentences about options that need or exclude each other, as observed. */
function gresComplaint(values: SubmitValues): string | undefined {
  const { gpus, gpusPerNode, gpusPerTask, gpusPerSocket, gres, gpuIds } = values;
  const isAnyAsked = (gpus ?? gpusPerNode ?? gpusPerTask ?? gpusPerSocket ?? gres ?? gpuIds) !== undefined;
  if (values.cpusPerGpu !== undefined && values.cpusPerTask !== undefined) {
    return '--cpus-per-gpu is mutually exclusive with --cpus-per-task';
  }
  const isTasksSaid = (values.ntasks ?? values.ntasksPerNode) !== undefined;
  if (gpusPerTask !== undefined && gpus === undefined && !isTasksSaid) {
    const what = '--gpus-per-task used without either --gpus or -n/--ntasks is not allowed.';
    return `Failed to validate job spec. ${what}`;
  }
  if (gpusPerSocket !== undefined && socketsOf(values) === undefined) {
    return '--gpus-per-socket option requires --sockets-per-node specification';
  }
  if (values.memPerGpuMb !== undefined && !isAnyAsked) {
    return `Requested mem_per_tres=gres:gpu:${values.memPerGpuMb} but did not request any GPU.`;
  }
  if (values.ntasksPerGpu !== undefined && !isAnyAsked && values.ntasks === undefined) {
    const what = '--ntasks-per-tres needs either a GRES GPU specification or a node/ntask specification';
    return `gres_job_state_validate: ${what}`;
  }
  if (gpus === undefined || gpusPerTask === undefined || values.ntasks === undefined) return undefined;
  if (sumOf(gpus) === sumOf(gpusPerTask) * values.ntasks) return undefined;
  const what = 'Based on --gpus and --gpus-per-task number of requested tasks differ from -n/--ntasks.';
  return `Failed to validate job spec. ${what}`;
}

function socketsOf({ socketsPerNode, geometry }: SubmitValues): number | undefined {
  return socketsPerNode ?? geometry?.sockets;
}

/** Where only tasks and how many of them share a GPU were said, the GPUs follow from that. */
function impliedByTasks(values: SubmitValues, ntasks: number): readonly GpuNeed[] {
  const { ntasksPerGpu, gpus, gpusPerNode, gres } = values;
  if (ntasksPerGpu === undefined || (gpus ?? gpusPerNode ?? gres) !== undefined) return [];
  return [{ count: Math.ceil(ntasks / ntasksPerGpu), per: 'job' }];
}

function textOf<K extends string>(key: K, counts: readonly GpuCount[] = []): { readonly [P in K]?: string } {
  if (counts.length === 0) return {};
  // The type of a computed key is lost.
  return { [key]: tresText(counts) } as { [P in K]: string };
}

/** So many GPUs, and which option said so. */
interface Said extends GpuCount {
  readonly option: string;
}

function saidBy(option: string, counts: readonly GpuCount[] = []): readonly Said[] {
  return merged(counts.map((count) => ({ ...count, option })));
}

function perNodeCounts(values: SubmitValues): readonly Said[] {
  const gres = values.gres?.map(({ name: _, ...count }): Said => ({ ...count, option: 'gres' })) ?? [];
  const plain = values.gpusPerNode?.map((count): Said => ({ ...count, option: 'gpus-per-node' })) ?? [];
  const both = merged([...gres, ...plain]);
  const { gpuIds } = values;
  if (gpuIds === undefined) return both;
  const foreign = gpuIds.find((index) => index >= limits.gpusPerNode);
  if (foreign !== undefined) throw contradiction(`--gpu-ids: no node has a GPU ${foreign}`);
  const ids: Said = { count: gpuIds.length, option: 'gpu-ids' };
  const [first, ...others] = both;
  if (first === undefined) return [ids];
  const sum = both.reduce((count, one) => count + one.count, 0);
  if (others.length > 0 || first.type !== undefined) {
    throw contradiction(`--gpu-ids names the GPUs, so --${first.option} may not say of which type they are`);
  }
  if (sum !== ids.count) throw disagree(ids, { ...first, count: sum });
  return both;
}

/** One count for each type; two options may only repeat each other. */
function merged(counts: readonly Said[]): readonly Said[] {
  const byType = new Map<string, Said>();
  for (const one of counts) {
    const before = byType.get(one.type ?? '');
    if (before === undefined) byType.set(one.type ?? '', one);
    else if (before.count !== one.count) throw disagree(before, one);
  }
  if (byType.has('') && byType.size > 1) {
    throw contradiction('Invalid GRES specification (with and without type identification)');
  }
  return [...byType.values()];
}

function isSome({ count }: Said): boolean {
  return count > 0;
}

function needs(counts: readonly Said[], per: GpuNeed['per']): readonly GpuNeed[] {
  const most = limits.gpusPerNode * limits.nodesPerJob;
  return counts.map(({ count, type, option }) => ({
    count: withinLimit(option, count, most),
    per,
    ...(type !== undefined && { type }),
  }));
}

/** How many nodes a total number of GPUs makes, so many on each. */
function nodesFor(perNode: readonly Said[], total: readonly Said[], nodes: NodeCount): NodeCount {
  const whole = sumOf(total);
  const each = sumOf(perNode);
  if (whole === 0 || each === 0) return nodes;
  const count = whole / each;
  const types = (counts: readonly Said[]): string =>
    counts
      .map(({ type }) => type ?? '')
      .sort()
      .join();
  const isSameType = types(total) === '' || types(total) === types(perNode);
  if (!isSameType || !Number.isInteger(count)) {
    const [first] = perNode;
    const asked = `--gpus asks for ${whole} GPUs in all and --${first?.option} for ${each} on each node`;
    throw contradiction(`${asked}: these do not agree`);
  }
  if (count < nodes.min || count > nodes.max) throw gresFault(nodesSentence(count, nodes));
  return { min: count, max: count };
}

function sumOf(counts: readonly GpuCount[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

/** Slurm's sentence, as observed. */
function nodesSentence(count: number, { min, max }: NodeCount): string {
  const what = `Based on --gpu and --gres=gpu/--gpus-per-node required nodes (${count})`;
  const bounds = `min_nodes (${min}) and max_nodes (${max}) boundaries`;
  return `Failed to validate job spec. ${what} doesn't fall between ${bounds}.`;
}

/** The indices are not in it: Slurm's squeue has no words for them. */
function tresText(counts: readonly GpuCount[]): string {
  return formatGres(
    counts.map(({ count, type, isCountImplied }) => ({
      name: 'gpu',
      count,
      ...(type !== undefined && { type }),
      ...(isCountImplied && { isCountImplied }),
    })),
    'gres:',
  );
}

function disagree(one: Said, other: Said): MgpuError {
  const said = ({ option, count }: Said): string => `--${option} asks for ${count}`;
  return contradiction(`${said(one)} GPUs and ${said(other)}: these do not agree`);
}

function contradiction(what: string): MgpuError {
  return new MgpuError('OPTIONS', what);
}

/** A contradiction about GPUs that Slurm knows too; it says a second sentence after it. */
function gresFault(what: string): MgpuError {
  return new MgpuError('GRES', what);
}
