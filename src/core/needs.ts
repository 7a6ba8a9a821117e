import type { JobSpec } from '../model/spec.ts';

/** What a job needs of one node. */
export interface NodeNeed {
  readonly tasks: number;
  readonly cpus: number;
  /** MiB; 0 asks for nothing in particular, `all` for what the node has. */
  readonly memoryMb: number | 'all';
  readonly gpus: readonly { readonly type?: string; readonly count: number }[];
  readonly gpuIds?: readonly number[];
}

/**
 * How a job spreads over `nodeCount` nodes: tasks and job-wide GPUs in even parts, the first nodes taking the
 * rest.
 */
export function needsOf(spec: JobSpec, nodeCount: number): readonly NodeNeed[] {
  const tasks = share(Math.max(spec.ntasks, nodeCount), nodeCount);
  return tasks.map((count, index) => ({
    tasks: count,
    cpus: count * spec.cpusPerTask,
    memoryMb: spec.memoryPerNodeMb === 0 ? 'all' : (spec.memoryPerNodeMb ?? 0),
    gpus: spec.gpus.flatMap((need) => {
      const { type } = need;
      const perNode = {
        job: share(need.count, nodeCount)[index] ?? 0,
        node: need.count,
        // Of how many sockets of the node the job has a part, only the node can say.
        socket: need.count * (spec.socketsPerNode ?? 1),
        task: need.count * count,
      };
      const wanted = perNode[need.per];
      return wanted === 0 ? [] : [{ count: wanted, ...(type !== undefined && { type }) }];
    }),
    ...(spec.gpuIds && { gpuIds: spec.gpuIds }),
  }));
}

/** Slurm's --ntasks-per-node is a limit here; it asks for at least so many nodes. */
export function nodeCountMin(spec: JobSpec): number {
  const byTasks = spec.ntasksPerNode === undefined ? 1 : Math.ceil(spec.ntasks / spec.ntasksPerNode);
  return Math.max(spec.nodes.min, spec.nodelist?.length ?? 0, byTasks);
}

function share(total: number, parts: number): readonly number[] {
  const whole = Math.floor(total / parts);
  return Array.from({ length: parts }, (_, index) => whole + (index < total % parts ? 1 : 0));
}
