import { isRefused, type JobRequest, jobEvents } from '../core/decide-jobs.ts';
import { mayAdminister } from '../core/decide-settings.ts';
import { arrayMembers } from '../core/members.ts';
import { reduceAll } from '../core/reduce.ts';
import type { JobRefusal } from '../core/refusal.ts';
import { type Chosen, chosenOf, findTargets, groupedTargets, type TargetGroup } from '../core/targets.ts';
import type { Cluster } from '../model/cluster.ts';
import { formatOfEvent } from '../model/event.ts';
import type { JobId, Seconds } from '../model/ids.ts';
import type { Job } from '../model/job.ts';
import { type Ranges, rangesNumbers, rangesOf } from '../model/ranges.ts';
import type { JobTarget } from '../model/request.ts';

/** What is asked to be done to jobs. */
export type ChangeVerb = JobRequest['name'];
export type ChangeRefusal = JobRefusal | 'unknown';

/** What came of a wish for a job or for some tasks of an array. */
export interface Judgement {
  /** The job's number, or that of its array. */
  readonly job: JobId;
  /** The tasks, if it is an array. */
  readonly tasks?: Ranges;
  readonly refusal?: ChangeRefusal;
}

export interface Wish {
  readonly request: JobRequest;
  readonly sender: { readonly uid: number; readonly isOwner: boolean };
  readonly now: Seconds;
}

/** What a request would lead to, target by target, and the state after it. */
export interface Judged {
  readonly judgements: readonly Judgement[];
  readonly cluster: Cluster;
}

/** Asks of the state what the daemons will: who is refused something is told before anything is sent. */
export function judge(cluster: Cluster, { request, sender, now }: Wish): Judged {
  const judgements: Judgement[] = [];
  let state = cluster;
  for (const group of groupedTargets(request.targets)) {
    const chosen = chosenOf(state, group, arrayMembers(state));
    judgements.push(...unknownOf(group, chosen));
    for (const one of chosen) {
      const sent = { requestId: 'judged', time: now, ...sender, request };
      const events = jobEvents(state, one, sent, now);
      if (isRefused(events)) judgements.push({ ...named(one), refusal: events });
      else if (events.some((event) => formatOfEvent(event) > state.format)) {
        judgements.push({ ...named(one), refusal: 'old format' });
      } else {
        judgements.push(named(one));
        state = reduceAll(state, events);
      }
    }
  }
  return { judgements, cluster: state };
}

/** What was named and nobody has. */
function unknownOf(group: readonly JobTarget[], chosen: readonly Chosen[]): readonly Judgement[] {
  const found = new Set(chosen.flatMap((one) => tasksOf(one)));
  const [{ job, task } = { job: 0 }] = group;
  if (task === undefined) return chosen.length > 0 ? [] : [{ job, refusal: 'unknown' }];
  const missing = group.flatMap((target) => target.task ?? []).filter((one) => !found.has(one));
  if (missing.length === 0) return [];
  return [{ job, tasks: rangesOf(missing), refusal: 'unknown' }];
}

function named(chosen: Chosen): Judgement {
  const { job } = chosen;
  const tasks = tasksOf(chosen);
  return { job: job.arrayJobId ?? job.id, ...(tasks.length > 0 && { tasks: rangesOf(tasks) }) };
}

function tasksOf({ job, tasks }: Chosen): readonly number[] {
  if (job.arrayTaskId !== undefined) return [job.arrayTaskId];
  return [...rangesNumbers(tasks ?? waitingTasks(job))];
}

function waitingTasks(job: Job): Ranges {
  return job.state === 'PENDING' || job.state === 'ENDED' ? (job.tasks ?? []) : [];
}

/** The targets of a text, those together that are looked after together, each with the first job it means. */
export function* groupsOf(
  cluster: Cluster,
  targets: readonly JobTarget[],
): IterableIterator<{ readonly group: TargetGroup; readonly job: Job | undefined }> {
  for (const group of groupedTargets(targets)) {
    const job = group.flatMap((target) => findTargets(cluster, target)).at(0);
    yield { group, job };
  }
}

export function isAdmin(cluster: Cluster, sender: Wish['sender']): boolean {
  return mayAdminister(cluster, sender);
}
