import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomOf } from '../fakes/random.ts';
import { compare, type Outcome } from './compare.ts';
import { clusterLicenses, type Kind, type Known, kinds } from './kinds.ts';
import { answers, knownJobs, say } from './slurm.ts';

/*
 * npm run langs -- [--up DIR] [--seed N] [--count N] [--only NAME] [--save FILE] [--show N]
 *
 * Compares the little languages with a real Slurm: `count` inputs of each kind, made from the seed. DIR holds
 * `ref-slurm-up` and `ref-slurm-down`, which start and stop one on this machine (root on Debian); without it
 * one has to run already. Prints a line for each kind and up to `show` inputs that are not answered alike;
 * --save keeps some of the real answers, which test/langs checks without a Slurm. The exit status is 1 if
 * ours took something that the real one refuses, or printed something else; 2 if there is nobody to ask.
 */

const usage =
  'usage: npm run langs -- [--up DIR] [--seed N] [--count N] [--only NAME] [--save FILE] [--show N]\n';
const flags = ['up', 'seed', 'count', 'only', 'save', 'show'] as const;
/** The real one keeps ended jobs for a while, and no more than 10,000. */
const countMax = 500;
/** How many answers of each kind are saved, at most. */
const savedOfKind = 40;

export interface SavedAnswer {
  readonly kind: string;
  readonly input: string;
  /** What the real one printed; missing if it refused the input. */
  readonly real?: string;
  readonly now: number;
  readonly outcome: Outcome;
}
export interface SavedAnswers {
  readonly slurm: string;
  readonly seed: number;
  readonly known: Known;
  readonly answers: readonly SavedAnswer[];
}

export async function main(argv: readonly string[], out: (text: string) => void): Promise<number> {
  const options = readOptions(argv);
  const count = Number(options?.get('count') ?? 200);
  const seed = Number(options?.get('seed') ?? 1);
  if (options === undefined || !Number.isInteger(seed) || !(count >= 1 && count <= countMax)) {
    out(usage);
    return 2;
  }
  const up = options.get('up');
  const reason = up === undefined ? undefined : start(up);
  if (reason !== undefined || !(await isThere())) {
    out(`langs: cannot compare: ${reason ?? 'no real Slurm answers on this machine (see --up)'}\n`);
    return 2;
  }
  try {
    return await compareAll({ seed, count, options, out });
  } finally {
    if (up !== undefined) execFileSync(join(up, 'ref-slurm-down'));
  }
}

/** Starts a real one; gives the reason if that cannot be. */
function start(folder: string): string | undefined {
  if (process.getuid?.() !== 0) return 'starting a real Slurm needs root';
  const program = join(folder, 'ref-slurm-up');
  if (!existsSync(program)) return `there is no ${program}`;
  const licenses = Object.entries(clusterLicenses).map(([name, count]) => `${name}:${count}`);
  execFileSync(program, ['golden', `Licenses=${licenses.join(',')}`]);
  return undefined;
}

async function isThere(): Promise<boolean> {
  const { code, out } = await say('scontrol', 'ping');
  return code === 0 && out.includes('UP');
}

interface Run {
  readonly seed: number;
  readonly count: number;
  readonly options: ReadonlyMap<string, string>;
  readonly out: (text: string) => void;
}

async function compareAll({ seed, count, options, out }: Run): Promise<number> {
  const { held, ended, known } = await knownJobs();
  const only = options.get('only');
  const shown = Number(options.get('show') ?? 10);
  const saved: SavedAnswer[] = [];
  const total: Record<Outcome, number> = { same: 0, stricter: 0, laxer: 0, different: 0 };
  for (const kind of kinds.filter(({ name }) => only === undefined || name === only)) {
    const inputs = inputsOf(kind, seed, count);
    const given = await answers(kind.ask, inputs, kind.ask.by === 'sacct' ? ended : held);
    const compared = inputs.map((input, at) => {
      const answer = given[at] ?? { printed: undefined, from: 0, to: 0 };
      const { outcome, ours, now } = compare(kind, input, answer, known);
      return { kind: kind.name, input, now, outcome, ours, real: answer.printed };
    });
    const counts: Record<Outcome, number> = { same: 0, stricter: 0, laxer: 0, different: 0 };
    for (const { outcome } of compared) {
      counts[outcome] += 1;
      total[outcome] += 1;
    }
    out(`${kind.name}: ${figures(counts)}\n`);
    const unlike = compared.filter(({ outcome }) => outcome !== 'same');
    for (const one of unlike.sort((a, b) => rank(a.outcome) - rank(b.outcome)).slice(0, shown)) {
      const texts = [one.input, one.real, one.ours].map((text) => JSON.stringify(text ?? null).slice(0, 200));
      out(`  ${one.outcome}: ${texts[0]}: the real one ${texts[1]}, ours ${texts[2]}\n`);
    }
    for (const { ours: _, real, ...one } of choose(compared)) {
      saved.push({ ...one, ...(real !== undefined && { real }) });
    }
  }
  const version = (await say('scontrol', '--version')).out.trim();
  const file = options.get('save');
  if (file !== undefined) {
    const content: SavedAnswers = { slurm: version, seed, known, answers: saved };
    writeFileSync(file, `${JSON.stringify(content, undefined, 1)}\n`);
  }
  out(`langs: ${version}, seed ${seed}, ${count} inputs of each kind: ${figures(total)}\n`);
  return total.laxer + total.different > 0 ? 1 : 0;
}

/** Each input once; a seed gives the same ones for a kind whatever else is asked. */
function inputsOf(kind: Kind, seed: number, count: number): readonly string[] {
  const random = randomOf(seed * 1000 + kinds.indexOf(kind));
  const inputs = new Set<string>();
  for (let tries = 0; inputs.size < count && tries < 20 * count; tries += 1) inputs.add(kind.make(random));
  return [...inputs];
}

/** Short ones that are answered alike, and some that ours refuses on purpose. */
function choose<
  T extends { readonly outcome: Outcome; readonly input: string; readonly real?: string | undefined },
>(compared: readonly T[]): readonly T[] {
  const isShort = ({ input, real = '' }: T): boolean => input.length + real.length < 200;
  const same = compared.filter((one) => one.outcome === 'same' && isShort(one));
  const stricter = compared.filter((one) => one.outcome === 'stricter' && isShort(one));
  return [...same.slice(0, savedOfKind - 8), ...stricter.slice(0, 8)];
}

function rank(outcome: Outcome): number {
  return ['different', 'laxer', 'stricter', 'same'].indexOf(outcome);
}

function figures({ same, stricter, laxer, different }: Readonly<Record<Outcome, number>>): string {
  const alone = `${stricter} refused by ours alone, ${laxer} taken by ours alone`;
  return `${same} same, ${alone}, ${different} different`;
}

function readOptions(argv: readonly string[]): ReadonlyMap<string, string> | undefined {
  const options = new Map<string, string>();
  for (let at = 0; at < argv.length; at += 2) {
    const flag = flags.find((name) => argv[at] === `--${name}`);
    const value = argv[at + 1];
    if (flag === undefined || value === undefined) return undefined;
    options.set(flag, value);
  }
  return options;
}
