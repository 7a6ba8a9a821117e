import { IdMap } from '../base/idmap.ts';
import type { Cluster } from '../model/cluster.ts';
import type { Job, PendingJob } from '../model/job.ts';
import { priorityOf } from '../model/jobpriority.ts';
import { type PartitionInfo, partitionsOf } from '../model/partition.ts';

const selectPending = IdMap.selector((job: Job): job is PendingJob => job.state === 'PENDING');

/** Whether all pending jobs of a part have their priority by their id, and wait for the same partitions. */
interface Evenness {
  readonly isEven: boolean;
  readonly partition: string | undefined;
}

const evennessOf = IdMap.summary<Job, Evenness>({
  none: { isEven: true, partition: undefined },
  ofValues: (jobs) => {
    let partition: string | undefined;
    for (const job of jobs) {
      if (job.state !== 'PENDING') continue;
      const { spec } = job;
      if (!isById(job) || spec.partition !== (partition ?? spec.partition))
        return { isEven: false, partition };
      partition = spec.partition;
    }
    return { isEven: true, partition };
  },
  ofParts: (parts) => together(parts),
});

function isById({ spec, priority, arrayJobId, id }: PendingJob): boolean {
  const isOwn = arrayJobId === undefined || arrayJobId === id;
  return isOwn && priority === undefined && spec.priority === undefined && spec.nice === undefined;
}

function together(parts: readonly Evenness[]): Evenness {
  const named = parts.filter(({ partition }) => partition !== undefined);
  const partition = named[0]?.partition;
  const isEven = parts.every((one) => one.isEven) && named.every((one) => one.partition === partition);
  return { isEven, partition };
}

interface Known {
  readonly partitions: readonly PartitionInfo[];
  readonly order: readonly PendingJob[];
}
const known = new WeakMap<readonly PendingJob[], Known>();

/**
 * The jobs that wait in the order in which they are looked at: by the tier of their partition, by priority,
 * by id. In most queues that is the order of the ids, which costs nothing.
 */
export function pendingByPriority(cluster: Cluster): readonly PendingJob[] {
  const pending = selectPending(cluster.jobs);
  if (evennessOf(cluster.jobs).isEven) return pending;
  const before = known.get(pending);
  const partitions = partitionsOf(cluster);
  if (before !== undefined && before.partitions === partitions) return before.order;
  const tiers = new Map(partitions.map(({ name, config }) => [name, config.priorityTier ?? 1]));
  const tierOf = tierBy(tiers);
  const keyed = pending.map((job) => ({ job, tier: tierOf(job.spec.partition), priority: priorityOf(job) }));
  keyed.sort((a, b) => b.tier - a.tier || b.priority - a.priority || a.job.id - b.job.id);
  const order = keyed.map(({ job }) => job);
  known.set(pending, { partitions, order });
  return order;
}

/** Of several partitions the highest tier counts. */
function tierBy(tiers: ReadonlyMap<string, number>): (partition: string) => number {
  return (partition) => {
    const one = tiers.get(partition);
    if (one !== undefined) return one;
    return Math.max(0, ...partition.split(',').map((name) => tiers.get(name) ?? 0));
  };
}
