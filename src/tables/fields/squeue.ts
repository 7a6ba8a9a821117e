import { formatDuration } from '../../model/duration.ts';
import { formatHostlist } from '../../model/hostlist.ts';
import { shownState } from '../../model/job.ts';
import { formatMemory } from '../../model/memory.ts';
import { compactStates, type ShownState } from '../../model/states.ts';
import type { TimeLimit } from '../../model/timelimit.ts';
import type { Colour, FieldRow } from '../format.ts';
import {
  batchHost,
  flagText,
  type JobLine,
  jobCpus,
  jobCpusPerNode,
  jobNodes,
  licensesText,
  lineId,
  lineNodeCount,
  linePriority,
  lineRank,
  lineTasks,
  memoryText,
  nodesOrReason,
  orNull,
  overSubscribe,
  partitionOf,
  shownEnd,
  shownStart,
  starOr,
  timeText,
  timeUsed,
  tresPer,
} from './jobvalues.ts';
import { squeueLongFields } from './squeue-long.ts';

/** squeue's formats for its own tables. */
export const squeueFormats = {
  standard: '%.18i %.9P %.8j %.8u %.2t %.10M %.6D %R',
  long: '%.18i %.9P %.8j %.8u %.8T %.10M %.9l %.6D %R',
  start: '%.18i %.9P %.8j %.8u %.2t %.19S %.6D %20Y %R',
} as const;

const stateColours: Readonly<Partial<Record<ShownState, Colour>>> = {
  PENDING: 'yellow',
  RUNNING: 'green',
  SUSPENDED: 'yellow',
  COMPLETING: 'cyan',
  COMPLETED: 'gray',
  CANCELLED: 'gray',
  FAILED: 'red',
  TIMEOUT: 'red',
  NODE_FAIL: 'red',
  OUT_OF_MEMORY: 'red',
  BOOT_FAIL: 'red',
  DEADLINE: 'red',
};

function stateColour({ job }: JobLine): Colour | undefined {
  return stateColours[shownState(job)];
}

/**
 * The columns of squeue that have a letter. Heads and the words for what is not set are Slurm's (captures
 * 'tables: squeue -o fields' and '-O fields'), also for what a cluster of this kind does not have.
 */
