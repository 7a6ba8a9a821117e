import {
  addressOf,
  countCpus,
  countNodes,
  downSince,
  downTimeText,
  downUserText,
  featuresText,
  gresText,
  gresUsedText,
  least,
  limitText,
  type NodeFieldRow,
  nodeNames,
  ofNode,
  ofPartition,
  ofState,
  partitionText,
  socketsCoresThreads,
} from './nodegroup.ts';
import { downReason, nodeState, stateWithFlags, stateWord } from './nodestate.ts';

/**
 * sinfo's formats for its own tables. Names of nodes and partitions get the room that the longest of them
 * needs.
 */
export const sinfoFormats = {
  standard: (width: number) => `%${width}P %.5a %.10l %.6D %.6t %N`,
  long: (width: number) => `%${width}P %.5a %.10l %.10s %.4r %.8h %.10g %.6D %.11T %N`,
  summary: (width: number) => `%${width}P %.5a %.10l %.16F %N`,
  node: (width: number, nodeWidth: number) => `%${nodeWidth}N %.6D %.${width}P %6t`,
  nodeLong: (width: number, nodeWidth: number) =>
    `%${nodeWidth}N %.6D %.${width}P %.11T %4c %.8z %.6m %.8d %.6w %.8f %20E`,
} as const;

/**
 * The columns of sinfo. Heads and the words for what is not set are Slurm's (captures 'tables: sinfo -o
 * fields' and '-O fields'), also for what a cluster of this kind does not have.
 */
export const sinfoFields: readonly NodeFieldRow[] = [
  ofPartition({ name: 'Available', letter: 'a', head: 'AVAIL' }, ({ state }) => state),
  ofNode({ name: 'features_act', letter: 'b', head: 'ACTIVE_FEATURES' }, '(null)', ({ node }) =>
    featuresText(node),
  ),
  { name: 'CPUs', letter: 'c', head: 'CPUS', get: least(({ cpus }) => cpus) },
  { name: 'Disk', letter: 'd', head: 'TMP_DISK', get: () => '0' },
  { name: 'FreeMem', letter: 'e', head: 'FREE_MEM', get: () => 'N/A' },
  ofNode({ name: 'Features', letter: 'f', head: 'AVAIL_FEATURES' }, '(null)', ({ node }) =>
    featuresText(node),
  ),
  { name: 'Groups', letter: 'g', head: 'GROUPS', get: () => 'all' },
  { name: 'OverSubscribe', letter: 'h', head: 'OVERSUBSCRIBE', get: () => 'NO' },
  ofPartition({ name: 'Time', letter: 'l', head: 'TIMELIMIT' }, limitText),
  { name: 'Memory', letter: 'm', head: 'MEMORY', get: least(({ memoryMb }) => memoryMb) },
  ofNode({ name: 'NodeHost', letter: 'n', head: 'HOSTNAMES' }, '', ({ node }) => node.record.hostName),
  ofNode({ name: 'NodeAddr', letter: 'o', head: 'NODE_ADDR' }, '', ({ node }) => addressOf(node)),
  { name: 'PriorityTier', letter: 'p', head: 'PRIO_TIER', get: () => '1' },
  { name: 'Root', letter: 'r', head: 'ROOT', get: () => 'no' },
  { name: 'Size', letter: 's', head: 'JOB_SIZE', get: () => '1-infinite' },
  ofState({ name: 'StateCompact', letter: 't', head: 'STATE' }, (used) =>
    stateWord(nodeState(used), 'compact'),
  ),
  ofNode({ name: 'User', letter: 'u', head: 'USER' }, 'Unknown', downUserText),
  {
    name: 'Version',
    letter: 'v',
    head: 'VERSION',
    get: ({ nodes: [first] }) => first?.node.record.version ?? 'N/A',
  },
  { name: 'Weight', letter: 'w', head: 'WEIGHT', get: () => '1' },
  { name: 'SocketCoreThread', letter: 'z', head: 'S:C:T', get: socketsCoresThreads },
  {
    name: 'NodeAI',
    letter: 'A',
    head: 'NODES(A/I)',
    get: (group) => countNodes(group).slice(0, 2).join('/'),
  },
  { name: 'MaxCPUsPerNode', letter: 'B', head: 'MAX_CPUS_PER_NODE', get: () => 'UNLIMITED' },
  { name: 'CPUsState', letter: 'C', head: 'CPUS(A/I/O/T)', get: (group) => countCpus(group).join('/') },
  { name: 'Nodes', letter: 'D', head: 'NODES', get: ({ nodes }) => String(nodes.length) },
  ofNode({ name: 'Reason', letter: 'E', head: 'REASON' }, 'none', ({ node }) => downReason(node) ?? 'none'),
  { name: 'NodeAIOT', letter: 'F', head: 'NODES(A/I/O/T)', get: (group) => countNodes(group).join('/') },
  ofNode({ name: 'Gres', letter: 'G', head: 'GRES' }, '(null)', ({ node }) => gresText(node)),
  {
    name: 'TimeStamp',
    letter: 'H',
    head: 'TIMESTAMP',
    get: downTimeText,
    groupBy: (used) => String(downSince(used)),
  },
  { name: 'PriorityJobFactor', letter: 'I', head: 'PRIO_JOB_FACTOR', get: () => '1' },
  { name: 'DefaultTime', letter: 'L', head: 'DEFAULTTIME', get: () => 'n/a' },
  { name: 'PreemptMode', letter: 'M', head: 'PREEMPT_MODE', get: () => 'OFF' },
  { name: 'NodeList', letter: 'N', head: 'NODELIST', get: nodeNames },
  { name: 'CPUsLoad', letter: 'O', head: 'CPU_LOAD', get: () => 'N/A' },
  ofPartition({ name: 'Partition', letter: 'P', head: 'PARTITION' }, partitionText),
  ofPartition({ name: 'PartitionName', letter: 'R', head: 'PARTITION' }, ({ name }) => name),
  { name: 'AllocNodes', letter: 'S', head: 'ALLOCNODES', get: () => 'all' },
  ofState({ name: 'StateLong', letter: 'T', head: 'STATE' }, (used) => stateWord(nodeState(used), 'long')),
  ofNode({ name: 'UserLong', letter: 'U', head: 'USER' }, 'Unknown', downUserText),
  { name: 'Cluster', letter: 'V', head: 'CLUSTER', get: () => 'N/A' },
  { name: 'Sockets', letter: 'X', head: 'SOCKETS', get: least(({ sockets }) => sockets) },
  { name: 'Cores', letter: 'Y', head: 'CORES', get: least(({ coresPerSocket }) => coresPerSocket) },
  { name: 'Threads', letter: 'Z', head: 'THREADS', get: least(({ threadsPerCore }) => threadsPerCore) },
  ofNode({ name: 'AllocMem', head: 'ALLOCMEM' }, '0', ({ use }) => String(use.memoryMb)),
  { name: 'Comment', head: 'COMMENT', get: () => '(null)' },
  { name: 'Extra', head: 'EXTRA', get: () => '(null)' },
  ofNode({ name: 'GresUsed', head: 'GRES_USED' }, '(null)', gresUsedText),
  { name: 'Port', head: 'PORT', get: () => '0' },
  ofState({ name: 'StateComplete', head: 'STATECOMPLETE' }, (used) =>
    stateWithFlags(nodeState(used)).toLowerCase(),
  ),
];
