import { mayChange, type Sender } from '../core/authority.ts';
import { findTargets } from '../core/targets.ts';
import type { Cluster } from '../model/cluster.ts';
import { isActive, type Job, shownState } from '../model/job.ts';
import { rangesHas, rangesNumbers } from '../model/ranges.ts';
import type { JobTarget, Request } from '../model/request.ts';
import { askCluster } from './askcluster.ts';
import type { Session } from './session.ts';

/** Conditions that have to hold together; what is missing holds for all jobs. */
export interface CancelFilter {
  readonly account?: string;
  readonly jobName?: string;
  readonly nodelist?: readonly string[];
  readonly partition?: string;
  readonly qos?: string;
  readonly reservation?: string;
  readonly state?: string;
  /** Names, or uids in digits. */
  readonly users?: readonly string[];
  readonly wckey?: string;
}

/** What to do to the jobs: end them, or send them a signal. */
export type CancelAction =
  | { readonly name: 'cancel' }
  | { readonly name: 'signal'; readonly signal: number; readonly scope: 'steps' | 'batch' | 'full' };

export interface CancelAsk {
  /** The jobs that were named; none means all that the filter lets through. */
  readonly targets: readonly JobTarget[];
  readonly filter: CancelFilter;
  readonly action: CancelAction;
  /** Who asks. */
  readonly sender: Sender;
  /** The host that asks, for people. */
  readonly host: string;
  /** Asked of each job before it is done; missing: nobody is asked. */
  readonly confirm?: (job: NamedJob) => Promise<boolean>;
}

/** A job as the question before its end names it. */
export interface NamedJob {
  readonly id: string;
  readonly name: string;
  readonly partition: string;
}

/** What became of the wish for one job. */
export interface CancelOutcome {
  /** As users write it: `12`, `12_3`, a step `12.0`. */
  readonly job: string;
  /** `finished`: it had ended before; `unmatched`: it was named, and the conditions leave it out. */
  readonly outcome: 'sent' | 'finished' | 'unknown' | 'denied' | 'unmatched' | 'unconfirmed';
}

/** Asks for jobs to be ended or signalled; their nodes do it. Gives what was asked for, in order. */
export async function cancelJobs(session: Session, ask: CancelAsk): Promise<readonly CancelOutcome[]> {
  const { cluster } = await session.present.view();
  const choices = await confirmed(chooseTargets(cluster, ask), cluster, ask.confirm);
  const targets = choices.flatMap(({ outcome, target }) => (outcome === 'sent' ? [target] : []));
  for (let first = 0; first < targets.length; first += targetsPerRequest) {
    const some = targets.slice(first, first + targetsPerRequest);
    const request: Request = { ...ask.action, targets: some };
    await askCluster(session, { request, host: ask.host });
  }
  return choices.map(({ target, outcome }) => ({ job: shownTarget(target), outcome }));
}

async function confirmed(
  choices: readonly Choice[],
  cluster: Cluster,
  confirm: CancelAsk['confirm'],
): Promise<readonly Choice[]> {
  if (confirm === undefined) return choices;
  const asked: Choice[] = [];
  for (const choice of choices) {
    const jobs = findTargets(cluster, choice.target);
    const [job] = jobs;
    // Before anybody is asked, what is over is as good as not there, also while its nodes are still held.
    const isOver = choice.outcome === 'sent' ? jobs.every(isFinished) : choice.outcome === 'finished';
    if (isOver) asked.push({ ...choice, outcome: 'unmatched' });
    else if (choice.outcome !== 'sent' || job === undefined) asked.push(choice);
    else {
      const named = { id: shownTarget(choice.target), name: job.spec.name, partition: job.spec.partition };
      asked.push((await confirm(named)) ? choice : { ...choice, outcome: 'unconfirmed' });
    }
  }
  return asked;
}

function isFinished(job: Job): boolean {
  return job.state === 'ENDED' || (job.state === 'COMPLETING' && job.requeue === undefined);
}

const targetsPerRequest = 50_000;

interface Choice {
  readonly target: JobTarget;
  readonly outcome: CancelOutcome['outcome'];
}

