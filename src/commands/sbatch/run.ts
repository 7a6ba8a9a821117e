import { printable } from '../../base/text.ts';
import { applyExport, needsLoginEnvironment } from '../../model/exportspec.ts';
import type { Session } from '../../services/session.ts';
import { submit } from '../../services/submit.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import { shownText } from '../../tables/shown.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import { jobSpecOf } from '../submission/jobspec.ts';
import { nodeWarning } from '../submission/nodewish.ts';
import { completeSbatch, readSbatchLine, sbatchTable } from './options.ts';
import { readScriptFor, type Script, type ScriptSources } from './script.ts';

/** Who submits, on which host. */
export interface Submitter {
  readonly user: string;
  readonly uid: number;
  readonly group: string;
  readonly gid: number;
  readonly host: string;
  readonly umask: number;
}

/** What sbatch needs of the world. */
export interface SbatchDeps extends ScriptSources {
  submitter(): Promise<Submitter>;
  /** Opens the cluster; the value is that of --spool. */
  open(spool: string | undefined): Promise<Session>;
  /** What a login shell of the user sets. */
  loginEnvironment(): Promise<Readonly<Record<string, string>>>;
  /** Waits for the end of a job and gives the exit code that stands for it. */
  waitForJob(session: Session, id: number): Promise<number>;
}

/** `sbatch`: submits, says the job's id, and gives the exit code. */
export async function run(argv: readonly string[], io: CommandIo, deps: SbatchDeps): Promise<number> {
  const line = readSbatchLine(argv);
  if ('shows' in line) {
    io.out(shownText(line.shows, sbatchTable, io.program));
    return 0;
  }
  if ('failed' in line) return tellFailure(line.failed, io);
  const program = sbatchTable.program;
  const { workDir, environment } = io;
  const { values: lineValues, operands } = line;
  const path = environment['PATH'] ?? '';
  const script = await readScriptFor({ program, values: lineValues, operands, workDir, path }, deps);
  if ('failed' in script) return tellFailure(script.failed, io);
  const directives = script.directives && { script: script.directives };
  const complete = completeSbatch(lineValues, { environment, ...directives });
  if ('failed' in complete) return tellFailure(complete.failed, io);
  return submitScript(script, complete.values, io, deps);
}

async function submitScript(
  script: Script,
  values: SubmitValues,
  io: CommandIo,
  deps: SbatchDeps,
): Promise<number> {
  const { command, defaultName, bytes, args } = script;
  const submitter = await deps.submitter();
  const context = { ...submitter, workDir: io.workDir, kind: 'batch', command, defaultName } as const;
  const spec = jobSpecOf(values, context);
  const warning = nodeWarning(values);
  if (warning !== undefined) io.err(`sbatch: ${printable(warning)}\n`);
  const environment = await environmentFor(values, io, { ...deps, umask: submitter.umask });
  const session = await deps.open(values.spool);
  const id = await submit(session.store, session.present, { spec, script: bytes, args, environment });
  if ((values.verbose ?? 0) > 0) io.err(`sbatch: the cluster is ${printable(session.store.layout.root)}\n`);
  if (values.quiet !== true) io.out(values.parsable === true ? `${id}\n` : `Submitted batch job ${id}\n`);
  return values.wait === true ? deps.waitForJob(session, id) : 0;
}

/** What the job sees of the submitter's environment, and where it was submitted. */
async function environmentFor(
  values: SubmitValues,
  io: CommandIo,
  { loginEnvironment, umask }: Pick<SbatchDeps, 'loginEnvironment'> & Pick<Submitter, 'umask'>,
): Promise<Readonly<Record<string, string>>> {
  const spec = values.export ?? { kind: 'ALL', items: [] };
  const login = needsLoginEnvironment(spec) ? await loginEnvironment() : {};
  // A job keeps the folder it was submitted from, also where it runs in another one.
  return {
    ...login,
    ...applyExport(spec, io.environment),
    SLURM_SUBMIT_DIR: io.workDir,
    SLURM_UMASK: umask.toString(8).padStart(4, '0'),
  };
}
