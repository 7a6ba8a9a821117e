import { formatHostlist } from '../../model/hostlist.ts';
import type { PartitionInfo } from '../../model/partition.ts';
import { formatTimeLimit, type TimeLimit } from '../../model/timelimit.ts';
import { overSubscribeText } from '../../tables/fields/nodegroup.ts';
import type { UsedNode } from '../../tables/fields/nodestate.ts';
import { formatTres, type Tres, tallyOf } from '../../tables/fields/tres.ts';

type Nodes = ReadonlyMap<string, UsedNode>;

/** The lines of `scontrol show partition`, as Slurm orders its keys (capture 'tab.scontrol.partition'). */
export function partitionPage(partition: PartitionInfo, used: Nodes): readonly string[] {
  const { name, isDefault, nodes, timeLimit, config } = partition;
  const tres = tresOf(partition, used);
  const state = partition.state === 'inact' ? 'INACTIVE' : partition.state.toUpperCase();
  const totals = `TotalCPUs=${tres.cpus} TotalNodes=${nodes.length}`;
  const { minNodes = 0, maxNodes, maxCpusPerNode, priorityJobFactor = 1, priorityTier = 1 } = config;
  const limits = `MaxNodes=${orUnlimited(maxNodes)} MaxTime=${formatTimeLimit(timeLimit, 'scontrol')}`;
  const shared = overSubscribeText(partition);
  const forms = `RootOnly=${yesNo(config.isRootOnly)} ReqResv=NO OverSubscribe=${shared}`;
  const hidden = `Hidden=${yesNo(config.isHidden)}`;
  return [
    `PartitionName=${name}`,
    ['Groups', 'Accounts', 'Qos'].map((what) => allowed(partition, what)).join(' '),
    `AllocNodes=ALL Default=${yesNo(isDefault)} QoS=N/A`,
    `DefaultTime=${timeText(config.defaultTime)} DisableRootJobs=NO ExclusiveUser=NO GraceTime=0 ${hidden}`,
    `${limits} MinNodes=${minNodes} LLN=NO MaxCPUsPerNode=${orUnlimited(maxCpusPerNode)}`,
    `Nodes=${nodes.length === 0 ? '(null)' : formatHostlist(nodes)}`,
    `PriorityJobFactor=${priorityJobFactor} PriorityTier=${priorityTier} ${forms}`,
    'OverTimeLimit=NONE PreemptMode=OFF',
    `State=${state} ${totals} SelectTypeParameters=NONE`,
    'JobDefaults=(null)',
    `${memoryText('Def', partition)} ${memoryText('Max', partition)}`,
    `TRES=${nodes.length === 0 ? '(null)' : formatTres(tres)}`,
  ];
}

function yesNo(isSo: boolean | undefined): string {
  return isSo === true ? 'YES' : 'NO';
}

function orUnlimited(count: number | undefined): string {
  return count === undefined ? 'UNLIMITED' : String(count);
}

function timeText(limit: TimeLimit | undefined): string {
  return limit === undefined ? 'NONE' : formatTimeLimit(limit, 'scontrol');
}

/** Who may use it; a list of those who may not takes the place of one that allows all. */
function allowed({ config }: PartitionInfo, what: string): string {
  const { allowGroups, allowAccounts, denyAccounts, allowQos, denyQos } = config;
  if (what === 'Groups') return `AllowGroups=${allowGroups?.join(',') ?? 'ALL'}`;
  const [allow, deny] = what === 'Qos' ? [allowQos, denyQos] : [allowAccounts, denyAccounts];
  return allow === undefined && deny !== undefined
    ? `Deny${what}=${deny.join(',')}`
    : `Allow${what}=${allow?.join(',') ?? 'ALL'}`;
}

/** For each CPU where that is said, else for each node. */
function memoryText(what: 'Def' | 'Max', { config }: PartitionInfo): string {
  const { defMemPerCpuMb, defMemPerNodeMb, maxMemPerCpuMb, maxMemPerNodeMb } = config;
  const [perCpu, perNode] =
    what === 'Def' ? [defMemPerCpuMb, defMemPerNodeMb] : [maxMemPerCpuMb, maxMemPerNodeMb];
  return perCpu === undefined ? `${what}MemPerNode=${orUnlimited(perNode)}` : `${what}MemPerCPU=${perCpu}`;
}

function tresOf({ nodes }: PartitionInfo, used: Nodes): Tres {
  const records = nodes.flatMap((name) => used.get(name)?.node.record ?? []);
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
