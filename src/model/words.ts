import { isMgpuError, MgpuError } from '../base/error.ts';
import { checked, fail, type Schema } from '../base/schema.ts';
import { limits } from './limits.ts';
import { parseMemoryMb } from './memory.ts';

/*
 * The words of a settings file: a table for each section says under which word what is written, how it is
 * read and what it is called here. A misspelt word must not be passed over, so every other one is refused.
 */

/** Where in a file something stands, by the keys and indices that lead to it. */
export type Steps = readonly (string | number)[];

/** A place in a file, and how it is called in errors (`cluster.yaml:12:5`). */
export interface Place {
  readonly steps: Steps;
  readonly nameOf: (steps: Steps, part: 'word' | 'value') => string;
}

/** What a reader gives for a word that says what holds without it: `max_time: UNLIMITED`. */
export const asUnsaid: unique symbol = Symbol('as if it were not said');

/** The words of a section: the field that each fills, and how it is read. A reader fails as a schema does. */
export type Words<T> = Readonly<
  Record<
    string,
    { [K in keyof T]-?: readonly [field: K, read: Schema<NonNullable<T[K]> | typeof asUnsaid>] }[keyof T]
  >
>;

/** Reads a section. Throws `SETTINGS` naming the place and the word. */
export function readWords<T>(value: unknown, words: Words<T>, at: Place): Partial<T> {
  const read: Partial<T> = {};
  for (const [word, said] of Object.entries(readSections(value, Object.keys(words), at))) {
    const row = words[word];
    if (row === undefined) continue;
    const [field, schema] = row;
    const one = readAt(schema, said, below(at, word));
    if (one !== asUnsaid) read[field] = one;
  }
  return read;
}

/** What is written under each of the words that may stand there, unread. */
export function readSections<W extends string>(
  value: unknown,
  words: readonly W[],
  at: Place,
): { readonly [N in W]?: unknown } {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw faultAt(at, 'expected words with a colon and a value each');
  }
  const known: readonly string[] = words;
  const stranger = Object.keys(value).find((word) => !known.includes(word));
  if (stranger !== undefined) throw unknownWord(below(at, stranger), words);
  return value;
}

/** Reads a list, one item at a time. */
export function readItems<T>(value: unknown, at: Place, read: (item: unknown, at: Place) => T): readonly T[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw faultAt(at, 'expected a list: lines that begin with a dash');
  return value.map((item: unknown, index) => read(item, below(at, index)));
}

/** Reads one value. */
export function readAt<T>(schema: Schema<T>, value: unknown, at: Place): T {
  try {
    return checked(schema, value, shownSteps(at.steps));
  } catch (error) {
    if (!isMgpuError(error, 'SCHEMA')) throw error;
    throw new MgpuError('SETTINGS', `${at.nameOf(at.steps, 'value')}: ${error.message}`, { cause: error });
  }
}

export function below(at: Place, step: string | number): Place {
  return { ...at, steps: [...at.steps, step] };
}

export function faultAt(at: Place, what: string, hint?: string): MgpuError {
  const shown = at.steps.length === 0 ? '' : `${shownSteps(at.steps)}: `;
  const options = hint === undefined ? {} : { hint };
  return new MgpuError('SETTINGS', `${at.nameOf(at.steps, 'value')}: ${shown}${what}`, options);
}

function unknownWord(at: Place, expected: readonly string[]): MgpuError {
  const place = at.nameOf(at.steps, 'word');
  return new MgpuError('SETTINGS', `${place}: unknown setting: ${shownSteps(at.steps)}`, {
    hint: `settings that may stand there: ${expected.join(', ')}`,
  });
}

/** `partitions[0]: max_time`. */
function shownSteps(steps: Steps): string {
  let shown = '';
  for (const step of steps) {
    if (typeof step === 'number') shown += `[${step}]`;
    else shown += shown === '' ? step : `: ${step}`;
  }
  return shown;
}

/** A value that is written in a little language: `parse` gives undefined for what is none of it. */
export function written<T>(parse: (text: string) => T | undefined, expected: string): Schema<T> {
  return (value) => {
    const text = typeof value === 'number' ? String(value) : value;
    const parsed = typeof text === 'string' ? parse(text) : undefined;
    return parsed ?? fail(expected);
  };
}

/** Also as Slurm's own settings write it: `YES`. */
export const yesOrNo: Schema<boolean> = (value) => {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  return text === 'yes' || text === 'no' ? text === 'yes' : fail('yes or no');
};

/** In MiB unless a unit stands behind it. */
export const memory = written(parseMemoryMb, 'an amount of memory such as 4000 (MiB) or 32G');

const namesMax = 1024;

/** Names as a list, or in one text with commas outside of brackets. */
export const names: Schema<readonly string[]> = (value) => {
  const items: readonly unknown[] = Array.isArray(value) ? value : splitNames(value);
  if (items.length > namesMax) fail(`at most ${namesMax} names`);
  return items.map((item) =>
    typeof item === 'string' && item !== '' && item.length <= limits.nameLength
      ? item
      : fail('a list of names'),
  );
};

function splitNames(value: unknown): readonly string[] {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' ? text.split(/,(?![^[]*\])/) : fail('a list of names');
}
