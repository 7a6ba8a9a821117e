import { AssertionError } from '../base/assert.ts';
import { isMgpuError, MgpuError } from '../base/error.ts';
import { printable } from '../base/text.ts';
import type { CommandIo } from '../commands/io.ts';
import { mgpuVersion } from '../model/version.ts';
import { leave } from '../system/leave.ts';
import { isTerminal, outStream } from './wire/streams.ts';

/** What a command is, apart from what it does. */
export interface Program {
  /** Slurm's name for it, which its messages use. */
  readonly name: string;
  /** The name it was called by: `mgpu_sbatch`, or `sbatch` through bin/slurm. */
  readonly calledAs: string;
  /** The exit code for what keeps it from its work; 1 unless it is said. */
  readonly failureExitCode?: (argv: readonly string[]) => number;
}

/** A command: its words and its surroundings in, its exit code out. */
export type Run = (argv: readonly string[], io: CommandIo) => Promise<number>;

/** The exit code for a bug of ours (EX_SOFTWARE of sysexits.h). */
const bugExitCode = 70;

/** Runs a command as this process: the only place that prints an error and ends the process. */
export async function runCommand(program: Program, run: Run): Promise<void> {
  const argv = process.argv.slice(2);
  const io = await commandIo(program);
  let exitCode: number;
  try {
    exitCode = await run(argv, io);
  } catch (error) {
    // This is the edge: what nobody else caught is told here.
    const failureExitCode = program.failureExitCode?.(argv) ?? 1;
    const verbosity = verbosityOf(argv);
    const options = { program: program.name, err: io.err, failureExitCode };
    exitCode = report(error, { ...options, isTraced: verbosity >= 3, isVerbose: verbosity >= 1 });
  }
  // Everything is written when a write returns, so nothing has to be waited for.
  leave(exitCode);
}

export async function commandIo(program: Program): Promise<CommandIo> {
  const out = outStream(1);
  const err = outStream(2);
  // A process's own variables are texts; a copy, for process.env asks the system at each look.
  const environment = { ...process.env } as Readonly<Record<string, string>>;
  const hasTerminal = await isTerminal(1);
  return {
    program: program.calledAs,
    environment,
    get workDir() {
      return workDir();
    },
    out: (text) => out.write(text),
    err: (text) => err.write(text),
    isTerminal: hasTerminal,
    isColoured: hasTerminal && wantsColours(program, environment),
  };
}

/**
 * Whether a terminal is to get colours. Under Slurm's own names there are none: programs that run commands at
 * a terminal of theirs (expect, pexpect) read what Slurm prints.
 */
export function wantsColours(
  { name, calledAs }: Program,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const isOwnName = name === 'mgpu' || calledAs !== name;
  return isOwnName && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
}

function workDir(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new MgpuError('WORK_DIR', 'the working directory does not exist any more', { cause });
  }
}

export interface ReportOptions {
  readonly program: string;
  readonly err: (text: string) => void;
  /** True to show where in the program it happened. */
  readonly isTraced: boolean;
  readonly isVerbose?: boolean;
  readonly failureExitCode?: number;
}

/** Says what went wrong, as Slurm's commands do, and gives the exit code. */
export function report(
  error: unknown,
  { program, err, isTraced, isVerbose = false, failureExitCode = 1 }: ReportOptions,
): number {
  const isOurs = !isMgpuError(error);
  if (isOurs) {
    const what = error instanceof Error ? error.message : String(error);
    const kind = error instanceof AssertionError || !(error instanceof Error) ? '' : `${error.name}: `;
    const versions = `mgpu ${mgpuVersion}, Node.js ${process.versions.node}`;
    const where = isTraced ? '' : '; -vvv tells where it happened';
    const request = `please report this with what you did: ${versions}${where}`;
    err(`${program}: internal error: ${printable(kind + what)} (${request})\n`);
  } else {
    for (const line of [...error.before, error.message]) err(`${program}: error: ${printable(line)}\n`);
    if (isVerbose && error.detail !== undefined) err(`${program}: ${printable(error.detail)}\n`);
    if (error.hint !== undefined) err(`${program}: ${printable(error.hint)}\n`);
  }
  if (isTraced) for (const line of traceLines(error)) err(`${program}: ${line}\n`);
  return isOurs ? bugExitCode : failureExitCode;
}

function traceLines(error: unknown): readonly string[] {
  const lines: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) {
    lines.push(...(at.stack ?? String(at)).split('\n'));
    if (at.cause !== undefined) lines.push('caused by:');
  }
  return lines;
}

/** How often -v was given, as far as that can be told before the options are parsed. */
export function verbosityOf(argv: readonly string[]): number {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  return words.reduce((count, word) => {
    if (word === '--verbose') return count + 1;
    return /^-v+$/.test(word) ? count + word.length - 1 : count;
  }, 0);
}
