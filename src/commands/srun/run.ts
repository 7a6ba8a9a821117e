import { isMgpuError, MgpuError } from '../../base/error.ts';
import { printable } from '../../base/text.ts';
import { applyExport } from '../../model/exportspec.ts';
import type { JobSpec } from '../../model/spec.ts';
import type { FollowingSession, InteractiveOptions } from '../../services/interactive.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import { shownText } from '../../tables/shown.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import { errorExitCode } from '../submission/check.ts';
import { jobSpecOf, type SubmitContext } from '../submission/jobspec.ts';
import type { ReadText } from '../submission/nodefile.ts';
import { isForCluster, preparedValues, tell } from '../submission/prepare.ts';
import { gresChecked, refusalLines } from '../submission/refusal.ts';
import { readSrun, srunTable } from './options.ts';

/** Who submits, on which host, and when. */
type Submitter = Pick<SubmitContext, 'user' | 'uid' | 'group' | 'gid' | 'host' | 'moment'>;

/** What srun needs of the world. */
export interface SrunDeps {
  submitter(): Promise<Submitter>;
  /** Opens the cluster; the value is that of --spool. */
  open(spool: string | undefined): Promise<FollowingSession>;
  /** Submits the job and follows it to its end; gives the exit code. */
  follow(session: FollowingSession, options: InteractiveOptions): Promise<number>;
  /** A file of the user's. */
  readUserText: ReadText;
  /** The process's file mode mask, which the tasks get too. */
  readonly umask: number;
}

/** `srun`: runs a command on the cluster, shows its output and gives its exit code. */
export async function run(argv: readonly string[], io: CommandIo, deps: SrunDeps): Promise<number> {
  const read = readSrun(argv, io.environment);
  if ('shows' in read) {
    io.out(shownText(read.shows, srunTable, io.program));
    return 0;
  }
  if ('failed' in read) return tellFailure(read.failed, io);
  const { operands } = read;
  const submitter = await deps.submitter();
  const { program } = srunTable;
  const { readUserText } = deps;
  const prepared = await preparedValues(read.values, { program, who: submitter, io, readUserText });
  if ('failed' in prepared) return tellFailure(prepared.failed, io);
  const { values } = prepared;
  const refusal = refusalOf(values, io.environment);
  if (refusal !== undefined) {
    io.err(`srun: error: ${printable(refusal)}\n`);
    return 1;
  }
  const spec = specOf(values, operands, { io, submitter });
  if ('lines' in spec) return tellFailure({ lines: spec.lines, exitCode: 1 }, io);
  const environment = environmentFor(values, io, deps.umask);
  const session = await deps.open(values.spool);
  if (!isForCluster(values, session, { program, io })) return 1;
  try {
    return await deps.follow(session, {
      submission: { spec, args: operands, environment },
      isQuiet: values.quiet === true,
      isUnbuffered: values.unbuffered === true,
      isVerbose: (values.verbose ?? 0) > 0,
    });
  } catch (error) {
    if (!isMgpuError(error, 'REFUSED')) throw error;
    tell(io, refusalLines(error, program, values));
    return errorExitCode(io.environment);
  }
}

/** What srun cannot do in this release, and must not do in another way in silence. */
function refusalOf(values: SubmitValues, environment: CommandIo['environment']): string | undefined {
  const jobId = environment['SLURM_JOB_ID'];
  if (jobId !== undefined) {
    return `steps inside an allocation are not supported by this release (SLURM_JOB_ID=${jobId} is set)`;
  }
  const { nodes, nodelist = [] } = values;
  if (values.testOnly === true) return '--test-only is not supported by srun in this release';
  if (values.propagate !== undefined) return '--propagate is not supported by srun in this release';
  if (nodes !== undefined && nodes.min > 1) {
    return `steps on more than one node are not supported by this release (-N ${nodes.min})`;
  }
  return nodelist.length > 1
    ? `steps on more than one node are not supported by this release (-w ${nodelist.join(',')})`
    : undefined;
}

interface SpecSources {
  readonly io: CommandIo;
  readonly submitter: Submitter;
}

function specOf(
  values: SubmitValues,
  operands: readonly string[],
  { io, submitter }: SpecSources,
): JobSpec | { readonly lines: readonly string[] } {
  const context = {
    ...submitter,
    workDir: io.workDir,
    kind: 'interactive',
    command: operands.join(' '),
    defaultName: operands[0]?.replace(/.*\//, '') || (operands[0] ?? ''),
  } as const;
  const spec = gresChecked(srunTable.program, () => jobSpecOf(values, context));
  if ('lines' in spec) return spec;
  const { output, error, input } = values;
  const { min } = spec.nodes;
  if (min > 1)
    throw new MgpuError('OPTIONS', 'steps on more than one node are not supported by this release');
  return {
    ...spec,
    nodes: { min: 1, max: 1 },
    // Words and numbers here are no names of files, so they are not made paths.
    ...(isStreamWord(output) && { output }),
    ...(isStreamWord(error) && { error }),
    ...(isStreamWord(input) && { input }),
  };
}

function isStreamWord(given: string | undefined): given is string {
  return given !== undefined && /^(?:all|none|\d+)$/.test(given);
}

/**
 * What the tasks see of the submitter's environment (steps never get a login's), and where it was
 * submitted.
 */
function environmentFor(values: SubmitValues, io: CommandIo, umask: number): Record<string, string> {
  return {
    ...applyExport(values.export ?? { kind: 'ALL', items: [] }, io.environment),
    SLURM_SUBMIT_DIR: io.workDir,
    SLURM_UMASK: umask.toString(8).padStart(4, '0'),
  };
}
