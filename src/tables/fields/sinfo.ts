import { formatTimestamp } from '../../model/duration.ts';
import { compareHostnames, formatHostlist } from '../../model/hostlist.ts';
import type { Seconds } from '../../model/ids.ts';
import type { Node } from '../../model/node.ts';
import type { PartitionInfo } from '../../model/partition.ts';
import { formatTimeLimit } from '../../model/timelimit.ts';
import type { Colour, FieldRow } from '../format.ts';
import { downReason, downUser, nodeState, stateWithFlags, stateWord, type UsedNode } from './nodestate.ts';
import { addTallies, formatGpuIndices, formatGpuTally } from './tres.ts';

/** Nodes of a partition that one line of sinfo stands for; none where a filter left none. */
export interface NodeGroup {
  readonly partition: PartitionInfo;
  readonly nodes: readonly UsedNode[];
  readonly utcOffsetMinutes: number;
}

/** A column of sinfo. Nodes and partitions for which `groupBy` differs are not put into one line. */
export interface NodeFieldRow extends FieldRow<NodeGroup> {
  readonly groupBy?: (node: UsedNode, partition: PartitionInfo) => string;
}

/** sinfo's formats for its own tables; the first column is as wide as its longest text. */
export const sinfoFormats = {
  standard: (width: number) => `%${width}P %.5a %.10l %.6D %.6t %N`,
  long: (width: number) => `%${width}P %.5a %.10l %.10s %.4r %.8h %.10g %.6D %.11T %N`,
  summary: (width: number) => `%${width}P %.5a %.10l %.16F %N`,
  node: (width: number, partitionWidth: number) => `%${width}N %.6D %.${partitionWidth}P %6t`,
  nodeLong: (width: number, partitionWidth: number) =>
    `%${width}N %.6D %.${partitionWidth}P %.11T %4c %.8z %.6m %.8d %.6w %.8f %20E`,
} as const;

/**
 * The columns of sinfo. Heads and the words for what is not set are Slurm's (captures 'tables: sinfo -o fields' and
 * '-O fields'), also for what a cluster of this kind does not have.
 */
