import { associationIds, associationKey } from '../../model/accounts.ts';
import { configOf } from '../../model/cluster.ts';
import type { Job } from '../../model/job.ts';
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
  const { tasksLengthMax } = options;
  const look = { view, tasksLengthMax, associations: associationIds(configOf(view.cluster)) };
  const lines = inIdOrder(chosen, options.arrayAlone).map(({ job, task }) => new QueueLine(job, task, look));
  const apart = options.isByPartition === true ? lines.flatMap(byPartition) : lines;
  const inOrder = sorted(apart, options.order);
  return options.isUnfolded ? inOrder.flatMap(unfolded) : inOrder;
}

/** What all lines of one look have in common. */
interface Look {
  readonly view: ClusterView;
  readonly tasksLengthMax: number | undefined;
  readonly associations: ReadonlyMap<string, number>;
}

/**
 * A line of a long queue holds little: what it shows is worked out as it is asked for. A class, for an object
 * with as many getters of its own would cost more than all the values.
 */
class QueueLine implements JobLine {
  readonly job: Job;
  readonly task: number | undefined;
  readonly look: Look;

  constructor(job: Job, task: number | undefined, look: Look) {
    this.job = job;
    this.task = task;
    this.look = look;
  }

  get nodes(): JobLine['nodes'] {
    return this.look.view.cluster.nodes;
  }

  get now(): number {
    return this.look.view.now;
  }

  get utcOffsetMinutes(): number {
    return this.look.view.utcOffsetMinutes;
  }

  get clusterName(): string {
    return this.look.view.clusterName;
  }

  get tasksLengthMax(): number | undefined {
    return this.look.tasksLengthMax;
  }

  get associationId(): number {
    const { account, user } = this.job.spec;
    return this.look.associations.get(associationKey(account, user)) ?? 0;
  }

  get reason(): string {
    return reasonOf(this.job, this.look.view.reasons, this.task);
  }

  get reasonText(): string | undefined {
    return this.look.view.reasonTexts.get(this.job.id);
  }

  get dependency(): () => string {
    return () => this.look.view.dependencyOf(this.job, this.task);
  }

  get planned(): NonNullable<JobLine['planned']> {
    return () => this.look.view.plannedStarts().get(this.job.id);
  }

  get nodesNeeded(): NonNullable<JobLine['nodesNeeded']> {
    return () => this.look.view.nodesNeeded(this.job);
  }

  get nodeMemoryMb(): NonNullable<JobLine['nodeMemoryMb']> {
    return () => this.look.view.largestFor(this.job)?.memoryMb ?? 0;
  }
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
  if (!chosen.some(isRest)) return chosen;
  return [...chosen.filter((one) => !isRest(one)), ...chosen.filter(isRest)];
}

function byPartition(line: QueueLine): readonly QueueLine[] {
  const { job, task, look } = line;
  const names = partitionOf(job).split(',');
  if (job.state !== 'PENDING' || names.length === 1) return [line];
  return names.map((partition) => new QueueLine({ ...job, spec: { ...job.spec, partition } }, task, look));
}

function unfolded(line: QueueLine): readonly QueueLine[] {
  const { job, task, look } = line;
  const waiting = job.state === 'PENDING' ? job.tasks : undefined;
  if (task !== undefined || waiting === undefined) return [line];
  return [...rangesNumbers(waiting)].map((one) => new QueueLine(job, one, look));
}
