import { formatArrayRanges } from '../../model/arrayspec.ts';
import { formatTimestamp } from '../../model/duration.ts';
import type { JobId, NodeName, Seconds } from '../../model/ids.ts';
import { type Job, shownJobId, shownState } from '../../model/job.ts';
import { priorityOf } from '../../model/jobpriority.ts';
import { formatMemory } from '../../model/memory.ts';
import type { Node } from '../../model/node.ts';
import { type Ranges, rangesCount, rangesHas } from '../../model/ranges.ts';
import type { GpuNeed, JobSpec } from '../../model/spec.ts';
import type { Reason } from '../../model/states.ts';
import { requestedCpus } from './tres.ts';

/** A job as one line of squeue or one page of scontrol shows it. */
export interface JobLine {
  readonly job: Job;
  /** One waiting task of an array that is shown on its own. */
  readonly task?: number | undefined;
  /** Why it waits, or how it failed; of tasks that wait for different reasons all of them. */
  readonly reason: string;
  /** What Slurm prints in its place where it has more to say. */
  readonly reasonText?: string | undefined;
  readonly nodes: ReadonlyMap<NodeName, Node>;
  readonly now: Seconds;
  readonly utcOffsetMinutes: number;
  /** The room for a list of array tasks; 0 is unbounded (SLURM_BITSTR_LEN). */
  readonly tasksLengthMax?: number | undefined;
  readonly clusterName?: string;
  /** The number of the association that it is charged to. */
  readonly associationId?: number;
  /** What it waits for and how that stands, as %E prints it; looked up only where it is printed. */
  readonly dependency?: () => string;
  /** When and where a waiting job is expected to start; worked out only where it is printed. */
  readonly planned?: () => PlannedStart | undefined;
  /** How many nodes it is to come to while it waits. */
  readonly nodesNeeded?: () => number | undefined;
  /** The numbers of the CPUs that it holds on a node; looked up only where they are printed. */
  readonly cpuIds?: (node: NodeName) => readonly number[] | undefined;
  /** MiB that the largest node has where it may run: what --mem=0 is taken for until it starts. */
  readonly nodeMemoryMb?: () => number;
}

export interface PlannedStart {
  readonly time: Seconds;
  /** Empty where nothing but the time is known. */
  readonly nodes: readonly NodeName[];
}

/**
 * Why a job waits now, or what was written down when it ended; of an array whose tasks are held one by one
 * all reasons, unless a task is named.
 */
export function reasonOf(job: Job, waiting: Pick<ReadonlyMap<JobId, Reason>, 'get'>, task?: number): string {
  if (job.state === 'RUNNING') return job.held === undefined ? 'None' : heldReasons[job.held];
  if (job.state !== 'PENDING') return job.reason;
  const reason = waiting.get(job.id) ?? 'None';
  if (job.held !== undefined || job.heldTasks === undefined || job.heldTasks.length === 0) return reason;
  const { heldTasks, adminHeldTasks = [], tasks = [] } = job;
  const has = (ranges: Ranges): boolean => task === undefined || rangesHas(ranges, task);
  const held = [
    ...(rangesCount(heldTasks) > rangesCount(adminHeldTasks) && has(heldTasks) ? ['JobHeldUser'] : []),
    ...(adminHeldTasks.length > 0 && has(adminHeldTasks) ? ['JobHeldAdmin'] : []),
  ];
  if (task !== undefined) return held.at(-1) ?? reason;
  return rangesCount(heldTasks) < rangesCount(tasks) ? [reason, ...held].join(',') : held.join(',');
}

/** Its priority; a task that is held by itself has none. */
export function linePriority({ job, task }: Pick<JobLine, 'job' | 'task'>): number {
  const isHeld = task !== undefined && job.state === 'PENDING' && rangesHas(job.heldTasks ?? [], task);
  return isHeld ? 0 : priorityOf(job);
}

const heldReasons = { user: 'JobHeldUser', admin: 'JobHeldAdmin' } as const;

/** The id as squeue prints it: `12`, `12_3`, or `12_[3-9%2]` for the tasks of an array that wait together. */
export function lineId(line: JobLine): string {
  const { job } = line;
  const tasks = lineTasks(line);
  if (tasks === undefined || job.arrayTaskId !== undefined) return shownJobId(job);
  return `${job.id}_${line.task === undefined ? `[${tasks}]` : tasks}`;
}

