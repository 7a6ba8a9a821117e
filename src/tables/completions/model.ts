import { visible } from '../help.ts';
import type { AdminOperand, AdminOption, AdminProgram } from '../options/admin.ts';
import type { CommandTable } from '../row.ts';
import { type LiveKind, liveKindOf } from './live.ts';

/** What a shell needs to know of a command to complete its options. */
export interface Completion {
  /** The name it is called by. */
  readonly command: string;
  readonly options: readonly CompletedOption[];
  readonly subcommands: readonly Subcommand[];
  /** What the first operand is; of several that the cluster knows, each. */
  readonly operand: 'file' | 'command' | 'none' | LiveWords;
  /** What the operands are where each depends on the ones before it. */
  readonly words?: readonly WordsAfter[];
}

/** What an operand can be behind these ones: `''` for the first, `show job` for the third. */
export interface WordsAfter {
  readonly after: string;
  readonly values: CompletedValues;
}

/** Words that the cluster knows, one or several with commas. */
export interface LiveWords {
  readonly live: LiveKind;
}

/** Words of which one may be given, or several with commas. */
export interface ListedWords {
  readonly list: readonly string[];
}

export interface CompletedOption {
  readonly long: string;
  readonly letter?: string;
  readonly arg: 'none' | 'required' | 'optional';
  readonly values: CompletedValues;
  readonly metavar: string;
  readonly help: string;
}

/** What an argument can be. */
export type CompletedValues = 'any' | 'file' | 'dir' | readonly string[] | LiveWords | ListedWords;

export interface Subcommand {
  readonly name: string;
  readonly help: string;
  readonly operand: 'dir' | 'none' | LiveWords | readonly string[];
  /** Beside those of the command itself. */
  readonly options: readonly CompletedOption[];
}

/** What is to be known of a command beside its table. */
export interface CompletionWishes extends Pick<Completion, 'command' | 'operand' | 'words'> {
  /** Words of an option's argument, by its long name. */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
}

/** A Slurm-like command under the name that it is called by; what it refuses is not offered. */
export function completionOf<V>(
  { rows, program }: CommandTable<V>,
  { command, operand, words, lists = {} }: CompletionWishes,
): Completion {
  const options = visible(rows)
    .filter((row) => row.refused === undefined)
    .map(({ long, short, arg, metavar = '', help }) => ({
      long,
      ...(short === undefined ? {} : { letter: short }),
      arg,
      values: valuesFor(program, long, metavar, lists),
      metavar,
      help,
    }));
  return { command, options, subcommands: [], operand, ...(words && { words }) };
}

export function adminCompletionOf({ program, options, commands }: AdminProgram): Completion {
  return {
    command: program,
    options: options.map(completedAdminOption),
    subcommands: commands.map(({ name, help, operands, options: own }) => ({
      name,
      help,
      options: own.map(completedAdminOption),
      operand: adminOperand(operands),
    })),
    operand: 'none',
  };
}

function adminOperand(operands: readonly AdminOperand[]): Subcommand['operand'] {
  const [first] = operands;
  if (first === undefined || first.kind === 'text') return 'none';
  if (first.kind === 'dir') return 'dir';
  return first.kind === 'job' ? { live: 'anyjobs' } : (first.choices ?? 'none');
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

function valuesFor(
  program: string,
  long: string,
  metavar: string,
  lists: Readonly<Record<string, readonly string[]>>,
): CompletedValues {
  const list = Object.hasOwn(lists, long) ? lists[long] : undefined;
  if (list !== undefined) return { list };
  const live = metavar === '' ? undefined : liveKindOf(program, long);
  return live === undefined ? valuesOf(metavar) : { live };
}

/** `file` and `dir` are what they say, `a|b` are the two words. */
function valuesOf(metavar: string): CompletedValues {
  if (metavar === 'file' || metavar === 'dir') return metavar;
  return /^[a-z]+(\|[a-z]+)+$/.test(metavar) ? metavar.split('|') : 'any';
}
