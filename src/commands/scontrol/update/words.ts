import { printable } from '../../../base/text.ts';
import { type ChangeFor, refusedKeys, updateKeys } from './keys.ts';
import type { UpdateClock } from './times.ts';

/** `update JobId=12,13 Key=value...`: which jobs, and what each gets. */
export interface JobUpdate {
  /** As they were written. */
  readonly jobs?: string;
  /** The jobs of this name, where no id is said. */
  readonly name?: string;
  readonly changes: readonly ChangeFor[];
}

/** The lines of a complaint. */
export type UpdateComplaint = readonly string[];

/** What the words of an update are about: the first one that names a kind of thing. */
export type UpdateEntity = 'job' | 'node' | 'partition' | 'reservation' | 'step' | 'debug';

const entities: readonly (readonly [word: string, lettersMin: number, entity: UpdateEntity])[] = [
  ['NodeName', 3, 'node'],
  ['PartitionName', 3, 'partition'],
  ['ReservationName', 3, 'reservation'],
  ['StepId', 4, 'step'],
  ['SlurmctldDebug', 3, 'debug'],
];

export function updateEntity(words: readonly string[]): UpdateEntity | undefined {
  if (words.some((word) => isJobKey(tagOf(word)))) return 'job';
  for (const word of words) {
    const tag = tagOf(word);
    const found = entities.find(([name, lettersMin]) => isShort(tag, name, lettersMin));
    if (found !== undefined) return found[2];
  }
  return undefined;
}

/** Reads the words about jobs. */
export function readJobUpdate(words: readonly string[], clock: UpdateClock): JobUpdate | UpdateComplaint {
  const joined = joinedWords(words);
  const jobs = joined.find((word) => isShort(tagOf(word), 'JobId', 3));
  const changes: ChangeFor[] = [];
  let name: string | undefined;
  for (const word of joined) {
    const tag = tagOf(word);
    if (word === jobs || isShort(tag, 'UserID', 3)) continue;
    if (jobs === undefined && name === undefined && isNameKey(tag)) {
      name = wordValue(word);
      continue;
    }
    const read = readWord(word, clock);
    if (typeof read !== 'function') return read.map(printable);
    changes.push(read);
  }
  if (changes.length === 0) return ['No changes specified'];
  return {
    ...(jobs !== undefined && { jobs: wordValue(jobs) }),
    ...(name !== undefined && { name }),
    changes,
  };
}

function readWord(word: string, clock: UpdateClock): ChangeFor | UpdateComplaint {
  const [, tag = '', sign = '', equals, value = ''] =
    /^([^=+-]*(?:-[^=+-]+)*)([+-]?)(=?)(.*)$/s.exec(word) ?? [];
  const key = updateKeys.find(({ name, lettersMin }) => isShort(tag, name, lettersMin));
  if (key === undefined) {
    const refused = refusedKeys.find((name) => name.toLowerCase() === tag.toLowerCase());
    if (refused !== undefined) return [`scontrol: error: ${refused} is not supported by this release`];
    if (equals === '') return [`Invalid input: ${word}`, 'Request aborted'];
    return [`Update of this parameter is not supported: ${word}`, 'Request aborted'];
  }
  if (equals === '' && key.bare === undefined) return [`Invalid input: ${word}`, 'Request aborted'];
  if (sign !== '' && key.takesSigns !== true) {
    return [`scontrol: error: Option ${word} does not accept [+|-]= syntax`];
  }
  return key.read(equals === '' ? (key.bare ?? '') : sign + value, clock);
}

/** A key without a value takes the next word for it, `JobId 12`, unless it means something by itself. */
function joinedWords(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (let place = 0; place < words.length; place += 1) {
    const word = words[place] ?? '';
    const value = words[place + 1];
    const isBare = updateKeys.some(
      ({ name, lettersMin, bare }) => bare !== undefined && isShort(tagOf(word), name, lettersMin),
    );
    if (word.includes('=') || isBare || value === undefined) joined.push(word);
    else {
      joined.push(`${word}=${value}`);
      place += 1;
    }
  }
  return joined;
}

function isJobKey(tag: string): boolean {
  return isShort(tag, 'JobId', 3) || isShort(tag, 'JobName', 4);
}

function isNameKey(tag: string): boolean {
  return isShort(tag, 'JobName', 4) || isShort(tag, 'Name', 4);
}

function tagOf(word: string): string {
  const equals = word.indexOf('=');
  return (equals < 0 ? word : word.slice(0, equals)).replace(/[+-]$/, '');
}

function wordValue(word: string): string {
  return word.slice(word.indexOf('=') + 1);
}

function isShort(written: string, word: string, lettersMin: number): boolean {
  return written.length >= lettersMin && word.toLowerCase().startsWith(written.toLowerCase());
}
