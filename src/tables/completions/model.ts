import { visible } from '../help.ts';
import type { AdminOption, AdminProgram } from '../options/admin.ts';
import type { CommandTable } from '../row.ts';

/** What a shell needs to know of a command to complete its options. */
export interface Completion {
  /** The name it is called by. */
  readonly command: string;
  readonly options: readonly CompletedOption[];
  readonly subcommands: readonly Subcommand[];
  /** What the first operand is. */
  readonly operand: 'file' | 'command' | 'none';
}

export interface CompletedOption {
  readonly long: string;
  readonly letter?: string;
  readonly arg: 'none' | 'required' | 'optional';
  readonly values: CompletedValues;
  readonly metavar: string;
  readonly help: string;
}

/** What an argument can be, as far as that is known without asking a cluster. */
export type CompletedValues = 'any' | 'file' | 'dir' | readonly string[];

export interface Subcommand {
  readonly name: string;
  readonly help: string;
  readonly operand: 'dir' | 'none';
  /** Beside those of the command itself. */
  readonly options: readonly CompletedOption[];
}

/** A Slurm-like command under the name that it is called by; what it refuses is not offered. */
export function completionOf<V>(
  { rows }: CommandTable<V>,
  { command, operand }: Pick<Completion, 'command' | 'operand'>,
): Completion {
  const options = visible(rows)
    .filter((row) => row.refused === undefined)
    .map(({ long, short, arg, metavar = '', help }) => ({
      long,
      ...(short === undefined ? {} : { letter: short }),
      arg,
      values: valuesOf(metavar),
      metavar,
      help,
    }));
  return { command, options, subcommands: [], operand };
}

export function adminCompletionOf({ program, options, commands }: AdminProgram): Completion {
  return {
    command: program,
    options: options.map(completedAdminOption),
    subcommands: commands.map(({ name, help, operands, options: own }) => ({
      name,
      help,
      options: own.map(completedAdminOption),
      operand: operands.some(({ kind }) => kind === 'dir') ? 'dir' : 'none',
    })),
    operand: 'none',
  };
}

function completedAdminOption({ name, letter, type, metavar = '', help }: AdminOption): CompletedOption {
  const arg = type === 'text' || type === 'number' ? 'required' : 'none';
  return {
    long: name,
    ...(letter === undefined ? {} : { letter }),
    arg,
    values: valuesOf(metavar),
    metavar,
    help,
  };
}

/** `file` and `dir` are what they say, `a|b` are the two words. */
function valuesOf(metavar: string): CompletedValues {
  if (metavar === 'file' || metavar === 'dir') return metavar;
  return /^[a-z]+(\|[a-z]+)+$/.test(metavar) ? metavar.split('|') : 'any';
}