/** The task ids of a line without the array's id: `3`, `3-9%2`; undefined for a job that is no array. */
export function lineTasks(line: JobLine): string | undefined {
  const { job, task } = line;
  const own = job.arrayTaskId ?? task;
  if (own !== undefined) return String(own);
  const ranges = job.state === 'PENDING' || job.state === 'ENDED' ? job.tasks : undefined;
  if (ranges === undefined || ranges.length === 0) return undefined;
  return formatArrayRanges({ tasks: ranges, limit: job.spec.array?.throttle ?? 0 }, line.tasksLengthMax);
}

function isHeld(job: Job): boolean {
  return job.state !== 'ENDED' && job.held !== undefined;
}

const none: readonly NodeName[] = [];

/** The nodes that a job has or had; of a completing one those that are not free yet, as in Slurm. */
export function jobNodes(job: Job): readonly NodeName[] {
  if (job.state === 'PENDING') return none;
  const names = job.allocation?.map((share) => share.node) ?? [];
  return job.state === 'COMPLETING' ? names.filter((name) => job.holders.includes(name)) : names;
}

export function jobNodeCount(job: Job): number {
  return jobNodes(job).length || job.spec.nodes.min;
}

/** The nodes that it has, or is to come to. */
export function lineNodeCount({ job, nodesNeeded }: JobLine): number {
  return nodesNeeded?.() ?? jobNodeCount(job);
}

export function jobCpus(job: Job): number {
  const allocation = job.state === 'PENDING' ? undefined : job.allocation;
  return allocation?.reduce((sum, share) => sum + share.cpus, 0) ?? requestedCpus(job.spec);
}

/** The fewest CPUs that a node needs to be of use for the job. */
export function jobCpusPerNode({ spec }: Job): number {
  return spec.cpusPerTask * (spec.ntasksPerNode ?? 1);
}

/** Where the batch script runs; for an interactive job where the command that waits for it runs. */
export function batchHost(job: Job): string | undefined {
  if (job.spec.kind === 'interactive') return job.spec.submitHost;
  return job.state === 'PENDING' ? undefined : job.allocation?.[0]?.node;
}

/** When it started. One that was cancelled while it waited has the instant of its end, as in Slurm. */
export function startTime(job: Job): Seconds | undefined {
  if (job.state === 'PENDING') return undefined;
  return job.startTime ?? (job.state === 'ENDED' ? job.endTime : undefined);
}

/** When it ended, or has to end by its limit. */
export function endTime(job: Job): Seconds | undefined {
  if (job.state === 'PENDING') return undefined;
  if (job.state !== 'RUNNING') return job.endTime;
  const { timeLimit } = job.spec;
  return timeLimit === 'UNLIMITED' ? undefined : job.startTime + timeLimit * 60 + (job.suspendedSeconds ?? 0);
}

/**
 * Seconds, without those that it stood still. Clocks of two machines differ a little, so that what has just
 * started may seem to lie ahead.
 */
export function timeUsed(line: JobLine): Seconds {
  const { job } = line;
  if (job.state === 'PENDING' || job.startTime === undefined) return 0;
  const until = job.state === 'RUNNING' ? (job.suspendedTime ?? line.now) : job.endTime;
  return Math.max(0, until - job.startTime - (job.suspendedSeconds ?? 0));
}

/** When it may start or might have; a held job has none. */
export function eligibleTime(job: Job): Seconds | undefined {
  return job.state === 'PENDING' && isHeld(job) ? undefined : job.eligibleTime;
}

const keepsBack: ReadonlySet<string> = new Set([
  'JobArrayTaskLimit',
  'Dependency',
  'DependencyNeverSatisfied',
]);

/** As it is shown: what its array's own limit or a dependency keeps back has no such time in Slurm. */
export function shownEligible({ job, reason }: JobLine): Seconds | undefined {
  return keepsBack.has(reason) ? undefined : eligibleTime(job);
}

/** When it ends, or would have to end; of a job that waits, by when it is expected to start. */
export function shownEnd(line: JobLine, start = shownStart(line)): Seconds | undefined {
  const { job } = line;
  if (job.state !== 'PENDING') return endTime(job);
  const { timeLimit } = job.spec;
  return start === undefined || timeLimit === 'UNLIMITED' ? undefined : start + timeLimit * 60;
}

