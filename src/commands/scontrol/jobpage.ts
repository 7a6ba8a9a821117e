import { printable } from '../../base/text.ts';
import { formatDuration } from '../../model/duration.ts';
import { formatExitCode } from '../../model/exitcode.ts';
import { formatHostlist } from '../../model/hostlist.ts';
import { isActive, type Job, shownState } from '../../model/job.ts';
import { priorityOf } from '../../model/jobpriority.ts';
import { formatMemory } from '../../model/memory.ts';
import type { RunRecord } from '../../model/runrecord.ts';
import { formatTimeLimit } from '../../model/timelimit.ts';
import { jobFiles, shownFile } from '../../tables/fields/jobfiles.ts';
import {
  batchHost,
  eligibleTime,
  endTime,
  type JobLine,
  jobCpus,
  jobCpusPerNode,
  jobNodeCount,
  jobNodes,
  lineTasks,
  orNull,
  restarts,
  startTime,
  timeText,
  timeUsed,
  tresPer,
} from '../../tables/fields/jobvalues.ts';
import { formatGpuIndices, formatGpuTally, formatTres, jobTres } from '../../tables/fields/tres.ts';

export interface JobPageOptions {
  /** What -d adds. */
  readonly hasDetails: boolean;
  /** Where the attempt really ran; missing if nothing is known of a start. */
  readonly record: RunRecord | undefined;
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
    'Power=',
    ...tresLines(line.job),
    ...witnessLines(line.job, record),
    '',
  ];
  return lines.map(printable);
}

function identityLines(line: JobLine, hasDetails: boolean): readonly string[] {
  const { job, reason } = line;
  const { spec } = job;
  const exitCode = job.state === 'PENDING' || job.state === 'RUNNING' ? { code: 0, signal: 0 } : job.exitCode;
  const flags = `Requeue=${spec.requeue ? 1 : 0} Restarts=${restarts(job)}`;
  const isBatch = spec.kind === 'batch' ? 1 : 0;
  return [
    `JobId=${job.id} ${arrayKeys(line)}JobName=${spec.name}`,
    `UserId=${spec.user}(${spec.uid}) GroupId=${spec.group}(${spec.gid}) MCS_label=N/A`,
    `Priority=${priorityOf(job)} Nice=0 Account=${orNull(spec.account)} QOS=(null)`,
    `JobState=${shownState(job)} Reason=${reason} Dependency=(null)`,
    `${flags} BatchFlag=${isBatch} Reboot=0 ExitCode=${formatExitCode(exitCode)}`,
    ...(hasDetails ? ['DerivedExitCode=0:0'] : []),
  ];
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
  const { job } = line;
  const time = (seconds: number | undefined): string => timeText(line, seconds, 'Unknown');
  const limit = formatTimeLimit(job.spec.timeLimit, 'scontrol');
  const eligible = time(eligibleTime(job));
  return [
    `RunTime=${formatDuration(timeUsed(line), 'scontrol')} TimeLimit=${limit} TimeMin=N/A`,
    `SubmitTime=${time(job.submitTime)} EligibleTime=${eligible}`,
    `AccrueTime=${eligible}`,
    `StartTime=${time(startTime(job))} EndTime=${time(endTime(job))} Deadline=N/A`,
    'SuspendTime=None SecsPreSuspend=0 LastSchedEval=Unknown Scheduler=Main',
  ];
}

function placeLines(line: JobLine): readonly string[] {
  const { job, nodes } = line;
  const { spec } = job;
  const host = spec.kind === 'batch' ? batchHost(job) : undefined;
  const tres = formatTres(jobTres(job, (node) => nodes.get(node)?.record.gpus));
  const excluded = orNull(formatHostlist(spec.exclude ?? []));
  const counts = `NumNodes=${nodeCountText(job)} NumCPUs=${jobCpus(job)} NumTasks=${spec.ntasks}`;
  return [
    `Partition=${spec.partition} AllocNode:Sid=${spec.submitHost}:0`,
    `ReqNodeList=${orNull(formatHostlist(spec.nodelist ?? []))} ExcNodeList=${excluded}`,
    `NodeList=${formatHostlist(jobNodes(job))}`,
    ...(host === undefined ? [] : [`BatchHost=${host}`]),
    `${counts} CPUs/Task=${spec.cpusPerTask} ReqB:S:C:T=0:0:*:*`,
    `TRES=${tres}`,
    `Socks/Node=* NtasksPerN:B:S:C=${spec.ntasksPerNode ?? 0}:0:*:* CoreSpec=*`,
  ];
}

/** A waiting job that may have several nodes shows their range, even if that is one number. */
function nodeCountText(job: Job): string {
  const { min, max } = job.spec.nodes;
  return job.state === 'PENDING' && max > 1 ? `${min}-${max}` : String(jobNodeCount(job));
}

/**
 * What it holds on each node, alike ones together. Here CPUs are counted and not bound, so that there are
 * no numbers of CPUs to show.
 */
function gresLines({ job, nodes }: JobLine): readonly string[] {
  if (!isActive(job)) return [];
  const gpusOf = (node: string) => nodes.get(node)?.record.gpus;
  const groups = new Map<string, string[]>();
  for (const share of job.allocation) {
    const held = `CPU_IDs=N/A Mem=${share.memoryMb} GRES=${formatGpuIndices(share.gpus, gpusOf(share.node))}`;
    groups.set(held, [...(groups.get(held) ?? []), share.node]);
  }
  return [
    `JOB_GRES=${orNull(formatGpuTally(jobTres(job, gpusOf).gpus))}`,
    ...[...groups].map(([held, names]) => `  Nodes=${formatHostlist(names)} ${held}`),
  ];
}

function requestLines({ job }: JobLine): readonly string[] {
  const { spec } = job;
  const memory = formatMemory(spec.memoryPerNodeMb ?? 0);
  return [
    `MinCPUsNode=${jobCpusPerNode(job)} MinMemoryNode=${memory} MinTmpDiskNode=0`,
    'Features=(null) DelayBoot=00:00:00',
    'OverSubscribe=OK Contiguous=0 Licenses=(null) Network=(null)',
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

function tresLines(job: Job): readonly string[] {
  const lines = { TresPerJob: 'job', TresPerNode: 'node', TresPerTask: 'task' } as const;
  return Object.entries(lines).flatMap(([key, per]) => {
    const tres = tresPer(job, per);
    return tres === undefined ? [] : [`${key}=${tres}`];
  });
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
