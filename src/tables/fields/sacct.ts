import { formatDuration } from '../../model/duration.ts';
import { formatExitCode } from '../../model/exitcode.ts';
import { formatHostlist } from '../../model/hostlist.ts';
import type { Seconds } from '../../model/ids.ts';
import { priorityOf } from '../../model/jobpriority.ts';
import { derivedExitCode, type StepUsage } from '../../model/steprecord.ts';
import type { ColumnField } from '../columns.ts';
import {
  type AccountLine,
  accountEnd,
  accountExit,
  accountId,
  accountStart,
  accountState,
  allocTres,
  askedOf,
  cpuSeconds,
  elapsedSeconds,
  formatSize,
  isStep,
  layoutName,
  lineCpus,
  lineName,
  lineShares,
  rawId,
  reqTres,
  stepsOf,
  taskCount,
  usageOf,
  waitedSeconds,
} from './account.ts';
import { eligibleTime, jobNodeCount, timeText } from './jobvalues.ts';
import { requestedCpus } from './tres.ts';
import { fineCpuText, usageTexts } from './usage.ts';

type Get = (line: AccountLine) => string;

/** What nobody measures here, or what a cluster of this kind does not have. */
const nothing: Get = () => '';
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

function memory(line: AccountLine): string {
  return formatSize(askedOf(line).memoryMb, line.unit);
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
  return names.map((name) => ({ name, width: name.length, get: measured(name) }));
}

/** What was measured of a step; of a job nothing is shown, as in Slurm. */
function measured(name: string): Get {
  const text = usageTexts[name];
  return (line) => text?.(usageOf(line), line.unit) ?? '';
}

/** Processor time: of a job that of all its steps. */
function processorTime(get: (usage: StepUsage) => number): Get {
  return (line) => {
    const { job } = line;
    const own = 'usage' in job ? [job.usage] : [];
    const all = isStep(line) ? [usageOf(line)] : [...own, ...stepsOf(line).map(({ usage }) => usage)];
    return fineCpuText(all.reduce((sum, usage) => sum + (usage === undefined ? 0 : get(usage)), 0));
  };
}

