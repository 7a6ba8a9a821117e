import { isMgpuError } from '../../base/error.ts';
import { printable } from '../../base/text.ts';
import type { Session } from '../../services/session.ts';
import { submit } from '../../services/submit.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import { shownText } from '../../tables/shown.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import { errorExitCode } from '../submission/check.ts';
import { batchEnvironment, type EnvironmentSources, parseVariables } from '../submission/environment.ts';
import { jobSpecOf, type SubmitContext } from '../submission/jobspec.ts';
import type { ReadText } from '../submission/nodefile.ts';
import { isForCluster, preparedValues, tell } from '../submission/prepare.ts';
import { gresChecked, refusalLines } from '../submission/refusal.ts';
import { testOnly } from '../submission/testonly.ts';
import { completeSbatch, readSbatchLine, sbatchTable } from './options.ts';
import { readScriptFor, type Script, type ScriptSources } from './script.ts';

/** Who submits, on which host, and when. */
export interface Submitter
  extends Pick<SubmitContext, 'user' | 'uid' | 'group' | 'gid' | 'host' | 'moment'>,
    Pick<EnvironmentSources, 'umask' | 'rlimits'> {
  /** The names of all groups that the submitter is in. */
  readonly groups: readonly string[];
}

/** What sbatch needs of the world. */
export interface SbatchDeps extends ScriptSources {
  submitter(): Promise<Submitter>;
  /** Opens the cluster; the value is that of --spool. */
  open(spool: string | undefined): Promise<Session>;
  /** What a login shell of the user sets. */
  loginEnvironment(timeoutSeconds?: number): Promise<Readonly<Record<string, string>>>;
  /** A file of the user's, or an open descriptor if it is named by its number. */
  readUserText: ReadText;
  /** Waits for the end of a job and gives the exit code that stands for it. */
  waitForJob(session: Session, id: number): Promise<number>;
}

const { program } = sbatchTable;

/** `sbatch`: submits, says the job's id, and gives the exit code. */
export async function run(argv: readonly string[], io: CommandIo, deps: SbatchDeps): Promise<number> {
  const line = readSbatchLine(argv);
  if ('shows' in line) {
    io.out(shownText(line.shows, sbatchTable, io.program));
    return 0;
  }
  if ('failed' in line) return tellFailure(line.failed, io);
  const { workDir, environment } = io;
  const { values: lineValues, operands } = line;
  const path = environment['PATH'] ?? '';
  const script = await readScriptFor({ program, values: lineValues, operands, workDir, path }, deps);
  if ('failed' in script) {
    return tellFailure({ ...script.failed, exitCode: errorExitCode(environment) }, io);
  }
  const directives = script.directives && { script: script.directives };
  const complete = completeSbatch(lineValues, { environment, ...directives });
  if ('failed' in complete) return tellFailure(complete.failed, io);
  return submitScript(script, complete.values, io, deps);
}

async function submitScript(
  script: Script,
  asked: SubmitValues,
  io: CommandIo,
  deps: SbatchDeps,
): Promise<number> {
  const submitter = await deps.submitter();
  const { readUserText } = deps;
  const prepared = await preparedValues(asked, {
    program,
    table: sbatchTable,
    who: submitter,
    io,
    readUserText,
  });
  if ('failed' in prepared) return tellFailure(prepared.failed, io);
  const { values } = prepared;
  const { command, defaultName } = script;
  const context = { ...submitter, workDir: io.workDir, kind: 'batch', command, defaultName } as const;
  const spec = gresChecked(program, () => jobSpecOf(values, context));
  if ('lines' in spec) return tellFailure({ lines: spec.lines, exitCode: 1 }, io);
  const environment = await environmentFor(values, io, { submitter, deps });
  if ('lines' in environment) return tellFailure({ lines: environment.lines, exitCode: 1 }, io);
  const session = await deps.open(values.spool);
  if (!isForCluster(values, session, { program, io })) return 1;
  const { groups } = submitter;
  if (values.testOnly === true) return testOnly(values, { program, session, spec, groups, io });
  const { bytes, args } = script;
  const { variables } = environment;
  return sendScript({ spec, groups, script: bytes, args, environment: variables }, values, {
    session,
    io,
    deps,
  });
}

interface Sending {
  readonly session: Session;
  readonly io: CommandIo;
  readonly deps: SbatchDeps;
}

async function sendScript(
  submission: Parameters<typeof submit>[2],
  values: SubmitValues,
  { session, io, deps }: Sending,
): Promise<number> {
  const { store, present } = session;
  const isVerbose = (values.verbose ?? 0) > 0;
  const id = await submit(store, present, submission).catch((error: unknown) => {
    if (!isMgpuError(error, 'REFUSED')) throw error;
    tell(io, refusalLines(error, program, values));
    return undefined;
  });
  if (id === undefined) return errorExitCode(io.environment);
  if (isVerbose) io.err(`${program}: the cluster is ${printable(store.layout.root)}\n`);
  if (values.quiet !== true) io.out(`${idText(values, id, store.spool.clusterName)}\n`);
  return values.wait === true ? deps.waitForJob(session, id) : 0;
}

/** With -M, Slurm says to which cluster the job went. */
function idText({ parsable, clusters }: SubmitValues, id: number, cluster: string): string {
  if (parsable === true) return clusters === undefined ? `${id}` : `${id};${cluster}`;
  return `Submitted batch job ${id}${clusters === undefined ? '' : ` on cluster ${cluster}`}`;
}

interface Surroundings {
  readonly submitter: Submitter;
  readonly deps: SbatchDeps;
}

/** The variables of the job, or why they cannot be told. */
async function environmentFor(
  values: SubmitValues,
  io: CommandIo,
  { submitter, deps }: Surroundings,
): Promise<{ readonly variables: Readonly<Record<string, string>> } | { readonly lines: readonly string[] }> {
  const { exportFile, getUserEnv } = values;
  const read = exportFile === undefined ? undefined : await deps.readUserText(exportFile);
  if (read !== undefined && 'fault' in read) {
    return { lines: [`${program}: error: Could not open user environment file ${exportFile}`] };
  }
  const { umask, rlimits } = submitter;
  const variables = await batchEnvironment(values, {
    own: io.environment,
    login: () => deps.loginEnvironment(getUserEnv?.timeoutSeconds),
    file: read && parseVariables(read.text),
    rlimits,
    workDir: io.workDir,
    umask,
  });
  return { variables };
}
