import type { Kind, Known } from './kinds.ts';
import type { Answer } from './slurm.ts';

/**
 * How ours answers beside the real one: alike; ours refuses what the real one takes, or the other way round;
 * or both take it and print something else.
 */
export type Outcome = 'same' | 'stricter' | 'laxer' | 'different';

export interface Compared {
  readonly outcome: Outcome;
  readonly ours: string | undefined;
  /** The second at which ours was asked. */
  readonly now: number;
}

/** Compares one answer; of the seconds in which it was given any one will do. */
export function compare(kind: Kind, input: string, answer: Answer, known: Known): Compared {
  let last: Compared | undefined;
  for (let now = answer.from; now <= answer.to + 1; now += 1) {
    const ours = kind.ours(input, known, now);
    last = { ours, now, outcome: outcomeOf(ours, answer.printed) };
    if (last.outcome === 'same') return last;
  }
  if (last === undefined) throw new Error('an answer was given before it was asked for');
  return last;
}

function outcomeOf(ours: string | undefined, real: string | undefined): Outcome {
  if (ours === real) return 'same';
  if (ours === undefined) return 'stricter';
  return real === undefined ? 'laxer' : 'different';
}
