import { IdMap } from '../base/idmap.ts';
import type { Cluster } from '../model/cluster.ts';
import type { JobId } from '../model/ids.ts';
import type { Job } from '../model/job.ts';

/** The ids of the tasks that have started, by array and task. */
export type ArrayMembers = ReadonlyMap<JobId, ReadonlyMap<number, JobId>>;

const selectTasks = IdMap.selector((job: Job): job is Job => job.arrayJobId !== undefined);
const membersOf = new WeakMap<Cluster['jobs'], ArrayMembers>();

/** No request makes or takes away a task that has started: one look serves all targets. */
export function arrayMembers({ jobs }: Cluster): ArrayMembers {
  const known = membersOf.get(jobs);
  if (known !== undefined) return known;
  const members = new Map<JobId, Map<number, JobId>>();
  for (const { id, arrayJobId = 0, arrayTaskId = 0 } of selectTasks(jobs)) {
    const tasks = members.get(arrayJobId) ?? new Map<number, JobId>();
    members.set(arrayJobId, tasks.set(arrayTaskId, id));
  }
  membersOf.set(jobs, members);
  return members;
}
