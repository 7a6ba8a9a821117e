import { loadSimulator } from './bundle.ts';
import { planted } from './planted.ts';
import type { Outcome } from './seed.ts';

/*
 * npm run sim -- [--seeds N] [--minutes M] [--seed FIRST] [--planted [--fault TEXT]]
 *
 * Runs worlds from their seeds until so many were run or the time is over; one seed alone when only --seed is
 * given. With --planted, plants one fault after the other, or those whose names hold a text, and counts the
 * seeds until it is found. The last line is a summary; the exit status is 1 if a promise was broken, or a
 * planted fault was not found.
 */

export interface SimulationOptions {
  readonly seeds: number;
  readonly minutes: number;
  readonly first: number;
  readonly isPlanted: boolean;
  /** Of the planted faults, those whose names hold this. */
  readonly fault: string;
}

const usage = 'usage: npm run sim -- [--seeds N] [--minutes M] [--seed FIRST] [--planted [--fault TEXT]]\n';
const seedsDefault = 300;
const plantedSeedsDefault = 3000;
const failuresMax = 5;

export async function main(argv: readonly string[], out: (text: string) => void): Promise<number> {
  const options = parse(argv);
  if (options === undefined) {
    out(usage);
    return 2;
  }
  return options.isPlanted ? findPlanted(options, out) : simulate(options, out);
}

function parse(argv: readonly string[]): SimulationOptions | undefined {
  const numbers = new Map<string, number>();
  let isPlanted = false;
  let fault = '';
  for (let at = 0; at < argv.length; at += 1) {
    const name = argv[at] ?? '';
    if (name === '--planted') isPlanted = true;
    else if (name === '--fault') {
      at += 1;
      fault = argv[at] ?? '';
    } else {
      at += 1;
      const value = Number(argv[at]);
      if (!['--seeds', '--minutes', '--seed'].includes(name) || !(value > 0)) return undefined;
      numbers.set(name, value);
    }
  }
  const minutes = numbers.get('--minutes') ?? Number.POSITIVE_INFINITY;
  const isOne = numbers.has('--seed') && numbers.size === 1 && !isPlanted;
  const many = isPlanted ? plantedSeedsDefault : seedsDefault;
  const seedsMax = isOne ? 1 : numbers.has('--minutes') ? Number.POSITIVE_INFINITY : many;
  const seeds = numbers.get('--seeds') ?? seedsMax;
  return { seeds, minutes, first: numbers.get('--seed') ?? 1, isPlanted, fault };
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
  readonly crashPoints = new Set<string>();
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
    for (const name of outcome.crashPoints) this.crashPoints.add(name);
    for (const [name, count] of outcome.faults) this.#faults.set(name, (this.#faults.get(name) ?? 0) + count);
  }

  get faults(): number {
    return [...this.#faults.values()].reduce((sum, count) => sum + count, 0);
  }

  figures(): string {
    const lines = [...this.#faults]
      .sort()
      .map(([name, count]) => `  ${String(count).padStart(8)}  ${name}\n`);
    return `faults:\n${lines.join('')}`;
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
  const chosen = planted.filter(({ name }) => name.includes(options.fault));
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
    if (failure !== undefined) return { seeds: count, how: failure.message.split('\n')[0] ?? '' };
  }
  return { seeds };
}
