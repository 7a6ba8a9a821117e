import { printable } from '../../base/text.ts';
import {
  type CancelAction,
  type CancelFilter,
  type CancelOutcome,
  cancelJobs,
} from '../../services/cancel.ts';
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
  const { values, targets } = read;
  const action = actionOf(values);
  const session = await deps.open(values.spool);
  const { uid } = deps.user;
  const filter = filterOf(values, uid);
  const outcomes = await cancelJobs(session, { targets, filter, action, uid, host: deps.host });
  for (const outcome of outcomes)
    for (const line of linesFor(outcome, values, action)) io.err(`scancel: ${printable(line)}\n`);
  return outcomes.some(({ outcome }) => outcome === 'denied') ? deniedExitCode : 0;
}

/** Without --batch and --full a signal goes to the steps. */
function actionOf({ signal = killSignal, batch = false, full = false }: ScancelValues): CancelAction {
  if (signal === killSignal && !batch) return { name: 'cancel' };
  return { name: 'signal', signal, scope: full ? 'full' : batch ? 'batch' : 'steps' };
}

function filterOf(
  { account, jobName, nodelist, partition, state, users }: ScancelValues,
  uid: number,
): CancelFilter {
  const own = users === 'self' ? [String(uid)] : users;
  const fields = { account, jobName, nodelist, partition, state, users: own };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function linesFor(
  { job, outcome }: CancelOutcome,
  { verbose = 0, quiet = false }: ScancelValues,
  action: CancelAction,
): readonly string[] {
  const failure = (why: string): string => `error: Kill job error on job id ${printable(job)}: ${why}`;
  const what = action.name === 'cancel' ? `Terminating job ${job}` : `Signal ${action.signal} to job ${job}`;
  const lines = verbose > 0 ? [what] : [];
  if (outcome === 'denied') return [...lines, failure('Access/permission denied')];
  if (outcome === 'unknown' && verbose > 0 && !quiet) return [...lines, failure('Invalid job id specified')];
  return lines;
}
