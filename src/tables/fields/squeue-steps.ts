import { formatDuration, formatTimestamp } from '../../model/duration.ts';
import { formatHostlist } from '../../model/hostlist.ts';
import type { JobSpec } from '../../model/spec.ts';
import { formatTimeLimit, type TimeLimit } from '../../model/timelimit.ts';
import type { FieldRow } from '../format.ts';

/** A running step as one line of `squeue -s`. */
export interface StepLine {
  readonly id: string;
  readonly job: { readonly id: number; readonly spec: JobSpec; readonly partition?: string };
  readonly name: string;
  readonly startTime: number;
  readonly nodes: readonly string[];
  readonly ntasks: number;
  readonly timeLimit: TimeLimit;
  readonly tresPerNode?: string;
  readonly now: number;
  readonly utcOffsetMinutes: number;
}

/** As captured: tab.squeue.s. */
export const squeueStepFormat = '%.15i %.8j %.9P %.8u %.9M %N';

const partition = ({ job }: StepLine): string => job.partition ?? job.spec.partition;

/** squeue(1), --format, what holds for steps. */
export const squeueStepFields: readonly FieldRow<StepLine>[] = [
  { name: 'NumTasks', letter: 'A', head: 'TASKS', get: ({ ntasks }) => String(ntasks) },
  { name: 'Gres', letter: 'b', head: 'TRES_PER_NODE', get: ({ tresPerNode }) => tresPerNode ?? 'N/A' },
  { name: 'StepId', letter: 'i', head: 'STEPID', get: ({ id }) => id },
  { name: 'StepName', letter: 'j', head: 'NAME', get: ({ name }) => name },
  {
    name: 'TimeLimit',
    letter: 'l',
    head: 'TIME_LIMIT',
    get: ({ timeLimit }) => formatTimeLimit(timeLimit, 'squeue'),
  },
  {
    name: 'TimeUsed',
    letter: 'M',
    head: 'TIME',
    get: ({ now, startTime }) => formatDuration(Math.max(0, now - startTime), 'squeue'),
  },
  { name: 'Nodes', letter: 'N', head: 'NODELIST', get: ({ nodes }) => formatHostlist(nodes) },
  { name: 'Partition', letter: 'P', head: 'PARTITION', get: partition },
  {
    name: 'StartTime',
    letter: 'S',
    head: 'START_TIME',
    get: ({ startTime, utcOffsetMinutes }) => formatTimestamp(startTime, utcOffsetMinutes),
  },
  { name: 'UserName', letter: 'u', head: 'USER', get: ({ job }) => job.spec.user },
  { name: 'UserId', letter: 'U', head: 'USER', get: ({ job }) => String(job.spec.uid) },
];
