import { printable } from '../../base/text.ts';
import { maxSwitchWaitDefault } from '../../model/config.ts';
import { formatDuration } from '../../model/duration.ts';
import { formatExitCode } from '../../model/exitcode.ts';
import { formatHostlist } from '../../model/hostlist.ts';
import { formatIndexList } from '../../model/indexlist.ts';
import { isActive, type Job, shownState } from '../../model/job.ts';
import { limits } from '../../model/limits.ts';
import { formatMemory } from '../../model/memory.ts';
import { formatNodeGpuIds } from '../../model/nodegpuids.ts';
import type { RunRecord } from '../../model/runrecord.ts';
import { derivedExitCode, type StepRecord } from '../../model/steprecord.ts';
import { formatTimeLimit } from '../../model/timelimit.ts';
import { jobFiles, shownFile } from '../../tables/fields/jobfiles.ts';
import {
  batchHost,
  flagText,
  type JobLine,
  jobCpus,
  jobCpusPerNode,
  jobNodes,
  lastEvaluation,
  licensesText,
  lineNodeCount,
  linePriority,
  lineTasks,
  memoryText,
  orNull,
  overSubscribe,
  partitionOf,
  restarts,
  shownEligible,
  shownEnd,
  shownStart,
  starOr,
  timeText,
  timeUsed,
  tresPer,
} from '../../tables/fields/jobvalues.ts';
import { formatGpuIndices, formatGpuTally, formatTres, jobTres } from '../../tables/fields/tres.ts';

export interface JobPageOptions {
  /** What -d adds. */
  readonly hasDetails: boolean;
  /**
   * Where the attempt really ran; missing if nothing is known of a start. `unasked` where the page is to be
   * Slurm's and no more.
   */
  readonly record: RunRecord | 'unasked' | undefined;
}

/**
 * The lines of `scontrol show job`, with Slurm's keys in Slurm's order (captures 'tables: scontrol show')
 * and ours behind them. The last one is empty, as Slurm's is.
 */
export function jobPage(line: JobLine, { hasDetails, record }: JobPageOptions): readonly string[] {
  const lines = [
    ...identityLines(line, hasDetails),
    ...timeLines(line),
    ...placeLines(line),
    ...(hasDetails ? gresLines(line) : []),
    ...requestLines(line),
    ...fileLines(line),
    ...switchLines(line.job),
    'Power=',
    ...bindLines(line.job),
    ...tresLines(line.job),
    ...mailLines(line.job),
    ...(record === 'unasked' ? [] : [...namedGpuLines(line.job), ...witnessLines(line.job, record)]),
    '',
  ];
  return lines.map(printable);
}

function identityLines(line: JobLine, hasDetails: boolean): readonly string[] {
  const { job, reason } = line;
  const { spec } = job;
  const exitCode = job.state === 'PENDING' || job.state === 'RUNNING' ? { code: 0, signal: 0 } : job.exitCode;
  const flags = `Requeue=${flagText(spec.requeue)} Restarts=${restarts(job)}`;
  const rank = `Priority=${linePriority(line)} Nice=${spec.nice ?? 0}`;
  return [
    `JobId=${job.id} ${arrayKeys(line)}JobName=${spec.name}`,
    `UserId=${spec.user}(${spec.uid}) GroupId=${spec.group}(${spec.gid}) MCS_label=N/A`,
    `${rank} Account=${orNull(spec.account)} QOS=${spec.qos ?? 'normal'}`,
    // As one word, for who reads the page by its blanks.
    `JobState=${shownState(job)} Reason=${(line.reasonText ?? reason).replaceAll(' ', '_')} ` +
      `Dependency=${orNull(line.dependency?.())}`,
    `${flags} BatchFlag=${flagText(spec.kind === 'batch')} Reboot=0 ExitCode=${formatExitCode(exitCode)}`,
    ...(hasDetails ? [`DerivedExitCode=${formatExitCode(derivedExitCode(stepsOf(job)))}`] : []),
  ];
}

/** Those that have been told of: by a job that has ended. */
function stepsOf(job: JobLine['job']): readonly StepRecord[] {
  return job.state === 'ENDED' ? (job.steps ?? []) : [];
}

function arrayKeys(line: JobLine): string {
  const { job } = line;
  const tasks = lineTasks(line);
  if (tasks === undefined) return '';
  const throttle = job.spec.array?.throttle ?? 0;
  const limit = throttle > 0 ? `ArrayTaskThrottle=${throttle} ` : '';
  return `ArrayJobId=${job.arrayJobId ?? job.id} ArrayTaskId=${tasks} ${limit}`;
}

