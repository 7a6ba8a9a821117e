import { loadSimulator } from './bundle.ts';
import { type Choice, choicesText, faults } from './choices.ts';
import type { SimulationOptions } from './cli.ts';
import { crashTable } from './crashtable.ts';
import type { Explored } from './explore.ts';
import { chosenFaults } from './planted.ts';

/*
 * npm run sim -- --exhaustive: the small world by all lists of choices up to a length, or by one that is
 * given.
 */

const failuresMax = 5;

/** Runs all lists of choices; gives the exit status. */
export async function exhaust(options: SimulationOptions, out: (text: string) => void): Promise<number> {
  const start = performance.now();
  let failures = 0;
  const explored = await exploreUntil(
    () => failures === failuresMax || (performance.now() - start) / 60_000 >= options.minutes,
    options,
    (choices, failure) => {
      failures += 1;
      out(shownFailure(choices, failure));
    },
  );
  out(shownChoices(explored));
  out(crashTable(explored.operations, explored.crashes));
  out(summary(explored, options, (performance.now() - start) / 1000));
  return explored.broken === 0 ? 0 : 1;
}

/** Runs one list of choices again. */
export async function replay(choices: readonly Choice[], out: (text: string) => void): Promise<number> {
  const { runChoices } = await loadSimulator();
  const { failure, turns } = await runChoices(choices);
  if (failure !== undefined) out(shownFailure(choices, failure));
  out(`sim: ${turns.length} turns by ${choicesText(choices)}: ${failure ? 1 : 0} broken promises\n`);
  return failure === undefined ? 0 : 1;
}

/** Plants one fault after the other; gives the exit status, which is 0 if all were found. */
export async function exhaustPlanted(
  options: SimulationOptions,
  out: (text: string) => void,
): Promise<number> {
  const chosen = chosenFaults(options.fault);
  let found = 0;
  for (const { name, patches } of chosen) {
    const { runs, how, by } = await findByChoices(patches, options);
    if (how === undefined) out(`NOT FOUND in ${runs} runs: ${name}\n`);
    else {
      found += 1;
      out(`found after ${runs} runs, by ${by}: ${name}\n    ${how}\n`);
    }
  }
  out(`sim: ${found} of ${chosen.length} planted faults found to depth ${options.depth}\n`);
  return found === chosen.length && found > 0 ? 0 : 1;
}

/** How many runs it takes until these changes of the product break a promise, which, and by what choices. */
export async function findByChoices(
  patches: Parameters<typeof loadSimulator>[0],
  options: Pick<SimulationOptions, 'depth' | 'part' | 'parts'>,
): Promise<{ readonly runs: number; readonly how?: string; readonly by?: string }> {
  let found: { readonly how: string; readonly by: string } | undefined;
  const { runs } = await exploreUntil(
    () => found !== undefined,
    options,
    (choices, { message }) => {
      found ??= { how: message.split('\n')[0] ?? '', by: choicesText(choices) };
    },
    patches,
  );
  return { runs, ...found };
}

type OnFailure = ConstructorParameters<typeof Explored>[0]['onFailure'];

async function exploreUntil(
  isOver: () => boolean,
  { depth, part, parts }: Pick<SimulationOptions, 'depth' | 'part' | 'parts'>,
  onFailure: OnFailure,
  patches?: Parameters<typeof loadSimulator>[0],
): Promise<Explored> {
  const simulator = await loadSimulator(patches);
  const explored = new simulator.Explored({ depth, part, parts, isOver, onFailure });
  await explored.explore();
  return explored;
}

function shownFailure(choices: readonly Choice[], failure: Parameters<OnFailure>[1]): string {
  const trace = failure.trace.map((line) => `  ${line}\n`).join('');
  const again =
    choices.length === 0
      ? 'it breaks by itself, with no choice at all'
      : `replay it with: npm run sim -- --exhaustive --only ${choicesText(choices)}`;
  return `${choicesText(choices)}: ${failure.message}\n${trace}  ${again}\n`;
}

function shownChoices({ choices }: Explored): string {
  const words = { to: 'another process goes first, until it waits', ...faults };
  const lines = Object.entries(words).map(
    ([name, meaning]) => `  ${String(choices.get(name) ?? 0).padStart(8)}  ${name}: ${meaning}\n`,
  );
  return `last choices:\n${lines.join('')}`;
}

function summary(explored: Explored, { depth, part, parts }: SimulationOptions, seconds: number): string {
  const { runs, met, steps, states, crashes, operations, broken, isWhole } = explored;
  const whole = isWhole ? '' : ', not all of them';
  const share = parts > 1 ? `, part ${part} of ${parts}` : '';
  const points = `${crashes.size} of ${2 * operations.size} crash points by name`;
  const what = `${runs} schedules to depth ${depth}${share}${whole} (${Math.round(seconds)} s)`;
  const work = `${met} left in a state that was met before, ${states.size} states, ${steps} operations`;
  return `sim: exhaustive: ${what}, ${work}, ${points}: ${broken} broken promises\n`;
}
