import type { ExitCode } from '../../model/exitcode.ts';
import type { Seconds } from '../../model/ids.ts';
import { type NodeShare, shownJobId } from '../../model/job.ts';
import { formatMemory } from '../../model/memory.ts';
import type { EndState } from '../../model/states.ts';
import type { StepRecord, StepUsage } from '../../model/steprecord.ts';
import { eligibleTime, endTime, type JobLine, jobCpus, lineId, startTime, timeUsed } from './jobvalues.ts';
import { gpuTallyOf, requestedTres, type Tres } from './tres.ts';

/** A job, or one of its steps, as one line of sacct shows it. */
export interface AccountLine extends JobLine {
  readonly part: 'job' | StepPart;
  readonly clusterName: string;
  /** The steps of a job that has not ended, as their files tell. */
  readonly steps?: readonly StepRecord[];
  /** In which unit sizes are printed; missing: in the largest that holds them. */
  readonly unit?: SizeUnit;
}

/** A batch script is a step of its own, and so is what an interactive job runs; others have a record. */
export type StepPart = 'batch' | '0' | StepRecord;

export const sizeUnits = ['K', 'M', 'G', 'T', 'P'] as const;
export type SizeUnit = (typeof sizeUnits)[number];

export function isStep({ part }: AccountLine): boolean {
  return part !== 'job';
}

/** The id by which users know it: `12`, `12_3`, `12.batch`, `12_[4-9]`. */
export function accountId(line: AccountLine): string {
  return isStep(line) ? `${shownJobId(line.job)}.${stepName(line.part)}` : lineId(line);
}

export function rawId({ job, part }: AccountLine): string {
  return part === 'job' ? String(job.id) : `${job.id}.${stepName(part)}`;
}

function stepName(part: AccountLine['part']): string {
  return typeof part === 'string' ? part : String(part.step);
}

/** The record of a step that was made within the job. */
export function recordOf({ part }: AccountLine): StepRecord | undefined {
  return typeof part === 'string' ? undefined : part;
}

/** What its processes used, as far as it was measured. */
export function usageOf({ job, part }: AccountLine): StepUsage | undefined {
  if (part === 'job') return undefined;
  return typeof part === 'string' ? ('usage' in job ? job.usage : undefined) : part.usage;
}

/** What it had; a batch script has the share of the first node. Undefined for what never had anything. */
export function lineShares({ job, part }: AccountLine): readonly NodeShare[] | undefined {
  if (job.state === 'PENDING' || job.startTime === undefined) return undefined;
  if (typeof part !== 'string') return recordShares(part, job.allocation ?? []);
  return part === 'batch' ? job.allocation?.slice(0, 1) : job.allocation;
}

/** A step's own part of what its job has on each node. */
function recordShares(
  { nodes, cpus, memoryMb }: StepRecord,
  allocation: readonly NodeShare[],
): readonly NodeShare[] {
  return nodes.map(({ node, gpus }, place) => {
    const own = allocation.find((share) => share.node === node);
    // The sums are kept; which node had how much of them is not told.
    const isFirst = place === 0;
    return {
      node,
      cpus: isFirst ? cpus : 0,
      memoryMb: isFirst ? memoryMb : 0,
      gpus: (own?.gpus ?? []).slice(0, gpus),
      tasks: 0,
    };
  });
}

export function lineCpus(line: AccountLine): number {
  return lineShares(line)?.reduce((sum, { cpus }) => sum + cpus, 0) ?? jobCpus(line.job);
}

/** The state of a step is told by how its job ended; that of a job names who cancelled it. */
export function accountState({ job, part }: AccountLine): string {
  if (typeof part !== 'string') {
    return part.state === 'CANCELLED' && part.endedBy !== undefined
      ? `CANCELLED by ${part.endedBy}`
      : part.state;
  }
  if (job.state === 'PENDING' || job.state === 'RUNNING') return job.state;
  if (part !== 'job') return stepState(job);
  const { endState, endedBy } = job;
  return endState === 'CANCELLED' && endedBy !== undefined ? `CANCELLED by ${endedBy}` : endState;
}

type Over = Extract<AccountLine['job'], { readonly endState: EndState }>;

/**
 * As captured: what was killed reads CANCELLED, whatever became of its job, and so does a script that could
 * not be started.
 */
function stepState({ endState, exitCode, reason }: Over): EndState {
  if (endState === 'OUT_OF_MEMORY') return endState;
  if (endState === 'COMPLETED') return endState;
  if (reason === 'JobLaunchFailure' || exitCode.signal !== 0) return 'CANCELLED';
  return endState === 'FAILED' ? 'FAILED' : 'CANCELLED';
}

const none: ExitCode = { code: 0, signal: 0 };
const termed: ExitCode = { code: 0, signal: 15 };

