import { MgpuError } from '../../base/error.ts';
import type { NodeCount } from '../../model/counts.ts';
import type { GpuCount } from '../../model/gres.ts';
import { limits } from '../../model/limits.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import { withinLimit } from './bounds.ts';

/** How many nodes and tasks a job takes. */
export interface NodeWish {
  readonly nodes: NodeCount;
  readonly ntasks: number;
  /** True where options said how many tasks there are; a batch job sees SLURM_NTASKS only then. */
  readonly isNtasksGiven: boolean;
  readonly nodelist?: readonly string[];
}

/** Without -N a job may spread over any number of nodes; without -n each node has a task. */
export function nodeWish(values: SubmitValues): NodeWish {
  const { nodelist = [], ntasks } = values;
  const asked = values.nodes ?? { min: Math.max(1, nodelist.length), max: limits.nodesPerJob };
  if (nodelist.length > asked.max) {
    throw new MgpuError('OPTIONS', `invalid number of nodes (-N ${nodelist.length}-${asked.max})`);
  }
  const isCut = ntasks !== undefined && (values.nodes !== undefined || nodelist.length > ntasks);
  const nodes = isCut ? atMost(asked, ntasks) : asked;
  const given = tasksGiven(values, nodes);
  const count = given ?? Math.max(nodes.min, nodelist.length);
  return {
    nodes: {
      min: withinLimit('nodes', nodes.min, limits.nodesPerJob),
      max: Math.min(nodes.max, limits.nodesPerJob),
    },
    ntasks: withinLimit('ntasks', count, limits.tasksPerJob),
    isNtasksGiven: given !== undefined,
    ...(values.nodelist !== undefined && { nodelist: nodelist.slice(0, nodes.max) }),
  };
}

/** The number of tasks that options say, outright or by what a node, a GPU or a part of a node has. */
function tasksGiven(values: SubmitValues, nodes: NodeCount): number | undefined {
  const { ntasks, ntasksPerNode, ntasksPerGpu, geometry, gpus, gpusPerTask } = values;
  if (ntasks !== undefined) return ntasks;
  if (ntasksPerNode !== undefined) return Math.max(nodes.min, values.nodelist?.length ?? 0) * ntasksPerNode;
  const gpuCount = gpus === undefined ? gpusOfNodes(values, nodes) : sumOf(gpus);
  if (ntasksPerGpu !== undefined && gpuCount > 0) return gpuCount * ntasksPerGpu;
  const each = sumOf(gpusPerTask ?? []);
  if (gpus !== undefined && each > 0 && gpuCount > 0) return Math.max(1, Math.floor(gpuCount / each));
  if (geometry === undefined) return undefined;
  const { sockets = 1, cores = 1, threads = 1 } = geometry;
  return nodes.min * sockets * cores * threads;
}

function gpusOfNodes({ gpusPerNode, gres, gpuIds }: SubmitValues, nodes: NodeCount): number {
  const each = gpusPerNode ?? gres;
  return nodes.min * (each === undefined ? (gpuIds?.length ?? 0) : sumOf(each));
}

function sumOf(counts: readonly GpuCount[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

/** Slurm's warning about more nodes than tasks, of which the rest are not taken. */
export function nodeWarning({ nodes, ntasks, nodelist = [] }: SubmitValues): string | undefined {
  const min = Math.max(nodes?.min ?? 1, nodelist.length);
  if (ntasks === undefined || min <= ntasks) return undefined;
  return `Warning: can't run ${ntasks} processes on ${min} nodes, setting nnodes to ${ntasks}`;
}

function atMost({ min, max }: NodeCount, count: number): NodeCount {
  return { min: Math.min(min, count), max: Math.min(max, count) };
}
