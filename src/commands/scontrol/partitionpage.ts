import { formatHostlist } from '../../model/hostlist.ts';
import type { PartitionInfo } from '../../model/partition.ts';
import { formatTimeLimit } from '../../model/timelimit.ts';
import type { ClusterView } from '../../services/view.ts';
import { formatTres, type Tres, tallyOf } from '../../tables/fields/tres.ts';

/** The lines of `scontrol show partition`, as Slurm orders its keys (capture 'tab.scontrol.partition'). */
export function partitionPage(partition: PartitionInfo, { cluster }: ClusterView): readonly string[] {
  const { name, isDefault, nodes, state } = partition;
  const tres = tresOf(partition, cluster);
  const limit = formatTimeLimit(partition.timeLimit, 'scontrol');
  const totals = `TotalCPUs=${tres.cpus} TotalNodes=${nodes.length}`;
  return [
    `PartitionName=${name}`,
    'AllowGroups=ALL AllowAccounts=ALL AllowQos=ALL',
    `AllocNodes=ALL Default=${isDefault ? 'YES' : 'NO'} QoS=N/A`,
    'DefaultTime=NONE DisableRootJobs=NO ExclusiveUser=NO GraceTime=0 Hidden=NO',
    `MaxNodes=UNLIMITED MaxTime=${limit} MinNodes=0 LLN=NO MaxCPUsPerNode=UNLIMITED`,
    `Nodes=${nodes.length === 0 ? '(null)' : formatHostlist(nodes)}`,
    'PriorityJobFactor=1 PriorityTier=1 RootOnly=NO ReqResv=NO OverSubscribe=NO',
    'OverTimeLimit=NONE PreemptMode=OFF',
    `State=${state.toUpperCase()} ${totals} SelectTypeParameters=NONE`,
    'JobDefaults=(null)',
    'DefMemPerNode=UNLIMITED MaxMemPerNode=UNLIMITED',
    `TRES=${nodes.length === 0 ? '(null)' : formatTres(tres)}`,
  ];
}

function tresOf({ nodes }: PartitionInfo, cluster: ClusterView['cluster']): Tres {
  const records = nodes.flatMap((name) => cluster.nodes.get(name)?.record ?? []);
  const sum = (of: (record: (typeof records)[number]) => number): number =>
    records.reduce((total, record) => total + of(record), 0);
  const gpus = records.flatMap((record) => record.gpus);
  const cpus = sum((record) => record.cpus);
  // By type alone: the same device number stands for one device on each node.
  const numbered = gpus.map((gpu, index) => ({ ...gpu, index }));
  return {
    cpus,
    memoryMb: sum((record) => record.memoryMb),
    nodes: nodes.length,
    billing: cpus,
    gpus: tallyOf([...numbered.keys()], numbered),
  };
}
