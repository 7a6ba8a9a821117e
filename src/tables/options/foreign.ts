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

/** `2`, `2:ppn=4`, `2:ppn=4:gpus=1`, `n1+n2`. */
function pbsNodes(value: string): readonly string[] | undefined {
  const [first = '', ...properties] = value.split(':');
  const isCount = /^\d+$/.test(first);
  const words = [isCount ? `--nodes=${first}` : `--nodelist=${first.replaceAll('+', ',')}`];
  const nodes = isCount ? Number(first) : first.split('+').length;
  for (const property of properties) {
    const [, name, count] = /^(ppn|gpus)=(\d+)$/.exec(property) ?? [];
    if (name === undefined) return undefined;
    words.push(name === 'gpus' ? `--gpus-per-node=${count}` : `--ntasks=${nodes * Number(count)}`);
  }
  return words;
}
