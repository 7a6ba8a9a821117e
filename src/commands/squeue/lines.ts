import { associationIds, associationKey } from '../../model/accounts.ts';
import { configOf } from '../../model/cluster.ts';
import { rangesNumbers } from '../../model/ranges.ts';
import type { ClusterView } from '../../services/view.ts';
import { type JobLine, partitionOf, reasonOf } from '../../tables/fields/jobvalues.ts';
import { type Order, sorted } from '../../tables/sort.ts';
import type { Chosen } from './filter.ts';

/** How lines are made of jobs. */
export interface LineOptions {
  /** One line for every waiting task of an array. */
  readonly isUnfolded: boolean;
  /** The room for a list of array tasks; missing is Slurm's. */
  readonly tasksLengthMax?: number;
  /** One line for every partition that a waiting job may run in. */
  readonly isByPartition?: boolean;
  /** The id, if that of one job or array alone was asked for. */
  readonly arrayAlone?: number | undefined;
  readonly order: Order<JobLine>;
}

/** The lines of the jobs in the order that is wanted. */
export function jobLines(
  view: ClusterView,
  chosen: readonly Chosen[],
  options: LineOptions,
): readonly JobLine[] {
  const { cluster, now, utcOffsetMinutes, clusterName, reasons, reasonTexts } = view;
  const { nodes } = cluster;
  const { tasksLengthMax } = options;
  const associations = associationIds(configOf(cluster));
  // Field by field: spread into one another, lines would take several times as long.
  const lines = inIdOrder(chosen, options.arrayAlone).map(
    ({ job, task }): JobLine => ({
      job,
      task,
      nodes,
      now,
      utcOffsetMinutes,
      clusterName,
      associationId: associations.get(associationKey(job.spec.account, job.spec.user)) ?? 0,
      tasksLengthMax,
      reason: reasonOf(job, reasons, task),
      reasonText: reasonTexts.get(job.id),
      dependency: () => view.dependencyOf(job, task),
      planned: () => view.plannedStarts().get(job.id),
      nodesNeeded: () => view.nodesNeeded(job),
      nodeMemoryMb: () => view.largestFor(job)?.memoryMb ?? 0,
    }),
  );
  const apart = options.isByPartition === true ? lines.flatMap(byPartition) : lines;
  const inOrder = sorted(apart, options.order);
  return options.isUnfolded ? inOrder.flatMap((line) => unfolded(line, view.reasons)) : inOrder;
}

/**
 * By id, and what still waits of arrays behind the rest, as Slurm keeps them. Of one array alone the newest
 * come first, behind what has the array's own id (captured: array.states).
 */
function inIdOrder(chosen: readonly Chosen[], alone: number | undefined): readonly Chosen[] {
  if (alone !== undefined) {
    const isOwn = ({ job }: Chosen): boolean => job.id === alone;
    return [...chosen.filter(isOwn), ...chosen.filter((one) => !isOwn(one)).reverse()];
  }
  const isRest = ({ job }: Chosen): boolean => job.state === 'PENDING' && job.tasks !== undefined;
  return [...chosen.filter((one) => !isRest(one)), ...chosen.filter(isRest)];
}

function byPartition(line: JobLine): readonly JobLine[] {
  const { job } = line;
  const names = partitionOf(job).split(',');
  if (job.state !== 'PENDING' || names.length === 1) return [line];
  return names.map((partition) => ({ ...line, job: { ...job, spec: { ...job.spec, partition } } }));
}

function unfolded(line: JobLine, reasons: ClusterView['reasons']): readonly JobLine[] {
  const { job, task } = line;
  const waiting = job.state === 'PENDING' ? job.tasks : undefined;
  if (task !== undefined || waiting === undefined) return [line];
  return [...rangesNumbers(waiting)].map((one) => ({
    ...line,
    task: one,
    reason: reasonOf(job, reasons, one),
  }));
}
