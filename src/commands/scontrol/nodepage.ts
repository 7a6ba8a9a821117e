import { printable } from '../../base/text.ts';
import { formatTimestamp } from '../../model/duration.ts';
import { weightOf } from '../../model/node.ts';
import { slurmVersion } from '../../model/version.ts';
import { orNull } from '../../tables/fields/jobvalues.ts';
import {
  activeFeaturesText,
  addressOf,
  featuresText,
  gresText,
  gresUsedText,
} from '../../tables/fields/nodegroup.ts';
import { downReason, nodeState, stateWithFlags, type UsedNode } from '../../tables/fields/nodestate.ts';
import { nodeTresText } from '../../tables/fields/nodetres.ts';

/** What a node's page shows beside the node. */
export interface NodePageOptions {
  readonly partitions: readonly string[];
  /** When something last ran there; undefined where nobody knows. */
  readonly lastBusy: number | undefined;
  readonly utcOffsetMinutes: number;
  readonly hasDetails: boolean;
}

/**
 * The lines of `scontrol show node`, with Slurm's keys in Slurm's order (captures 'tables: scontrol show');
 * with details ours behind them. Some lines end in a blank, as Slurm's do.
 */
export function nodePage(used: UsedNode, options: NodePageOptions): readonly string[] {
  const { node, use, load, isAbsent = false } = used;
  const { record } = node;
  const { partitions, hasDetails } = options;
  const time = (seconds: number | undefined): string => formatTimestamp(seconds, options.utcOffsetMinutes);
  const bootTime = record.bootTime === undefined ? 'None' : time(record.bootTime);
  const started = isAbsent ? 'None' : time(node.registered);
  const cpuLoad = load === undefined ? 'N/A' : (load.cpuLoad / 100).toFixed(2);
  const port = record.port === undefined ? '' : ` Port=${record.port}`;
  const version = isAbsent ? '' : ` Version=${slurmVersion}`;
  const arch = record.architecture === '' ? '' : `Arch=${record.architecture} `;
  const freeMemory = load?.freeMemoryMb ?? 'N/A';
  const memory = `RealMemory=${record.memoryMb} AllocMem=${use.memoryMb} FreeMem=${freeMemory}`;
  const state = `State=${stateWithFlags(nodeState(used))} ThreadsPerCore=${record.threadsPerCore}`;
  const { comment, extra } = node.admin ?? {};
  const lines = [
    `NodeName=${record.name} ${arch}CoresPerSocket=${record.coresPerSocket} `,
    `CPUAlloc=${use.cpus} CPUEfctv=${record.cpus} CPUTot=${record.cpus} CPULoad=${cpuLoad}`,
    `AvailableFeatures=${featuresText(node)}`,
    `ActiveFeatures=${activeFeaturesText(node)}`,
    `Gres=${gresText(node)}`,
    ...(hasDetails ? ['GresDrain=N/A', `GresUsed=${gresUsedText(used)}`] : []),
    `NodeAddr=${addressOf(node)} NodeHostName=${record.hostName}${port}${version}`,
    ...(record.osRelease === '' ? [] : [`OS=${record.osRelease} `]),
    `${memory} Sockets=${record.sockets} Boards=${record.boards ?? 1}`,
    `${state} TmpDisk=${record.tmpMb ?? 0} Weight=${weightOf(node)} Owner=N/A MCS_label=N/A`,
    ...(partitions.length === 0 ? [] : [`Partitions=${partitions.join(',')} `]),
    `BootTime=${bootTime} SlurmdStartTime=${started}`,
    `LastBusyTime=${time(options.lastBusy)}`,
    `CfgTRES=${nodeTresText(used, 'configured')}`,
    `AllocTRES=${nodeTresText(used, 'allocated')}`,
    'CapWatts=n/a',
    'CurrentWatts=0 AveWatts=0',
    'ExtSensorsJoules=n/s ExtSensorsWatts=0 ExtSensorsTemp=n/s',
    ...reasonLines(used, time),
    ...(comment === undefined ? [] : [`Comment=${comment}`]),
    ...(extra === undefined ? [] : [`Extra=${extra}`]),
    ...(hasDetails && !isAbsent ? ownLines(used) : []),
  ];
  return lines.map(printable);
}

function reasonLines(used: UsedNode, time: (seconds: number | undefined) => string): readonly string[] {
  const reason = downReason(used);
  return reason === undefined ? [] : [`Reason=${reason.text} [${reason.user}@${time(reason.time)}]`];
}

/** Which machine it is, and the GPUs that may not be claimed. */
function ownLines({ node, load }: UsedNode): readonly string[] {
  const { addresses, bootId, gpus, version } = node.record;
  const devices = gpus.map(({ index, uuid }) => `${index}${uuid === undefined ? '' : `(${uuid})`}`);
  return [
    `MgpuVersion=${version}`,
    `MgpuAddrs=${orNull(addresses.join(','))}`,
    `MgpuBootId=${bootId}`,
    `MgpuGpus=${orNull(devices.join(','))}`,
    ...(load?.rings === undefined ? [] : [`MgpuDoorbell=${load.rings} MgpuDoorbellLooks=${load.looks ?? 0}`]),
    ...node.gpuTroubles.map(({ index, kind, reason }) => `MgpuGpuTrouble=${index}:${kind}:${reason}`),
  ];
}
