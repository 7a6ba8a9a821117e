import { printable } from '../../base/text.ts';
import { formatArrayTasks } from '../../model/arrayspec.ts';
import type { Cluster } from '../../model/cluster.ts';
import type { Seconds } from '../../model/ids.ts';
import { rangesNumbers } from '../../model/ranges.ts';
import type { JobTarget, Request } from '../../model/request.ts';
import {
  type ChangeRefusal,
  type ChangeVerb,
  type Judgement,
  judge,
  type Wish,
} from '../../services/changejobs.ts';
import { parseTargets } from '../../tables/options/targets.ts';
import { refusalSentence } from './refusals.ts';

/** What scontrol does to jobs that are named, as words: `hold 12,13_4 name=train`. */
export type JobVerb = 'hold' | 'uhold' | 'release' | 'requeue' | 'requeuehold' | 'suspend' | 'resume' | 'top';

/** What is to be sent, and what is complained about. */
export interface VerbPlan {
  readonly requests: readonly Request[];
  /** Lines for stderr; the exit code is 1 if there are any. */
  readonly complaints: readonly string[];
}

export interface Asker {
  readonly cluster: Cluster;
  readonly now: Seconds;
  readonly sender: Wish['sender'];
}

/** What a verb leads to, in Slurm's words for what is refused (captures 'errors.scontrol'). */
export function planVerb(verb: JobVerb, words: readonly string[], asker: Asker): VerbPlan {
  const targets: JobTarget[] = [];
  const complaints: string[] = [];
  let { cluster } = asker;
  const isRequeue = verb === 'requeue' || verb === 'requeuehold';
  const onlyRunning = isRequeue && words.some(isIncomplete);
  for (const word of onlyRunning ? words.filter((one) => !isIncomplete(one)) : words) {
    const all = namedTargets(word, verb, asker);
    const named = onlyRunning ? all && runningOf(all, asker) : all;
    if (named === undefined) complaints.push(...plainComplaint('unknown', word, verb));
    else {
      const judged = judge(cluster, { ...asker, request: requestOf(verb, named, asker) });
      cluster = judged.cluster;
      complaints.push(...complaintsOf(judged.judgements, verb));
      if (judged.judgements.some(({ refusal }) => refusal === undefined)) targets.push(...named);
    }
  }
  return { requests: targets.length === 0 ? [] : [requestOf(verb, targets, asker)], complaints };
}

/** `requeue incomplete 12`: of what is named only what runs. */
function isIncomplete(word: string): boolean {
  return word.toLowerCase() === 'incomplete';
}

function runningOf(targets: readonly JobTarget[], { cluster }: Asker): readonly JobTarget[] {
  return targets.flatMap(({ job: id, task }) =>
    [...cluster.jobs.values()]
      .filter((job) => job.state === 'RUNNING' && (job.id === id || job.arrayJobId === id))
      .filter((job) => task === undefined || job.arrayTaskId === task)
      .map(
        ({ id: own, arrayJobId = own, arrayTaskId }): JobTarget =>
          arrayTaskId === undefined ? { job: own } : { job: arrayJobId, task: arrayTaskId },
      ),
  );
}

/** The verb as a request. A hold of one's own jobs is a user's in any case. */
function requestOf(
  verb: JobVerb,
  targets: readonly JobTarget[],
  { cluster, sender }: Asker,
): Extract<Request, { targets: unknown }> {
  const isOwn = ({ job }: JobTarget): boolean => cluster.jobs.get(job)?.spec.uid === sender.uid;
  switch (verb) {
    case 'uhold':
      return { name: 'hold', targets, ...(!targets.every(isOwn) && { asUser: true }) };
    case 'release':
      return { name: 'unhold', targets };
    case 'requeue':
    case 'requeuehold':
      return { name: 'requeue', targets, hold: verb === 'requeuehold' };
    case 'top':
      // Each goes before all others, so that the one that was named first has to come last.
      return { name: 'top', targets: [...targets].reverse() };
    default:
      return { name: verb, targets };
  }
}

/** The jobs that a word names, `12,13_[1-3]` or `name=train`; undefined where a part of it names none. */
function namedTargets(word: string, verb: JobVerb, asker: Asker): readonly JobTarget[] | undefined {
  const [, name] = /^(?:job)?name=(.*)$/is.exec(word) ?? [];
  if (name === undefined || !takesNames.has(verb)) {
    const targets = parseTargets(word);
    return targets?.length === 0 ? undefined : targets;
  }
  const { cluster, sender } = asker;
  const isOwn = ({ uid }: { readonly uid: number }): boolean => sender.uid === 0 || uid === sender.uid;
  return [...cluster.jobs.values()]
    .filter(({ state, spec }) => state !== 'ENDED' && spec.name === name && isOwn(spec))
    .map(({ id }) => ({ job: id }));
}

const takesNames: ReadonlySet<JobVerb> = new Set(['hold', 'uhold', 'release']);

/** Array tasks are told in groups of the same answer, also those that went well beside others. */
export function complaintsOf(judgements: readonly Judgement[], verb: JobVerb | 'update'): readonly string[] {
  const lines: string[] = [];
  const ofArray = judgements.filter(({ tasks }) => tasks !== undefined);
  for (const { job, tasks, refusal } of judgements) {
    if (tasks === undefined && refusal !== undefined)
      lines.push(...plainComplaint(refusal, String(job), verb));
  }
  if (!ofArray.some(({ refusal }) => refusal !== undefined)) return lines;
  const groups = new Map<
    string,
    { readonly job: number; readonly tasks: number[]; refusal?: ChangeRefusal }
  >();
  for (const { job, tasks = [], refusal } of ofArray) {
    const group = groups.get(`${job} ${refusal}`) ?? { job, tasks: [], ...(refusal && { refusal }) };
    group.tasks.push(...rangesNumbers(tasks));
    groups.set(`${job} ${refusal}`, group);
  }
  for (const { job, tasks, refusal } of groups.values()) {
    const shown = formatArrayTasks({ tasks: tasks.sort((a, b) => a - b), limit: 0 });
    const what = refusal === undefined ? 'No error' : refusalSentence(refusal, changeVerbOf(verb));
    lines.push(`${job}_${shown}: ${what}`);
  }
  return lines;
}

/** Slurm's line about one job, and the one that holds and releases add. */
export function plainComplaint(
  refusal: ChangeRefusal,
  shown: string,
  verb: JobVerb | 'update',
): readonly string[] {
  const what = refusalSentence(refusal, changeVerbOf(verb));
  const line = `${what} for job ${printable(shown)}`;
  return takesNames.has(verb as JobVerb) ? [line, `slurm_suspend error: ${what}`] : [line];
}

function changeVerbOf(verb: JobVerb | 'update'): ChangeVerb {
  if (verb === 'uhold' || verb === 'hold') return 'hold';
  if (verb === 'release') return 'unhold';
  return verb === 'requeuehold' ? 'requeue' : verb;
}
