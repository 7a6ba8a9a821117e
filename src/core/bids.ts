import { type Cluster, configOf } from '../model/cluster.ts';
import type { Policy } from '../model/config.ts';
import type { NodeName } from '../model/ids.ts';
import { type PartitionInfo, partitionsOf } from '../model/partition.ts';
import type { JobSpec } from '../model/spec.ts';
import type { Reason } from '../model/states.ts';
import type { TimeLimit } from '../model/timelimit.ts';
import { isBeyondMemory } from './memorylimits.ts';

/** A partition in which a job may run, as the scheduler asks it. */
export interface Bid {
  readonly partition: PartitionInfo;
  readonly nodes: ReadonlySet<NodeName>;
  /** Which nodes are taken first; missing: as Slurm does. */
  readonly policy: Policy | undefined;
}

const known = new WeakMap<readonly PartitionInfo[], Map<string, readonly Bid[]>>();

/** The partitions that a job names, those of the highest tier first; names that are none are left out. */
export function bidsOf(cluster: Cluster, { partition: text }: JobSpec): readonly Bid[] {
  const partitions = partitionsOf(cluster);
  const bids = known.get(partitions) ?? new Map<string, readonly Bid[]>();
  known.set(partitions, bids);
  const before = bids.get(text);
  if (before !== undefined) return before;
  const { policy } = configOf(cluster);
  const made = text.split(',').flatMap((name): readonly Bid[] => {
    const partition = partitions.find((one) => one.name === name);
    return partition === undefined ? [] : [{ partition, nodes: new Set(partition.nodes), policy }];
  });
  const tier = ({ partition }: Bid): number => partition.config.priorityTier ?? 1;
  const sorted = made.sort((a, b) => tier(b) - tier(a));
  bids.set(text, sorted);
  return sorted;
}

/** Why a partition does not start the job, whatever is free in it; such a job is taken in and waits. */
export function partitionReason({ partition }: Bid, spec: JobSpec): Reason | undefined {
  const { config, state, timeLimit, nodes } = partition;
  if (state === 'down') return 'PartitionDown';
  if (state === 'inact') return 'PartitionInactive';
  const most = Math.min(config.maxNodes ?? Number.POSITIVE_INFINITY, Math.max(1, nodes.length));
  if (spec.nodes.min > most || spec.nodes.max < (config.minNodes ?? 0)) return 'PartitionNodeLimit';
  if (isLonger(spec.timeMin ?? spec.timeLimit, timeLimit)) return 'PartitionTimeLimit';
  return isBeyondMemory(spec, config) ? 'MaxMemPerLimit' : undefined;
}

function isLonger(limit: TimeLimit, max: TimeLimit): boolean {
  if (max === 'UNLIMITED') return false;
  return limit === 'UNLIMITED' || limit > max;
}
