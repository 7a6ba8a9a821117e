import { defaultAccountOf } from '../model/accounts.ts';
import { type Cluster, configOf } from '../model/cluster.ts';
import { defaultPartitionOf, type PartitionInfo, partitionNamed } from '../model/partition.ts';
import type { JobSpec } from '../model/spec.ts';
import { withCpusForMemory } from './memorylimits.ts';
import { wholesOf } from './wholes.ts';

/**
 * A job as it is submitted, with what the settings decide at that moment: where it goes when it names no
 * partition (an empty name), who is charged when it names no account, how long it may run, how much memory
 * each CPU has. As Slurm does, a priority that somebody sets who may not is passed over. `format` is that of
 * the spool: an older one goes without what only tells how something was asked for.
 */
export function completed(spec: JobSpec, cluster: Cluster, format: number = cluster.format): JobSpec {
  const partition = spec.partition === '' ? (defaultPartitionOf(cluster)?.name ?? '') : spec.partition;
  // Of several partitions the first one says what holds where the job says nothing.
  const first = partitionNamed(cluster, partition.split(',')[0] ?? '');
  const complete = {
    ...spec,
    partition,
    account: spec.account || (defaultAccountOf(configOf(cluster), spec.user) ?? ''),
    timeLimit: timeLimitOf(spec, first),
    ...leastTimeOf(spec),
    ...memoryOf(spec, cluster, first),
  };
  const adapted = { ...complete, ...moreCpus(complete, cluster, first) };
  const left: readonly Dropped[] = [
    ...(format < 3 ? remarks : []),
    ...(maySetPriority(cluster, spec) ? [] : ['priority' as const]),
  ];
  return left.length === 0 ? adapted : without(adapted, left);
}

/** Of a job's newer fields those that tell of options, not of the job. */
const remarks = ['memoryGiven', 'timeLimitGiven', 'tresPerJob', 'tresPerTask'] as const;

type Dropped = (typeof remarks)[number] | 'priority';

function without(spec: JobSpec, keys: readonly Dropped[]): JobSpec {
  const rest: { -readonly [K in keyof JobSpec]: JobSpec[K] } = { ...spec };
  for (const key of keys) delete rest[key];
  return rest;
}

function timeLimitOf({ timeLimit, timeLimitGiven }: JobSpec, first: PartitionInfo | undefined) {
  if (timeLimitGiven || timeLimit !== 'UNLIMITED') return timeLimit;
  return first?.config.defaultTime ?? first?.timeLimit ?? timeLimit;
}

/** Where only a deadline is said, a job may take what time is left until then. */
function leastTimeOf({ deadline, timeLimitGiven, timeMin }: JobSpec): Partial<JobSpec> {
  return deadline !== undefined && timeLimitGiven !== true && timeMin === undefined ? { timeMin: 1 } : {};
}

function maySetPriority(cluster: Cluster, { uid, user }: JobSpec): boolean {
  return uid === 0 || (configOf(cluster).admins?.includes(user) ?? false);
}

/** A partition may bound the memory of each CPU: then more memory is more CPUs. */
function moreCpus(spec: JobSpec, cluster: Cluster, first: PartitionInfo | undefined): Partial<JobSpec> {
  if (first?.config.maxMemPerCpuMb === undefined) return {};
  const wholes = wholesOf(cluster);
  const most = Math.max(0, ...first.nodes.map((name) => wholes.get(name)?.memoryMb ?? 0));
  return withCpusForMemory(spec, first.config, most);
}

type Memory = Pick<JobSpec, 'memoryPerCpuMb' | 'memoryPerNodeMb'>;

/** A partition's default counts before the cluster's, and that for a CPU before that for a node. */
function memoryOf(spec: JobSpec, cluster: Cluster, first: PartitionInfo | undefined): Memory {
  const { memoryPerNodeMb, memoryPerCpuMb, memoryPerGpuMb } = spec;
  if (memoryPerNodeMb !== undefined || memoryPerCpuMb !== undefined || memoryPerGpuMb !== undefined)
    return {};
  for (const { defMemPerCpuMb, defMemPerNodeMb } of [first?.config ?? {}, configOf(cluster)]) {
    if (defMemPerCpuMb !== undefined) return { memoryPerCpuMb: defMemPerCpuMb };
    if (defMemPerNodeMb !== undefined) return { memoryPerNodeMb: defMemPerNodeMb };
  }
  return {};
}
