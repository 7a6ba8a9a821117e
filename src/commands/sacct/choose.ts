import type { JobId, Seconds } from '../../model/ids.ts';
import { type Job, shownState } from '../../model/job.ts';
import { rangesHas } from '../../model/ranges.ts';
import type { StepRecord } from '../../model/steprecord.ts';
import type { AccountQuery, AccountView } from '../../services/account.ts';
import type { AccountLine, SizeUnit, StepPart } from '../../tables/fields/account.ts';
import { eligibleTime, reasonOf, startTime } from '../../tables/fields/jobvalues.ts';
import type { JobStateName } from '../../tables/options/jobstates.ts';
import type { AccountTarget } from './options.ts';

/** Which jobs to show; what is missing means all. */
export interface AccountFilter {
  readonly jobs?: readonly AccountTarget[];
  /** Missing where ids alone say which jobs. */
  readonly window?: Window;
  readonly states?: readonly JobStateName[];
  /** Names, or numbers in digits. */
  readonly users?: readonly string[];
  readonly groups?: readonly string[];
  readonly accounts?: readonly string[];
  readonly partitions?: readonly string[];
  readonly names?: readonly string[];
  readonly nodelist?: readonly string[];
  readonly qos?: readonly string[];
}

/** From and to, in seconds since 1970. */
export interface Window {
  readonly start: Seconds;
  readonly end: Seconds;
}

const onlyQos = 'normal';

/** What has to be looked at for a filter. */
export function queryOf(filter: AccountFilter): AccountQuery {
  const { jobs } = filter;
  const wanted = jobs && new Set(jobs.map(({ job }) => job));
  const isNamed = (job: Job): boolean =>
    wanted === undefined || wanted.has(job.id) || wanted.has(job.arrayJobId ?? job.id);
  return {
    accepts: (job) => isNamed(job) && isWanted(job, filter),
    needsHistory: ({ jobs: known }) =>
      jobs === undefined ||
      jobs.some(({ job }) => {
        const found = known.get(job);
        return found === undefined || found.spec.array !== undefined;
      }),
  };
}

function isWanted(job: Job, filter: AccountFilter): boolean {
  const { spec } = job;
  const { users, groups, accounts, partitions, names, nodelist, qos } = filter;
  const isAmong = (list: readonly string[] | undefined, ...own: readonly string[]): boolean =>
    list === undefined || own.some((one) => list.includes(one));
  return (
    isInWindow(job, filter) &&
    isAmong(users, spec.user, String(spec.uid)) &&
    isAmong(groups, spec.group, String(spec.gid)) &&
    isAmong(accounts, spec.account) &&
    isAmong(partitions, spec.partition) &&
    isAmong(names, spec.name) &&
    isAmong(qos, onlyQos) &&
    isAmong(nodelist, ...nodesOf(job))
  );
}

function nodesOf(job: Job): readonly string[] {
  return job.state === 'PENDING' ? [] : (job.allocation ?? []).map(({ node }) => node);
}

/**
 * sacct(1), DEFAULT TIME WINDOW and --state: without states, what could start before the end of the window
 * and had not ended at its start; with states, what was in one of them in that time.
 */
function isInWindow(job: Job, { window, states, jobs }: AccountFilter): boolean {
  if (window === undefined) return states === undefined || states.includes(shownState(job));
  const { start, end } = window;
  const isNamed = jobs !== undefined && states === undefined;
  const eligible = eligibleTime(job) ?? (isNamed ? job.submitTime : undefined);
  const ended = job.state === 'PENDING' || job.state === 'RUNNING' ? undefined : job.endTime;
  if (eligible === undefined || eligible > end || (ended ?? start) < start) return false;
  if (states === undefined) return true;
  const started = startTime(job);
  const waited = started === undefined || started >= start;
  const ran = job.state !== 'PENDING' && job.startTime !== undefined && job.startTime <= end;
  return states.some((state) => {
    if (state === 'PENDING') return waited;
    if (state === 'RUNNING') return ran;
    return state === shownState(job) && ended !== undefined && ended <= end;
  });
}

