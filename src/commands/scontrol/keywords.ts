import { type Environment, readCommand } from '../../tables/precedence.ts';
import { type Failed, failed } from '../../tables/row.ts';
import type { HoldVerb } from './hold.ts';
import type { HostlistForm } from './hostlists.ts';
import { type ScontrolValues, scontrolTable } from './options.ts';

/** What scontrol does beside showing jobs and nodes. */
export type OwnCommand =
  | { readonly name: HoldVerb; readonly words: readonly string[] }
  | { readonly name: HostlistForm; readonly list?: string };

export interface OwnReading {
  readonly values: ScontrolValues;
  readonly command: OwnCommand;
}

/** Slurm's words for them, and how many letters are enough. */
const verbs: readonly (readonly [word: string, lettersMin: number, name: HoldVerb])[] = [
  ['hold', 3, 'hold'],
  ['holdu', 5, 'uhold'],
  ['release', 3, 'release'],
  ['uhold', 2, 'uhold'],
];
const lists: readonly (readonly [word: HostlistForm, lettersMin: number])[] = [
  ['hostnames', 5],
  ['hostlist', 8],
  ['hostlistsorted', 9],
];

/** Reads a command line that holds or releases jobs or shows a host list; undefined for any other. */
export function readOwn(argv: readonly string[], environment: Environment): OwnReading | Failed | undefined {
  const read = readCommand(argv, environment, scontrolTable);
  if (!('values' in read)) return undefined;
  const [keyword = '', ...words] = read.operands;
  const command = isShort(keyword, 'show', 3) ? readList(words, environment) : readHold(keyword, words);
  return command === undefined || 'failed' in command ? command : { values: read.values, command };
}

function readHold(keyword: string, words: readonly string[]): OwnCommand | Failed | undefined {
  const verb = verbs.find(([word, lettersMin]) => isShort(keyword, word, lettersMin));
  if (verb === undefined) return undefined;
  const [word, , name] = verb;
  return words.length === 0 ? failed(1, `too few arguments for keyword:${word}`) : { name, words };
}

/** Without a list it is that of the step, which has another variable than the job's (as captured). */
function readList(words: readonly string[], environment: Environment): OwnCommand | Failed | undefined {
  const [word = '', ...rest] = words;
  const equals = word.indexOf('=');
  const written = equals < 0 ? word : word.slice(0, equals);
  const found = lists.find(([form, lettersMin]) => isShort(written, form, lettersMin));
  if (found === undefined) return undefined;
  if (words.length > 2) return failed(1, 'too many arguments for keyword:show');
  const list = equals < 0 ? rest[0] : word.slice(equals + 1);
  const variable = found[0] === 'hostnames' ? environment['SLURM_NODELIST'] : undefined;
  const chosen = list ?? variable;
  return { name: found[0], ...(chosen !== undefined && { list: chosen }) };
}

function isShort(written: string, word: string, lettersMin: number): boolean {
  return written.length >= lettersMin && word.startsWith(written.toLowerCase());
}
