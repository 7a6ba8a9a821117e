import { MgpuError } from '../../base/error.ts';
import type { NodeCount } from '../../model/counts.ts';
import { limits } from '../../model/limits.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import { withinLimit } from './bounds.ts';

/** How many nodes and tasks a job takes. */
export interface NodeWish {
  readonly nodes: NodeCount;
  readonly ntasks: number;
}

/** Without -N a job may spread over any number of nodes; without -n each node has a task. */
export function nodeWish(values: SubmitValues): NodeWish {
  const { ntasks, ntasksPerNode = 1, nodelist = [] } = values;
  const asked = values.nodes ?? { min: Math.max(1, nodelist.length), max: limits.nodesPerJob };
  if (values.nodes !== undefined && nodelist.length > asked.max) {
    const what = 'Required nodelist includes more nodes than permitted by max-node count';
    throw new MgpuError('OPTIONS', `${what} (${nodelist.length} > ${asked.max})`);
  }
  const nodes = ntasks === undefined || values.nodes === undefined ? asked : atMost(asked, ntasks);
  const tasks = ntasks ?? Math.max(nodes.min, nodelist.length) * ntasksPerNode;
  return {
    nodes: {
      min: withinLimit('nodes', nodes.min, limits.nodesPerJob),
      max: Math.min(nodes.max, limits.nodesPerJob),
    },
    ntasks: withinLimit('ntasks', tasks, limits.tasksPerJob),
  };
}

/** Slurm's warning about more nodes than tasks, of which the rest are not taken. */
export function nodeWarning({ nodes, ntasks }: SubmitValues): string | undefined {
  if (nodes === undefined || ntasks === undefined || nodes.min <= ntasks) return undefined;
  return `Warning: can't run ${ntasks} processes on ${nodes.min} nodes, setting nnodes to ${ntasks}`;
}

function atMost({ min, max }: NodeCount, count: number): NodeCount {
  return { min: Math.min(min, count), max: Math.min(max, count) };
}
