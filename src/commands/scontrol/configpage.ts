import { configOf, idsAfter } from '../../model/cluster.ts';
import { backfillSecondsDefault, type ClusterConfig } from '../../model/config.ts';
import { formatTimestamp } from '../../model/duration.ts';
import { limits } from '../../model/limits.ts';
import { nodeNamesOf } from '../../model/partition.ts';
import type { Settings } from '../../model/settings.ts';
import { slurmVersion } from '../../model/version.ts';
import { topology } from '../../services/topology.ts';
import type { ClusterView } from '../../services/view.ts';

/** What a cluster goes by beside its state. */
export interface ConfigFacts {
  readonly settings: Settings;
  readonly settingsFile: string;
  readonly spool: string;
  /** Whose the cluster is, and whose daemons run it: `alice(2001)`. */
  readonly owner: string;
  /** The short name of this machine, which stands for the controller that there is none of. */
  readonly host: string;
}

/**
 * The lines of `scontrol show config` in Slurm's form: the keys of Slurm that mean something here, with what
 * they are here, and no others.
 */
export function configPage(facts: ConfigFacts, view: ClusterView): readonly string[] {
  const { settings, settingsFile, spool, owner, host } = facts;
  const seconds = (count: number): string => `${count} sec`;
  const config = configOf(view.cluster);
  const licenses = Object.entries(config.licenses ?? {}).map(([name, count]) => `${name}:${count}`);
  const rows: readonly (readonly [string, string | number])[] = [
    ['AccountingStorageEnforce', 'none'],
    ['AccountingStorageType', 'accounting_storage/mgpu'],
    ['AllowSpecResourcesUsage', 'No'],
    ['BurstBufferType', '(null)'],
    ['CliFilterPlugins', '(null)'],
    ['ClusterName', view.clusterName],
    defaultMemory(config.defMemPerCpuMb, config.defMemPerNodeMb),
    ['EnforcePartLimits', 'NO'],
    ['FirstJobId', config.firstJobId ?? 1],
    ['GresTypes', 'gpu'],
    ['InactiveLimit', seconds(0)],
    // What daemons do by themselves, and how often they look.
    ['JobAcctGatherFrequency', limits.sampleSeconds],
    ['JobAcctGatherType', 'jobacct_gather/linux'],
    ['JobFileAppend', 0],
    ['JobRequeue', 1],
    ['JobSubmitPlugins', '(null)'],
    ['KillOnBadExit', 0],
    ['KillWait', seconds(config.killWaitSeconds ?? settings.killWaitSeconds)],
    ['LaunchParameters', '(null)'],
    ['Licenses', licenses.join(',') || '(null)'],
    ['MailProg', config.mailProgram ?? '(null)'],
    ['MaxArraySize', config.maxArraySize ?? limits.arraySizeMax],
    ['MaxJobCount', limits.jobsInState],
    ['MaxJobId', limits.jobIdMax],
    ['MaxMemPerNode', 'UNLIMITED'],
    ['MaxNodeCount', nodeNamesOf(view.cluster).length],
    ['MCSPlugin', 'mcs/none'],
    ['MinJobAge', seconds(config.minJobAgeSeconds ?? settings.minJobAgeSeconds)],
    ['NEXT_JOB_ID', idsAfter(view.cluster) + 1],
    ['OverTimeLimit', '0 min'],
    ['PreemptMode', 'OFF'],
    ['PreemptType', 'preempt/none'],
    ['PriorityType', 'priority/basic'],
    ['PrologFlags', '(null)'],
    ['ProctrackType', 'proctrack/linuxproc'],
    ['PropagateResourceLimits', 'ALL'],
    ['PropagateResourceLimitsExcept', '(null)'],
    ['SchedulerParameters', schedulerParameters(config)],
    ['SchedulerType', 'sched/backfill'],
    ['SelectType', 'select/cons_tres'],
    ['SelectTypeParameters', 'CR_CORE_MEMORY'],
    ['SlurmUser', owner],
    ['SlurmctldHost[0]', host],
    // Nothing listens: a directory is the cluster.
    ['SlurmctldPort', 0],
    ['SlurmdPort', 0],
    ['SlurmdUser', owner],
    ['SlurmdTimeout', seconds(config.nodeTimeoutSeconds ?? settings.nodeTimeoutSeconds)],
    ['SLURM_CONF', settingsFile],
    ['SLURM_VERSION', slurmVersion],
    ['StateSaveLocation', spool],
    ['SwitchType', 'switch/none'],
    ['TaskPlugin', 'task/none'],
    ['TmpFS', '/tmp'],
    ['TopologyPlugin', topology(view).length > 0 ? 'topology/tree' : 'topology/none'],
    ['TrackWCKey', 'No'],
  ];
  return [
    `Configuration data as of ${formatTimestamp(view.now, view.utcOffsetMinutes)}`,
    ...rows.map(([key, value]) => `${key.padEnd(keyWidth)} = ${value}`),
    '',
    `Slurmctld(primary) at ${host} is UP`,
  ];
}

const keyWidth = 23;

/** Slurm's keys, and our own for the policy. */
function schedulerParameters(config: ClusterConfig): string {
  const { backfillSeconds = backfillSecondsDefault, maxSwitchWaitSeconds, policy } = config;
  return [
    `bf_interval=${backfillSeconds}`,
    ...(maxSwitchWaitSeconds === undefined ? [] : [`max_switch_wait=${maxSwitchWaitSeconds}`]),
    ...(policy === undefined ? [] : [`mgpu_policy=${policy}`]),
  ].join(',');
}

/** One key, by how it was said. */
function defaultMemory(
  perCpu: number | undefined,
  perNode: number | undefined,
): readonly [string, string | number] {
  return perCpu === undefined ? ['DefMemPerNode', perNode ?? 'UNLIMITED'] : ['DefMemPerCPU', perCpu];
}