function timeLines(line: JobLine): readonly string[] {
  const { job, reason } = line;
  const { timeLimit, timeMin, deadline } = job.spec;
  const time = (seconds: number | undefined, absent = 'Unknown'): string => timeText(line, seconds, absent);
  const eligible = shownEligible(line);
  const accrues = reason === 'JobArrayTaskLimit' ? job.submitTime : eligible;
  const least = timeMin === undefined ? 'N/A' : formatTimeLimit(timeMin, 'scontrol');
  // What the plan says is squeue --start's to tell.
  const planless = { ...line, planned: () => undefined };
  const start = shownStart(planless);
  return [
    `RunTime=${formatDuration(timeUsed(line), 'scontrol')} ` +
      `TimeLimit=${formatTimeLimit(timeLimit, 'scontrol')} TimeMin=${least}`,
    `SubmitTime=${time(job.submitTime)} EligibleTime=${time(eligible)}`,
    `AccrueTime=${time(accrues)}`,
    `StartTime=${time(start)} EndTime=${time(shownEnd(planless, start))} Deadline=${time(deadline, 'N/A')}`,
    `${suspensionText(line)} LastSchedEval=${time(lastEvaluation(line))} Scheduler=Main`,
  ];
}

function suspensionText(line: JobLine): string {
  const { job } = line;
  const since = job.state === 'RUNNING' ? job.suspendedTime : undefined;
  const before = since === undefined ? 0 : timeUsed(line);
  return `SuspendTime=${timeText(line, since, 'None')} SecsPreSuspend=${before}`;
}

function placeLines(line: JobLine): readonly string[] {
  const { job, nodes, nodeMemoryMb } = line;
  const { spec } = job;
  const host = spec.kind === 'batch' ? batchHost(job) : undefined;
  const tres = formatTres(jobTres(job, (node) => nodes.get(node)?.record.gpus, nodeMemoryMb));
  const excluded = orNull(formatHostlist(spec.exclude ?? []));
  const counts = `NumNodes=${nodeCountText(line)} NumCPUs=${jobCpus(job)} NumTasks=${spec.ntasks}`;
  const cores = `${starOr(spec.coresPerSocket)}:${starOr(spec.threadsPerCore)}`;
  const tasks = `${spec.ntasksPerNode ?? 0}:0:${starOr(spec.ntasksPerSocket)}:${starOr(spec.ntasksPerCore)}`;
  return [
    `Partition=${partitionOf(job)} AllocNode:Sid=${spec.submitHost}:0`,
    `ReqNodeList=${orNull(formatHostlist(spec.nodelist ?? []))} ExcNodeList=${excluded}`,
    `NodeList=${formatHostlist(jobNodes(job))}`,
    ...(host === undefined ? [] : [`BatchHost=${host}`]),
    `${counts} CPUs/Task=${spec.cpusPerTask} ReqB:S:C:T=0:0:${cores}`,
    `TRES=${tres}`,
    `Socks/Node=${starOr(spec.socketsPerNode)} NtasksPerN:B:S:C=${tasks} CoreSpec=*`,
  ];
}

/** A waiting job with a range shows it, even if that is one number. */
function nodeCountText(line: JobLine): string {
  const { job } = line;
  const { max } = job.spec.nodes;
  const count = lineNodeCount(line);
  // A range that nobody asked for has no end to show.
  const isAsked = job.state === 'PENDING' && max < limits.nodesPerJob;
  return isAsked ? `${Math.min(count, max)}-${max}` : String(count);
}

/** What it holds on each node, alike ones together. */
function gresLines({ job, nodes, cpuIds }: JobLine): readonly string[] {
  if (!isActive(job)) return [];
  const gpusOf = (node: string) => nodes.get(node)?.record.gpus;
  const groups = new Map<string, string[]>();
  for (const share of job.allocation) {
    const ids = cpuIds?.(share.node);
    const cpus = `CPU_IDs=${ids === undefined ? 'N/A' : formatIndexList(ids)}`;
    const held = `${cpus} Mem=${share.memoryMb} GRES=${formatGpuIndices(share.gpus, gpusOf(share.node))}`;
    groups.set(held, [...(groups.get(held) ?? []), share.node]);
  }
  return [
    `JOB_GRES=${orNull(formatGpuTally(jobTres(job, gpusOf).gpus))}`,
    ...[...groups].map(([held, names]) => `  Nodes=${formatHostlist(names)} ${held}`),
  ];
}

