import type { Cluster } from '../model/cluster.ts';
import type { Job } from '../model/job.ts';
import { type Ranges, rangesCount, rangesHas, rangesOf } from '../model/ranges.ts';
import type { JobTarget } from '../model/request.ts';
import { type ArrayMembers, arrayMembers } from './members.ts';

/** A job that is meant; with `tasks` those waiting tasks of an array alone. */
export interface Chosen {
  readonly job: Job;
  readonly tasks?: Ranges;
}

/** The jobs that a user means: an array's number stands for all its tasks, waiting and running. */
export function findTargets(
  cluster: Cluster,
  target: JobTarget,
  members: ArrayMembers = arrayMembers(cluster),
): readonly Job[] {
  const own = cluster.jobs.get(target.job);
  const { task } = target;
  if (task === undefined) {
    if (own === undefined || !hasArrayNumber(own)) return own === undefined ? [] : [own];
    const others = [...(members.get(target.job)?.values() ?? [])].filter((id) => id !== target.job);
    return [own, ...others.flatMap((id) => cluster.jobs.get(id) ?? [])];
  }
  const id = members.get(target.job)?.get(task);
  const started = id === undefined ? undefined : cluster.jobs.get(id);
  if (started !== undefined) return [started];
  return own?.state === 'PENDING' && own.tasks && rangesHas(own.tasks, task) ? [own] : [];
}

/** Targets that are looked after together: one of them, or tasks of one array that follow each other. */
export type TargetGroup = readonly [JobTarget, ...JobTarget[]];

/** One event holds at most so many tasks that were named by themselves. */
const groupMax = 10_000;

export function* groupedTargets(targets: readonly JobTarget[]): IterableIterator<TargetGroup> {
  let group: [JobTarget, ...JobTarget[]] | undefined;
  for (const target of targets) {
    const isOfGroup = target.task !== undefined && group?.[0].task !== undefined;
    if (group !== undefined && isOfGroup && group[0].job === target.job && group.length < groupMax) {
      group.push(target);
      continue;
    }
    if (group !== undefined) yield group;
    group = [target];
  }
  if (group !== undefined) yield group;
}

/** What a group means: tasks that have started one by one, and those that wait as one. */
export function chosenOf(cluster: Cluster, group: TargetGroup, members: ArrayMembers): readonly Chosen[] {
  const chosen: Chosen[] = [];
  const waiting: number[] = [];
  let array: Job | undefined;
  for (const target of group) {
    for (const job of findTargets(cluster, target, members)) {
      if (target.task === undefined || job.arrayTaskId !== undefined) chosen.push({ job });
      else {
        waiting.push(target.task);
        array = job;
      }
    }
  }
  return array === undefined ? chosen : [...chosen, { job: array, tasks: rangesOf(waiting) }];
}

/** True if these are all tasks of the array that wait. */
export function isAllOf(tasks: Ranges, waiting: Ranges | undefined): boolean {
  return waiting !== undefined && rangesCount(tasks) === rangesCount(waiting);
}

/** True for the record that has an array's number: its waiting part, or the task that took the number. */
function hasArrayNumber(job: Job): boolean {
  return job.arrayJobId === job.id || ('tasks' in job && job.tasks !== undefined);
}
