import type { Cluster } from '../model/cluster.ts';
import { formatDuration } from '../model/duration.ts';
import type { ClusterEvent } from '../model/event.ts';
import type { Seconds } from '../model/ids.ts';
import { isActive, type Job, shownState } from '../model/job.ts';
import type { MailType } from '../model/mailtypes.ts';
import { rangesCount } from '../model/ranges.ts';
import { arrayMembers } from './members.ts';
import { reduceAll } from './reduce.ts';

/** A mail about a job (--mail-type), in Slurm's words, as its MailProg gets it. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly job: Job;
  /** What SLURM_JOB_MAIL_TYPE says: `Began`. */
  readonly about: string;
}

/** What happened to a job that somebody may want a mail about. */
interface News {
  readonly job: Job;
  readonly type: MailType;
  readonly about: string;
  /** What stands behind it in the subject of a mail about one job. */
  readonly more: string;
}

/** The mails that these events are a reason for: whoever commits them sends these. */
export function lettersOf(before: Cluster, events: readonly ClusterEvent[]): readonly Letter[] {
  if (!events.some((event) => concernsMail(before, event))) return [];
  const letters: Letter[] = [];
  let state = before;
  for (const event of events) {
    const after = reduceAll(state, [event]);
    const id = 'id' in event ? event.id : undefined;
    const job = id === undefined ? undefined : after.jobs.get(id);
    const isOfInterest = job?.spec.mailTypes !== undefined && job.spec.mailTypes.length > 0;
    if (job !== undefined && isOfInterest && 'time' in event) {
      const news = newsOf(earlierOf(state, event, job), job, event);
      const letter = news && letterOf(state, after, news);
      if (letter !== undefined) letters.push(letter);
    }
    state = after;
  }
  return letters;
}

/** A quick look, for most jobs want no mail. */
function concernsMail({ jobs }: Cluster, event: ClusterEvent): boolean {
  if (event.name === 'jobSubmitted') return event.spec.mailTypes !== undefined;
  if (!('id' in event)) return false;
  const array = event.name === 'jobAllocated' ? event.array?.job : undefined;
  return jobs.get(array ?? event.id)?.spec.mailTypes !== undefined;
}

/** A task that starts was a part of its array's record. */
function earlierOf(state: Cluster, event: ClusterEvent, job: Job): Job | undefined {
  const isTask = event.name === 'jobAllocated' && event.array !== undefined;
  return state.jobs.get(isTask ? (job.arrayJobId ?? job.id) : job.id);
}

function newsOf(earlier: Job | undefined, job: Job, event: ClusterEvent): News | undefined {
  if (earlier === undefined || !('time' in event)) return undefined;
  const { time } = event;
  if (earlier.state === 'PENDING' && job.state === 'RUNNING') {
    const queued = formatDuration(Math.max(0, time - job.eligibleTime), 'scontrol');
    return { job, type: 'BEGIN', about: 'Began', more: `, Queued time ${queued}` };
  }
  if (isActive(earlier) && job.state === 'PENDING') {
    const run = formatDuration(runTime(earlier, time), 'scontrol');
    return { job, type: 'REQUEUE', about: 'Requeued', more: `, Run time ${run}` };
  }
  if (event.name === 'jobEndRequested' && event.endState === 'TIMEOUT' && earlier.state === 'RUNNING') {
    return { job, type: 'TIME_LIMIT', about: 'Reached time limit', more: '' };
  }
  if (earlier.state === 'ENDED' || job.state !== 'ENDED') return undefined;
  if (job.reason === 'DependencyNeverSatisfied') {
    return { job, type: 'INVALID_DEPEND', about: 'Invalid dependency', more: '' };
  }
  return endNews(job, time);
}

