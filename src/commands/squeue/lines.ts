import { shownState } from '../../model/job.ts';
import { rangesNumbers } from '../../model/ranges.ts';
import { compactStates } from '../../model/states.ts';
import type { ClusterView } from '../../services/view.ts';
import { type JobLine, priorityOf, reasonOf } from '../../tables/fields/jobvalues.ts';
import { compare } from '../../tables/row.ts';
import type { Chosen } from './filter.ts';

/** How lines are made of jobs. */
export interface LineOptions {
  /** One line for every waiting task of an array. */
  readonly isUnfolded: boolean;
  /** The room for a list of array tasks; missing is Slurm's. */
  readonly tasksLengthMax?: number;
}

/** The lines of the jobs in squeue's order. */
export function jobLines(
  view: ClusterView,
  chosen: readonly Chosen[],
  options: LineOptions,
): readonly JobLine[] {
  const { cluster, now, utcOffsetMinutes } = view;
  const { tasksLengthMax } = options;
  const common = {
    nodes: cluster.nodes,
    now,
    utcOffsetMinutes,
    ...(tasksLengthMax !== undefined && { tasksLengthMax }),
  };
  return [...chosen]
    .sort(compareChosen)
    .flatMap((one) => (options.isUnfolded ? unfolded(one) : [one]))
    .map((one) => ({ ...common, ...one, reason: reasonOf(one.job, view.reasons) }));
}

function unfolded({ job, task }: Chosen): readonly Chosen[] {
  const waiting = job.state === 'PENDING' ? job.tasks : undefined;
  if (task !== undefined || waiting === undefined) return [{ job, ...(task !== undefined && { task }) }];
  return [...rangesNumbers(waiting)].map((one) => ({ job, task: one }));
}

/**
 * Slurm's `P,t,-p`: by partition, by the letters of the state (so that what waits stands before what runs),
 * by falling priority; then arrays by their tasks, those that wait together last.
 */
function compareChosen(a: Chosen, b: Chosen): number {
  return (
    compare(a.job.spec.partition, b.job.spec.partition) ||
    compare(compactStates[shownState(a.job)], compactStates[shownState(b.job)]) ||
    priorityOf(b.job) - priorityOf(a.job) ||
    arrayIdOf(a) - arrayIdOf(b) ||
    taskRank(a) - taskRank(b) ||
    a.job.id - b.job.id
  );
}

function arrayIdOf({ job }: Chosen): number {
  return job.arrayJobId ?? job.id;
}

function taskRank({ job, task }: Chosen): number {
  return task ?? job.arrayTaskId ?? Number.MAX_SAFE_INTEGER;
}