const lettered = [
  { name: 'Account', letter: 'a', head: 'ACCOUNT', get: ({ job }) => orNull(job.spec.account) },
  {
    name: 'tres-per-node',
    letter: 'b',
    head: 'TRES_PER_NODE',
    get: ({ job }) => tresPer(job, 'node') ?? 'N/A',
  },
  {
    name: 'MinCpus',
    letter: 'c',
    head: 'MIN_CPUS',
    get: ({ job }) => String(jobCpusPerNode(job)),
    sortKey: ({ job }) => jobCpusPerNode(job),
  },
  {
    name: 'MinTmpDisk',
    letter: 'd',
    head: 'MIN_TMP_DISK',
    get: ({ job }) => formatMemory(job.spec.tmpPerNodeMb ?? 0),
    sortKey: ({ job }) => job.spec.tmpPerNodeMb ?? 0,
  },
  {
    name: 'EndTime',
    letter: 'e',
    head: 'END_TIME',
    get: endText,
    sortKey: (line) => shownEnd(line) ?? Number.MAX_SAFE_INTEGER,
  },
  { name: 'Feature', letter: 'f', head: 'FEATURES', get: ({ job }) => orNull(job.spec.constraint) },
  { name: 'GroupName', letter: 'g', head: 'GROUP', get: ({ job }) => job.spec.group },
  { name: 'OverSubscribe', letter: 'h', head: 'OVER_SUBSCRIBE', get: ({ job }) => overSubscribe(job) },
  { name: 'JobArrayID', letter: 'i', head: 'JOBID', get: lineId, sortKey: lineRank },
  { name: 'Name', letter: 'j', head: 'NAME', get: ({ job }) => job.spec.name },
  { name: 'Comment', letter: 'k', head: 'COMMENT', get: ({ job }) => orNull(job.spec.comment) },
  {
    name: 'TimeLimit',
    letter: 'l',
    head: 'TIME_LIMIT',
    get: ({ job }) => shownLimit(job.spec.timeLimit),
    isLength: true,
    sortKey: ({ job }) => limitRank(job.spec.timeLimit),
  },
  {
    name: 'MinMemory',
    letter: 'm',
    head: 'MIN_MEMORY',
    get: ({ job }) => memoryText(job.spec),
    sortKey: ({ job }) => job.spec.memoryPerCpuMb ?? job.spec.memoryPerNodeMb ?? 0,
  },
  {
    name: 'ReqNodes',
    letter: 'n',
    head: 'REQ_NODES',
    get: ({ job }) => formatHostlist(job.spec.nodelist ?? []),
  },
  { name: 'Command', letter: 'o', head: 'COMMAND', get: ({ job }) => orNull(job.spec.command) },
  {
    name: 'Priority',
    letter: 'p',
    head: 'PRIORITY',
    get: (line) => (linePriority(line) / 0xffff_ffff).toFixed(14),
    sortKey: linePriority,
  },
  { name: 'QOS', letter: 'q', head: 'QOS', get: ({ job }) => job.spec.qos ?? 'normal' },
  { name: 'Reason', letter: 'r', head: 'REASON', get: ({ reason, reasonText }) => reasonText ?? reason },
  { name: 'SelectJobInfo', letter: 's', head: '', get: () => '' },
  {
    name: 'StateCompact',
    letter: 't',
    head: 'ST',
    get: ({ job }) => compactStates[shownState(job)],
    colour: stateColour,
  },
  { name: 'UserName', letter: 'u', head: 'USER', get: ({ job }) => job.spec.user },
  {
    name: 'Reservation',
    letter: 'v',
    head: 'RESERVATION',
    get: ({ job }) => orNull(job.spec.reservation),
  },
  { name: 'WCKey', letter: 'w', head: 'WCKEY', get: ({ job }) => orNull(job.spec.wckey) },
  {
    name: 'ExcNodes',
    letter: 'x',
    head: 'EXC_NODES',
    get: ({ job }) => formatHostlist(job.spec.exclude ?? []),
  },
  {
    name: 'Nice',
    letter: 'y',
    head: 'NICE',
    get: ({ job }) => String(job.spec.nice ?? 0),
    sortKey: ({ job }) => job.spec.nice ?? 0,
  },
  { name: 'SCT', letter: 'z', head: 'S:C:T', get: socketsCoresThreads },
  {
    name: 'JobID',
    letter: 'A',
    head: 'JOBID',
    get: ({ job }) => String(job.id),
    sortKey: ({ job }) => job.id,
  },
  { name: 'BatchHost', letter: 'B', head: 'EXEC_HOST', get: ({ job }) => batchHost(job) ?? 'n/a' },
  {
    name: 'NumCPUs',
    letter: 'C',
    head: 'CPUS',
    get: ({ job }) => String(jobCpus(job)),
    sortKey: ({ job }) => jobCpus(job),
  },
  {
    name: 'NumNodes',
    letter: 'D',
    head: 'NODES',
    get: (line) => String(lineNodeCount(line)),
    sortKey: lineNodeCount,
  },
  { name: 'Dependency', letter: 'E', head: 'DEPENDENCY', get: (line) => orNull(line.dependency?.()) },
  {
    name: 'ArrayJobID',
    letter: 'F',
    head: 'ARRAY_JOB_ID',
    get: ({ job }) => String(job.arrayJobId ?? job.id),
    sortKey: ({ job }) => job.arrayJobId ?? job.id,
  },
  {
    name: 'GroupID',
    letter: 'G',
    head: 'GROUP',
    get: ({ job }) => String(job.spec.gid),
    sortKey: ({ job }) => job.spec.gid,
  },
  {
    name: 'Sockets',
    letter: 'H',
    head: 'SOCKETS_PER_NODE',
    get: ({ job }) => starOr(job.spec.socketsPerNode),
  },
  {
    name: 'Cores',
    letter: 'I',
    head: 'CORES_PER_SOCKET',
    get: ({ job }) => starOr(job.spec.coresPerSocket),
  },
  {
    name: 'Threads',
    letter: 'J',
    head: 'THREADS_PER_CORE',
    get: ({ job }) => starOr(job.spec.threadsPerCore),
  },
  { name: 'ArrayTaskID', letter: 'K', head: 'ARRAY_TASK_ID', get: (line) => lineTasks(line) ?? 'N/A' },
  {
    name: 'TimeLeft',
    letter: 'L',
    head: 'TIME_LEFT',
    get: timeLeft,
    isLength: true,
    sortKey: (line) => limitRank(line.job.spec.timeLimit) - timeUsed(line) / 60,
  },
  {
    name: 'TimeUsed',
    letter: 'M',
    head: 'TIME',
    get: (line) => shownLength(timeUsed(line)),
    isLength: true,
    sortKey: timeUsed,
  },
  { name: 'NodeList', letter: 'N', head: 'NODELIST', get: nodeList },
  { name: 'Contiguous', letter: 'O', head: 'CONTIGUOUS', get: ({ job }) => flagText(job.spec.contiguous) },
  { name: 'Partition', letter: 'P', head: 'PARTITION', get: ({ job }) => partitionOf(job) },
  {
    name: 'PriorityLong',
    letter: 'Q',
    head: 'PRIORITY',
    get: (line) => String(linePriority(line)),
    sortKey: linePriority,
  },
  {
    name: 'ReasonList',
    letter: 'R',
    head: 'NODELIST(REASON)',
    get: (line) => nodesOrReason(line, nodeList),
  },
  {
    name: 'StartTime',
    letter: 'S',
    head: 'START_TIME',
    get: (line) => timeText(line, shownStart(line), 'N/A'),
    sortKey: (line) => shownStart(line) ?? Number.MAX_SAFE_INTEGER,
  },
  {
    name: 'State',
    letter: 'T',
    head: 'STATE',
    get: ({ job }) => shownState(job),
    colour: stateColour,
  },
  {
    name: 'UserID',
    letter: 'U',
    head: 'UID',
    get: ({ job }) => String(job.spec.uid),
    sortKey: ({ job }) => job.spec.uid,
  },
  {
    name: 'SubmitTime',
    letter: 'V',
    head: 'SUBMIT_TIME',
    get: (line) => timeText(line, line.job.submitTime, 'N/A'),
    sortKey: ({ job }) => job.submitTime,
  },
  { name: 'Licenses', letter: 'W', head: 'LICENSES', get: ({ job }) => licensesText(job.spec) },
  { name: 'CoreSpec', letter: 'X', head: 'CORE_SPEC', get: () => 'N/A' },
  {
    name: 'SchedNodes',
    letter: 'Y',
    head: 'SCHEDNODES',
    get: (line) => orNull(formatHostlist(line.planned?.()?.nodes ?? [])),
  },
  { name: 'WorkDir', letter: 'Z', head: 'WORK_DIR', get: ({ job }) => job.spec.workDir },
] as const satisfies readonly FieldRow<JobLine>[];

