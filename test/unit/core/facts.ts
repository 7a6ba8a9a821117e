import type { Cluster } from '../../../src/model/cluster.ts';
import type { ClusterConfig } from '../../../src/model/config.ts';
import { emptyConfig } from '../../../src/model/config.ts';
import type { ClusterEvent } from '../../../src/model/event.ts';
import { after, clusterOf, gpus, now, registered } from './world.ts';

/** The cluster of the captured facts (slurm-facts/README.md). */
export const factsConfig: ClusterConfig = {
  ...emptyConfig,
  defMemPerCpuMb: 1000,
  maxArraySize: 1001,
  licenses: { matlab: 2 },
  partitions: [
    {
      ...{ name: 'gpu', isDefault: true, nodes: ['gpu01', 'gpu02', 'gpu03'] },
      ...{ maxTime: 7 * 1440, defaultTime: 60 },
    },
    { name: 'cpu', nodes: ['cpu01'] },
    { name: 'debug', nodes: ['gpu03', 'cpu01'], maxTime: 10, maxNodes: 1, priorityTier: 10 },
    { name: 'closed', nodes: ['gpu03'], allowGroups: ['root'] },
    { name: 'off', nodes: ['cpu01'], state: 'down' },
  ],
};

export function configured(config: ClusterConfig): ClusterEvent {
  return { name: 'clusterConfigured', time: now, config };
}

export const formatRaised: ClusterEvent = { name: 'formatRaised', time: now, format: 3 };

export function factsCluster(...events: readonly ClusterEvent[]): Cluster {
  const cluster = clusterOf(
    formatRaised,
    registered('gpu01', { gpus: gpus(4), features: ['a100', 'nvlink'] }),
    registered('gpu02', { gpus: gpus(4), features: ['a100'] }),
    registered('gpu03', {
      ...{ cpus: 4, sockets: 1, memoryMb: 16_000, gpus: gpus(2, 'v100'), features: ['v100'] },
    }),
    registered('cpu01', { sockets: 1, threadsPerCore: 2, memoryMb: 16_000, features: ['cpu'] }),
    configured(factsConfig),
  );
  return after(cluster, ...events);
}
