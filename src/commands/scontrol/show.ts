import { printable } from '../../base/text.ts';
import type { JobId } from '../../model/ids.ts';
import type { Job } from '../../model/job.ts';
import { rangesHas } from '../../model/ranges.ts';
import type { JobTarget } from '../../model/request.ts';
import type { RunRecord } from '../../model/runrecord.ts';
import type { ShownStep } from '../../services/steplist.ts';
import type { ClusterView } from '../../services/view.ts';
import { type JobLine, reasonOf } from '../../tables/fields/jobvalues.ts';
import { jobPage } from './jobpage.ts';
import { stepPage } from './steppage.ts';

/** What a command printed, where, and how it ended. */
export interface Answer {
  readonly out: string;
  readonly err: string;
  readonly exitCode: number;
  /** How many records it shows, where it shows records. */
  readonly records?: number;
}

export interface ShowOptions {
  readonly hasDetails: boolean;
  /** Each record on one line. */
  readonly isOneLine: boolean;
  /** Hidden partitions too. */
  readonly isAll: boolean;
}

export type ReadRunRecord = (jobId: JobId, attempt: number) => Promise<RunRecord | undefined>;

/** `show job [ID[_TASK]]`; where jobs really ran only with `runRecord`. */
export async function showJobs(
  view: ClusterView,
  target: JobTarget | undefined,
  options: ShowOptions,
  runRecord: ReadRunRecord | undefined,
): Promise<Answer> {
  const found = findJobs(view, target);
  if (found.length === 0) return notFound(view, target);
  let out = '';
  for (const { job, task } of found) {
    const isStarted = job.attempt > 0;
    const record = runRecord === undefined ? 'unasked' : isStarted && (await runRecord(job.id, job.attempt));
    const page = jobPage(lineOf(job, task, view), {
      hasDetails: options.hasDetails,
      record: record || undefined,
    });
    out += pageText([...page], options);
  }
  return { out, err: '', exitCode: 0, records: found.length };
}

function lineOf(job: Job, task: number | undefined, view: ClusterView): JobLine {
  const { cluster, now, utcOffsetMinutes, reasons } = view;
  return {
    job,
    ...(task !== undefined && { task }),
    reason: (view.reasonTexts.get(job.id) ?? reasonOf(job, reasons, task)).replaceAll(' ', '_'),
    dependency: () => view.dependencyOf(job, task),
    planned: () => view.plannedStarts().get(job.id),
    cpuIds: (node) => view.cpuIdsOn(node).get(job.id),
    nodesNeeded: () => view.nodesNeeded(job),
    nodeMemoryMb: () => view.largestFor(job)?.memoryMb ?? 0,
    nodes: cluster.nodes,
    now,
    utcOffsetMinutes,
  };
}

interface Found {
  readonly job: Job;
  readonly task?: number;
}

/**
 * The jobs that are meant: all by id; of an array first what has its own id, then the tasks, the newest
 * first.
 */
export function findJobs({ cluster }: ClusterView, target: JobTarget | undefined): readonly Found[] {
  const jobs = [...cluster.jobs.values()];
  if (target === undefined) return jobs.map((job) => ({ job }));
  if (target.job === 0) return jobs.flatMap((job) => taskOf(job, target.task));
  const own = cluster.jobs.get(target.job);
  const tasks = jobs.filter((job) => job.arrayJobId === target.job && job !== own);
  if (target.task === undefined) return [...(own ? [own] : []), ...tasks.reverse()].map((job) => ({ job }));
  const started = [...(own ? [own] : []), ...tasks].find((job) => job.arrayTaskId === target.task);
  if (started !== undefined) return [{ job: started }];
  const isWaiting = own?.state === 'PENDING' && rangesHas(own.tasks ?? [], target.task);
  return isWaiting ? [{ job: own, task: target.task }] : [];
}

function taskOf(job: Job, task: number | undefined): readonly Found[] {
  if (task === undefined) return [];
  if (job.arrayTaskId === task) return [{ job }];
  return job.state === 'PENDING' && rangesHas(job.tasks ?? [], task) ? [{ job, task }] : [];
}

function notFound(view: ClusterView, target: JobTarget | undefined): Answer {
  if (target === undefined) return { out: 'No jobs in the system\n', err: '', exitCode: 0 };
  const { job, task } = target;
  if (task !== undefined && (job === 0 || findJobs(view, { job }).length > 0)) {
    return { out: `Job ${job}_${task} not found\n`, err: '', exitCode: 1 };
  }
  return { out: '', err: 'slurm_load_jobs error: Invalid job id specified\n', exitCode: 1 };
}

/** `show step [JOB[.STEP]]`. */
export function showSteps(
  view: ClusterView,
  name: string | undefined,
  { steps, ...options }: ShowOptions & { readonly steps: readonly ShownStep[] },
): Answer {
  const jobOf = (id: string): string => id.replace(/\..*/, '');
  // Of all steps Slurm leaves out those of arrays' tasks (captured: tab.scontrol.steps).
  const isWanted = ({ id, job }: ShownStep): boolean =>
    name === undefined ? job.arrayTaskId === undefined : id === name || jobOf(id) === name;
  const wanted = steps.filter(isWanted);
  if (wanted.length === 0) {
    if (name === undefined) return { out: 'No job steps in the system\n', err: '', exitCode: 0 };
    const job = Number(jobOf(name).replace(/_.*/, ''));
    if (findJobs(view, { job }).length === 0) {
      return { out: '', err: 'slurm_get_job_steps error: Invalid job id specified\n', exitCode: 1 };
    }
    const out = `Job step ${printable(name)} not found\n`;
    return { out, err: '', exitCode: 1 };
  }
  const pages = wanted.map((step) => pageText(stepPage(step, view).map(printable), options));
  return { out: pages.join(''), err: '', exitCode: 0, records: pages.length };
}

/** A record as its lines, or on one line. */
export function pageText(lines: readonly string[], { isOneLine }: ShowOptions): string {
  return isOneLine ? `${lines.join(' ')}\n` : `${lines.join('\n   ')}\n\n`;
}