const userMs = (usage: StepUsage): number => usage.userMs ?? 0;
const systemMs = (usage: StepUsage): number => usage.systemMs ?? 0;

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
  { name: 'AveCPU', width: 10, get: measured('AveCPU') },
  { name: 'AveCPUFreq', width: 10, get: ofStep(() => '0') },
  { name: 'AveDiskRead', width: 14, get: measured('AveDiskRead') },
  { name: 'AveDiskWrite', width: 14, get: measured('AveDiskWrite') },
  { name: 'AvePages', width: 10, get: measured('AvePages') },
  { name: 'AveRSS', width: 10, get: measured('AveRSS') },
  { name: 'AveVMSize', width: 10, get: measured('AveVMSize') },
  { name: 'BlockID', width: 16, get: nothing },
  { name: 'Cluster', width: 10, get: ({ clusterName }) => clusterName },
  { name: 'Comment', width: 14, get: ofJob(({ job }) => job.spec.comment ?? '') },
  { name: 'Constraints', width: 19, get: ofJob(({ job }) => job.spec.constraint ?? '') },
  { name: 'ConsumedEnergy', width: 14, get: ofStep(() => '0') },
  { name: 'ConsumedEnergyRaw', width: 17, get: ofStep(() => '0') },
  { name: 'Container', width: 19, get: nothing },
  { name: 'CPUTime', width: 10, cut: 'never', get: duration(cpuSeconds) },
  { name: 'CPUTimeRAW', width: 10, cut: 'never', get: (line) => String(cpuSeconds(line)) },
  { name: 'DBIndex', width: 10, get: ({ job }) => String(job.id) },
  {
    name: 'DerivedExitCode',
    width: 15,
    get: ofJob((line) => formatExitCode(derivedExitCode(stepsOf(line)))),
  },
  { name: 'Elapsed', width: 10, cut: 'never', get: duration(elapsedSeconds) },
  { name: 'ElapsedRaw', width: 10, cut: 'never', get: (line) => String(elapsedSeconds(line)) },
  { name: 'Eligible', width: 19, cut: 'plain', get: time(eligible) },
  { name: 'End', width: 19, cut: 'plain', get: time(accountEnd) },
  { name: 'ExitCode', width: 8, get: (line) => formatExitCode(accountExit(line)) },
  { name: 'Flags', width: 19, get: nothing },
  { name: 'GID', width: 6, get: ofJob(({ job }) => String(job.spec.gid)) },
  { name: 'Group', width: 9, get: ofJob(({ job }) => job.spec.group) },
  { name: 'JobID', width: 12, side: 'left', get: accountId },
  { name: 'JobIDRaw', width: 12, side: 'left', get: rawId },
  { name: 'JobName', width: 10, get: lineName },
  { name: 'Layout', width: 9, get: ofStep(layoutName) },
  { name: 'MaxDiskRead', width: 12, get: measured('MaxDiskRead') },
  { name: 'MaxDiskReadNode', width: 15, get: measured('MaxDiskReadNode') },
  { name: 'MaxDiskReadTask', width: 15, get: measured('MaxDiskReadTask') },
  { name: 'MaxDiskWrite', width: 12, get: measured('MaxDiskWrite') },
  { name: 'MaxDiskWriteNode', width: 16, get: measured('MaxDiskWriteNode') },
  { name: 'MaxDiskWriteTask', width: 16, get: measured('MaxDiskWriteTask') },
  { name: 'MaxPages', width: 8, get: measured('MaxPages') },
  { name: 'MaxPagesNode', width: 12, get: measured('MaxPagesNode') },
  { name: 'MaxPagesTask', width: 14, get: measured('MaxPagesTask') },
  { name: 'MaxRSS', width: 10, get: measured('MaxRSS') },
  { name: 'MaxRSSNode', width: 10, get: measured('MaxRSSNode') },
  { name: 'MaxRSSTask', width: 10, get: measured('MaxRSSTask') },
  { name: 'MaxVMSize', width: 10, get: measured('MaxVMSize') },
  { name: 'MaxVMSizeNode', width: 14, get: measured('MaxVMSizeNode') },
  { name: 'MaxVMSizeTask', width: 14, get: measured('MaxVMSizeTask') },
  { name: 'McsLabel', width: 12, get: nothing },
  { name: 'MinCPU', width: 10, get: measured('MinCPU') },
  { name: 'MinCPUNode', width: 10, get: measured('MinCPUNode') },
  { name: 'MinCPUTask', width: 10, get: measured('MinCPUTask') },
  { name: 'NCPUS', width: 10, cut: 'never', get: (line) => String(lineCpus(line)) },
  { name: 'NNodes', width: 8, get: nodeCount },
  { name: 'NodeList', width: 15, get: nodeList },
  {
    name: 'NTasks',
    width: 8,
    get: ofStep((line) => String(taskCount(line))),
  },
  { name: 'Partition', width: 10, get: ofJob(({ job }) => job.spec.partition) },
  { name: 'Priority', width: 10, get: ofJob(({ job }) => String(priorityOf(job))) },
  { name: 'QOS', width: 10, get: ofJob(({ job }) => job.spec.qos ?? 'normal') },
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
  { name: 'Reservation', width: 20, get: ofJob(({ job }) => job.spec.reservation ?? '') },
  { name: 'ReservationId', width: 8, get: nothing },
  { name: 'Reserved', width: 10, cut: 'never', get: ofJob(duration(waitedSeconds)) },
  { name: 'ResvCPU', width: 10, cut: 'never', get: ofJob(duration(reservedCpuSeconds)) },
  { name: 'ResvCPURAW', width: 10, cut: 'never', get: ofJob((line) => String(reservedCpuSeconds(line))) },
  { name: 'Start', width: 19, cut: 'plain', get: time(accountStart) },
  { name: 'State', width: 10, get: accountState },
  { name: 'Submit', width: 19, cut: 'plain', get: time(submitted) },
  { name: 'SubmitLine', width: 20, get: nothing },
  {
    name: 'Suspended',
    width: 10,
    get: duration(({ job }) => ('suspendedSeconds' in job ? (job.suspendedSeconds ?? 0) : 0)),
  },
  { name: 'SystemComment', width: 15, get: nothing },
  { name: 'SystemCPU', width: 10, get: processorTime(systemMs) },
  { name: 'Timelimit', width: 10, get: ofJob(limitText) },
  { name: 'TimelimitRaw', width: 10, get: ofJob(({ job }) => String(job.spec.timeLimit)) },
  { name: 'TotalCPU', width: 10, get: processorTime((usage) => userMs(usage) + systemMs(usage)) },
  ...usageFields('In'),
  ...usageFields('Out'),
  { name: 'UID', width: 6, get: ofJob(({ job }) => String(job.spec.uid)) },
  { name: 'User', width: 9, get: ofJob(({ job }) => job.spec.user) },
  { name: 'UserCPU', width: 10, get: processorTime(userMs) },
  { name: 'WCKey', width: 10, get: ofJob(({ job }) => job.spec.wckey ?? '') },
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
