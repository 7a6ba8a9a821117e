import type { PendingJob } from '../model/job.ts';
import { type Ranges, rangesAdd, rangesNumbers, rangesRemove } from '../model/ranges.ts';

/* The waiting tasks of an array that are held by themselves. An empty set is left out. */

export function tasksHeld(job: PendingJob, tasks: Ranges, by: 'user' | 'admin'): PendingJob {
  const numbers = [...rangesNumbers(tasks)];
  const { heldTasks = [], adminHeldTasks = [] } = job;
  return withTasks(job, {
    heldTasks: rangesAdd(heldTasks, numbers),
    adminHeldTasks: by === 'admin' ? rangesAdd(adminHeldTasks, numbers) : adminHeldTasks,
  });
}

/** The array without a word on these tasks: they are released, or gone. */
export function tasksUnheld(job: PendingJob, tasks: Ranges): PendingJob {
  const numbers = [...rangesNumbers(tasks)];
  const { heldTasks = [], adminHeldTasks = [] } = job;
  return withTasks(job, {
    heldTasks: rangesRemove(heldTasks, numbers),
    adminHeldTasks: rangesRemove(adminHeldTasks, numbers),
  });
}

function withTasks(
  { heldTasks: _heldTasks, adminHeldTasks: _adminHeldTasks, ...job }: PendingJob,
  now: { readonly heldTasks: Ranges; readonly adminHeldTasks: Ranges },
): PendingJob {
  const { heldTasks, adminHeldTasks } = now;
  return {
    ...job,
    ...(heldTasks.length > 0 && { heldTasks }),
    ...(adminHeldTasks.length > 0 && { adminHeldTasks }),
  };
}
