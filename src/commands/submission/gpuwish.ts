import { MgpuError } from '../../base/error.ts';
import type { NodeCount } from '../../model/counts.ts';
import { formatGres, type GpuCount } from '../../model/gres.ts';
import { limits } from '../../model/limits.ts';
import type { GpuNeed } from '../../model/spec.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import { withinLimit } from './bounds.ts';

/** Which GPUs a job takes. */
export interface GpuWish {
  readonly needs: readonly GpuNeed[];
  /** As asked, or as many as a total number and one for each node lead to. */
  readonly nodes: NodeCount;
  /** As squeue shows what each node is to give: `gres:gpu:2`. */
  readonly tresPerNode?: string;
}

/**
 * The GPUs that --gres, --gpus-per-node, --gpu-ids and --gpus ask for, each of which has its own way to say
 * how many. Two that say the same are taken as one; a total and a number for each node decide how many
 * nodes there are.
 */
export function gpuWish(values: SubmitValues, nodes: NodeCount): GpuWish {
  const perNode = perNodeCounts(values);
  const total = merged(values.gpus?.map((count) => ({ ...count, option: 'gpus' })) ?? []);
  const text = perNode.length === 0 ? {} : { tresPerNode: tresText(perNode) };
  const wanted = perNode.filter(isSome);
  if (wanted.length === 0) return { needs: needs(total.filter(isSome), 'job'), nodes, ...text };
  if (total.length === 0) return { needs: needs(wanted, 'node'), nodes, ...text };
  return { needs: needs(wanted, 'node'), nodes: nodesFor(wanted, total, nodes), ...text };
}

/** So many GPUs, and which option said so. */
interface Said extends GpuCount {
  readonly option: string;
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
  const sumOf = (counts: readonly Said[]): number => counts.reduce((sum, { count }) => sum + count, 0);
  const whole = sumOf(total);
  const each = sumOf(perNode);
  const count = whole / each;
  const [first] = perNode;
  const types = (counts: readonly Said[]): string =>
    counts
      .map(({ type }) => type ?? '')
      .sort()
      .join();
  const isSameType = types(total) === '' || types(total) === types(perNode);
  if (!isSameType || !Number.isInteger(count) || count < nodes.min || count > nodes.max) {
    const asked = `--gpus asks for ${whole} GPUs in all and --${first?.option} for ${each} on each node`;
    const isOpen = nodes.min === 1 && nodes.max === limits.nodesPerJob;
    const span = nodes.min === nodes.max ? `${nodes.min}` : `${nodes.min} to ${nodes.max}`;
    throw contradiction(`${asked}${isOpen ? '' : `, of which there are to be ${span}`}: these do not agree`);
  }
  return { min: count, max: count };
}

/** The indices are not in it: Slurm's squeue has no words for them. */
function tresText(counts: readonly Said[]): string {
  return formatGres(
    counts.map(({ count, type }) => ({ name: 'gpu', count, ...(type !== undefined && { type }) })),
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
