/**
 * An option is one row. Parsing, `--help`, manual pages, completions and the order of precedence all read the
 * same rows, so an option is added, changed or refused in one place.
 */

/** Why a command line ends here: the lines for stderr, and the exit code. */
export interface Failure {
  readonly lines: readonly string[];
  readonly exitCode: number;
}
export interface Failed {
  readonly failed: Failure;
}

/** What a parser makes of a text. */
export type Outcome<T> = { readonly value: T } | Failed;

/** Where a text was found; messages name it. `option` is the row's long name, without dashes. */
export interface Place {
  readonly program: string;
  readonly option: string;
  /** The variable that brought the text, if one did. */
  readonly variable?: string;
  /** The script's line that it stands in, counted from 1, if it stands in a script. */
  readonly line?: number | undefined;
}

/** How an option takes an argument, as getopt_long has it: an optional one only when glued on. */
export type ArgKind = 'none' | 'required' | 'optional';

/** Names of variables by the program that reads them. */
export type Variables = Readonly<Partial<Record<string, readonly string[]>>>;

interface RowForm {
  /** The long name, without dashes. */
  readonly long: string;
  /** One letter. */
  readonly short?: string;
  /** Other long names of the same option, in the order in which ambiguities list them. */
  readonly aliases?: readonly string[];
  readonly arg: ArgKind;
  /** What the argument is called in help; every option with an argument has one. */
  readonly metavar?: string;
  /** Input variables by program; a later one wins over an earlier one. */
  readonly env?: Variables;
  /** One phrase in our own words, without a full stop. */
  readonly help: string;
  /** The heading it stands under in help; the default is the first one of the table. */
  readonly group?: string;
  /** Parsed, but left out of help and completions. */
  readonly hidden?: boolean;
  /**
   * False for an option without effect in a batch script's directive lines, as in Slurm; one of our own is
   * an error.
   */
  readonly directive?: boolean;
  /** An option that Slurm does not have: it never makes an abbreviation of a Slurm option ambiguous. */
  readonly ours?: boolean;
}

/** An option that sets the value `key`. Without an argument it sets `value`. */
type ValueRow<V, K extends keyof V> = RowForm & {
  readonly key: K;
  readonly refused?: undefined;
} & (
    | {
        readonly arg: 'none';
        /** `count` adds 1 for every time it is given. */
        readonly repeat?: 'last' | 'count';
        readonly value: NonNullable<V[K]>;
        /** A switch whose variable holds a number sets that number: SBATCH_DEBUG=2. */
        readonly parse?: (text: string, place: Place) => Outcome<NonNullable<V[K]>>;
      }
    | {
        readonly arg: 'required' | 'optional';
        readonly repeat?: 'last' | 'append';
        /** What an optional argument that is missing means. */
        readonly value?: NonNullable<V[K]>;
        readonly parse: (text: string, place: Place) => Outcome<NonNullable<V[K]>>;
      }
  );

/**
 * An option of Slurm that this release does not do. It parses fully, so that a wrong value is called wrong,
 * and is then refused by name: nothing is accepted and ignored.
 */
export type RefusedRow = RowForm & {
  /** Why, as the end of a sentence: `--begin is <refused>`. */
  readonly refused: string;
  readonly key?: undefined;
  readonly parse?: (text: string, place: Place) => Outcome<unknown>;
};

/** An option that prints something and ends the command at once. */
type ShowRow = RowForm & {
  readonly arg: 'none';
  readonly shows: Shown;
  readonly key?: undefined;
  readonly refused?: undefined;
  readonly parse?: undefined;
};
export type Shown = 'help' | 'usage' | 'version';

export type OptionRow<V> = { [K in keyof V]-?: ValueRow<V, K> }[keyof V] | RefusedRow | ShowRow;

/** All that help, parsing, manual page and completions need to know of a command. */
export interface CommandTable<V> {
  /**
   * Slurm's name for it. Messages use this name under every name it is called by, for scripts match on
   * them.
   */
  readonly program: string;
  /** What it does, in one phrase. */
  readonly summary: string;
  readonly rows: readonly OptionRow<V>[];
  /** `stop`: what follows the first operand is left alone. `permute`: options may follow operands. */
  readonly order: 'stop' | 'permute';
  /** Exit code for a command line that getopt does not understand. */
  readonly usageExitCode: number;
  /** The operands as the synopsis shows them. */
  readonly operands: string;
  /** What its first operand may be, where that is a word for what is to be done. */
  readonly commands?: readonly (readonly [name: string, help: string])[];
  /** The lines of --usage where they are not those of the options; PROGRAM is the name it is called by. */
  readonly usage?: readonly string[];
  /** Whether a variable with this text turns a switch on; undefined for a text that is neither yes nor no. */
  readonly readSwitch: (text: string) => boolean | undefined;
}

/** A row of some table, seen without its values. */
export type AnyRow = OptionRow<Readonly<Record<string, unknown>>>;

export function ok<T>(value: T): { readonly value: T } {
  return { value };
}

export function failed(exitCode: number, ...lines: readonly string[]): Failed {
  return { failed: { lines, exitCode } };
}

/** The rows of several lists as one table, in the order of their long names. */
export function sortedRows<V>(...lists: readonly (readonly OptionRow<V>[])[]): readonly OptionRow<V>[] {
  return lists.flat().sort((a, b) => compare(a.long, b.long));
}

const formKeys = 'long short aliases arg metavar env help group hidden directive ours'.split(' ');
const keysKnown = new Set([...formKeys, 'key', 'refused', 'repeat', 'value', 'parse', 'shows']);

/** What is wrong with a table of rows, one sentence each; an empty list for a sound one. */
export function validateRows<V>(rows: readonly OptionRow<V>[]): readonly string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  let previous = '';
  for (const row of rows) {
    if (compare(row.long, previous) < 0) faults.push(`${row.long}: stands after ${previous}`);
    previous = row.long;
    for (const name of [row.long, ...(row.aliases ?? []), ...(row.short === undefined ? [] : [row.short])]) {
      if (seen.has(name)) faults.push(`${row.long}: ${name} is there twice`);
      seen.add(name);
    }
    faults.push(...validateRow(row).map((fault) => `${row.long}: ${fault}`));
  }
  return faults;
}

function validateRow<V>(row: OptionRow<V>): readonly string[] {
  const faults = Object.keys(row)
    .filter((key) => !keysKnown.has(key))
    .map((key) => `unknown key ${key}`);
  if (!/^[A-Za-z][A-Za-z0-9_-]+$/.test(row.long)) faults.push('not a long name');
  if (row.short !== undefined && !/^[A-Za-z]$/.test(row.short)) faults.push('not a letter');
  if (row.help.trim() === '' || row.help.endsWith('.')) faults.push('help is missing or ends in a full stop');
  if ((row.arg === 'none') !== (row.metavar === undefined))
    faults.push('an argument has a metavar, a switch none');
  if (row.refused?.trim() === '') faults.push('refused without a reason');
  const variables = Object.values(row.env ?? {}).flatMap((names) => names ?? []);
  if (variables.some((name) => !/^[A-Z][A-Z0-9_]*$/.test(name))) faults.push('not a variable');
  return faults;
}

/** By code unit, as C sorts: capitals first, and the same on every machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
