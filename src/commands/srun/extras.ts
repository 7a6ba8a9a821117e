import { ulimitWords } from '../../model/ulimit.ts';
import type { WindowSize } from '../../model/window.ts';
import type { InnerStepOptions } from '../../services/innerstep.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import { type EnvironmentSources, limitVariables } from '../submission/environment.ts';

/** A program as --bcast sends it. */
export interface ProgramFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
  readonly mtime: number;
}

export interface ExtraSources {
  readonly rlimits: EnvironmentSources['rlimits'];
  /** The window of standard output; undefined where that is no terminal. */
  readonly window: () => WindowSize | undefined;
  /** The program that a shell would run by this word. */
  readonly findProgram: (word: string) => Promise<ProgramFile | undefined>;
}

/** What the tasks get beside command and environment. */
export type Extras = Pick<InnerStepOptions['content'], 'terminal' | 'limits' | 'bcast' | 'script'> & {
  readonly variables: Readonly<Record<string, string>>;
  /** What is to be said of options that are set aside. */
  readonly complaints: readonly string[];
  /** The path of the program that --bcast sends. */
  readonly program?: string;
};

/** Works them out; a line why srun ends in place of that. */
export async function extrasOf(
  values: SubmitValues,
  [command = '']: readonly string[],
  { rlimits, window, findProgram }: ExtraSources,
): Promise<Extras | string> {
  const limits = ulimitWords(limitVariables(values, rlimits));
  const size = values.pty === true ? window() : undefined;
  const program = values.bcast === undefined ? undefined : await findProgram(command);
  if (values.bcast !== undefined && program === undefined) return `srun: fatal: Can not execute ${command}`;
  const isSetAside = values.pty === true && size === undefined;
  return {
    variables: size === undefined ? {} : terminalVariables(size),
    complaints: isSetAside ? noTerminal : [],
    ...(limits !== undefined && { limits }),
    ...(size !== undefined && { terminal: size }),
    ...(program !== undefined && {
      bcast: { path: values.bcast ?? '', mode: program.mode, mtime: program.mtime },
      script: program.bytes,
      program: program.path,
    }),
  };
}

/** As captured (srun.pty). */
const noTerminal = [
  'srun: error: ioctl(TIOCGWINSZ): Inappropriate ioctl for device',
  'srun: error: Not using a pseudo-terminal, disregarding --pty option',
];

/** Programs ask whether the first is there; srun listens on no port here. */
function terminalVariables({ rows, columns }: WindowSize): Readonly<Record<string, string>> {
  return {
    SLURM_PTY_PORT: '0',
    SLURM_PTY_WIN_COL: String(columns),
    SLURM_PTY_WIN_ROW: String(rows),
  };
}

/** With a terminal only task 0 is connected, and all that it shows comes as it is. */
export function withTerminal(values: SubmitValues): SubmitValues {
  return { ...values, output: '0', input: '0', unbuffered: true };
}
