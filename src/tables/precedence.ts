import { getopt } from './getopt.ts';
import { type CommandTable, type Failed, failed, type OptionRow, type Place, type Shown } from './row.ts';

/** A command line as read, or what to print instead of doing anything. */
export type Reading<V> =
  | { readonly values: V; readonly operands: readonly string[] }
  | { readonly shows: Shown }
  | Failed;

/** What each origin of options gave. */
export interface Origins<V> {
  readonly commandLine: V;
  readonly environment?: V;
  readonly directives?: V;
  readonly defaults?: V;
}

/**
 * The one place that says which origin wins: the command line, then the environment, then the script's
 * directives, then the defaults (sbatch(1), Slurm).
 */
export function resolve<V extends object>(origins: Origins<V>): V {
  return { ...origins.defaults, ...origins.directives, ...origins.environment, ...origins.commandLine };
}

/**
 * Reads a command line and the environment beneath it. Faults of the command line come first, as in Slurm.
 */
export function readCommand<V extends object>(
  words: readonly string[],
  environment: Environment,
  table: CommandTable<V>,
): Reading<V> {
  const line = readCommandLine(words, table);
  if (!('values' in line)) return line;
  const variables = readEnvironment(environment, table);
  if ('failed' in variables) return variables;
  const values = resolve({ commandLine: line.values, environment: variables.values });
  return { values, operands: line.operands };
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a command line; the first fault in it, or the first option that shows something, ends the reading.
 */
export function readCommandLine<V extends object>(
  words: readonly string[],
  table: CommandTable<V>,
): Reading<V> {
  const values: Values<V> = new Map();
  const operands: string[] = [];
  for (const token of getopt(words, table)) {
    if (token.kind === 'failed') return { failed: token.failed };
    if (token.kind === 'operand') {
      operands.push(token.text);
      continue;
    }
    if ('shows' in token.row) return { shows: token.row.shows };
    const fault = takeOption(values, token, { program: table.program, option: token.row.long });
    if (fault !== undefined) return fault;
  }
  return { values: valuesOf(values), operands };
}

/** A word of a script's directive lines. Words run on from one line to the next, as in Slurm. */
export interface DirectiveWord {
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

/** Reads the words of directive lines, which are options and nothing else. */
export function readDirectives<V extends object>(
  words: readonly DirectiveWord[],
  table: CommandTable<V>,
): { readonly values: V } | Failed {
  const values: Values<V> = new Map();
  const texts = words.map((word) => word.text);
  for (const token of getopt(texts, { ...table, order: 'permute' })) {
    if (token.kind === 'failed') return { failed: token.failed };
    if (token.kind === 'operand') return badDirective(table, token.text);
    // Slurm drops these without a word, and scripts that rely on it are about; there are none for our own.
    const isDropped = 'shows' in token.row || token.row.directive === false;
    if (isDropped && token.row.ours === true) return badDirective(table, `--${token.row.long}`);
    if (isDropped) continue;
    const place = { program: table.program, option: token.row.long, line: words[token.at]?.line };
    const fault = takeOption(values, token, place);
    if (fault !== undefined) return fault;
  }
  return { values: valuesOf(values) };
}

function badDirective<V>({ program, usageExitCode }: CommandTable<V>, what: string): Failed {
  return failed(usageExitCode, `${program}: error: Invalid directive found in batch script: ${what}`);
}

/**
 * Reads the input variables of a command: a value that does not parse ends the command, as on the command
 * line.
 */
export function readEnvironment<V extends object>(
  environment: Environment,
  table: CommandTable<V>,
): { readonly values: V } | Failed {
  const values: Values<V> = new Map();
  for (const row of table.rows) {
    for (const variable of row.env?.[table.program] ?? []) {
      const text = environment[variable];
      if (text === undefined) continue;
      const fault = takeVariable(values, { row, variable, text }, table);
      if (fault !== undefined) return fault;
    }
  }
  return { values: valuesOf(values) };
}

type Values<V> = Map<keyof V, V[keyof V]>;

function valuesOf<V extends object>(values: Values<V>): V {
  // Every entry was set under its row's key by its row's parser, and every key of V is optional.
  return Object.fromEntries(values) as V;
}

interface Given<V> {
  readonly row: OptionRow<V>;
  readonly text: string | undefined;
}

/** Enters what one option says; gives the fault if it may not be said. */
function takeOption<V>(values: Values<V>, { row, text }: Given<V>, place: Place): Failed | undefined {
  if (row.refused !== undefined) return refuse(row, text, place);
  if ('shows' in row) return undefined;
  const before = values.get(row.key);
  if (text === undefined || row.parse === undefined) {
    const isCounted = row.arg === 'none' && row.repeat === 'count' && typeof before === 'number';
    return enter(values, row.key, isCounted ? before + 1 : row.value);
  }
  const outcome = row.parse(text, place);
  if ('failed' in outcome) return outcome;
  const isAppended = row.repeat === 'append' && Array.isArray(before) && Array.isArray(outcome.value);
  return enter(values, row.key, isAppended ? [...before, ...outcome.value] : outcome.value);
}

function enter<V>(values: Values<V>, key: keyof V, value: unknown): undefined {
  // The row's type ties its value and its parser to its key; the union of all rows has lost that tie.
  values.set(key, value as V[keyof V]);
}

/**
 * A wrong value is called wrong first, in Slurm's words; only a sound one hears that the option is not
 * done.
 */
function refuse<V>(
  row: Extract<OptionRow<V>, { readonly refused: string }>,
  text: string | undefined,
  place: Place,
) {
  const outcome = text === undefined ? undefined : row.parse?.(text, place);
  if (outcome !== undefined && 'failed' in outcome) return outcome;
  const where = place.variable === undefined ? '' : ` (set by ${place.variable})`;
  const line = place.line === undefined ? '' : ` (line ${place.line} of the script)`;
  return failed(1, `${place.program}: error: --${row.long} is ${row.refused}${where}${line}`);
}

interface Variable<V> {
  readonly row: OptionRow<V>;
  readonly variable: string;
  readonly text: string;
}

function takeVariable<V>(
  values: Values<V>,
  { row, variable, text }: Variable<V>,
  { program, readSwitch }: CommandTable<V>,
): Failed | undefined {
  const place: Place = { program, option: row.long, variable };
  if (row.arg !== 'none' || row.parse !== undefined) {
    const isMissing = row.arg === 'optional' && text === '';
    return takeOption(values, { row, text: isMissing ? undefined : text }, place);
  }
  const isOn = readSwitch(text);
  if (isOn === undefined) return failed(1, `${program}: error: Unrecognized ${variable} value: ${text}`);
  return isOn ? takeOption(values, { row, text: undefined }, place) : undefined;
}
