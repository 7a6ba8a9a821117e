import { assert } from '../../base/assert.ts';
import { isMgpuError } from '../../base/error.ts';
import { printable } from '../../base/text.ts';
import { applyExport } from '../../model/exportspec.ts';
import { parseMultiProg, type TaskProgram } from '../../model/multiprog.ts';
import type { JobSpec } from '../../model/spec.ts';
import type { InnerStepOptions, StepStarter } from '../../services/innerstep.ts';
import type { FollowingSession, InteractiveOptions } from '../../services/interactive.ts';
import type { SpanningOptions } from '../../services/spanning.ts';
import { mpiPlugins } from '../../tables/options/submit/step.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import { shownText } from '../../tables/shown.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import { errorExitCode } from '../submission/check.ts';
import type { EnvironmentSources } from '../submission/environment.ts';
import { jobSpecOf, type SubmitContext } from '../submission/jobspec.ts';
import type { ReadText } from '../submission/nodefile.ts';
import { isForCluster, preparedValues, tell } from '../submission/prepare.ts';
import { gresChecked, refusalLines } from '../submission/refusal.ts';
import { testOnly } from '../submission/testonly.ts';
import { type ExtraSources, extrasOf, withTerminal } from './extras.ts';
import { hooksOf, type InnerSources, innerStepOf, type LiveSources, showOptionsOf } from './inner.ts';
import { readSrun, srunTable } from './options.ts';

/** Who submits, on which host, and when. */
type Submitter = Pick<SubmitContext, 'user' | 'uid' | 'group' | 'gid' | 'host' | 'moment'> &
  Pick<EnvironmentSources, 'rlimits'>;

/** What srun needs of the world. */
export interface SrunDeps {
  submitter(): Promise<Submitter>;
  /** The names of all groups that the submitter is in. */
  groups(): Promise<readonly string[]>;
  /** Opens the cluster; the value is that of --spool. */
  open(spool: string | undefined): Promise<FollowingSession>;
  /** Submits the job and follows it to its end; gives the exit code. */
  follow(session: FollowingSession, options: InteractiveOptions): Promise<number>;
  /** Makes a step within an allocation and follows it to its end. */
  followInner(session: FollowingSession, options: InnerStepOptions): Promise<number>;
  /** Asks for an allocation, makes a step on all of it and follows that to its end. */
  span(session: FollowingSession, options: Omit<SpanningOptions, 'startKeeper'>): Promise<number>;
  readonly starter: () => StepStarter;
  readonly live: LiveSources;
  readonly window: ExtraSources['window'];
  findProgram(word: string, io: CommandIo): ReturnType<ExtraSources['findProgram']>;
  /** A file of the user's. */
  readUserText: ReadText;
  /** The process's file mode mask, which the tasks get too. */
  readonly umask: number;
  /** The text of a file of the user's. Throws with the system's words. */
  readText(path: string): Promise<string>;
  /** Runs a program on this machine, with srun's own streams, to its end. */
  runProgram(path: string, args: readonly string[]): Promise<void>;
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
  if (read.values.mpi === 'list') {
    io.out(`MPI plugin types are...\n${mpiPlugins.map((name) => `\t${name}\n`).join('')}`);
    return 0;
  }
  const submitter = await deps.submitter();
  const { program } = srunTable;
  const { readUserText } = deps;
  const prepared = await preparedValues(read.values, {
    program,
    table: srunTable,
    who: submitter,
    io,
    readUserText,
  });
  if ('failed' in prepared) return tellFailure(prepared.failed, io);
  const { values } = prepared;
  const refusal = refusalOf(values);
  if (refusal !== undefined) {
    io.err(`srun: error: ${printable(refusal)}\n`);
    return 1;
  }
  if (values.testOnly === true) return testStep({ values, operands, submitter }, io, deps);
  const { srunProlog, srunEpilog } = values;
  if (srunProlog !== undefined) await deps.runProgram(srunProlog, operands);
  const code = await runStep({ values, operands, submitter }, io, deps);
  if (srunEpilog !== undefined) await deps.runProgram(srunEpilog, operands);
  return code;
}

interface Words {
  readonly values: SubmitValues;
  readonly operands: readonly string[];
  readonly submitter: Submitter;
}