/** Every column of squeue. */
export const squeueFields: readonly FieldRow<JobLine>[] = [...lettered, ...squeueLongFields];

function nodeList({ job }: JobLine): string {
  return formatHostlist(jobNodes(job));
}

/** A running job without a limit has no end: Slurm says NONE, and N/A for one that has not even started. */
function endText(line: JobLine): string {
  return timeText(line, shownEnd(line), line.job.state === 'PENDING' ? 'N/A' : 'NONE');
}

function timeLeft(line: JobLine): string {
  const { timeLimit } = line.job.spec;
  if (timeLimit === 'UNLIMITED') return timeLimit;
  return shownLength(timeLimit * 60 - timeUsed(line));
}

/** What is longer than a year squeue calls invalid, and squeue alone (as captured). */
const yearSeconds = 365 * 86_400;

function shownLength(seconds: number): string {
  return seconds > yearSeconds ? 'INVALID' : formatDuration(seconds, 'squeue');
}

/** A time limit as squeue shows it. */
export function shownLimit(limit: TimeLimit): string {
  return limit === 'UNLIMITED' ? limit : shownLength(limit * 60);
}

function limitRank(limit: TimeLimit): number {
  return limit === 'UNLIMITED' ? Number.MAX_SAFE_INTEGER : limit;
}

function socketsCoresThreads({ job }: JobLine): string {
  const { socketsPerNode, coresPerSocket, threadsPerCore } = job.spec;
  return [socketsPerNode, coresPerSocket, threadsPerCore].map(starOr).join(':');
}
