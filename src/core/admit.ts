import type { Cluster } from '../model/cluster.ts';
import { limits } from '../model/limits.ts';
import type { Node } from '../model/node.ts';
import type { JobSpec } from '../model/spec.ts';
import { freeWhenEmpty } from './free.ts';
import { place } from './place.ts';

export interface Refusal {
  /** Slurm's sentence. */
  readonly message: string;
  /** What in particular cannot be had. */
  readonly detail: string;
}

/** The partition that every cluster has. */
export const defaultPartition = 'main';

/**
 * Why the cluster as it is can never run the job; undefined when it may. As Slurm does (captured:
 * errors.sbatch): too many GPUs, an unknown type, device or node, too much memory are refused; too many
 * tasks, CPUs or nodes wait. A cluster without nodes refuses nothing: its daemons may not have been started
 * yet. `stateBytes` is about what the state comes to when it is saved: it has to fit into a checkpoint.
 */
export function refusalOf(cluster: Cluster, spec: JobSpec, stateBytes = 0): Refusal | undefined {
  if (spec.partition !== defaultPartition) {
    return refuse('Invalid partition name specified', `the partitions of this cluster: ${defaultPartition}`);
  }
  if (cluster.jobs.size >= limits.jobsInState) {
    const detail = `the cluster holds ${cluster.jobs.size} jobs and takes in no more until some have ended`;
    return refuse('Slurm temporarily unable to accept job, sleeping and retrying', detail);
  }
  if (stateBytes >= limits.stateBytes) {
    const detail = `the jobs here come to ${stateBytes} bytes; no more are taken in until some have ended`;
    return refuse('Slurm temporarily unable to accept job, sleeping and retrying', detail);
  }
  const nodes = [...cluster.nodes.values()];
  if (nodes.length === 0) return undefined;
  const named = [...(spec.nodelist ?? []), ...(spec.exclude ?? [])];
  const unknown = named.find((name) => !cluster.nodes.has(name));
  if (unknown !== undefined)
    return refuse('Invalid node name specified', `no node ${unknown} has registered`);
  const eligible = nodes.filter((node) => isEligible(node, spec));
  const { gpuIds } = spec;
  if (gpuIds && !eligible.some((node) => hasDevices(node, gpuIds))) {
    return refuse(notAvailable, `no node has GPU ${gpuIds.join(',')}`);
  }
  // Asked alone, so that tasks and CPUs, which may wait for a larger node, do not count.
  const small = { ...spec, ntasks: 1, cpusPerTask: 1, nodes: { min: 1, max: Math.max(1, nodes.length) } };
  const whole = freeWhenEmpty(cluster);
  if (place(oneCpuTask(small, spec), whole, whole) === undefined) {
    return refuse(notAvailable, wantedText(spec, eligible));
  }
  return undefined;
}

const notAvailable = 'Requested node configuration is not available';

function refuse(reason: string, detail: string): Refusal {
  return { message: `Batch job submission failed: ${reason}`, detail };
}

function isEligible(node: Node, spec: JobSpec): boolean {
  const { name } = node.record;
  return !spec.exclude?.includes(name) && (spec.nodelist === undefined || spec.nodelist.includes(name));
}

function hasDevices(node: Node, gpuIds: readonly number[]): boolean {
  return gpuIds.every((index) => node.record.gpus.some((gpu) => gpu.index === index));
}

/** GPUs per task keep their number when the tasks are counted as one. */
function oneCpuTask(small: JobSpec, spec: JobSpec): JobSpec {
  const { ntasksPerNode: _ntasksPerNode, ...rest } = small;
  const gpus = spec.gpus.map((need) =>
    need.per === 'task' ? { ...need, per: 'job' as const, count: need.count * spec.ntasks } : need,
  );
  return { ...rest, gpus };
}

function wantedText(spec: JobSpec, eligible: readonly Node[]): string {
  const most = (pick: (node: Node) => number): number => Math.max(0, ...eligible.map(pick));
  const gpus = spec.gpus.map((need) => `${need.type ? `${need.type}:` : ''}${need.count} per ${need.per}`);
  const wanted: string[] = gpus.length > 0 ? [`GPUs ${gpus.join(', ')}`] : [];
  if (spec.memoryPerNodeMb) wanted.push(`${spec.memoryPerNodeMb} MiB per node`);
  const gpusMost = most((node) => node.record.gpus.length);
  const have = `${gpusMost} GPUs and ${most((node) => node.record.memoryMb)} MiB`;
  return `wanted ${wanted.join(' and ') || 'these nodes'}; a node that may be used has up to ${have}`;
}
