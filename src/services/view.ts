import type { CpuIds } from '../core/cpuids.ts';
import type { Largest } from '../core/nodesneeded.ts';
import type { PlannedStart } from '../core/planned.ts';
import type { Cluster } from '../model/cluster.ts';
import type { JobId, NodeName, Seconds } from '../model/ids.ts';
import type { Job } from '../model/job.ts';
import type { Reason } from '../model/states.ts';

/** What is known of jobs by their ids. */
type Lookup<T> = Pick<ReadonlyMap<JobId, T>, 'get'>;

/** The cluster as of this moment, with what waits in the inbox applied: what a query shows. */
export interface ClusterView {
  readonly cluster: Cluster;
  /** What the cluster is called. */
  readonly clusterName: string;
  /** Why each waiting job waits; worked out as far down the queue as it is asked for. */
  readonly reasons: Lookup<Reason>;
  /** What Slurm prints in place of the reason where it has more to say. */
  readonly reasonTexts: Lookup<string>;
  /** When and where waiting jobs are expected to start; worked out when it is asked for. */
  readonly plannedStarts: () => ReadonlyMap<JobId, PlannedStart>;
  /** What a job waits for and how that stands, as %E prints it; empty when it waits for nothing. */
  readonly dependencyOf: (job: Job, task?: number) => string;
  /** The numbers of the CPUs that each job holds on a node. */
  readonly cpuIdsOn: (node: NodeName) => CpuIds;
  /** How many nodes a job that waits is to come to; undefined of one that does not. */
  readonly nodesNeeded: (job: Job) => number | undefined;
  /** What the largest node has of the partition that a job tries first; undefined where none is known. */
  readonly largestFor: (job: Job) => Largest | undefined;
  readonly now: Seconds;
  /** Names of the users who took nodes out of use, where somebody looked them up. */
  readonly userNames?: ReadonlyMap<number, string>;
  /** Minutes east of UTC, for printing times. */
  readonly utcOffsetMinutes: number;
}
