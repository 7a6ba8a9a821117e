import type { Job } from './job.ts';

/** Slurm's TOP_PRIORITY: each submission is given a little less. */
const priorityTop = 4_294_901_760;

/**
 * Slurm's priority/basic: earlier jobs have more, held ones none. What an administrator or `scontrol top` set
 * counts in its place.
 */
export function priorityOf(job: Job): number {
  if (job.state !== 'ENDED' && job.held !== undefined) return 0;
  const { priority, nice = 0 } = job.spec;
  return job.priority ?? priority ?? priorityAfter((job.arrayJobId ?? job.id) - 1, nice);
}

/** What the next job gets when that many ids were given before. */
export function priorityAfter(lastId: number, nice = 0): number {
  return Math.min(2 ** 32 - 2, Math.max(1, priorityTop - lastId - 1 - nice));
}
