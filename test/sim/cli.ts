import { loadSimulator } from './bundle.ts';
import { type Choice, choicesOf } from './choices.ts';
import { crashTable } from './crashtable.ts';
import { exhaust, exhaustPlanted, replay } from './exhaustive.ts';
import { chosenFaults } from './planted.ts';
import type { Outcome } from './seed.ts';

/*
 * npm run sim -- [--seeds N] [--minutes M] [--seed FIRST] [--planted [--fault TEXT]]
 * npm run sim -- --exhaustive [--depth N] [--part I/N] [--minutes M] [--only CHOICES] [--planted ...]
 *
 * Runs worlds from their seeds until so many were run or the time is over; one seed alone when only --seed is
 * given. With --planted, plants one fault after the other, or those whose names hold a text, and counts the
 * seeds until it is found. With --exhaustive, runs a small world by all choices of who goes on and what goes
 * wrong, so many at a time (one, unless --depth says otherwise); --part runs every N-th of them, --only those
 * that broke a promise. The last line is a summary; the exit status is 1 if a promise was broken, or a
 * planted fault was not found.
 */

export interface SimulationOptions {
  readonly seeds: number;
  readonly minutes: number;
  readonly first: number;
  readonly isPlanted: boolean;
  /** Of the planted faults, those whose names hold this. */
  readonly fault: string;
  readonly isExhaustive: boolean;
  readonly depth: number;
  readonly part: number;
  readonly parts: number;
  /** The choices to run again. */
  readonly only?: readonly Choice[];
}

const usage = `usage: npm run sim -- [--seeds N] [--minutes M] [--seed FIRST] [--planted [--fault TEXT]]
       npm run sim -- --exhaustive [--depth N] [--part I/N] [--minutes M] [--only CHOICES] [--planted ...]
`;
const numberNames = ['--seeds', '--minutes', '--seed', '--depth'];
const textNames = ['--fault', '--part', '--only'];
const seedsDefault = 300;
const plantedSeedsDefault = 3000;
const failuresMax = 5;

export async function main(argv: readonly string[], out: (text: string) => void): Promise<number> {
  const options = parse(argv);
  if (options === undefined) {
    out(usage);
    return 2;
  }
  if (options.only !== undefined) return replay(options.only, out);
  if (options.isExhaustive) return options.isPlanted ? exhaustPlanted(options, out) : exhaust(options, out);
  return options.isPlanted ? findPlanted(options, out) : simulate(options, out);
}

