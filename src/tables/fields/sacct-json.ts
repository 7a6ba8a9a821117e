import type { ExitCode } from '../../model/exitcode.ts';
import { formatHostlist } from '../../model/hostlist.ts';
import { priorityOf } from '../../model/jobpriority.ts';
import { signalName } from '../../model/signals.ts';
import { derivedExitCode, type StepUsage } from '../../model/steprecord.ts';
import { type Json, type JsonField, jsonOf, textOrBlank } from '../json.ts';
import {
  type AccountLine,
  accountEnd,
  accountExit,
  accountStart,
  accountState,
  elapsedSeconds,
  layoutName,
  lineName,
  lineShares,
  recordOf,
  stepsOf,
  taskCount,
  usageOf,
} from './account.ts';
import { eligibleTime, partitionOf } from './jobvalues.ts';
import { allocatedTres, askedTres, measuredTres } from './sacct-json-tres.ts';
import { requestedCpus } from './tres.ts';

/* A job and its steps as `sacct --json` prints them: names and order of Slurm's dbv0.0.38 (as observed). */

/** A job with its steps. */
export interface AccountedJob {
  readonly line: AccountLine;
  readonly steps: readonly AccountLine[];
}

type Row = JsonField<AccountedJob>;
type StepRow = JsonField<AccountLine>;

function row(name: string, get: (line: AccountLine, steps: readonly AccountLine[]) => Json | undefined): Row {
  return { name, get: ({ line, steps }) => get(line, steps) };
}

const success = { status: 'SUCCESS', return_code: 0 };

function exitOf({ code, signal }: ExitCode): Json {
  if (signal > 0) {
    return { status: 'SIGNALED', return_code: 0, signal: { signal_id: signal, name: signalName(signal) } };
  }
  return code === 0 ? success : { status: 'ERROR', return_code: code };
}

/** Processor time in whole seconds and what is left. */
function seconds(ms: number): Json {
  return { seconds: Math.floor(ms / 1000), microseconds: (ms % 1000) * 1000 };
}

function processorTimes(usages: readonly (StepUsage | undefined)[]): Readonly<Record<string, Json>> {
  const sum = (get: (usage: StepUsage) => number): number =>
    usages.reduce((total, usage) => total + (usage === undefined ? 0 : get(usage)), 0);
  const user = sum(({ userMs = 0 }) => userMs);
  const system = sum(({ systemMs = 0 }) => systemMs);
  return { system: seconds(system), total: seconds(user + system), user: seconds(user) };
}

function suspended({ job }: AccountLine): number {
  return 'suspendedSeconds' in job ? (job.suspendedSeconds ?? 0) : 0;
}

/** Its own script, and the steps within. */
function usagesOf(line: AccountLine): readonly (StepUsage | undefined)[] {
  const own = 'usage' in line.job ? line.job.usage : undefined;
  return [own, ...stepsOf(line).map(({ usage }) => usage)];
}

function jobTimes(line: AccountLine): Json {
  const { timeLimit } = line.job.spec;
  const { system, total, user } = processorTimes(usagesOf(line));
  return {
    elapsed: elapsedSeconds(line),
    eligible: eligibleTime(line.job) ?? 0,
    end: accountEnd(line) ?? 0,
    start: accountStart(line) ?? 0,
    submission: line.job.submitTime,
    suspended: suspended(line),
    system: system ?? null,
    limit: timeLimit === 'UNLIMITED' ? null : timeLimit,
    total: total ?? null,
    user: user ?? null,
  };
}

function arrayOf({ job }: AccountLine): Json {
  const isRest = job.state === 'PENDING' && job.tasks !== undefined;
  return {
    job_id: job.arrayJobId ?? (isRest ? job.id : 0),
    limits: { max: { running: { tasks: job.spec.array?.throttle ?? 0 } } },
    task: null,
    task_id: job.arrayTaskId ?? null,
  };
}

/** What the state is called without who ended it. */
function plainState(line: AccountLine): string {
  return accountState(line).replace(/ by .*$/, '');
}

function nodesText(line: AccountLine): string {
  const names = lineShares(line)?.map(({ node }) => node) ?? [];
  return names.length === 0 ? 'None assigned' : formatHostlist(names);
}

function killer({ job, part }: AccountLine): Json {
  const uid = typeof part === 'string' ? ('endedBy' in job ? job.endedBy : undefined) : part.endedBy;
  return uid === undefined ? null : String(uid);
}

/** For each CPU where that is how it was asked, else for each node. */
function memoryAsked({
  memoryPerCpuMb,
  memoryPerNodeMb,
  memoryPerGpuMb,
}: AccountLine['job']['spec']): number {
  return memoryPerCpuMb ?? memoryPerNodeMb ?? memoryPerGpuMb ?? 0;
}

