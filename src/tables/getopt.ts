import { type AnyRow, compare, type Failed, failed, type OptionRow } from './row.ts';

/** What getopt needs to know of a command. */
export interface Grammar<V> {
  readonly program: string;
  readonly rows: readonly OptionRow<V>[];
  readonly order: 'stop' | 'permute';
  readonly usageExitCode: number;
}

/**
 * One step through a command line. `text` is the argument, undefined where there is none; `at` tells which
 * word the option stood in.
 */
export type Token<V> =
  | {
      readonly kind: 'option';
      readonly row: OptionRow<V>;
      readonly text: string | undefined;
      readonly at: number;
    }
  | { readonly kind: 'operand'; readonly text: string }
  | ({ readonly kind: 'failed' } & Failed);

/**
 * Walks over a command line by the rules of GNU getopt_long, and says what is wrong in the words of glibc:
 * joined letters (`-vn2`), glued and separate arguments, unique abbreviations, `--name=value`, optional
 * arguments only when glued, `--` ends the options. It yields as it goes, so that the caller meets faults
 * in the order in which they stand; after a failure it yields nothing more.
 */
export function* getopt<V>(words: readonly string[], grammar: Grammar<V>): IterableIterator<Token<V>> {
  let at = 0;
  while (at < words.length) {
    const word = words[at] as string;
    at += 1;
    if (word === '--') break;
    if (word.length < 2 || !word.startsWith('-')) {
      yield { kind: 'operand', text: word };
      if (grammar.order === 'stop') break;
      continue;
    }
    const tokens = word.startsWith('--')
      ? [longOption(word.slice(2), words[at], grammar)]
      : shortOptions(word.slice(1), words[at], grammar);
    const optionAt = at - 1;
    for (const step of tokens) {
      if ('failed' in step) {
        yield { kind: 'failed', failed: step.failed };
        return;
      }
      yield { kind: 'option', row: step.row, text: step.text, at: optionAt };
      if (step.tookNext) at += 1;
    }
  }
  for (const text of words.slice(at)) yield { kind: 'operand', text };
}

type Step<V> = Failed | OptionStep<V>;
interface OptionStep<V> {
  readonly row: OptionRow<V>;
  readonly text: string | undefined;
  /** True when the next word was this option's argument. */
  readonly tookNext: boolean;
}

function longOption<V>(written: string, next: string | undefined, grammar: Grammar<V>): Step<V> {
  const equals = written.indexOf('=');
  const name = equals < 0 ? written : written.slice(0, equals);
  const glued = equals < 0 ? undefined : written.slice(equals + 1);
  const names = matching(name, grammar.rows);
  const [first] = names;
  if (first === undefined) return fault(grammar, `unrecognized option '--${written}'`);
  if (names.some(({ row }) => row !== first.row)) {
    const possibilities = names
      .map((one) => `'--${one.name}'`)
      .sort(compare)
      .join(' ');
    return fault(grammar, `option '--${written}' is ambiguous; possibilities: ${possibilities}`);
  }
  const { row } = first;
  if (row.arg === 'none' && glued !== undefined) {
    return fault(grammar, `option '--${first.name}' doesn't allow an argument`);
  }
  if (row.arg !== 'required' || glued !== undefined) return option(row, glued, false);
  if (next === undefined) return fault(grammar, `option '--${first.name}' requires an argument`);
  return option(row, next, true);
}

interface NamedRow<V> {
  readonly name: string;
  readonly row: OptionRow<V>;
}

/**
 * The names that a written one can mean: the same name alone, else those that it begins. Rows that Slurm
 * does not have count only where no row of Slurm's does, so that an abbreviation means what it means in
 * Slurm.
 */
function matching<V>(written: string, rows: readonly OptionRow<V>[]): readonly NamedRow<V>[] {
  const found: NamedRow<V>[] = [];
  for (const row of rows) {
    for (const name of longNames(row)) {
      if (name === written) return [{ name, row }];
      if (name.startsWith(written)) found.push({ name, row });
    }
  }
  const slurm = found.filter(({ row }) => row.ours !== true);
  return slurm.length > 0 ? slurm : found;
}

/** All long names of a row, in order. */
function longNames(row: Pick<AnyRow, 'long' | 'aliases'>): readonly string[] {
  return [row.long, ...(row.aliases ?? [])].sort(compare);
}

function* shortOptions<V>(
  letters: string,
  next: string | undefined,
  grammar: Grammar<V>,
): IterableIterator<Step<V>> {
  for (let at = 0; at < letters.length; at += 1) {
    const letter = letters[at] as string;
    const row = grammar.rows.find((one) => one.short === letter);
    if (row === undefined) {
      yield fault(grammar, `invalid option -- '${letter}'`);
      return;
    }
    if (row.arg === 'none') {
      yield option(row, undefined, false);
      continue;
    }
    const glued = letters.slice(at + 1);
    if (glued !== '' || row.arg === 'optional') yield option(row, glued === '' ? undefined : glued, false);
    else if (next === undefined) yield fault(grammar, `option requires an argument -- '${letter}'`);
    else yield option(row, next, true);
    return;
  }
}

function option<V>(row: OptionRow<V>, text: string | undefined, tookNext: boolean): OptionStep<V> {
  return { row, text, tookNext };
}

/** A command line that getopt does not understand; the second line is Slurm's own. */
function fault<V>({ program, usageExitCode }: Grammar<V>, what: string): Failed {
  return failed(usageExitCode, `${program}: ${what}`, `Try "${program} --help" for more information`);
}