/** Whether a waiting job can start is worked out as it is asked; the others had it when they started. */
export function lastEvaluation({ job, now }: JobLine): Seconds | undefined {
  return job.state === 'PENDING' ? now : startTime(job);
}

/** How often it was tried again. */
export function restarts(job: Job): number {
  return Math.max(0, job.state === 'PENDING' ? job.attempt : job.attempt - 1);
}

/** An instant, or Slurm's word for there being none in the place where it is printed. */
export function timeText(line: JobLine, time: Seconds | undefined, absent: string): string {
  return time === undefined ? absent : formatTimestamp(time, line.utcOffsetMinutes);
}

/** Slurm's word for a text that is not set. */
export function orNull(text: string | undefined): string {
  return text === undefined || text === '' ? '(null)' : text;
}

/** Why it waits or failed, or else where it is: squeue's last column. */
export function nodesOrReason(line: JobLine, nodesOf: (line: JobLine) => string): string {
  return explained.has(shownState(line.job)) ? `(${line.reason})` : nodesOf(line);
}

const explained: ReadonlySet<string> = new Set(['PENDING', 'TIMEOUT', 'OUT_OF_MEMORY', 'DEADLINE', 'FAILED']);

/**
 * GPUs asked for in one way, as TresPerNode and its like print them: `gres:gpu:a100:2`; undefined for none.
 */
export function tresPer({ spec }: Job, per: GpuNeed['per']): string | undefined {
  const asWritten = {
    job: spec.tresPerJob,
    node: spec.tresPerNode,
    socket: spec.tresPerSocket,
    task: spec.tresPerTask,
  };
  if (asWritten[per] !== undefined) return asWritten[per];
  const needs = spec.gpus.filter((need) => need.per === per);
  if (needs.length === 0) return undefined;
  return needs.map(({ type, count }) => `gres:gpu:${type === undefined ? '' : `${type}:`}${count}`).join(',');
}

/** The partition that it runs in, or those that it may run in. */
export function partitionOf(job: Job): string {
  return (job.state === 'PENDING' ? undefined : job.partition) ?? job.spec.partition;
}

/** Whether others may be on its nodes, in Slurm's words. */
export function overSubscribe({ spec }: Job): string {
  if (spec.exclusive !== undefined) return exclusiveWords[spec.exclusive];
  return spec.oversubscribe === true ? 'YES' : 'OK';
}

const exclusiveWords = { node: 'NO', user: 'USER', mcs: 'MCS' } as const;

/** The memory of each CPU or of each node, whichever it asked for: `1000M`, `4G`. */
export function memoryText({ memoryPerCpuMb, memoryPerNodeMb }: JobSpec): string {
  return formatMemory(memoryPerCpuMb ?? memoryPerNodeMb ?? 0);
}

/** `matlab:2,ansys:1`. */
export function licensesText({ licenses = [] }: JobSpec): string {
  return orNull(licenses.map(({ name, count }) => `${name}:${count}`).join(','));
}

/** A number of sockets, cores or threads, or Slurm's word for any. */
export function starOr(count: number | undefined): string {
  return count === undefined ? '*' : String(count);
}

export function flagText(isSet: boolean | undefined): string {
  return isSet === true ? '1' : '0';
}

/** When it started, or may start: its begin time, or what the plan says. */
export function shownStart({ job, planned, now }: JobLine): Seconds | undefined {
  if (job.state !== 'PENDING') return startTime(job);
  const start = planned?.();
  if (start !== undefined) return start.time;
  const { beginTime = 0 } = job.spec;
  return beginTime > now && !isHeld(job) ? beginTime : undefined;
}

/** Orders lines by their ids: tasks of an array by their numbers, those that wait together behind them. */
export function lineRank({ job, task }: JobLine): string {
  const rank = task ?? job.arrayTaskId ?? (isArrayRest(job) ? 0xffff_ffff : 0);
  return `${String(job.arrayJobId ?? job.id).padStart(10, '0')}_${String(rank).padStart(10, '0')}`;
}

function isArrayRest(job: Job): boolean {
  return 'tasks' in job && job.tasks !== undefined;
}