/** Which targets the request is to name, and what is wrong with the others. */
export function chooseTargets(cluster: Cluster, ask: CancelAsk): readonly Choice[] {
  const hasFilter = Object.values(ask.filter).some((value) => value !== undefined);
  if (!hasFilter)
    return ask.targets.map((target) => ({ target, outcome: outcomeOf(cluster, target, ask.sender) }));
  const named = ask.targets.length > 0 || ask.filter.users !== undefined;
  const jobs = ask.targets.length > 0 ? namedJobs(cluster, ask.targets) : [...cluster.jobs.values()];
  const choices: Choice[] = [];
  for (const job of jobs) {
    if (job.state === 'ENDED' || !fits(job, ask.filter)) continue;
    const isOwn = mayChange(cluster, ask.sender, job);
    // Whoever names neither jobs nor users means his own.
    if (!isOwn && !named) continue;
    const outcome = isOwn ? 'sent' : 'denied';
    choices.push(...jobTargets(job, ask.targets).map((target) => ({ target, outcome }) as const));
  }
  return [...choices, ...unmatched(cluster, ask)];
}

/** What was named and is there, and the conditions leave out. */
function unmatched(cluster: Cluster, { targets, filter }: CancelAsk): readonly Choice[] {
  return targets
    .filter((target) => {
      const jobs = findTargets(cluster, target);
      return !jobs.some((job) => job.state !== 'ENDED' && fits(job, filter));
    })
    .map((target) => ({ target, outcome: 'unmatched' }));
}

function outcomeOf(cluster: Cluster, target: JobTarget, sender: Sender): CancelOutcome['outcome'] {
  const jobs = findTargets(cluster, target);
  const live = jobs.filter((job) => job.state !== 'ENDED');
  if (live.length === 0)
    return jobs.length > 0 || rangesHas(cluster.closed, target.job) ? 'finished' : 'unknown';
  return live.every((job) => mayChange(cluster, sender, job)) ? 'sent' : 'denied';
}

function namedJobs(cluster: Cluster, targets: readonly JobTarget[]): readonly Job[] {
  return [...new Set(targets.flatMap((target) => findTargets(cluster, target)))];
}

/** That of a job that names none. */
const defaultQos = 'normal';

/** Whether a job meets all of the conditions. */
export function fits(job: Job, filter: CancelFilter): boolean {
  const { spec } = job;
  const { account, jobName, nodelist, partition, qos, reservation, state, users, wckey } = filter;
  const partitions =
    isActive(job) && job.partition !== undefined ? [job.partition] : spec.partition.split(',');
  return (
    (account === undefined || spec.account === account) &&
    (jobName === undefined || spec.name === jobName) &&
    (partition === undefined || partitions.includes(partition)) &&
    (qos === undefined || (spec.qos ?? defaultQos) === qos) &&
    (reservation === undefined || spec.reservation === reservation) &&
    (wckey === undefined || spec.wckey === wckey) &&
    (state === undefined || shownState(job) === state) &&
    (users === undefined || users.includes(spec.user) || users.includes(String(spec.uid))) &&
    (nodelist === undefined || isOnNodes(job, nodelist))
  );
}

function isOnNodes(job: Job, nodelist: readonly string[]): boolean {
  return isActive(job) && job.allocation.some((share) => nodelist.includes(share.node));
}

/**
 * The targets that mean this job and no other: an array's number would also mean its tasks that run, so the
 * part of it that waits is named task by task.
 */
function jobTargets(job: Job, asked: readonly JobTarget[]): readonly JobTarget[] {
  if (job.arrayJobId !== undefined && job.arrayTaskId !== undefined) {
    return [{ job: job.arrayJobId, task: job.arrayTaskId }];
  }
  if (job.state !== 'PENDING' || job.tasks === undefined) return [{ job: job.id }];
  const own = asked.filter((target) => target.job === job.id);
  const isWhole = own.length === 0 || own.some(({ task }) => task === undefined);
  const waiting = isWhole ? [...rangesNumbers(job.tasks)] : own.flatMap(({ task }) => task ?? []);
  return waiting.map((task) => ({ job: job.id, task }));
}

function shownTarget({ job, task }: JobTarget): string {
  return task === undefined ? String(job) : `${job}_${task}`;
}
