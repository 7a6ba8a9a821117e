import { weightOf } from '../../model/node.ts';
import { slurmVersion } from '../../model/version.ts';
import {
  activeFeaturesText,
  addressOf,
  countCpus,
  countNodes,
  defaultTimeText,
  downTimeText,
  downUserLongText,
  downUserText,
  featuresText,
  firstNameKey,
  gresText,
  gresUsedText,
  groupsText,
  jobSizeText,
  limitText,
  type NodeFieldRow,
  type NodeGroup,
  nodeNames,
  ofMeasure,
  ofNode,
  ofNumber,
  ofPartition,
  ofState,
  overSubscribeText,
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
  reasons: () => '%20E %9u %19H %N',
  reasonsLong: () => '%20E %12U %19H %6t %N',
} as const;

const numbers = ([name, letter, head]: readonly [string, string, string]) => ({ name, letter, head });
const limitKey = ({ partition: { timeLimit } }: NodeGroup): number =>
  timeLimit === 'UNLIMITED' ? Number.MAX_SAFE_INTEGER : timeLimit;

/**
 * The columns of sinfo. Heads and the words for what is not set are Slurm's (captures 'tables: sinfo -o
 * fields' and '-O fields'), also for what a cluster of this kind does not have.
 */
export const sinfoFields: readonly NodeFieldRow[] = [
  ofPartition({ name: 'Available', letter: 'a', head: 'AVAIL' }, ({ state }) => state),
  ofNode({ name: 'features_act', letter: 'b', head: 'ACTIVE_FEATURES' }, '(null)', ({ node }) =>
    activeFeaturesText(node),
  ),
  ofNumber(numbers(['CPUs', 'c', 'CPUS']), ({ node }) => node.record.cpus),
  ofNumber(numbers(['Disk', 'd', 'TMP_DISK']), ({ node }) => node.record.tmpMb ?? 0),
  ofMeasure(numbers(['FreeMem', 'e', 'FREE_MEM']), ({ load }) => load?.freeMemoryMb),
  ofNode({ name: 'Features', letter: 'f', head: 'AVAIL_FEATURES' }, '(null)', ({ node }) =>
    featuresText(node),
  ),
  ofPartition({ name: 'Groups', letter: 'g', head: 'GROUPS' }, groupsText),
  ofPartition({ name: 'OverSubscribe', letter: 'h', head: 'OVERSUBSCRIBE' }, overSubscribeText),
  { ...ofPartition({ name: 'Time', letter: 'l', head: 'TIMELIMIT' }, limitText), sortKey: limitKey },
  ofNumber(numbers(['Memory', 'm', 'MEMORY']), ({ node }) => node.record.memoryMb),
  ofNode({ name: 'NodeHost', letter: 'n', head: 'HOSTNAMES' }, '', ({ node }) => node.record.hostName),
  ofNode({ name: 'NodeAddr', letter: 'o', head: 'NODE_ADDR' }, '', ({ node }) => addressOf(node)),
  ofPartition({ name: 'PriorityTier', letter: 'p', head: 'PRIO_TIER' }, ({ config }) =>
    String(config.priorityTier ?? 1),
  ),
  ofPartition({ name: 'Root', letter: 'r', head: 'ROOT' }, ({ config }) =>
    config.isRootOnly === true ? 'yes' : 'no',
  ),
  ofPartition({ name: 'Size', letter: 's', head: 'JOB_SIZE' }, jobSizeText),
  ofState({ name: 'StateCompact', letter: 't', head: 'STATE' }, (used) =>
    stateWord(nodeState(used), 'compact'),
  ),
  ofNode({ name: 'User', letter: 'u', head: 'USER' }, 'Unknown', downUserText),
  ofNode({ name: 'Version', letter: 'v', head: 'VERSION' }, 'N/A', ({ isAbsent }) =>
    isAbsent === true ? 'N/A' : slurmVersion,
  ),
  ofNumber(numbers(['Weight', 'w', 'WEIGHT']), ({ node }) => weightOf(node)),
  { name: 'SocketCoreThread', letter: 'z', head: 'S:C:T', get: socketsCoresThreads },
  {
    name: 'NodeAI',
    letter: 'A',
    head: 'NODES(A/I)',
    get: (group) => countNodes(group).slice(0, 2).join('/'),
  },
  ofPartition({ name: 'MaxCPUsPerNode', letter: 'B', head: 'MAX_CPUS_PER_NODE' }, ({ config }) =>
    String(config.maxCpusPerNode ?? 'UNLIMITED'),
  ),
  { name: 'CPUsState', letter: 'C', head: 'CPUS(A/I/O/T)', get: (group) => countCpus(group).join('/') },
  {
    name: 'Nodes',
    letter: 'D',
    head: 'NODES',
    get: ({ nodes }) => String(nodes.length),
    sortKey: ({ nodes }) => nodes.length,
  },
  ofNode({ name: 'Reason', letter: 'E', head: 'REASON' }, 'none', (used) => downReason(used)?.text ?? 'none'),
  { name: 'NodeAIOT', letter: 'F', head: 'NODES(A/I/O/T)', get: (group) => countNodes(group).join('/') },
  ofNode({ name: 'Gres', letter: 'G', head: 'GRES' }, '(null)', ({ node }) => gresText(node)),
  {
    name: 'TimeStamp',
    letter: 'H',
    head: 'TIMESTAMP',
    get: downTimeText,
    sortKey: ({ nodes: [first] }) => (first && downReason(first)?.time) ?? 0,
    groupBy: (used) => String(downReason(used)?.time),
  },
  ofPartition({ name: 'PriorityJobFactor', letter: 'I', head: 'PRIO_JOB_FACTOR' }, ({ config }) =>
    String(config.priorityJobFactor ?? 1),
  ),
  ofPartition({ name: 'DefaultTime', letter: 'L', head: 'DEFAULTTIME' }, defaultTimeText),
  { name: 'PreemptMode', letter: 'M', head: 'PREEMPT_MODE', get: () => 'OFF' },
  { name: 'NodeList', letter: 'N', head: 'NODELIST', get: nodeNames, sortKey: firstNameKey },
  ofMeasure(
    numbers(['CPUsLoad', 'O', 'CPU_LOAD']),
    ({ load }) => load?.cpuLoad,
    (load) => (load / 100).toFixed(2),
  ),
  ofPartition({ name: 'Partition', letter: 'P', head: 'PARTITION' }, partitionText),
  ofPartition({ name: 'PartitionName', letter: 'R', head: 'PARTITION' }, ({ name }) => name),
  { name: 'AllocNodes', letter: 'S', head: 'ALLOCNODES', get: () => 'all' },
  ofState({ name: 'StateLong', letter: 'T', head: 'STATE' }, (used) => stateWord(nodeState(used), 'long')),
  ofNode({ name: 'UserLong', letter: 'U', head: 'USER' }, 'Unknown', downUserLongText),
  { name: 'Cluster', letter: 'V', head: 'CLUSTER', get: () => 'N/A' },
  ofNumber(numbers(['Sockets', 'X', 'SOCKETS']), ({ node }) => node.record.sockets),
  ofNumber(numbers(['Cores', 'Y', 'CORES']), ({ node }) => node.record.coresPerSocket),
  ofNumber(numbers(['Threads', 'Z', 'THREADS']), ({ node }) => node.record.threadsPerCore),
  ofNode({ name: 'AllocMem', head: 'ALLOCMEM' }, '0', ({ use }) => String(use.memoryMb)),
  ofNode({ name: 'Comment', head: 'COMMENT' }, '(null)', ({ node }) => node.admin?.comment ?? '(null)'),
  ofNode({ name: 'Extra', head: 'EXTRA' }, '(null)', ({ node }) => node.admin?.extra ?? '(null)'),
  ofNode({ name: 'GresUsed', head: 'GRES_USED' }, '(null)', gresUsedText),
  { name: 'Port', head: 'PORT', get: ({ nodes: [first] }) => String(first?.node.record.port ?? 0) },
  ofState({ name: 'StateComplete', head: 'STATECOMPLETE' }, (used) =>
    stateWithFlags(nodeState(used)).toLowerCase(),
  ),
];
