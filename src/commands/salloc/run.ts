import { isMgpuError } from '../../base/error.ts';
import { printable } from '../../base/text.ts';
import type { JobSpec } from '../../model/spec.ts';
import type {
  AllocationEnd,
  AllocationMessage,
  AllocationOptions,
  AllocationSession,
} from '../../services/allocation.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import { shownText } from '../../tables/shown.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import { errorExitCode } from '../submission/check.ts';
import { jobSpecOf, type SubmitContext } from '../submission/jobspec.ts';
import type { ReadText } from '../submission/nodefile.ts';
import { isForCluster, preparedValues, tell } from '../submission/prepare.ts';
import { gresChecked, refusalLines } from '../submission/refusal.ts';
import { allocationLines, isError } from './messages.ts';
import { readSalloc, sallocTable } from './options.ts';

/** Who asks, on which host, and when. */
interface SallocSubmitter extends Pick<SubmitContext, 'user' | 'uid' | 'group' | 'gid' | 'host' | 'moment'> {
  /** The names of all groups that the user is in. */
  readonly groups: readonly string[];
}

/** What salloc needs of the world. */
export interface SallocDeps {
  submitter(): Promise<SallocSubmitter>;
  /** Opens the cluster; the value is that of --spool. */
  open(spool: string | undefined): Promise<AllocationSession>;
  /** Gets the nodes, runs the command and gives them back. */
  allocate(session: AllocationSession, options: AllocationOptions): Promise<AllocationEnd>;
  readUserText: ReadText;
  /** Why nothing could work in a folder, in the system's words; undefined if it can. */
  folderFault(path: string): Promise<string | undefined>;
  /** The shell that the system has for the user. */
  userShell(): Promise<string>;
  /** Milliseconds that only go forward. */
  monotonicMs(): number;
}

const { program } = sallocTable;

/** `salloc`: gets nodes, runs a command here while they are there, and gives its exit code. */
export async function run(argv: readonly string[], io: CommandIo, deps: SallocDeps): Promise<number> {
  const read = readSalloc(argv, io.environment);
  if ('shows' in read) {
    io.out(shownText(read.shows, sallocTable, io.program));
    return 0;
  }
  if ('failed' in read) return tellFailure(read.failed, io);
  const submitter = await deps.submitter();
  const { readUserText } = deps;
  const prepared = await preparedValues(read.values, {
    program,
    table: sallocTable,
    who: submitter,
    io,
    readUserText,
  });
  if ('failed' in prepared) return tellFailure(prepared.failed, io);
  const { values } = prepared;
  const context: SubmitContext = {
    ...submitter,
    workDir: io.workDir,
    kind: 'allocation',
    // The command is nobody's business but salloc's (observed).
    command: '',
    defaultName: values.noShell === true ? 'no-shell' : 'interactive',
  };
  const spec = gresChecked(program, () => jobSpecOf(values, context));
  if ('lines' in spec) return tellFailure({ lines: spec.lines, exitCode: 1 }, io);
  const fault = values.chdir === undefined ? undefined : await deps.folderFault(spec.workDir);
  if (fault !== undefined) {
    tell(io, [`${program}: error: chdir(${values.chdir}): ${fault}`]);
    return errorExitCode(io.environment);
  }
  const words =
    read.operands.length > 0 ? read.operands : [io.environment['SHELL'] || (await deps.userShell())];
  return allocate({ values, spec, words, groups: submitter.groups }, io, deps);
}

interface Asked {
  readonly values: SubmitValues;
  readonly spec: JobSpec;
  readonly words: readonly string[];
  readonly groups: readonly string[];
}

async function allocate(
  { values, spec, words, groups }: Asked,
  io: CommandIo,
  deps: SallocDeps,
): Promise<number> {
  const session = await deps.open(values.spool);
  if (!isForCluster(values, session, { program, io })) return 1;
  const command = { words, environment: io.environment, submitDir: io.workDir };
  try {
    const end = await deps.allocate(session, {
      submission: { spec, groups, args: [], environment: { SLURM_SUBMIT_DIR: io.workDir } },
      command: values.noShell === true ? undefined : command,
      immediateSeconds: values.immediateSeconds,
      killSignal: values.killCommand,
      say: teller(values, io, deps),
    });
    return exitCodeOf(end, io);
  } catch (error) {
    if (!isMgpuError(error, 'REFUSED')) throw error;
    tell(io, refusalLines(error, program, values));
    return errorExitCode(io.environment);
  }
}

/** After so long a wait the bell is rung unless it is forbidden, in ms. */
const bellMs = 10_000;

function teller(
  { quiet, bell }: SubmitValues,
  io: CommandIo,
  { monotonicMs }: SallocDeps,
): AllocationOptions['say'] {
  const sinceMs = monotonicMs();
  return (message: AllocationMessage, id: number) => {
    if (quiet !== true || isError(message)) {
      for (const line of allocationLines(message, id)) io.err(`${printable(line)}\n`);
    }
    const isRung = bell === 'always' || (bell === undefined && monotonicMs() - sinceMs >= bellMs);
    if (message.what === 'granted' && isRung && io.isTerminal) io.out('\u0007');
  };
}

/** Signals that a user sends are no failure of the command (observed). */
const userSignals: ReadonlySet<number> = new Set([1, 2, 3, 9]);

function exitCodeOf(end: AllocationEnd, { environment }: CommandIo): number {
  switch (end.kind) {
    case 'command':
      if (end.signal !== 0) return userSignals.has(end.signal) ? 0 : 1;
      return end.code;
    case 'kept':
      return 0;
    case 'failed':
      return errorExitCode(environment);
    case 'tooLate':
      return errorExitCode({ SLURM_EXIT_ERROR: environment['SLURM_EXIT_IMMEDIATE'] ?? '' });
    default:
      return end satisfies never;
  }
}
