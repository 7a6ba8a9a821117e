import { type Cluster, configOf } from '../model/cluster.ts';
import type { ClusterConfig, PartitionConfig } from '../model/config.ts';
import { formatOfSpec } from '../model/event.ts';
import type { JobSpec } from '../model/spec.ts';

/** What there is where `cluster.yaml` declares no partition. */
const undeclared: PartitionConfig = { name: 'main', isDefault: true };

/**
 * The specification with what its submitter left to the cluster: the partition, and of that partition the
 * time limit and the memory. A partition that does not exist stays as it is; who takes the job in says so.
 * `format` is that of the spool.
 */
export function completeSpec(cluster: Cluster, spec: JobSpec, format: number): JobSpec {
  const config = configOf(cluster);
  const partition = spec.partition === '' ? defaultPartitionOf(config) : spec.partition;
  const [first = ''] = partition.split(',');
  const declared = config.partitions.find(({ name }) => name === first);
  const limit = declared?.defaultTime ?? declared?.maxTime;
  const complete: JobSpec = {
    ...spec,
    partition,
    ...(spec.timeLimitGiven !== true && limit !== undefined && { timeLimit: limit }),
    ...(spec.memoryGiven !== true && defaultMemory(config, declared)),
  };
  return format < 3 ? withoutRemarks(complete) : complete;
}

function defaultPartitionOf({ partitions }: ClusterConfig): string {
  if (partitions.length === 0) return undeclared.name;
  return partitions.find(({ isDefault }) => isDefault)?.name ?? '';
}

function defaultMemory(config: ClusterConfig, partition: PartitionConfig | undefined): Partial<JobSpec> {
  for (const { defMemPerCpuMb, defMemPerNodeMb } of [partition ?? {}, config]) {
    if (defMemPerCpuMb !== undefined) return { memoryPerCpuMb: defMemPerCpuMb };
    if (defMemPerNodeMb !== undefined) return { memoryPerNodeMb: defMemPerNodeMb };
  }
  return {};
}

/** Of a job's newer fields those that only tell how it was asked for: a cluster of format 2 goes without. */
const remarks = ['memoryGiven', 'timeLimitGiven', 'tresPerJob', 'tresPerTask'] as const;

function withoutRemarks(spec: JobSpec): JobSpec {
  const rest: { -readonly [K in keyof JobSpec]: JobSpec[K] } = { ...spec };
  for (const key of remarks) delete rest[key];
  return rest;
}

/** Why a cluster of an older format cannot be given the job; undefined if it can. */
export function formatRefusal(spec: JobSpec, format: number): string | undefined {
  if (formatOfSpec(spec) <= format) return undefined;
  return `the job asks for what a cluster of format ${format} does not know: run mgpu upgrade first`;
}