const jobRows: readonly Row[] = [
  row('account', ({ job }) => textOrBlank(job.spec.account)),
  row('comment', ({ job }) => ({ administrator: null, job: job.spec.comment ?? null, system: null })),
  row('allocation_nodes', (line) => lineShares(line)?.length ?? 0),
  row('array', arrayOf),
  row('association', ({ job, clusterName }) => ({
    account: textOrBlank(job.spec.account),
    cluster: clusterName,
    partition: null,
    user: job.spec.user,
  })),
  row('cluster', ({ clusterName }) => clusterName),
  row('constraints', ({ job }) => textOrBlank(job.spec.constraint)),
  row('container', () => null),
  row('derived_exit_code', (line) => exitOf(derivedExitCode(stepsOf(line)))),
  row('time', jobTimes),
  row('exit_code', (line) => exitOf(accountExit(line))),
  // Of how a job came to its start Slurm tells more; here each is started by a look at the whole queue.
  row('flags', ({ job }) =>
    job.state === 'PENDING' || job.startTime === undefined ? [] : ['CLEAR_SCHEDULING', 'STARTED_ON_SCHEDULE'],
  ),
  row('group', ({ job }) => job.spec.group),
  row('het', () => ({ job_id: 0, job_offset: null })),
  row('job_id', ({ job }) => job.id),
  row('name', ({ job }) => job.spec.name),
  row('mcs', () => ({ label: textOrBlank('') })),
  row('nodes', nodesText),
  row('partition', ({ job }) => partitionOf(job)),
  row('priority', ({ job }) => priorityOf(job)),
  row('qos', ({ job }) => job.spec.qos ?? 'normal'),
  row('required', ({ job }) => ({ CPUs: requestedCpus(job.spec), memory: memoryAsked(job.spec) })),
  row('kill_request_user', killer),
  row('reservation', ({ job }) => ({ id: 0, name: job.spec.reservation ?? 0 })),
  row('state', (line) => ({ current: plainState(line), reason: line.reason })),
  row('steps', (_line, steps) => steps.map((step) => jsonOf(stepRows, step))),
  row('tres', (line) => ({ allocated: allocatedTres(line), requested: askedTres(line) })),
  row('user', ({ job }) => job.spec.user),
  row('wckey', ({ job }) => ({ wckey: textOrBlank(job.spec.wckey), flags: [] })),
  row('working_directory', ({ job }) => job.spec.workDir),
];

const stepRows: readonly StepRow[] = [
  {
    name: 'nodes',
    get: (line) => {
      const list = lineShares(line)?.map(({ node }) => node) ?? [];
      return { list, count: list.length, range: formatHostlist(list) };
    },
  },
  { name: 'tres', get: (line) => ({ ...measuredTres(usageOf(line)), allocated: allocatedTres(line) }) },
  {
    name: 'time',
    get: (line) => ({
      elapsed: elapsedSeconds(line),
      end: accountEnd(line) ?? 0,
      start: accountStart(line) ?? 0,
      suspended: suspended(line),
      ...processorTimes([usageOf(line)]),
    }),
  },
  { name: 'exit_code', get: (line) => exitOf(accountExit(line)) },
  { name: 'tasks', get: (line) => ({ count: taskCount(line) }) },
  { name: 'pid', get: () => null },
  { name: 'CPU', get: () => ({ requested_frequency: { min: 0, max: 0 }, governor: [] }) },
  { name: 'kill_request_user', get: killer },
  { name: 'state', get: plainState },
  { name: 'statistics', get: () => ({ CPU: { actual_frequency: 0 }, energy: { consumed: 0 } }) },
  {
    name: 'step',
    get: (line) => {
      const id = recordOf(line)?.step ?? (line.part === 'batch' ? 'batch' : 0);
      return { job_id: line.job.id, het: { component: null }, id, name: lineName(line) };
    },
  },
  { name: 'task', get: (line) => ({ distribution: layoutName(line) }) },
];

/** The jobs of the lines, each with those of its steps that follow on it. */
export function accountedJobs(lines: readonly AccountLine[]): readonly Json[] {
  const jobs: { line: AccountLine; steps: AccountLine[] }[] = [];
  for (const line of lines) {
    const last = jobs.at(-1);
    if (line.part === 'job') jobs.push({ line, steps: [] });
    else if (last?.line.job === line.job) last.steps.push(line);
    // A step that was asked for by itself stands with its job.
    else jobs.push({ line: { ...line, part: 'job' }, steps: [line] });
  }
  return jobs.map((job) => jsonOf(jobRows, job));
}
