import type { Cluster } from '../model/cluster.ts';
import type { JobId, Seconds } from '../model/ids.ts';
import type { Reason } from '../model/states.ts';

/** The cluster as of this moment, with what waits in the inbox applied: what a query shows. */
export interface ClusterView {
  readonly cluster: Cluster;
  /** What the cluster is called. */
  readonly clusterName: string;
  /** Why each waiting job waits. */
  readonly reasons: ReadonlyMap<JobId, Reason>;
  readonly now: Seconds;
  /** Minutes east of UTC, for printing times. */
  readonly utcOffsetMinutes: number;
}