function parse(argv: readonly string[]): SimulationOptions | undefined {
  const given = wordsOf(argv);
  const number = (name: string): number | undefined => {
    const text = given?.get(name);
    return text === undefined ? undefined : Number(text);
  };
  if (given === undefined || numberNames.some((name) => !((number(name) ?? 1) > 0))) return undefined;
  const [isPlanted, isExhaustive] = [given.has('--planted'), given.has('--exhaustive')];
  const [, part, parts] = /^([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(given.get('--part') ?? '1/1') ?? [];
  const only = given.has('--only') ? choicesOf(given.get('--only') ?? '') : undefined;
  if (!(Number(part) <= Number(parts)) || (given.has('--only') && only === undefined)) return undefined;
  const isOne = number('--seed') !== undefined && given.size === 1;
  const many = isPlanted ? plantedSeedsDefault : seedsDefault;
  return {
    seeds: number('--seeds') ?? (isOne ? 1 : given.has('--minutes') ? Number.POSITIVE_INFINITY : many),
    minutes: number('--minutes') ?? Number.POSITIVE_INFINITY,
    first: number('--seed') ?? 1,
    isPlanted,
    fault: given.get('--fault') ?? '',
    isExhaustive,
    depth: number('--depth') ?? 1,
    part: Number(part),
    parts: Number(parts),
    ...(only && { only }),
  };
}

/** Each option with its value; undefined if there is one that is not known or has none. */
function wordsOf(argv: readonly string[]): ReadonlyMap<string, string> | undefined {
  const given = new Map<string, string>();
  for (let at = 0; at < argv.length; at += 1) {
    const name = argv[at] ?? '';
    const hasValue = numberNames.includes(name) || textNames.includes(name);
    if (hasValue) at += 1;
    const value = hasValue ? argv[at] : '';
    if (value === undefined || !(hasValue || ['--planted', '--exhaustive'].includes(name))) return undefined;
    given.set(name, value);
  }
  return given;
}

/** Sums of many runs. */
export class Totals {
  seeds = 0;
  broken = 0;
  steps = 0;
  #virtualMs = 0;
  #commits = 0;
  #jobs = 0;
  #runs = 0;
  readonly operations = new Set<string>();
  readonly crashPoints = new Map<string, number>();
  readonly #faults = new Map<string, number>();

  add(outcome: Outcome): void {
    this.seeds += 1;
    if (outcome.failure !== undefined) this.broken += 1;
    this.steps += outcome.steps;
    this.#virtualMs += outcome.virtualMs;
    this.#commits += outcome.commits;
    this.#jobs += outcome.jobs;
    this.#runs += outcome.runs;
    for (const name of outcome.operations) this.operations.add(name);
    addCounts(this.crashPoints, outcome.crashPoints);
    addCounts(this.#faults, outcome.faults);
  }

  get faults(): number {
    return [...this.#faults.values()].reduce((sum, count) => sum + count, 0);
  }

  figures(): string {
    const lines = [...this.#faults]
      .sort()
      .map(([name, count]) => `  ${String(count).padStart(8)}  ${name}\n`);
    return `faults:\n${lines.join('')}${crashTable(this.operations, this.crashPoints)}`;
  }

  summary(seconds: number): string {
    const hours = (this.#virtualMs / 3_600_000).toFixed(1);
    const rate = Math.round((this.seeds / seconds) * 60);
    const points = `${this.crashPoints.size} crash points of ${this.operations.size} operations by name`;
    const work = `${hours} virtual hours, ${this.steps} operations, ${this.#commits} commits`;
    const done = `${this.#jobs} jobs acknowledged, ${this.#runs} runs, ${points}, ${this.faults} faults`;
    return `sim: ${this.seeds} seeds (${rate} a minute), ${work}, ${done}: ${this.broken} broken promises\n`;
  }
}

function addCounts(sums: Map<string, number>, more: ReadonlyMap<string, number>): void {
  for (const [name, count] of more) sums.set(name, (sums.get(name) ?? 0) + count);
}

async function simulate(options: SimulationOptions, out: (text: string) => void): Promise<number> {
  const { runSeed } = await loadSimulator();
  const totals = new Totals();
  const start = performance.now();
  const isOver = (): boolean => (performance.now() - start) / 60_000 >= options.minutes;
  for (let seed = options.first; seed < options.first + options.seeds && !isOver(); seed += 1) {
    const outcome = await runSeed(seed);
    totals.add(outcome);
    if (outcome.failure !== undefined) out(shownFailure(outcome, outcome.failure));
    if (totals.broken === failuresMax) break;
  }
  out(totals.figures());
  out(totals.summary((performance.now() - start) / 1000));
  return totals.broken === 0 ? 0 : 1;
}

function shownFailure({ seed }: Outcome, failure: NonNullable<Outcome['failure']>): string {
  const again = `replay it with: npm run sim -- --seed ${seed}`;
  const trace = failure.trace.map((line) => `  ${line}\n`).join('');
  return `seed ${seed}: ${failure.message}\n${trace}  ${again}\n`;
}

async function findPlanted(options: SimulationOptions, out: (text: string) => void): Promise<number> {
  let found = 0;
  let seeds = 0;
  const chosen = chosenFaults(options.fault);
  for (const { name, patches } of chosen) {
    const finding = await findFault(patches, options);
    seeds += finding.seeds;
    if (finding.how !== undefined) found += 1;
    out(`${finding.how === undefined ? 'NOT FOUND' : 'found'} after ${finding.seeds} seeds: ${name}\n`);
    if (finding.how !== undefined) out(`    ${finding.how}\n`);
  }
  out(`sim: ${found} of ${chosen.length} planted faults found in ${seeds} seeds\n`);
  return found === chosen.length && found > 0 ? 0 : 1;
}

/** How many seeds it takes until these changes of the product break a promise, and which. */
export async function findFault(
  patches: Parameters<typeof loadSimulator>[0],
  { first, seeds }: Pick<SimulationOptions, 'first' | 'seeds'>,
): Promise<{ readonly seeds: number; readonly how?: string }> {
  const { runSeed } = await loadSimulator(patches);
  for (let count = 1; count <= seeds; count += 1) {
    const { failure } = await runSeed(first + count - 1);
    // A change that cannot even run shows nothing.
    if (/^(?:Type|Reference|Range)Error/.test(failure?.message ?? '')) throw new Error(failure?.message);
    if (failure !== undefined) return { seeds: count, how: failure.message.split('\n')[0] ?? '' };
  }
  return { seeds };
}
