import { idsAfter } from '../../model/cluster.ts';
import { formatTimestamp } from '../../model/duration.ts';
import { limits } from '../../model/limits.ts';
import type { Settings } from '../../model/settings.ts';
import { slurmVersion } from '../../model/version.ts';
import type { ClusterView } from '../../services/view.ts';

/** What a cluster goes by. */
export interface ClusterConfig {
  readonly clusterName: string;
  readonly settings: Settings;
}

/**
 * The lines of `scontrol show config` in Slurm's form: the keys of Slurm that mean something here, with what
 * they are here, and no others.
 */
export function configPage({ clusterName, settings }: ClusterConfig, view: ClusterView): readonly string[] {
  const seconds = (count: number): string => `${count} sec`;
  const rows: readonly (readonly [string, string | number])[] = [
    ['AccountingStorageType', 'accounting_storage/mgpu'],
    ['ClusterName', clusterName],
    ['DefMemPerNode', 'UNLIMITED'],
    ['EnforcePartLimits', 'NO'],
    ['FirstJobId', 1],
    ['GresTypes', 'gpu'],
    ['JobFileAppend', 0],
    ['JobRequeue', 1],
    ['KillWait', seconds(settings.killWaitSeconds)],
    ['MaxArraySize', limits.arraySizeMax],
    ['MaxJobCount', limits.jobsInState],
    ['MaxJobId', limits.jobIdMax],
    ['MaxMemPerNode', 'UNLIMITED'],
    ['MinJobAge', seconds(settings.minJobAgeSeconds)],
    ['NEXT_JOB_ID', idsAfter(view.cluster) + 1],
    ['PreemptMode', 'OFF'],
    ['PreemptType', 'preempt/none'],
    ['PriorityType', 'priority/basic'],
    ['PropagateResourceLimits', 'NONE'],
    ['SchedulerType', 'sched/backfill'],
    ['SelectType', 'select/cons_tres'],
    ['SlurmdTimeout', seconds(settings.nodeTimeoutSeconds)],
    ['SLURM_VERSION', slurmVersion],
    ['TmpFS', '/tmp'],
  ];
  return [
    `Configuration data as of ${formatTimestamp(view.now, view.utcOffsetMinutes)}`,
    ...rows.map(([key, value]) => `${key.padEnd(keyWidth)} = ${value}`),
    '',
  ];
}

const keyWidth = 23;