function requestLines({ job }: JobLine): readonly string[] {
  const { spec } = job;
  const unit = spec.memoryPerCpuMb === undefined ? 'MinMemoryNode' : 'MinMemoryCPU';
  const cpus = Math.max(spec.minCpusPerNode ?? 1, jobCpusPerNode(job));
  const sharing = `OverSubscribe=${overSubscribe(job)} Contiguous=${flagText(spec.contiguous)}`;
  return [
    `MinCPUsNode=${cpus} ${unit}=${memoryText(spec)} MinTmpDiskNode=${formatMemory(spec.tmpPerNodeMb ?? 0)}`,
    `Features=${orNull(spec.constraint)} DelayBoot=00:00:00`,
    ...(spec.reservation === undefined ? [] : [`Reservation=${spec.reservation}`]),
    `${sharing} Licenses=${licensesText(spec)} Network=(null)`,
    `Command=${orNull(spec.command)}`,
    `WorkDir=${spec.workDir}`,
    // With the blank that Slurm leaves behind it.
    ...(spec.comment === undefined ? [] : [`Comment=${spec.comment} `]),
  ];
}

/** The streams of an interactive job are those of the command that waits for it. */
function fileLines({ job, task }: JobLine): readonly string[] {
  if (job.spec.kind === 'interactive') return [];
  const { stdin, stdout, stderr } = jobFiles(job);
  return [
    `StdErr=${shownFile(stderr, job, task)}`,
    `StdIn=${shownFile(stdin, job, task)}`,
    `StdOut=${shownFile(stdout, job, task)}`,
  ];
}

/** GPUs here belong to no CPUs: it is shown as it was asked for, as in Slurm where that is so. */
function bindLines({ spec: { gresFlags = [] } }: Job): readonly string[] {
  const words = { 'disable-binding': 'No', 'enforce-binding': 'Yes' };
  return Object.entries(words)
    .filter(([flag]) => gresFlags.includes(flag))
    .map(([, word]) => `GresEnforceBind=${word}`);
}

function switchLines({ spec }: Job): readonly string[] {
  const { switches } = spec;
  if (switches === undefined) return [];
  return [
    `Switches=${switches.count}@${formatDuration(switches.waitSeconds ?? maxSwitchWaitDefault, 'scontrol')}`,
  ];
}

function tresLines(job: Job): readonly string[] {
  const { cpusPerGpu, memoryPerGpuMb, gpuBind } = job.spec;
  const gpu = (value: number | string | undefined): string | undefined =>
    value === undefined ? undefined : `gres:gpu:${value}`;
  const lines = {
    CpusPerTres: gpu(cpusPerGpu),
    MemPerTres: gpu(memoryPerGpuMb),
    TresBind: gpu(gpuBind),
    TresPerJob: tresPer(job, 'job'),
    TresPerNode: tresPer(job, 'node'),
    TresPerSocket: tresPer(job, 'socket'),
    TresPerTask: tresPer(job, 'task'),
  };
  return Object.entries(lines).flatMap(([key, tres]) => (tres === undefined ? [] : [`${key}=${tres}`]));
}

function mailLines({ spec }: Job): readonly string[] {
  const { mailTypes = [], mailUser = spec.user } = spec;
  return mailTypes.length === 0 ? [] : [`MailUser=${mailUser} MailType=${mailTypes.join(',')}`];
}

/** The GPUs that were asked for by their indices, of which Slurm knows nothing. */
function namedGpuLines({ spec: { gpuIds, nodeGpuIds } }: Job): readonly string[] {
  if (nodeGpuIds !== undefined) return [`MgpuNodeGpuIds=${formatNodeGpuIds(nodeGpuIds)}`];
  return gpuIds === undefined ? [] : [`MgpuGpuIds=${formatIndexList(gpuIds)}`];
}

/**
 * Where the job was run, told by the node that ran it: what was claimed stands above, so that both can be
 * compared.
 */
function witnessLines(job: Job, record: RunRecord | undefined): readonly string[] {
  if (record === undefined) return job.attempt > 0 ? [`MgpuAttempt=${job.attempt}`] : [];
  const { attempt, node, hostName, addresses, pid, bootId, gpus } = record;
  const devices = gpus.map(({ index, uuid }) => `${index}${uuid === undefined ? '' : `(${uuid})`}`);
  return [
    `MgpuAttempt=${attempt} MgpuNode=${node} MgpuHost=${hostName}`,
    `MgpuAddrs=${orNull(addresses.join(','))}`,
    `MgpuPid=${pid} MgpuBootId=${bootId}`,
    `MgpuGpus=${orNull(devices.join(','))}`,
  ];
}
