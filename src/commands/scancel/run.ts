import { printable } from '../../base/text.ts';
import { formatHostlist } from '../../model/hostlist.ts';
import {
  type CancelAction,
  type CancelFilter,
  type CancelOutcome,
  cancelJobs,
  fits,
  type NamedJob,
} from '../../services/cancel.ts';
import { cancelSteps } from '../../services/cancelsteps.ts';
import type { Session } from '../../services/session.ts';
import { shownText } from '../../tables/shown.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import { readScancel, type ScancelValues, scancelTable } from './options.ts';

/** What scancel needs of the world. */
export interface ScancelDeps {
  open(spool: string | undefined): Promise<Session>;
  readonly user: { readonly uid: number; readonly name: string };
  /** The host that it runs on. */
  readonly host: string;
  /** Whether this machine knows a user of that name, or of that uid in digits. */
  isUser(name: string): Promise<boolean>;
  /** The next line of standard input; undefined at its end. */
  readLine(): Promise<string | undefined>;
}

/** Slurm's exit code for a job that belongs to somebody else. */
const deniedExitCode = 210;
/** SIGKILL to a whole job is its end, as in Slurm. */
const killSignal = 9;

/** `scancel`: silent unless asked to speak, and content with jobs that are not there (SURPRISES 2). */
export async function run(argv: readonly string[], io: CommandIo, deps: ScancelDeps): Promise<number> {
  const read = readScancel(argv, io.environment);
  if ('shows' in read) {
    io.out(shownText(read.shows, scancelTable, io.program));
    return 0;
  }
  if ('failed' in read) return tellFailure(read.failed, io);
  const { values, targets, steps } = read;
  const stranger = await unknownUser(values, deps);
  if (stranger !== undefined) {
    io.err(`scancel: error: Invalid user name: ${printable(stranger)}\n`);
    return 1;
  }
  const session = await deps.open(values.spool);
  const { uid } = deps.user;
  const action = actionOf(values);
  const filter = filterOf(values, uid);
  const sender = { uid, isOwner: uid === session.store.ownerUid };
  const isAsked = values.interactive === true;
  const jobs = await cancelNamed({ targets, steps }, () =>
    cancelJobs(session, {
      ...{ targets, filter, action, sender, host: deps.host },
      ...(isAsked && { confirm: (job) => confirm(job, 'job_id', { io, deps }) }),
    }),
  );
  const ofSteps = await cancelSteps(session, {
    ...{ targets: steps, sender },
    fits: (job) => fits(job, filter),
    ...(values.signal !== undefined && { signal: values.signal }),
    ...(isAsked && { confirm: (step) => confirm(step, 'step_id', { io, deps }) }),
  });
  tell(jobs, { values, filter, io, what: 'job' });
  tell(ofSteps, { values, filter, io, what: 'step' });
  const outcomes = [...jobs, ...ofSteps];
  if (outcomes.some(({ outcome }) => outcome === 'denied')) return deniedExitCode;
  const isWrong = ({ outcome }: CancelOutcome): boolean =>
    outcome === 'unmatched' || (isAsked && outcome === 'unknown');
  return outcomes.some(isWrong) ? 1 : 0;
}

/** Where steps alone were named, jobs are not meant. */
function cancelNamed(
  { targets, steps }: { readonly targets: readonly unknown[]; readonly steps: readonly unknown[] },
  cancel: () => Promise<readonly CancelOutcome[]>,
): Promise<readonly CancelOutcome[]> {
  return targets.length === 0 && steps.length > 0 ? Promise.resolve([]) : cancel();
}

async function unknownUser({ users }: ScancelValues, deps: ScancelDeps): Promise<string | undefined> {
  if (users === undefined || users === 'self') return undefined;
  for (const name of users) if (!(await deps.isUser(name))) return name;
  return undefined;
}

/** Asks until the answer is one; without an answer nothing is done to the job. */
async function confirm(
  { id, name, partition }: NamedJob,
  what: 'job_id' | 'step_id',
  { io, deps }: { readonly io: CommandIo; readonly deps: ScancelDeps },
): Promise<boolean> {
  for (;;) {
    io.out(printable(`Cancel ${what}=${id} name=${name} partition=${partition} [y/n]? `));
    const answer = await deps.readLine();
    if (answer === undefined || /^n/i.test(answer)) return false;
    if (/^y/i.test(answer)) return true;
  }
}

/** Without --batch and --full a signal goes to the steps. */
function actionOf({ signal = killSignal, batch = false, full = false }: ScancelValues): CancelAction {
  if (signal === killSignal && !batch) return { name: 'cancel' };
  return { name: 'signal', signal, scope: full ? 'full' : batch ? 'batch' : 'steps' };
}

function filterOf(values: ScancelValues, uid: number): CancelFilter {
  const { account, jobName, nodelist, partition, qos, reservation, state, users, wckey } = values;
  const own = users === 'self' ? [String(uid)] : users;
  const fields = { account, jobName, nodelist, partition, qos, reservation, state, users: own, wckey };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

interface Told {
  readonly values: ScancelValues;
  readonly filter: CancelFilter;
  readonly io: CommandIo;
  readonly what: 'job' | 'step';
}

/** First what is done, then what went wrong, as Slurm's threads have it. */
function tell(outcomes: readonly CancelOutcome[], { values, filter, io, what }: Told): void {
  const { verbose = 0, quiet = false, interactive = false } = values;
  const say = (line: string): void => io.err(`scancel: ${printable(line)}\n`);
  const tried = outcomes.filter(({ outcome }) => outcome !== 'unmatched' && outcome !== 'unconfirmed');
  if (verbose > 0) for (const { job } of tried) say(whatIsDone(job, what, values));
  for (const { job, outcome } of outcomes) {
    const why = complaints[outcome];
    const isTold = outcome !== 'unknown' || ((verbose > 0 || interactive) && !quiet);
    if (why !== undefined && isTold)
      say(`error: Kill job error on job ${what === 'step' ? 'step ' : ''}id ${job}: ${why}`);
  }
  const hasFilter = Object.keys(filter).length > 0;
  if (verbose > 0 && hasFilter && tried.length === 0 && what === 'job')
    say(`error: No active jobs match ALL job filters, including: ${shownFilter(filter)}`);
}

const complaints: { readonly [O in CancelOutcome['outcome']]?: string } = {
  denied: 'Access/permission denied',
  unknown: 'Invalid job id specified',
  unmatched: 'Invalid job id specified',
};

function whatIsDone(job: string, what: Told['what'], values: ScancelValues): string {
  const action = actionOf(values);
  if (action.name === 'cancel') return `Terminating ${what} ${job}`;
  const isBatch = action.scope === 'batch' && what === 'job';
  return `Signal ${action.signal} to ${isBatch ? 'batch ' : ''}${what} ${job}`;
}

/** Slurm's names for the conditions, in its order, each with a blank behind it. */
function shownFilter(filter: CancelFilter): string {
  const { account, jobName, nodelist, partition, qos, reservation, state, users, wckey } = filter;
  const named = {
    account,
    job_name: jobName,
    nodelist: nodelist && formatHostlist(nodelist),
    partition,
    qos,
    reservation,
    state,
    user_name: users?.join(','),
    wckey,
  };
  return Object.entries(named)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value} `]))
    .join('');
}
