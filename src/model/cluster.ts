import { IdMap } from '../base/idmap.ts';
import { type ClusterConfig, emptyConfig, type PartitionConfig, type PartitionState } from './config.ts';
import type { JobId, NodeName } from './ids.ts';
import type { Job } from './job.ts';
import type { Node, NodeAdmin } from './node.ts';
import type { Ranges } from './ranges.ts';
import type { Reservation } from './reservation.ts';

/** The whole state: what replaying the log gives. It is a value; changing it makes a new one. */
export interface Cluster {
  /** The number of the last commit in it. */
  readonly seq: number;
  /** Which format the log has come to: what older programs would not understand is written from there on. */
  readonly format: number;
  readonly nodes: ReadonlyMap<NodeName, Node>;
  /** Waiting, running and lately ended jobs. Older ones are in accounting. */
  readonly jobs: IdMap<Job>;
  /** Requests that are done but whose inbox file may still be seen. */
  readonly handled: ReadonlySet<string>;
  /** The ids of jobs that left the state: never used again. */
  readonly closed: Ranges;
  /** The number of the last accounting segment that the state knows of; 0 is none. */
  readonly segment: number;
  /** What `cluster.yaml` says, as a daemon last took it in; undefined before the first did. */
  readonly config: ClusterConfig | undefined;
  /** Where an administrator said another state than the settings. */
  readonly partitionStates: ReadonlyMap<string, PartitionState>;
  /**
   * All that holds of the partitions of which an administrator said something else than the settings, and of
   * those that he made.
   */
  readonly partitionConfigs: ReadonlyMap<string, PartitionConfig>;
  /** Those of the settings that an administrator took away. */
  readonly partitionsDeleted: ReadonlySet<string>;
  readonly reservations: ReadonlyMap<string, Reservation>;
  /** What an administrator said of nodes that are declared and never registered. */
  readonly absentNodes: ReadonlyMap<NodeName, NodeAdmin>;
}

/** The settings that hold: those that were taken in, or none. */
export function configOf(cluster: Cluster): ClusterConfig {
  return cluster.config ?? emptyConfig;
}

export const emptyCluster: Cluster = {
  seq: 0,
  format: 1,
  nodes: new Map(),
  jobs: IdMap.empty,
  handled: new Set(),
  closed: [],
  segment: 0,
  config: undefined,
  partitionStates: new Map(),
  partitionConfigs: new Map(),
  partitionsDeleted: new Set(),
  reservations: new Map(),
  absentNodes: new Map(),
};

/** The largest id that the state has seen. */
export function lastJobId(cluster: Cluster): JobId {
  return Math.max(cluster.closed.at(-1)?.[1] ?? 0, cluster.jobs.lastKey());
}

/** New ids are larger: the largest that was seen, or what comes before the first of the settings. */
export function idsAfter(cluster: Cluster): JobId {
  return Math.max(lastJobId(cluster), (configOf(cluster).firstJobId ?? 1) - 1);
}
