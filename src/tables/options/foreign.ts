import { getopt } from '../getopt.ts';
import type { DirectiveWord } from '../precedence.ts';
import { type ArgKind, type Failed, failed, type RefusedRow } from '../row.ts';
import { later } from './common.ts';

/**
 * The lines of other batch systems that sbatch understands, turned into words of its own options (as
 * observed of Slurm 22.05). Letters that sbatch takes and drops are dropped here; a letter that it does
 * not know is an error.
 */

/** A line of another batch system, split into words. */
export interface ForeignLine {
  readonly words: readonly string[];
  /** Counted from 1. */
  readonly line: number;
}

/** Finds the lines of a script that begin with a magic word. */
export type FindLines = (magic: string) => readonly ForeignLine[] | Failed;

/** What a letter's argument becomes: words of sbatch, or undefined where that cannot be followed. */
type Translate = (argument: string) => readonly string[] | undefined;

interface Dialect {
  readonly magic: string;
  readonly letters: ReadonlyMap<string, Translate>;
  /** Letters without an argument. */
  readonly switches: string;
}

const dropped: Translate = () => [];

function becomes(option: string): Translate {
  return (argument) => [`--${option}=${argument}`];
}

const pbs: Dialect = {
  magic: '#PBS',
  letters: new Map([
    ...[...'CISVcjkruz'].map((letter) => [letter, dropped] as const),
    ['A', becomes('account')],
    ['J', becomes('array')],
    ['M', becomes('mail-user')],
    ['N', becomes('job-name')],
    ['W', () => undefined],
    ['a', becomes('begin')],
    ['e', becomes('error')],
    ['h', () => ['--hold']],
    ['l', pbsResources],
    ['m', becomes('mail-type')],
    ['o', becomes('output')],
    ['p', becomes('nice')],
    ['q', becomes('partition')],
    ['t', becomes('array')],
    ['v', becomes('export')],
  ]),
  switches: 'IVhz',
};

const bsub: Dialect = {
  magic: '#BSUB',
  letters: new Map([
    ['J', becomes('job-name')],
    // In KiB there.
    ['M', (argument) => [`--mem-per-cpu=${argument}K`]],
    ['W', becomes('time')],
    ['c', becomes('chdir')],
    ['e', becomes('error')],
    ['m', becomes('nodelist')],
    ['n', becomes('ntasks')],
    ['o', becomes('output')],
    ['q', becomes('partition')],
    ['x', () => ['--exclusive']],
  ]),
  switches: 'x',
};

/** The words that the script's lines for other batch systems stand for. */
export function foreignWords(find: FindLines, program: string): readonly DirectiveWord[] | Failed {
  const words: DirectiveWord[] = [];
  for (const dialect of [pbs, bsub]) {
    const lines = find(dialect.magic);
    if ('failed' in lines) return lines;
    for (const line of lines) {
      const read = readLine(line, dialect, program);
      if ('failed' in read) return read;
      words.push(...read);
    }
  }
  return words;
}

function readLine(
  { words, line }: ForeignLine,
  dialect: Dialect,
  program: string,
): readonly DirectiveWord[] | Failed {
  const found: DirectiveWord[] = [];
  const rows = rowsOf(dialect);
  const texts = words.map((word) => (word === '-cwd' && dialect === bsub ? '-c' : word));
  for (const token of getopt(texts, { program, rows, order: 'permute', usageExitCode: 1 })) {
    if (token.kind === 'operand') return failed(1, `${program}: error: Invalid argument: ${token.text}`);
    if (token.kind === 'failed') {
      const [first = ''] = token.failed.lines;
      return failed(1, first, `${program}: error: Unrecognized command line parameter ?`);
    }
    const letter = token.row.short ?? '';
    const argument = token.text ?? '';
    const translated = dialect.letters.get(letter)?.(argument);
    if (translated === undefined) {
      const what = `${dialect.magic} -${letter} ${argument} is ${later}`;
      return failed(1, `${program}: error: ${what} (line ${line} of the script): see --ignore-pbs`);
    }
    found.push(...translated.map((text) => ({ text, line })));
  }
  return found;
}

function rowsOf({ letters, switches }: Dialect): readonly RefusedRow[] {
  return [...letters.keys()].map((short) => {
    const arg: ArgKind = switches.includes(short) ? 'none' : 'required';
    return { long: `-${short}`, short, arg, help: short, refused: later };
  });
}

/** The list of -l. What is not known here asks for something that would be missing, so it is not dropped. */
function pbsResources(list: string): readonly string[] | undefined {
  const words: string[] = [];
  for (const item of list.split(',')) {
    const equals = item.indexOf('=');
    const read = pbsResource(item.slice(0, equals), item.slice(equals + 1));
    if (equals < 0 || read === undefined) return undefined;
    words.push(...read);
  }
  return words;
}

function pbsResource(name: string, value: string): readonly string[] | undefined {
  switch (name) {
    case 'walltime':
    case 'cput':
      return [`--time=${value}`];
    case 'mem':
      return [`--mem=${value}`];
    case 'naccelerators':
      return [`--gres=gpu:${value}`];
    case 'nodes':
      return pbsNodes(value);
    default:
      return undefined;
  }
}

/** `2`, `2:ppn=4`, `2:ppn=4:gpus=1`, `n1+n2`; a plus parts as a colon does, so that `2+ppn=4` is the same. */
function pbsNodes(value: string): readonly string[] | undefined {
  const parts = value.split(/[:+]/);
  const isOf = (pattern: RegExp): readonly string[] => parts.filter((part) => pattern.test(part));
  const counts = isOf(/^\d+$/);
  const names = isOf(/^[A-Za-z][^=]*$/);
  const properties = isOf(/^(?:ppn|gpus)=\d+$/);
  // A name behind a count is a property of nodes, of which nothing is known here.
  const isKnown = counts.length === 0 || names.length === 0;
  if (!isKnown || counts.length + names.length + properties.length < parts.length) return undefined;
  const count = counts.reduce((sum, part) => sum + Number(part), 0);
  const nodes = count > 0 ? count : Math.max(1, names.length);
  return [
    ...(counts.length > 0 ? [`--nodes=${count}`] : []),
    ...(names.length > 0 ? [`--nodelist=${names.join(',')}`] : []),
    ...properties.map((part) => {
      const [name, number] = part.split('=');
      return name === 'gpus' ? `--gpus-per-node=${number}` : `--ntasks=${nodes * Number(number)}`;
    }),
  ];
}
