import { type Environment, readCommand } from '../../tables/precedence.ts';
import { type Failed, failed } from '../../tables/row.ts';
import type { HostlistForm } from './hostlists.ts';
import type { JobVerb } from './jobverbs.ts';
import { type ScontrolValues, scontrolTable } from './options.ts';
import { updateEntity } from './update/words.ts';

/** What scontrol does beside showing jobs and nodes. */
export type OwnCommand =
  | {
      readonly name: JobVerb | 'update' | 'write' | 'listpids' | 'wait_job' | 'completing' | 'pidinfo';
      readonly words: readonly string[];
    }
  | { readonly name: HostlistForm; readonly list?: string };

export interface OwnReading {
  readonly values: ScontrolValues;
  readonly command: OwnCommand;
}

type OwnWord = Extract<OwnCommand, { readonly words: unknown }>['name'];

/** Slurm's words for them, how many letters are enough, and how many arguments each takes. */
const verbs: readonly (readonly [
  word: string,
  lettersMin: number,
  name: OwnWord,
  argumentsMin: number,
  argumentsMax?: number,
])[] = [
  ['completing', 2, 'completing', 0, 0],
  ['hold', 4, 'hold', 1],
  ['holdu', 5, 'uhold', 1],
  ['listpids', 1, 'listpids', 0, 2],
  ['pidinfo', 3, 'pidinfo', 1, 1],
  ['release', 3, 'release', 1],
  ['requeue', 3, 'requeue', 1],
  ['requeuehold', 11, 'requeuehold', 1],
  ['resume', 3, 'resume', 1],
  ['suspend', 2, 'suspend', 1],
  ['top', 3, 'top', 1],
  ['uhold', 5, 'uhold', 1],
  ['update', 2, 'update', 1],
  ['wait_job', 2, 'wait_job', 1, 1],
  ['write', 5, 'write', 0, 3],
];
const lists: readonly (readonly [word: HostlistForm, lettersMin: number])[] = [
  ['hostnames', 5],
  ['hostlist', 8],
  ['hostlistsorted', 9],
];

/** Reads a command line that changes jobs, tells of one or shows a host list; undefined for any other. */
export function readOwn(argv: readonly string[], environment: Environment): OwnReading | Failed | undefined {
  const read = readCommand(argv, environment, scontrolTable);
  if (!('values' in read)) return undefined;
  const [keyword = '', ...words] = read.operands;
  const command = isShort(keyword, 'show', 3) ? readList(words, environment) : readVerb(keyword, words);
  return command === undefined || 'failed' in command ? command : { values: read.values, command };
}

function readVerb(keyword: string, words: readonly string[]): OwnCommand | Failed | undefined {
  const verb = verbs.find(([word, lettersMin]) => isShort(keyword, word, lettersMin));
  if (verb === undefined) return undefined;
  const [word, , name, argumentsMin, argumentsMax = Number.POSITIVE_INFINITY] = verb;
  if (words.length < argumentsMin) {
    const where = name === 'update' ? `${keyword} keyword` : `keyword:${word}`;
    return failed(1, `too few arguments for ${where}`);
  }
  if (words.length > argumentsMax) return failed(1, `too many arguments for keyword:${word}`);
  return name === 'update' && updateEntity(words) !== 'job' ? undefined : { name, words };
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
