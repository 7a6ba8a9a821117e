import type { NodeCount } from '../../model/counts.ts';
import type { GpuCount } from '../../model/gres.ts';
import type { SubmitValues } from '../../tables/options/values.ts';

/** How many GPUs each way to ask for them says; 0 where it is not used. */
interface Asked {
  readonly job: number;
  readonly node: number;
  readonly socket: number;
  readonly task: number;
}

const spec = 'Failed to validate job spec';
const perNode = '--gres=gpu/--gpus-per-node';

/**
 * Slurm's sentence about numbers of GPUs that do not fit each other, or the number of nodes, sockets and
 * tasks (observed). Numbers of several types are not compared.
 */
export function gpuCountsFault(values: SubmitValues, nodes: NodeCount): string | undefined {
  const asked = askedOf(values);
  return asked && (orderFault(asked) ?? multipleFault(asked, values) ?? nodesFault(asked, nodes));
}

function askedOf({ gpus, gres, gpusPerNode, gpusPerSocket, gpusPerTask }: SubmitValues): Asked | undefined {
  const lists: readonly (readonly GpuCount[])[] = [
    gpus ?? [],
    gres ?? gpusPerNode ?? [],
    gpusPerSocket ?? [],
    gpusPerTask ?? [],
  ];
  const types = new Set(lists.flat().map(({ type }) => type ?? ''));
  if (types.size !== 1 || lists.some((list) => list.length > 1)) return undefined;
  const [job = 0, node = 0, socket = 0, task = 0] = lists.map(([one]) => one?.count ?? 0);
  return { job, node, socket, task };
}

function orderFault({ job, node, socket, task }: Asked): string | undefined {
  if (job > 0 && Math.max(node, socket, task) > job) {
    return `Failed to ensure --gpus >= ${perNode} >= --gpus-per-socket`;
  }
  return node > 0 && Math.max(socket, task) > node ? 'Failed to ensure --gpus >= --gpus-per-task' : undefined;
}

function multipleFault({ job, node, socket, task }: Asked, values: SubmitValues): string | undefined {
  const isOdd = (whole: number, part: number): boolean => whole > 0 && part > 0 && whole % part > 0;
  if (isOdd(job, node)) return `${spec}, --gpus is not multiple of ${perNode}`;
  if (isOdd(node, socket)) return `${spec}, ${perNode} not multiple of --gpus-per-socket.`;
  const sockets = values.socketsPerNode ?? values.geometry?.sockets;
  if (node > 0 && socket > 0 && sockets !== undefined && sockets !== node / socket) {
    const what = `Based on ${perNode} and --gpus-per-socket required number of sockets`;
    return `${spec}. ${what} differ from --sockets-per-node.`;
  }
  if (isOdd(job, task)) return `${spec}, --gpus not multiple of --gpus-per-task`;
  if (isOdd(node, task)) return `${spec}, ${perNode} not multiple of --gpus-per-task.`;
  const { ntasksPerNode } = values;
  if (node > 0 && task > 0 && ntasksPerNode !== undefined && ntasksPerNode !== node / task) {
    const what = `Based on ${perNode} and --gpus-per-task requested number of tasks per node`;
    return `${spec}. ${what} differ from --ntasks-per-node.`;
  }
  return isOdd(socket, task) ? `${spec}, --gpus-per-socket not multiple of --gpus-per-task.` : undefined;
}

function nodesFault({ job }: Asked, { min }: NodeCount): string | undefined {
  return job > 0 && job < min ? `${spec}, --gpus < -N` : undefined;
}
