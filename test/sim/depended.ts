import { reduce } from '../../src/core/reduce.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import type { DependencyClause } from '../../src/model/dependency.ts';
import type { ClusterEvent } from '../../src/model/event.ts';
import { isActive, type Job } from '../../src/model/job.ts';
import { type Ranges, rangesCount, rangesHas } from '../../src/model/ranges.ts';

/*
 * Whether jobs start before what they depend on has happened, told from the whole history and not from what
 * the state still knows.
 */

/** Of each job that was in the log, how it is, or was when it left the state. */
export class Lives {
  readonly #last = new Map<number, Job>();
  /** Which jobs had left the state when a job was submitted: to it they are as good as done, as in Slurm. */
  readonly #gone = new Map<number, Ranges>();
  readonly #started = new Set<number>();

  /** Says what starts too early in a commit that follows on the state; undefined when nothing does. */
  follow(before: Cluster, events: readonly ClusterEvent[]): string | undefined {
    let cluster = before;
    for (const event of events) {
      const job = event.name === 'jobAllocated' ? cluster.jobs.get(event.array?.job ?? event.id) : undefined;
      const unmet = job === undefined ? undefined : this.#unmet(job);
      if (unmet !== undefined) return `job ${job?.id} starts, though ${unmet}`;
      if (event.name === 'jobAllocated') this.#started.add(event.id);
      if (event.name === 'jobSubmitted') this.#gone.set(event.id, cluster.closed);
      cluster = reduce(cluster, event);
      for (const id of 'id' in event ? [event.id, ...arrayOf(event)] : []) {
        const now = cluster.jobs.get(id);
        if (now !== undefined) this.#last.set(id, now);
      }
    }
    return undefined;
  }

  #unmet({ spec, id, arrayJobId }: Job): string | undefined {
    const { any = false, clauses: all = [] } = spec.dependency ?? {};
    // What had happened by its first start has happened, as in Slurm; that it is alone may have changed.
    const isAgain = this.#started.has(id);
    const clauses = isAgain ? all.filter(({ type }) => type === 'singleton' && !any) : all;
    const unmet = clauses.filter(
      (clause) => !this.#isMet(clause, spec.uid, { name: spec.name, group: arrayJobId ?? id }),
    );
    const isMet = any ? unmet.length < clauses.length || clauses.length === 0 : unmet.length === 0;
    return isMet ? undefined : JSON.stringify(unmet);
  }

  #isMet(
    { type, jobId }: DependencyClause,
    uid: number,
    { name, group }: { readonly name: string; readonly group: number },
  ): boolean {
    const all = [...this.#last.values()];
    if (type === 'singleton') {
      return !all.some((job) => {
        const other = job.arrayJobId ?? job.id;
        const isSame = job.spec.uid === uid && job.spec.name === name && other !== group;
        return isSame && !isEmpty(job) && (isActive(job) || (job.state === 'PENDING' && other < group));
      });
    }
    const gone = this.#gone.get(group) ?? [];
    const named = all.filter((job) => (job.id === jobId || job.arrayJobId === jobId) && !isEmpty(job));
    const parents = named.filter((job) => !rangesHas(gone, job.id));
    if (parents.length === 0) return rangesHas(gone, jobId ?? 0);
    if (type === 'after') return parents.every((job) => job.state !== 'PENDING');
    if (!parents.every((job) => job.state === 'ENDED')) return false;
    const isWell = parents.every((job) => job.state === 'ENDED' && job.endState === 'COMPLETED');
    return type === 'afterany' || (type === 'afternotok' ? !isWell : isWell);
  }
}

function arrayOf(event: ClusterEvent): readonly number[] {
  return event.name === 'jobAllocated' && event.array !== undefined ? [event.array.job] : [];
}

/** What is left of an array whose tasks have all started. */
function isEmpty(job: Job): boolean {
  return 'tasks' in job && job.tasks !== undefined && rangesCount(job.tasks) === 0;
}