export interface LineOptions {
  readonly targets: readonly AccountTarget[] | undefined;
  /** Jobs that never could start are left out, as Slurm does unless jobs are named and no states. */
  readonly isEligibleOnly: boolean;
  /** Jobs without their steps. */
  readonly isBrief: boolean;
  readonly unit: SizeUnit | undefined;
}

/** What could not start until now has not been eligible (capture tab.sacct.X). */
const notYet: ReadonlySet<string> = new Set([
  ...['JobArrayTaskLimit', 'Dependency', 'DependencyNeverSatisfied', 'BeginTime'],
]);

/**
 * The lines of the jobs, each job before its steps, by their own ids; what has an array's own id comes behind
 * its tasks, as it starts last.
 */
export function accountLines(view: AccountView, options: LineOptions): readonly AccountLine[] {
  const { nodes } = view.cluster;
  const { now, utcOffsetMinutes, clusterName, reasons } = view;
  const { unit } = options;
  const common = { nodes, now, utcOffsetMinutes, clusterName, ...(unit !== undefined && { unit }) };
  return inOrder(view.jobs).flatMap((job) => {
    const reason = reasonOf(job, reasons);
    // What was requeued has been eligible, though it waits for its time again (nodestate.down_busy).
    const isKeptBack = notYet.has(reason) || eligibleTime(job) === undefined;
    const wasNever = job.state === 'PENDING' && job.attempt === 0 && isKeptBack;
    if (options.isEligibleOnly && wasNever) return [];
    const live = view.steps?.get(job.id);
    const steps = live ?? (job.state === 'ENDED' ? job.steps : undefined) ?? [];
    const parts = partsOf(job, steps, options);
    return parts.map((part) => ({
      ...common,
      nodeMemoryMb: () => view.largestFor(job)?.memoryMb ?? 0,
      job,
      reason,
      part,
      ...(live !== undefined && { steps: live }),
    }));
  });
}

function inOrder(jobs: readonly Job[]): readonly Job[] {
  const lastTasks = new Map<JobId, JobId>();
  for (const { id, arrayJobId } of jobs) {
    if (arrayJobId !== undefined) lastTasks.set(arrayJobId, Math.max(id, lastTasks.get(arrayJobId) ?? 0));
  }
  const placeOf = ({ id }: Job): number => lastTasks.get(id) ?? id;
  return [...jobs].sort((a, b) => placeOf(a) - placeOf(b) || b.id - a.id);
}

/** A job that is named only by its steps is not shown itself, unless it is all that is to be shown. */
function partsOf(
  job: Job,
  records: readonly StepRecord[],
  { targets, isBrief }: LineOptions,
): readonly AccountLine['part'][] {
  const steps = stepParts(job, records);
  const own = targets?.filter((target) => isTarget(job, target));
  if (own?.length === 0) return [];
  if (isBrief) return ['job'];
  if (own === undefined || own.some(({ step }) => step === undefined)) return ['job', ...steps];
  const nameOf = (part: StepPart): string => (typeof part === 'string' ? part : String(part.step));
  return steps.filter((part) => own.some(({ step }) => step === nameOf(part)));
}

/** The batch script, or step 0 of an interactive job, and then the steps that were made within. */
function stepParts(job: Job, records: readonly StepRecord[]): readonly StepPart[] {
  if (job.state === 'PENDING' || job.startTime === undefined) return [];
  if (job.spec.kind === 'allocation') return records;
  return [job.spec.kind === 'batch' ? 'batch' : '0', ...records];
}

function isTarget(job: Job, target: AccountTarget): boolean {
  if (target.task === undefined) return target.job === job.id || target.job === job.arrayJobId;
  if (job.arrayTaskId !== undefined) return target.job === job.arrayJobId && target.task === job.arrayTaskId;
  const tasks = job.state === 'PENDING' || job.state === 'ENDED' ? job.tasks : undefined;
  return target.job === job.id && rangesHas(tasks ?? [], target.task);
}