/** Within an allocation a step, elsewhere a job with one step. */
async function runStep(
  { values: asked, operands, submitter }: Words,
  io: CommandIo,
  deps: SrunDeps,
): Promise<number> {
  const extras = await extrasOf(asked, operands, {
    rlimits: submitter.rlimits,
    window: deps.window,
    findProgram: (word) => deps.findProgram(word, io),
  });
  if (typeof extras === 'string') {
    tell(io, [extras]);
    return 1;
  }
  tell(io, extras.complaints);
  const values = extras.terminal === undefined ? asked : withTerminal(asked);
  const { jobId } = values;
  const spec = jobId === undefined ? specOf(values, operands, { io, submitter }) : undefined;
  if (spec !== undefined && 'lines' in spec) return tellFailure({ lines: spec.lines, exitCode: 1 }, io);
  const programs = await programsOf(values, operands, {
    ntasks: spec?.ntasks ?? values.ntasks ?? values.nodes?.min ?? 1,
    readText: deps.readText,
  });
  if (typeof programs === 'string') {
    io.err(`srun: error: ${printable(programs)}\n`);
    return 1;
  }
  const { umask, starter, live } = deps;
  const sources = { io, submitter, umask, operands, programs, extras, live };
  const step = (): Omit<InnerStepOptions, 'jobId'> => innerStepOf(values, { ...sources, starter: starter() });
  const session = await deps.open(values.spool);
  const { program } = srunTable;
  if (!isForCluster(values, session, { program, io })) return 1;
  if (jobId !== undefined) return deps.followInner(session, { ...step(), jobId });
  assert(spec !== undefined, 'a step outside of a job is a job');
  try {
    if (!maySpan(spec) && values.distributed !== true)
      return await deps.follow(session, jobOf(spec, values, sources));
    return await deps.span(session, { ...stepOnAll(step(), values), submission: allocationOf(spec, io) });
  } catch (error) {
    if (!isMgpuError(error, 'REFUSED')) throw error;
    tell(io, refusalLines(error, program, values));
    return errorExitCode(io.environment);
  }
}

/** True where the tasks may come to several nodes. */
function maySpan({ nodes, ntasks }: JobSpec): boolean {
  return nodes.min > 1 || (nodes.max > 1 && ntasks > 1);
}

/** A job that is one step on one node. */
function jobOf(
  spec: JobSpec,
  values: SubmitValues,
  { io, umask, operands, programs, extras, live }: Omit<InnerSources, 'starter'>,
): InteractiveOptions {
  const { variables, complaints, program, ...given } = extras;
  const hooks = hooksOf(values, io.workDir);
  const { output, error, input, immediateSeconds } = values;
  const submission = {
    spec: {
      ...spec,
      nodes: { min: 1, max: 1 },
      // Words and numbers here are no names of files, so they are not made paths.
      ...(isStreamWord(output) && { output }),
      ...(isStreamWord(error) && { error }),
      ...(isStreamWord(input) && { input }),
    },
    args: operands,
    environment: { ...environmentFor(values, io, umask), ...variables },
    ...given,
    ...(programs !== undefined && { programs }),
    ...(hooks !== undefined && { hooks }),
  };
  return {
    submission,
    ...showOptionsOf(values, { extras, live }),
    ...(immediateSeconds !== undefined && { immediateSeconds }),
  };
}

/** Time limit and exclusiveness are the job's. */
function stepOnAll(
  { more: { timeLimit, ...more }, wish, ...step }: Omit<InnerStepOptions, 'jobId'>,
  { exact }: SubmitValues,
): Omit<InnerStepOptions, 'jobId'> {
  return { ...step, more, wish: { ...wish, isExact: exact === true } };
}

/** What holds the nodes for a step on several. */
function allocationOf(spec: JobSpec, { workDir }: CommandIo): SpanningOptions['submission'] {
  const { output, error, input, ...held } = spec;
  return { spec: { ...held, kind: 'allocation' }, args: [], environment: { SLURM_SUBMIT_DIR: workDir } };
}

/** --test-only: as a job of its own, within an allocation too. */
async function testStep(
  { values, operands, submitter }: Words,
  io: CommandIo,
  deps: SrunDeps,
): Promise<number> {
  const spec = specOf(values, operands, { io, submitter });
  if ('lines' in spec) return tellFailure({ lines: spec.lines, exitCode: 1 }, io);
  const session = await deps.open(values.spool);
  const { program } = srunTable;
  if (!isForCluster(values, session, { program, io })) return 1;
  return testOnly(values, { program, session, spec, groups: await deps.groups(), io });
}

interface ProgramSources {
  readonly ntasks: number;
  readonly readText: (path: string) => Promise<string>;
}

/** --multi-prog: what each task runs, or what is wrong with the file. */
async function programsOf(
  { multiProg }: SubmitValues,
  [file = '']: readonly string[],
  { ntasks, readText }: ProgramSources,
): Promise<readonly TaskProgram[] | string | undefined> {
  return multiProg === true ? parseMultiProg(await readText(file), { file, ntasks }) : undefined;
}

/** What srun cannot do in this release, and must not do in another way in silence. */
function refusalOf(values: SubmitValues): string | undefined {
  const { jobId, relative, gpuIds, nodeGpuIds, input, output, error } = values;
  if (values.pty === true && [input, output, error].some((one) => one !== undefined)) {
    return '--error/--input/--output are incompatible with --pty';
  }
  if (jobId !== undefined) {
    if (gpuIds === undefined && nodeGpuIds === undefined) return undefined;
    const option = gpuIds === undefined ? '--node-gpu-ids' : '--gpu-ids';
    return `${option} names the GPUs of a job; within one they are asked for by number, as with --gres=gpu:1`;
  }
  if (relative !== undefined) return '--relative counts the nodes of a job, and this is not within one';
  return undefined;
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
  return gresChecked(srunTable.program, () => jobSpecOf(values, context));
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
