import type { Random } from './random.ts';

/** Lets many run at once, one step of one of them at a time, in an order that the seed decides. */
export interface Turns {
  /** To be awaited before each step. */
  next(): Promise<void>;
  /** Runs all of these to their end. */
  run<T>(runners: readonly (() => Promise<T>)[]): Promise<readonly PromiseSettledResult<T>[]>;
}

export function turnsOf(random: Random): Turns {
  const waiting: (() => void)[] = [];
  return {
    next: () => new Promise((resolve) => void waiting.push(resolve)),
    async run(runners) {
      let isOver = false;
      const all = Promise.allSettled(runners.map((runner) => runner()));
      const over = all.finally(() => {
        isOver = true;
      });
      while (!isOver) {
        // Everybody goes on until they wait for a turn (or are done); then one of them gets it.
        await new Promise((resolve) => setImmediate(resolve));
        waiting.splice(Math.floor(random() * waiting.length), 1)[0]?.();
      }
      return over;
    },
  };
}