/** MiB in the unit that was asked for, as the accounting prints it: `3.91G`, `500M`. */
export function formatSize(mb: number, unit: SizeUnit | undefined): string {
  if (unit === undefined || mb === 0) return formatMemory(mb);
  const amount = mb * 1024 ** (1 - sizeUnits.indexOf(unit));
  return `${Number.isInteger(amount) ? amount : amount.toFixed(2)}${unit}`;
}

/** How it ended. Slurm does not keep for a job that was ended from outside what its script said. */
export function accountExit({ job, part }: AccountLine): ExitCode {
  if (typeof part !== 'string') return part.exitCode;
  if (job.state === 'PENDING' || job.state === 'RUNNING') return none;
  const { endState, exitCode } = job;
  const isEnded = endState === 'CANCELLED' || endState === 'TIMEOUT' || endState === 'NODE_FAIL';
  if (part === 'job') return isEnded ? none : exitCode;
  return isEnded && exitCode.code === 0 && exitCode.signal === 0 ? termed : exitCode;
}

export function accountStart({ job, part }: AccountLine): Seconds | undefined {
  return typeof part === 'string' ? startTime(job) : part.startTime;
}

/** Undefined while it has not ended. */
export function accountEnd(line: AccountLine): Seconds | undefined {
  const { job, part } = line;
  if (typeof part !== 'string') return part.endTime;
  if (job.state === 'RUNNING') return undefined;
  const end = endTime(job);
  return end === undefined ? undefined : end + secondsAfterEnd(line);
}

/** For how long a batch script went on when its job had been ended. */
function secondsAfterEnd({ job, part }: AccountLine): Seconds {
  if (part !== 'batch' || !('scriptEndTime' in job)) return 0;
  return (job.scriptEndTime ?? job.endTime) - job.endTime;
}

/** How long it waited once it might have started, in seconds. */
export function waitedSeconds(line: AccountLine): Seconds {
  const eligible = eligibleTime(line.job);
  if (eligible === undefined) return 0;
  return Math.max(0, (startTime(line.job) ?? line.now) - eligible);
}

/** CPU seconds that it had, used or not. */
export function cpuSeconds(line: AccountLine): Seconds {
  return elapsedSeconds(line) * lineCpus(line);
}

/** How long it ran. */
export function elapsedSeconds(line: AccountLine): Seconds {
  const record = recordOf(line);
  if (record === undefined) return timeUsed(line) + secondsAfterEnd(line);
  return Math.max(0, (record.endTime ?? line.now) - record.startTime);
}

/** The steps that are known of a job: those that run, or those that were kept. */
export function stepsOf({ job, steps }: AccountLine): readonly StepRecord[] {
  return steps ?? ('steps' in job ? (job.steps ?? []) : []);
}

/** What it had, as AllocTRES; empty for what never had anything. */
export function allocTres(line: AccountLine): string {
  const shares = lineShares(line);
  if (shares === undefined) return '';
  const cpus = lineCpus(line);
  const memoryMb = shares.reduce((sum, share) => sum + share.memoryMb, 0);
  const gpus = gpuTallyOf(shares, (node) => line.nodes.get(node)?.record.gpus);
  const billing = isStep(line) ? 0 : cpus;
  return sortedTres({ cpus, memoryMb, nodes: shares.length, billing, gpus }, line.unit);
}

export function reqTres(line: AccountLine): string {
  return isStep(line) ? '' : sortedTres(askedOf(line), line.unit);
}

/** What a job asked for; all the memory of its nodes is as much as they have, once that is known. */
export function askedOf({ job, nodeMemoryMb }: AccountLine): Tres {
  const shares = job.state === 'PENDING' ? undefined : job.allocation;
  const largest = shares && Math.max(...shares.map(({ memoryMb }) => memoryMb));
  return requestedTres(job.spec, largest === undefined ? nodeMemoryMb : () => largest);
}

/** As the accounting has it: by name, typed GPUs before all of them. */
function sortedTres({ cpus, memoryMb, nodes, billing, gpus }: Tres, unit: SizeUnit | undefined): string {
  let total = 0;
  const parts: string[] = [];
  for (const [type, count] of gpus) {
    total += count;
    if (type !== '' && count > 0) parts.push(`gres/gpu:${type}=${count}`);
  }
  if (total > 0) parts.push(`gres/gpu=${total}`);
  if (billing > 0) parts.push(`billing=${billing}`);
  if (cpus > 0) parts.push(`cpu=${cpus}`);
  if (memoryMb > 0) parts.push(`mem=${formatSize(memoryMb, unit)}`);
  if (nodes > 0) parts.push(`node=${nodes}`);
  return parts.sort().join(',');
}

export function lineName(line: AccountLine): string {
  return recordOf(line)?.name ?? (line.part === 'batch' ? 'batch' : line.job.spec.name);
}

export function layoutName(line: AccountLine): string {
  if (line.part === 'batch') return 'Unknown';
  const name = recordOf(line)?.distribution ?? 'block';
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}

export function taskCount(line: AccountLine): number {
  return recordOf(line)?.ntasks ?? (line.part === 'batch' ? 1 : line.job.spec.ntasks);
}