export const sinfoFields: readonly NodeFieldRow[] = [
  same({ name: 'Available', letter: 'a', head: 'AVAIL' }, (_node, { state }) => state),
  same({ name: 'features_act', letter: 'b', head: 'ACTIVE_FEATURES' }, featuresText),
  { name: 'CPUs', letter: 'c', head: 'CPUS', get: least(({ cpus }) => cpus) },
  { name: 'Disk', letter: 'd', head: 'TMP_DISK', get: () => '0' },
  { name: 'FreeMem', letter: 'e', head: 'FREE_MEM', get: () => 'N/A' },
  same({ name: 'Features', letter: 'f', head: 'AVAIL_FEATURES' }, featuresText),
  { name: 'Groups', letter: 'g', head: 'GROUPS', get: () => 'all' },
  { name: 'OverSubscribe', letter: 'h', head: 'OVERSUBSCRIBE', get: () => 'NO' },
  same({ name: 'Time', letter: 'l', head: 'TIMELIMIT' }, (_node, partition) => limitText(partition)),
  { name: 'Memory', letter: 'm', head: 'MEMORY', get: least(({ memoryMb }) => memoryMb) },
  same({ name: 'NodeHost', letter: 'n', head: 'HOSTNAMES' }, ({ node }) => node.record.hostName),
  same({ name: 'NodeAddr', letter: 'o', head: 'NODE_ADDR' }, ({ node }) => addressOf(node)),
  { name: 'PriorityTier', letter: 'p', head: 'PRIO_TIER', get: () => '1' },
  { name: 'Root', letter: 'r', head: 'ROOT', get: () => 'no' },
  { name: 'Size', letter: 's', head: 'JOB_SIZE', get: () => '1-infinite' },
  stateField({ name: 'StateCompact', letter: 't', head: 'STATE' }, (used) => stateWord(nodeState(used), 'compact')),
  same({ name: 'User', letter: 'u', head: 'USER' }, downUserText, 'Unknown'),
  { name: 'Version', letter: 'v', head: 'VERSION', get: ({ nodes }) => nodes[0]?.node.record.version ?? 'N/A' },
  { name: 'Weight', letter: 'w', head: 'WEIGHT', get: () => '1' },
  { name: 'SocketCoreThread', letter: 'z', head: 'S:C:T', get: socketsCoresThreads },
  { name: 'NodeAI', letter: 'A', head: 'NODES(A/I)', get: (group) => tallyNodes(group).slice(0, 2).join('/') },
  { name: 'MaxCPUsPerNode', letter: 'B', head: 'MAX_CPUS_PER_NODE', get: () => 'UNLIMITED' },
  { name: 'CPUsState', letter: 'C', head: 'CPUS(A/I/O/T)', get: (group) => tallyCpus(group).join('/') },
  { name: 'Nodes', letter: 'D', head: 'NODES', get: ({ nodes }) => String(nodes.length) },
  same({ name: 'Reason', letter: 'E', head: 'REASON' }, ({ node }) => downReason(node) ?? 'none', 'none'),
  { name: 'NodeAIOT', letter: 'F', head: 'NODES(A/I/O/T)', get: (group) => tallyNodes(group).join('/') },
  same({ name: 'Gres', letter: 'G', head: 'GRES' }, ({ node }) => gresText(node)),
  { name: 'TimeStamp', letter: 'H', head: 'TIMESTAMP', get: downTimeText, groupBy: ({ node }) => String(downSince(node)) },
  { name: 'PriorityJobFactor', letter: 'I', head: 'PRIO_JOB_FACTOR', get: () => '1' },
  { name: 'DefaultTime', letter: 'L', head: 'DEFAULTTIME', get: () => 'n/a' },
  { name: 'PreemptMode', letter: 'M', head: 'PREEMPT_MODE', get: () => 'OFF' },
  { name: 'NodeList', letter: 'N', head: 'NODELIST', get: nodeList },
  { name: 'CPUsLoad', letter: 'O', head: 'CPU_LOAD', get: () => 'N/A' },
  same({ name: 'Partition', letter: 'P', head: 'PARTITION' }, (_node, partition) => partitionText(partition)),
  same({ name: 'PartitionName', letter: 'R', head: 'PARTITION' }, (_node, { name }) => name),
  { name: 'AllocNodes', letter: 'S', head: 'ALLOCNODES', get: () => 'all' },
  stateField({ name: 'StateLong', letter: 'T', head: 'STATE' }, (used) => stateWord(nodeState(used), 'long')),
  same({ name: 'UserLong', letter: 'U', head: 'USER' }, downUserText, 'Unknown'),
  { name: 'Cluster', letter: 'V', head: 'CLUSTER', get: () => 'N/A' },
  { name: 'Sockets', letter: 'X', head: 'SOCKETS', get: least(({ sockets }) => sockets) },
  { name: 'Cores', letter: 'Y', head: 'CORES', get: least(({ coresPerSocket }) => coresPerSocket) },
  { name: 'Threads', letter: 'Z', head: 'THREADS', get: least(({ threadsPerCore }) => threadsPerCore) },
  same({ name: 'AllocMem', head: 'ALLOCMEM' }, ({ use }) => String(use.memoryMb), '0'),
  { name: 'Comment', head: 'COMMENT', get: () => '(null)' },
  { name: 'Extra', head: 'EXTRA', get: () => '(null)' },
  same({ name: 'GresUsed', head: 'GRES_USED' }, gresUsedText),
  { name: 'Port', head: 'PORT', get: () => '0' },
  stateField({ name: 'StateComplete', head: 'STATECOMPLETE' }, (used) => stateWithFlags(nodeState(used)).toLowerCase()),
];

type Named = Pick<NodeFieldRow, 'name' | 'letter' | 'head'>;

/** A column whose text is the same for all nodes of a line; `absent` is the text of a line without nodes. */
function same(named: Named, textOf: (node: UsedNode, partition: PartitionInfo) => string, absent = '(null)'): NodeFieldRow {
  const get = ({ nodes, partition }: NodeGroup): string => {
    const [first] = nodes;
    // What depends on the partition alone has its text without a node too.
    return first === undefined && textOf.length > 1 ? textOf(nobody, partition) : first ? textOf(first, partition) : absent;
  };
  return { ...named, get, groupBy: textOf };
}