/** Who wants to hear of ends hears of failures too, and who asked for those alone hears of no others. */
function endNews(job: Extract<Job, { readonly state: 'ENDED' }>, time: Seconds): News {
  const { mailTypes = [] } = job.spec;
  const isWell = job.endState === 'COMPLETED' || job.endState === 'CANCELLED';
  const isFailure = !isWell && mailTypes.includes('FAIL');
  const run = formatDuration(job.startTime === undefined ? 0 : runTime(job, time), 'scontrol');
  const { code, signal } = job.exitCode;
  const exit = signal === 0 || isWell ? `, ExitCode ${code}` : '';
  const more = `, Run time ${run}, ${job.endState}${exit}`;
  return { job, type: isFailure ? 'FAIL' : 'END', about: isFailure ? 'Failed' : 'Ended', more };
}

function runTime(job: Job, now: Seconds): Seconds {
  if (job.state === 'PENDING' || job.startTime === undefined) return 0;
  const end = job.state === 'RUNNING' ? (job.suspendedTime ?? now) : job.endTime;
  return Math.max(0, end - job.startTime - (job.suspendedSeconds ?? 0));
}

function letterOf(before: Cluster, after: Cluster, news: News): Letter | undefined {
  const { job, type, about, more } = news;
  const { mailTypes = [], mailUser, user, name } = job.spec;
  if (!mailTypes.includes(type)) return undefined;
  const letter = { to: mailUser ?? user, job, about };
  const array = job.arrayJobId ?? ('tasks' in job && job.tasks !== undefined ? job.id : undefined);
  if (array === undefined)
    return { ...letter, subject: `Slurm Job_id=${job.id} Name=${name} ${about}${more}` };
  if (mailTypes.includes('ARRAY_TASKS') && job.arrayTaskId !== undefined) {
    const task = `${array}_${job.arrayTaskId} (${job.id})`;
    return { ...letter, subject: `Slurm Array Task Job_id=${task} Name=${name} ${about}${more}` };
  }
  const summary = `Slurm Array Summary Job_id=${array}_* (${array}) Name=${name}`;
  if (type === 'BEGIN') {
    return isFirstStart(before, array) ? { ...letter, subject: `${summary} ${about}` } : undefined;
  }
  if (type !== 'END' && type !== 'FAIL') return { ...letter, subject: `${summary} ${about}` };
  const ends = endsOfArray(after, array);
  return ends === undefined ? undefined : { ...letter, subject: `${summary} ${about}, ${ends}` };
}

/** True while all of an array waits that was submitted. */
function isFirstStart({ jobs }: Cluster, array: number): boolean {
  const own = jobs.get(array);
  if (own?.state !== 'PENDING' || own.tasks === undefined) return false;
  return rangesCount(own.tasks) === rangesCount(own.spec.array?.tasks ?? []);
}

/** How all tasks ended, `COMPLETED, ExitCode [0-0]`; undefined while one of them has not. */
function endsOfArray(cluster: Cluster, array: number): string | undefined {
  const ids = new Set([array, ...(arrayMembers(cluster).get(array)?.values() ?? [])]);
  const jobs = [...ids].flatMap((id) => cluster.jobs.get(id) ?? []);
  const codes: number[] = [];
  const states = new Set<string>();
  for (const job of jobs) {
    if (job.state !== 'ENDED') return undefined;
    codes.push(job.exitCode.code);
    states.add(shownState(job));
  }
  const [state = 'COMPLETED', ...others] = states;
  const shown = others.length === 0 ? state : 'Mixed';
  return `${shown}, ExitCode [${Math.min(...codes)}-${Math.max(...codes)}]`;
}

/** The mail that a job is to have which has used so much of its time limit. */
export function timeLetter(job: Job, percent: 50 | 80 | 90): Letter | undefined {
  const { mailTypes = [], mailUser, user, name } = job.spec;
  if (!mailTypes.includes(`TIME_LIMIT_${percent}`)) return undefined;
  const about = `Reached ${percent}% of time limit`;
  return { to: mailUser ?? user, job, about, subject: `Slurm Job_id=${job.id} Name=${name} ${about}` };
}
