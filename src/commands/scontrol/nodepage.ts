import { printable } from '../../base/text.ts';
import { formatTimestamp } from '../../model/duration.ts';
import type { NodeRecord } from '../../model/node.ts';
import { partitionsOf } from '../../model/partition.ts';
import type { ClusterView } from '../../services/view.ts';
import { orNull } from '../../tables/fields/jobvalues.ts';
import { addressOf, featuresText, gresText, gresUsedText } from '../../tables/fields/nodegroup.ts';
import {
  downReason,
  downUser,
  nodeState,
  stateWithFlags,
  type UsedNode,
} from '../../tables/fields/nodestate.ts';
import { formatTres, type Tres, tallyOf } from '../../tables/fields/tres.ts';

/**
 * The lines of `scontrol show node`, with Slurm's keys in Slurm's order (captures 'tables: scontrol show')
 * and ours behind them. Some lines end in a blank, as Slurm's do.
 */
export function nodePage(used: UsedNode, view: ClusterView, hasDetails: boolean): readonly string[] {
  const { node, use } = used;
  const { record } = node;
  const partitions = partitionsOf(view.cluster).filter(({ nodes }) => nodes.includes(record.name));
  const state = stateWithFlags(nodeState(used));
  const time = (seconds: number): string => formatTimestamp(seconds, view.utcOffsetMinutes);
  const lines = [
    `NodeName=${record.name} Arch=${record.architecture} CoresPerSocket=${record.coresPerSocket} `,
    `CPUAlloc=${use.cpus} CPUEfctv=${record.cpus} CPUTot=${record.cpus} CPULoad=N/A`,
    `AvailableFeatures=${featuresText(node)}`,
    `ActiveFeatures=${featuresText(node)}`,
    `Gres=${gresText(node)}`,
    ...(hasDetails ? ['GresDrain=N/A', `GresUsed=${gresUsedText(used)}`] : []),
    `NodeAddr=${addressOf(node)} NodeHostName=${record.hostName} Version=${record.version}`,
    `OS=${record.osRelease} `,
    `RealMemory=${record.memoryMb} AllocMem=${use.memoryMb} FreeMem=N/A Sockets=${record.sockets} Boards=1`,
    `State=${state} ThreadsPerCore=${record.threadsPerCore} TmpDisk=0 Weight=1 Owner=N/A MCS_label=N/A`,
    `Partitions=${partitions.map(({ name }) => name).join(',')} `,
    `BootTime=None SlurmdStartTime=${time(node.registered)}`,
    'LastBusyTime=Unknown',
    `CfgTRES=${formatTres(configured(record))}`,
    `AllocTRES=${formatTres(allocated(used))}`,
    'CapWatts=n/a',
    'CurrentWatts=0 AveWatts=0',
    'ExtSensorsJoules=n/s ExtSensorsWatts=0 ExtSensorsTemp=n/s',
    ...reasonLines(used, time),
    ...ownLines(used),
  ];
  return lines.map(printable);
}

function configured({ cpus, memoryMb, gpus }: NodeRecord): Tres {
  const indices = gpus.map((gpu) => gpu.index);
  return { cpus, memoryMb, nodes: 0, billing: cpus, gpus: tallyOf(indices, gpus) };
}

function allocated({ node, use }: UsedNode): Tres {
  const { cpus, memoryMb, gpus } = use;
  return { cpus, memoryMb, nodes: 0, billing: 0, gpus: tallyOf([...gpus.keys()], node.record.gpus) };
}

function reasonLines({ node }: UsedNode, time: (seconds: number) => string): readonly string[] {
  const reason = downReason(node);
  return reason === undefined ? [] : [`Reason=${reason} [${downUser}@${time(node.since)}]`];
}

/** Which machine it is, and the GPUs that may not be claimed. */
function ownLines({ node }: UsedNode): readonly string[] {
  const { addresses, bootId, gpus } = node.record;
  const devices = gpus.map(({ index, uuid }) => `${index}${uuid === undefined ? '' : `(${uuid})`}`);
  return [
    `MgpuAddrs=${orNull(addresses.join(','))}`,
    `MgpuBootId=${bootId}`,
    `MgpuGpus=${orNull(devices.join(','))}`,
    ...node.gpuTroubles.map(({ index, kind, reason }) => `MgpuGpuTrouble=${index}:${kind}:${reason}`),
  ];
}
