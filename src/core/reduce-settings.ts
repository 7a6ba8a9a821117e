import type { Cluster } from '../model/cluster.ts';
import type { EventOf } from '../model/event.ts';
import { declaredPartitions } from '../model/partition.ts';

/* What administrators and the settings say of the cluster as a whole. */

/**
 * What was set by hand ends with the next reading of the settings, as in Slurm. Of nodes that never came and
 * are not declared any more nothing is remembered.
 */
export function configured(cluster: Cluster, event: EventOf<'clusterConfigured'>): Cluster {
  const declared = new Set(event.config.nodes.map(({ name }) => name));
  const absentNodes = new Map([...cluster.absentNodes].filter(([name]) => declared.has(name)));
  return {
    ...cluster,
    config: event.config,
    partitionStates: new Map(),
    partitionConfigs: new Map(),
    partitionsDeleted: new Set(),
    absentNodes,
  };
}

export function partitionUpdated(cluster: Cluster, event: EventOf<'partitionUpdated'>): Cluster {
  const { partition, state, config } = event;
  const partitionsDeleted = new Set([...cluster.partitionsDeleted].filter((name) => name !== partition));
  return {
    ...cluster,
    ...(config !== undefined && { partitionsDeleted }),
    ...(state !== undefined && { partitionStates: new Map(cluster.partitionStates).set(partition, state) }),
    ...(config !== undefined && {
      partitionConfigs: new Map(cluster.partitionConfigs).set(partition, config),
    }),
  };
}

/** One of the settings is there again when they are read anew, or when one of its name is made. */
export function partitionDeleted(cluster: Cluster, { partition }: EventOf<'partitionDeleted'>): Cluster {
  const partitionStates = new Map(cluster.partitionStates);
  const partitionConfigs = new Map(cluster.partitionConfigs);
  partitionStates.delete(partition);
  partitionConfigs.delete(partition);
  const isDeclared = declaredPartitions(cluster).some(({ name }) => name === partition);
  const partitionsDeleted = isDeclared
    ? new Set(cluster.partitionsDeleted).add(partition)
    : cluster.partitionsDeleted;
  return { ...cluster, partitionStates, partitionConfigs, partitionsDeleted };
}

export function nodeUpdated(cluster: Cluster, event: EventOf<'nodeUpdated'>): Cluster {
  const node = cluster.nodes.get(event.node);
  if (node === undefined) {
    return { ...cluster, absentNodes: new Map(cluster.absentNodes).set(event.node, event.admin) };
  }
  return { ...cluster, nodes: new Map(cluster.nodes).set(event.node, { ...node, admin: event.admin }) };
}

export function reservationSet(cluster: Cluster, event: EventOf<'reservationSet'>): Cluster {
  const reservations = new Map(cluster.reservations).set(event.reservation.name, event.reservation);
  return { ...cluster, reservations };
}

export function reservationDeleted(cluster: Cluster, event: EventOf<'reservationDeleted'>): Cluster {
  const reservations = new Map(cluster.reservations);
  reservations.delete(event.reservation);
  return { ...cluster, reservations };
}
