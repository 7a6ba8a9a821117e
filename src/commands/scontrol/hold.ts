import { printable } from '../../base/text.ts';
import type { Cluster } from '../../model/cluster.ts';
import { isActive, type Job, type PendingJob } from '../../model/job.ts';
import { rangesCount, rangesHas } from '../../model/ranges.ts';
import type { JobTarget } from '../../model/request.ts';
import { parseTargets } from '../../tables/options/targets.ts';

/** `uhold` is a hold that its owner may end: for one's own jobs what `hold` is. */
export type HoldVerb = 'hold' | 'uhold' | 'release';

/** Which jobs a hold or a release is sent for, and what is complained about. */
export interface HoldPlan {
  readonly targets: readonly JobTarget[];
  /** Lines for stderr. */
  readonly complaints: readonly string[];
}

/**
 * What `hold 12,13_4 name=train` leads to, in Slurm's words for what it refuses (captures
 * 'errors.scontrol').
 */
export function planHold(cluster: Cluster, verb: HoldVerb, words: readonly string[], uid: number): HoldPlan {
  const targets: JobTarget[] = [];
  const complaints: string[] = [];
  for (const word of words) {
    for (const one of namedTargets(cluster, word, uid)) {
      const refusal = typeof one === 'string' ? invalidId(one) : refusalOf(cluster, verb, one, uid);
      if (refusal !== undefined) complaints.push(...refusal);
      else if (typeof one !== 'string') targets.push(one);
    }
  }
  return { targets, complaints };
}

/** The jobs that a word names; a text among them is one that names none. */
function namedTargets(cluster: Cluster, word: string, uid: number): readonly (JobTarget | string)[] {
  const [, name] = /^(?:job)?name=(.*)$/is.exec(word) ?? [];
  if (name === undefined) {
    const items = word.split(/,(?![^[]*\])/);
    return items.flatMap((item): readonly (JobTarget | string)[] => parseTargets(item) ?? [item]);
  }
  const own: JobTarget[] = [];
  for (const job of cluster.jobs.values()) {
    if (job.state === 'PENDING' && job.spec.name === name && mayChange(job, uid)) own.push({ job: job.id });
  }
  return own.length > 0 ? own : [word];
}

function mayChange(job: Job, uid: number): boolean {
  return uid === 0 || uid === job.spec.uid;
}

function refusalOf(
  cluster: Cluster,
  verb: HoldVerb,
  target: JobTarget,
  uid: number,
): readonly string[] | undefined {
  const shown = target.task === undefined ? String(target.job) : `${target.job}_${target.task}`;
  const jobs = jobsOf(cluster, target);
  const [first] = jobs;
  if (first === undefined) return invalidId(shown);
  if (!mayChange(first, uid)) return refused('Access/permission denied', shown);
  const waiting = jobs.find((job): job is PendingJob => job.state === 'PENDING');
  if (waiting === undefined) {
    if (!jobs.some(isActive)) return refused('Job has already finished', shown);
    // A release of what runs has nothing to end; a hold would have to outlive a requeue.
    return verb === 'release' ? undefined : unsupported(`${verb} of job ${shown}, which runs,`);
  }
  if (target.task !== undefined && rangesCount(waiting.tasks ?? []) > 1) {
    return unsupported(`${verb} of single tasks (${shown})`);
  }
  if (verb === 'release' && waiting.held === 'admin' && uid !== 0) {
    return refused('Access/permission denied', shown);
  }
  return verb === 'uhold' && uid !== waiting.spec.uid
    ? unsupported("uhold of another user's job")
    : undefined;
}

/** What a target means: one task, or a job with all tasks if it is an array. */
function jobsOf(cluster: Cluster, { job: id, task }: JobTarget): readonly Job[] {
  const found: Job[] = [];
  for (const job of cluster.jobs.values()) {
    const isOwn = job.id === id || job.arrayJobId === id;
    const waits = job.state === 'PENDING' && task !== undefined && rangesHas(job.tasks ?? [], task);
    if (isOwn && (task === undefined || job.arrayTaskId === task || waits)) found.push(job);
  }
  return found;
}

function invalidId(shown: string): readonly string[] {
  return refused('Invalid job id specified', shown);
}

function refused(what: string, shown: string): readonly string[] {
  return [`${what} for job ${printable(shown)}`, `slurm_suspend error: ${what}`];
}

function unsupported(what: string): readonly string[] {
  return [`scontrol: error: ${what} is not supported by this release`];
}
