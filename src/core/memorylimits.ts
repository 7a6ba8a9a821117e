import type { PartitionConfig } from '../model/config.ts';
import { limits } from '../model/limits.ts';
import type { JobSpec } from '../model/spec.ts';

/*
 * What partitions allow a job of memory, as observed of Slurm 22.05.8: a limit for each CPU makes a job take
 * more CPUs where it asks for more memory, a limit for each node keeps it waiting.
 */

type Limits = Pick<PartitionConfig, 'maxMemPerCpuMb' | 'maxMemPerNodeMb'>;
type Asked = Partial<Pick<JobSpec, 'memoryPerCpuMb' | 'memoryPerNodeMb' | 'minCpusPerNode' | 'cpusPerTask'>>;

/**
 * The job with as many CPUs as its memory makes it take, where the partition bounds the memory of each.
 * `nodeMemoryMb` is the most that a node of the partition has: what `--mem=0` asks for.
 */
export function withCpusForMemory(
  spec: JobSpec,
  { maxMemPerCpuMb: most }: Limits,
  nodeMemoryMb: number,
): Asked {
  if (most === undefined || most === 0) return {};
  const { memoryPerCpuMb, memoryPerNodeMb, minCpusPerNode = 1, cpusPerTask } = spec;
  if (memoryPerCpuMb !== undefined && memoryPerCpuMb > most) {
    const times = Math.ceil(memoryPerCpuMb / most);
    const cpus = cpusPerTask * times;
    // Beyond what can be noted down the job waits, as one that asks for too much.
    if (cpus > limits.cpusPerNode) return {};
    return { memoryPerCpuMb: Math.ceil(memoryPerCpuMb / times), cpusPerTask: cpus };
  }
  if (memoryPerNodeMb === undefined) return {};
  const least = Math.ceil((memoryPerNodeMb || nodeMemoryMb) / most);
  return least > minCpusPerNode ? { minCpusPerNode: Math.min(least, limits.cpusPerNode) } : {};
}

/** Whether the job asks for more memory than the partition gives a job on a node. */
export function isBeyondMemory(spec: JobSpec, { maxMemPerCpuMb, maxMemPerNodeMb }: Limits): boolean {
  const { memoryPerCpuMb, memoryPerNodeMb, minCpusPerNode = 1, cpusPerTask, ntasksPerNode = 1 } = spec;
  const cpus = Math.max(minCpusPerNode, cpusPerTask * ntasksPerNode);
  if (maxMemPerCpuMb !== undefined && maxMemPerCpuMb > 0) {
    if (memoryPerCpuMb === 0 || (memoryPerCpuMb ?? 0) > maxMemPerCpuMb) return true;
    if ((memoryPerNodeMb ?? 0) > maxMemPerCpuMb * cpus) return true;
  }
  if (maxMemPerNodeMb === undefined || maxMemPerNodeMb === 0) return false;
  if (memoryPerNodeMb === 0 || memoryPerCpuMb === 0) return true;
  const wanted = memoryPerNodeMb ?? (memoryPerCpuMb ?? 0) * cpus;
  return Math.max(wanted, memoryOfGpus(spec)) > maxMemPerNodeMb;
}

/** What the GPUs that a node gives for certain bring along. */
function memoryOfGpus({ memoryPerGpuMb = 0, gpus }: JobSpec): number {
  const each = gpus.filter(({ per }) => per === 'node').reduce((sum, { count }) => sum + count, 0);
  return memoryPerGpuMb * Math.max(1, each);
}
