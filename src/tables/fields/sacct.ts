import { formatDuration } from '../../model/duration.ts';
import { formatExitCode } from '../../model/exitcode.ts';
import { formatHostlist } from '../../model/hostlist.ts';
import type { Seconds } from '../../model/ids.ts';
import { priorityOf } from '../../model/jobpriority.ts';
import type { ColumnField } from '../columns.ts';
import {
  type AccountLine,
  accountEnd,
  accountExit,
  accountId,
  accountStart,
  accountState,
  allocTres,
  cpuSeconds,
  formatSize,
  isStep,
  lineCpus,
  lineShares,
  rawId,
  reqTres,
  waitedSeconds,
} from './account.ts';
import { eligibleTime, jobNodeCount, timeText, timeUsed } from './jobvalues.ts';
import { requestedCpus } from './tres.ts';

type Get = (line: AccountLine) => string;

/** What nobody measures here, or what a cluster of this kind does not have. */
const nothing: Get = () => '';
const noTime: Get = () => '00:00:00';
/** Only jobs have it. */
const ofJob =
  (get: Get): Get =>
  (line) =>
    isStep(line) ? '' : get(line);
const ofStep =
  (get: Get): Get =>
  (line) =>
    isStep(line) ? get(line) : '';

function nodeCount(line: AccountLine): string {
  return String(lineShares(line)?.length ?? jobNodeCount(line.job));
}

function nodeList(line: AccountLine): string {
  const shares = lineShares(line);
  return shares === undefined ? 'None assigned' : formatHostlist(shares.map(({ node }) => node));
}

function time(get: (line: AccountLine) => Seconds | undefined): Get {
  return (line) => timeText(line, get(line), 'Unknown');
}

function duration(get: (line: AccountLine) => Seconds): Get {
  return (line) => formatDuration(get(line), 'scontrol');
}

function limitText({ job }: AccountLine): string {
  const { timeLimit } = job.spec;
  return timeLimit === 'UNLIMITED' ? timeLimit : formatDuration(timeLimit * 60, 'scontrol');
}

function frequency(line: AccountLine): string {
  return line.part === 'batch' ? '0' : 'Unknown';
}

function memory({ job, unit }: AccountLine): string {
  const { memoryPerNodeMb, nodes } = job.spec;
  return formatSize((memoryPerNodeMb ?? 0) * nodes.min, unit);
}

/** Since when a step may have begun: it never waits. */
function submitted(line: AccountLine): Seconds | undefined {
  return isStep(line) ? accountStart(line) : line.job.submitTime;
}

function eligible(line: AccountLine): Seconds | undefined {
  return isStep(line) ? accountStart(line) : eligibleTime(line.job);
}

function reservedCpuSeconds(line: AccountLine): Seconds {
  return waitedSeconds(line) * requestedCpus(line.job.spec);
}

const usages = ['Ave', 'Max', 'MaxNode', 'MaxTask', 'Min', 'MinNode', 'MinTask', 'Tot'];

function usageFields(way: 'In' | 'Out'): readonly ColumnField<AccountLine>[] {
  const names = usages.map((what) => `TRESUsage${way}${what}`);
  return names.map((name) => ({ name, width: name.length, get: nothing }));
}

/**
 * The columns of sacct, all that 22.05 has, with their widths (seen on one). In the order of --helpformat,
 * which is also that in which a name that was cut short is looked for.
 */
