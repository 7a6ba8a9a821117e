import fc from 'fast-check';
import { printable } from '../../src/base/text.ts';
import { spoiltSpool } from './spool.ts';
import { littleLanguages } from './texts.ts';
import { commandLines, scriptDirectives } from './words.ts';

/*
 * npm run fuzz -- [--minutes M] [--seed N] [--runs N]
 *
 * Tries bad input from one seed after the other, until the time is over: spoilt files of a spool, command
 * lines, batch scripts, the little languages of options. Ends at the first fault with the smallest input that
 * shows it and the command that shows it again; the exit status is 1 then. The last line is a summary.
 */

/** What is tried, and how much more often than the costliest. */
const targets: readonly (readonly [string, fc.IRawProperty<unknown>, number])[] = [
  ['spoilt spool', spoiltSpool as fc.IRawProperty<unknown>, 1],
  ...commandLines.map(
    (property, index) => [`command line ${index + 1}`, property as fc.IRawProperty<unknown>, 0.5] as const,
  ),
  ['script directives', scriptDirectives as fc.IRawProperty<unknown>, 0.5],
  ['little languages', littleLanguages as fc.IRawProperty<unknown>, 2],
];

export interface Fault {
  readonly target: string;
  readonly report: string;
}

/** Tries everything from one seed, each target `runs` times its weight. */
export async function tryAll(seed: number, runs: number): Promise<Fault | undefined> {
  for (const [target, property, weight] of targets) {
    const numRuns = Math.ceil(runs * weight);
    const details = await fc.check(property as fc.IAsyncProperty<unknown>, { seed, numRuns });
    if (details.failed) return { target, report: reportOf(details) };
  }
  return undefined;
}

function reportOf(details: fc.RunDetails<unknown>): string {
  const lines = [fc.defaultReportMessage(details) ?? ''];
  for (let at = details.errorInstance; at instanceof Error; at = at.cause) lines.push(at.stack ?? String(at));
  return lines.map((line) => printable(line).replaceAll('\\n', '\n').slice(0, reportLengthMax)).join('\n');
}

/** A fault may lie in a very long text. */
const reportLengthMax = 4000;

const usage = 'usage: npm run fuzz -- [--minutes M] [--seed N] [--runs N]\n';
const runsDefault = 200;

export async function main(argv: readonly string[], out: (text: string) => void): Promise<number> {
  const options = parse(argv);
  if (options === undefined) {
    out(usage);
    return 2;
  }
  const { first, runs, minutes } = options;
  const start = performance.now();
  let seeds = 0;
  do {
    const seed = first + seeds;
    seeds += 1;
    const fault = await tryAll(seed, runs);
    if (fault === undefined) continue;
    out(`seed ${seed}: ${fault.target}: ${fault.report}\n`);
    out(`  replay it with: npm run fuzz -- --seed ${seed} --runs ${runs}\n`);
    out(`fuzz: ${seeds} seeds: 1 fault\n`);
    return 1;
  } while ((performance.now() - start) / 60_000 < minutes);
  const inputs = seeds * targets.reduce((sum, [, , weight]) => sum + Math.ceil(runs * weight), 0);
  out(`fuzz: ${seeds} seeds from ${first} on, ${inputs} inputs: no fault\n`);
  return 0;
}

function parse(
  argv: readonly string[],
): { readonly first: number; readonly runs: number; readonly minutes: number } | undefined {
  const numbers = new Map<string, number>();
  for (let at = 0; at < argv.length; at += 2) {
    const [name = '', value] = [argv[at], Number(argv[at + 1])];
    if (!['--minutes', '--seed', '--runs'].includes(name) || !(value > 0)) return undefined;
    numbers.set(name, value);
  }
  const first = numbers.get('--seed') ?? Math.floor(Date.now() / 1000) % 1_000_000;
  return { first, runs: numbers.get('--runs') ?? runsDefault, minutes: numbers.get('--minutes') ?? 0 };
}
