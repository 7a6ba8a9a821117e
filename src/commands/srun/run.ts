import { isMgpuError, MgpuError } from '../../base/error.ts';
import { printable } from '../../base/text.ts';
import { applyExport } from '../../model/exportspec.ts';
import type { JobSpec } from '../../model/spec.ts';
import type { FollowingSession, InteractiveOptions } from '../../services/interactive.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import { shownText } from '../../tables/shown.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import { jobSpecOf } from '../submission/jobspec.ts';
import { readSrun, srunTable } from './options.ts';

/** Who submits, on which host. */
interface Submitter {
  readonly user: string;
  readonly uid: number;
  readonly group: string;
  readonly gid: number;
  readonly host: string;
}

/** What srun needs of the world. */
export interface SrunDeps {
  submitter(): Promise<Submitter>;
  /** Opens the cluster; the value is that of --spool. */
  open(spool: string | undefined): Promise<FollowingSession>;
  /** Submits the job and follows it to its end; gives the exit code. */
  follow(session: FollowingSession, options: InteractiveOptions): Promise<number>;
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
  const { values, operands } = read;
  const refusal = refusalOf(values, io.environment);
  if (refusal !== undefined) {
    io.err(`srun: error: ${printable(refusal)}\n`);
    return 1;
  }
  const spec = specOf(values, operands, { io, submitter: await deps.submitter() });
  const environment = environmentFor(values, io, deps.umask);
  const session = await deps.open(values.spool);
  try {
    return await deps.follow(session, {
      submission: { spec, args: operands, environment },
      isQuiet: values.quiet === true,
      isUnbuffered: values.unbuffered === true,
      isVerbose: (values.verbose ?? 0) > 0,
    });
  } catch (error) {
    if (!isMgpuError(error, 'REFUSED')) throw error;
    for (const line of allocationLines(error)) io.err(`${printable(line)}\n`);
    return 1;
  }
}

/** What srun cannot do in this release, and must not do in another way in silence. */
function refusalOf(values: SubmitValues, environment: CommandIo['environment']): string | undefined {
  const jobId = environment['SLURM_JOB_ID'];
  if (jobId !== undefined) {
    return `steps inside an allocation are not supported by this release (SLURM_JOB_ID=${jobId} is set)`;
  }
  const { nodes, nodelist = [] } = values;
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

function specOf(values: SubmitValues, operands: readonly string[], { io, submitter }: SpecSources): JobSpec {
  const spec = jobSpecOf(values, {
    ...submitter,
    workDir: io.workDir,
    kind: 'interactive',
    command: operands.join(' '),
    defaultName: operands[0]?.replace(/.*\//, '') || (operands[0] ?? ''),
  });
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

/** Slurm's sentences for an allocation that cannot be (captured: err.srun.partition, err.srun.w). */
function allocationLines(error: MgpuError): readonly string[] {
  const reason = error.message.replace(/^Batch job submission failed: /, '');
  return [
    ...error.before.map((line) => `srun: error: ${line}`),
    `srun: error: Unable to allocate resources: ${reason}`,
    ...(error.hint === undefined ? [] : [`srun: ${error.hint}`]),
  ];
}
