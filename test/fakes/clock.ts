import type { Clock, Ids } from '../../src/ports/clock.ts';
import { randomOf } from './random.ts';

/** A clock that stands still until it is moved. */
export interface FakeClock extends Clock {
  /** Lets so many seconds pass. */
  pass(seconds: number): void;
}

/** 2026-01-01T00:00:00 UTC. */
export const newYear = 1_767_225_600;

/** `wait` is what a sleeper waits for; without it, sleeping takes no time at all. */
export function fakeClock(start: number = newYear, wait?: () => Promise<void>): FakeClock {
  let elapsedMs = 0;
  return {
    now: () => start + Math.floor(elapsedMs / 1000),
    monotonicMs: () => elapsedMs,
    utcOffsetMinutes: () => 0,
    async sleep(ms) {
      elapsedMs += ms;
      await wait?.();
    },
    pass(seconds) {
      elapsedMs += seconds * 1000;
    },
  };
}

const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Identities as the real ones look: ten letters that rise, then sixteen of chance. */
export function fakeIds(seed: number): Ids {
  const random = randomOf(seed);
  let count = 0;
  return {
    next() {
      count += 1;
      const chance = Array.from({ length: 16 }, () => letters.charAt(Math.floor(random() * letters.length)));
      return `${String(count).padStart(10, '0')}${chance.join('')}`;
    },
    random,
  };
}