export const sacctFields: readonly ColumnField<AccountLine>[] = [
  { name: 'Account', width: 10, get: ({ job }) => job.spec.account },
  { name: 'AdminComment', width: 15, get: nothing },
  { name: 'AllocCPUS', width: 10, cut: 'never', get: (line) => String(lineCpus(line)) },
  { name: 'AllocNodes', width: 10, cut: 'never', get: (line) => String(lineShares(line)?.length ?? 0) },
  { name: 'AllocTRES', width: 10, get: allocTres },
  { name: 'AssocID', width: 7, get: () => '0' },
  { name: 'AveCPU', width: 10, get: nothing },
  { name: 'AveCPUFreq', width: 10, get: ofStep(() => '0') },
  { name: 'AveDiskRead', width: 14, get: nothing },
  { name: 'AveDiskWrite', width: 14, get: nothing },
  { name: 'AvePages', width: 10, get: nothing },
  { name: 'AveRSS', width: 10, get: nothing },
  { name: 'AveVMSize', width: 10, get: nothing },
  { name: 'BlockID', width: 16, get: nothing },
  { name: 'Cluster', width: 10, get: ({ clusterName }) => clusterName },
  { name: 'Comment', width: 14, get: ofJob(({ job }) => job.spec.comment ?? '') },
  { name: 'Constraints', width: 19, get: nothing },
  { name: 'ConsumedEnergy', width: 14, get: ofStep(() => '0') },
  { name: 'ConsumedEnergyRaw', width: 17, get: ofStep(() => '0') },
  { name: 'Container', width: 19, get: nothing },
  { name: 'CPUTime', width: 10, cut: 'never', get: duration(cpuSeconds) },
  { name: 'CPUTimeRAW', width: 10, cut: 'never', get: (line) => String(cpuSeconds(line)) },
  { name: 'DBIndex', width: 10, get: ({ job }) => String(job.id) },
  { name: 'DerivedExitCode', width: 15, get: ofJob(() => '0:0') },
  { name: 'Elapsed', width: 10, cut: 'never', get: duration(timeUsed) },
  { name: 'ElapsedRaw', width: 10, cut: 'never', get: (line) => String(timeUsed(line)) },
  { name: 'Eligible', width: 19, cut: 'plain', get: time(eligible) },
  { name: 'End', width: 19, cut: 'plain', get: time(accountEnd) },
  { name: 'ExitCode', width: 8, get: (line) => formatExitCode(accountExit(line)) },
  { name: 'Flags', width: 19, get: nothing },
  { name: 'GID', width: 6, get: ofJob(({ job }) => String(job.spec.gid)) },
  { name: 'Group', width: 9, get: ofJob(({ job }) => job.spec.group) },
  { name: 'JobID', width: 12, side: 'left', get: accountId },
  { name: 'JobIDRaw', width: 12, side: 'left', get: rawId },
  { name: 'JobName', width: 10, get: ({ job, part }) => (part === 'batch' ? 'batch' : job.spec.name) },
  { name: 'Layout', width: 9, get: ofStep(({ part }) => (part === 'batch' ? 'Unknown' : 'Block')) },
  { name: 'MaxDiskRead', width: 12, get: nothing },
  { name: 'MaxDiskReadNode', width: 15, get: nothing },
  { name: 'MaxDiskReadTask', width: 15, get: nothing },
  { name: 'MaxDiskWrite', width: 12, get: nothing },
  { name: 'MaxDiskWriteNode', width: 16, get: nothing },
  { name: 'MaxDiskWriteTask', width: 16, get: nothing },
  { name: 'MaxPages', width: 8, get: nothing },
  { name: 'MaxPagesNode', width: 12, get: nothing },
  { name: 'MaxPagesTask', width: 14, get: nothing },
  { name: 'MaxRSS', width: 10, get: nothing },
  { name: 'MaxRSSNode', width: 10, get: nothing },
  { name: 'MaxRSSTask', width: 10, get: nothing },
  { name: 'MaxVMSize', width: 10, get: nothing },
  { name: 'MaxVMSizeNode', width: 14, get: nothing },
  { name: 'MaxVMSizeTask', width: 14, get: nothing },
  { name: 'McsLabel', width: 12, get: nothing },
  { name: 'MinCPU', width: 10, get: nothing },
  { name: 'MinCPUNode', width: 10, get: nothing },
  { name: 'MinCPUTask', width: 10, get: nothing },
  { name: 'NCPUS', width: 10, cut: 'never', get: (line) => String(lineCpus(line)) },
  { name: 'NNodes', width: 8, get: nodeCount },
  { name: 'NodeList', width: 15, get: nodeList },
  {
    name: 'NTasks',
    width: 8,
    get: ofStep(({ job, part }) => (part === 'batch' ? '1' : String(job.spec.ntasks))),
  },
  { name: 'Partition', width: 10, get: ofJob(({ job }) => job.spec.partition) },
  { name: 'Priority', width: 10, get: ofJob(({ job }) => String(priorityOf(job))) },
  { name: 'QOS', width: 10, get: ofJob(() => 'normal') },
  { name: 'QOSRAW', width: 6, get: ofJob(() => '1') },
  { name: 'Reason', width: 22, get: ofJob(({ reason }) => reason) },
  { name: 'ReqCPUFreq', width: 10, get: frequency },
  { name: 'ReqCPUFreqGov', width: 13, get: frequency },
  { name: 'ReqCPUFreqMax', width: 13, get: frequency },
  { name: 'ReqCPUFreqMin', width: 13, get: frequency },
  {
    name: 'ReqCPUS',
    width: 8,
    cut: 'never',
    get: (line) => String(isStep(line) ? lineCpus(line) : requestedCpus(line.job.spec)),
  },
  { name: 'ReqMem', width: 10, get: ofJob(memory) },
  {
    name: 'ReqNodes',
    width: 8,
    get: (line) => (isStep(line) ? nodeCount(line) : String(line.job.spec.nodes.min)),
  },
  { name: 'ReqTRES', width: 10, get: reqTres },
  { name: 'Reservation', width: 20, get: nothing },
  { name: 'ReservationId', width: 8, get: nothing },
  { name: 'Reserved', width: 10, cut: 'never', get: ofJob(duration(waitedSeconds)) },
  { name: 'ResvCPU', width: 10, cut: 'never', get: ofJob(duration(reservedCpuSeconds)) },
  { name: 'ResvCPURAW', width: 10, cut: 'never', get: ofJob((line) => String(reservedCpuSeconds(line))) },
  { name: 'Start', width: 19, cut: 'plain', get: time(accountStart) },
  { name: 'State', width: 10, get: accountState },
  { name: 'Submit', width: 19, cut: 'plain', get: time(submitted) },
  { name: 'SubmitLine', width: 20, get: nothing },
  { name: 'Suspended', width: 10, get: noTime },
  { name: 'SystemComment', width: 15, get: nothing },
  { name: 'SystemCPU', width: 10, get: noTime },
  { name: 'Timelimit', width: 10, get: ofJob(limitText) },
  { name: 'TimelimitRaw', width: 10, get: ofJob(({ job }) => String(job.spec.timeLimit)) },
  { name: 'TotalCPU', width: 10, get: noTime },
  ...usageFields('In'),
  ...usageFields('Out'),
  { name: 'UID', width: 6, get: ofJob(({ job }) => String(job.spec.uid)) },
  { name: 'User', width: 9, get: ofJob(({ job }) => job.spec.user) },
  { name: 'UserCPU', width: 10, get: noTime },
  { name: 'WCKey', width: 10, get: nothing },
  { name: 'WCKeyID', width: 10, get: ofJob(() => '0') },
  { name: 'WorkDir', width: 20, get: ofJob(({ job }) => job.spec.workDir) },
];

