import type { Cluster } from '../../model/cluster.ts';
import { type Job, shownState } from '../../model/job.ts';
import { rangesHas } from '../../model/ranges.ts';
import type { JobTarget } from '../../model/request.ts';
import { jobNodes, partitionOf } from '../../tables/fields/jobvalues.ts';
import type { JobStateName } from '../../tables/options/jobstates.ts';

/** Which jobs to show; what is missing means all. */
export interface JobFilter {
  readonly jobs?: readonly JobTarget[];
  /** Missing: those that have not ended. */
  readonly states?: 'all' | readonly JobStateName[];
  /** Names, or uids in digits. */
  readonly users?: readonly string[];
  readonly partitions?: readonly string[];
  readonly names?: readonly string[];
  readonly accounts?: readonly string[];
  readonly nodelist?: readonly string[];
  readonly qos?: readonly string[];
  readonly licenses?: readonly string[];
  readonly reservation?: string;
  /** Partitions whose jobs are not shown unless somebody asks for them. */
  readonly hidden?: ReadonlySet<string>;
}

/** A job to show, or one of its waiting tasks. */
export interface Chosen {
  readonly job: Job;
  readonly task?: number;
}

/** The jobs that a filter lets through, in the order of their ids. */
export function chooseJobs(cluster: Cluster, filter: JobFilter): readonly Chosen[] {
  const chosen: Chosen[] = [];
  const { jobs: targets } = filter;
  for (const job of cluster.jobs.values()) {
    if (!isWanted(job, filter)) continue;
    if (targets === undefined) chosen.push({ job });
    else chosen.push(...chosenOf(job, targets));
  }
  return chosen;
}

/** True if the id names a job that the cluster remembers, or an array of which it remembers a task. */
export function isKnown(cluster: Cluster, id: number): boolean {
  if (cluster.jobs.has(id)) return true;
  for (const job of cluster.jobs.values()) if (job.arrayJobId === id) return true;
  return false;
}

function isWanted(job: Job, filter: JobFilter): boolean {
  const { spec } = job;
  const { users, partitions, names, accounts, nodelist, qos, licenses, reservation, hidden } = filter;
  const own = partitions === undefined && hidden === undefined ? [] : partitionOf(job).split(',');
  return (
    isWantedState(job, filter.states) &&
    (users === undefined || users.includes(spec.user) || users.includes(String(spec.uid))) &&
    (partitions === undefined || own.some((name) => partitions.includes(name))) &&
    (hidden === undefined || !own.every((name) => hidden.has(name))) &&
    (qos === undefined || qos.includes(spec.qos ?? 'normal')) &&
    (licenses === undefined || spec.licenses?.some(({ name }) => licenses.includes(name)) === true) &&
    (reservation === undefined || spec.reservation === reservation) &&
    (names === undefined || names.includes(spec.name)) &&
    (accounts === undefined || accounts.includes(spec.account)) &&
    (nodelist === undefined || jobNodes(job).some((node) => nodelist.includes(node)))
  );
}

function isWantedState(job: Job, states: JobFilter['states']): boolean {
  if (states === undefined) return job.state !== 'ENDED';
  return states === 'all' || states.includes(shownState(job));
}

/** The job as a whole where its id is named, and each of its waiting tasks that is named. */
function chosenOf(job: Job, targets: readonly JobTarget[]): readonly Chosen[] {
  const own = targets.filter((target) => target.job === job.id || target.job === job.arrayJobId);
  if (own.some(({ task }) => task === undefined || task === job.arrayTaskId)) return [{ job }];
  const waiting = job.state === 'PENDING' ? job.tasks : undefined;
  const tasks = own.flatMap(({ task }) =>
    task !== undefined && rangesHas(waiting ?? [], task) ? [task] : [],
  );
  return [...new Set(tasks)].map((task) => ({ job, task }));
}
