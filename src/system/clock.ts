import type { Clock } from '../ports/clock.ts';

/** The clock of this machine. */
export function systemClock(): Clock {
  return {
    now: () => Math.floor(Date.now() / 1000),
    monotonicMs: () => performance.now(),
    utcOffsetMinutes: (unixSeconds) => 0 - new Date(unixSeconds * 1000).getTimezoneOffset(),
    sleep: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
  };
}
