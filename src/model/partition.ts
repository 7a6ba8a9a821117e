import type { Cluster } from './cluster.ts';
import { compareHostnames } from './hostlist.ts';
import type { NodeName } from './ids.ts';
import type { TimeLimit } from './timelimit.ts';

/** A set of nodes with limits. */
export interface PartitionInfo {
  readonly name: string;
  /** Jobs that name no partition go here; Slurm marks its name with `*`. */
  readonly isDefault: boolean;
  /** In the order in which sinfo lists them. */
  readonly nodes: readonly NodeName[];
  readonly state: 'up' | 'down' | 'drain' | 'inact';
  /** The longest limit that a job may have. */
  readonly timeLimit: TimeLimit;
}

/** The partitions of a cluster, in the order in which sinfo lists them. There is one, with every node. */
export function partitionsOf(cluster: Cluster): readonly PartitionInfo[] {
  const nodes = [...cluster.nodes.keys()].sort(compareHostnames);
  return [{ name: 'main', isDefault: true, nodes, state: 'up', timeLimit: 'UNLIMITED' }];
}