/** The columns of `sacct`, of `-b` and of `-l`, where no others are asked for. */
export const sacctFormats = {
  standard: 'jobid,jobname,partition,account,alloccpus,state,exitcode',
  brief: 'jobid,state,exitcode',
  long:
    'jobid,jobidraw,jobname,partition,maxvmsize,maxvmsizenode,maxvmsizetask,avevmsize,maxrss,' +
    'maxrssnode,maxrsstask,averss,maxpages,maxpagesnode,maxpagestask,avepages,mincpu,mincpunode,' +
    'mincputask,avecpu,ntasks,alloccpus,elapsed,state,exitcode,avecpufreq,reqcpufreqmin,reqcpufreqmax,' +
    'reqcpufreqgov,reqmem,consumedenergy,maxdiskread,maxdiskreadnode,maxdiskreadtask,avediskread,' +
    'maxdiskwrite,maxdiskwritenode,maxdiskwritetask,avediskwrite,reqtres,alloctres,tresusageinave,' +
    'tresusageinmax,tresusageinmaxnode,tresusageinmaxtask,tresusageinmin,tresusageinminnode,' +
    'tresusageinmintask,tresusageintot,tresusageoutmax,tresusageoutmaxnode,tresusageoutmaxtask,' +
    'tresusageoutave,tresusageouttot',
} as const;
