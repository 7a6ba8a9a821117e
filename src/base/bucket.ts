/** How often something may be done: `burst` times at once, and `perSecond` on the whole. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** Holds things back to a rate, and none for ever. */
export interface Bucket {
  /** Takes a turn; gives in how many milliseconds it is. Turns are taken one after the other. */
  takeMs(nowMs: number): number;
}

export function createBucket({ burst, perSecond }: Rate): Bucket {
  const everyMs = 1000 / perSecond;
  /** When the bucket is full again, if nothing more is taken. */
  let fullMs = Number.NEGATIVE_INFINITY;
  return {
    takeMs(nowMs) {
      fullMs = Math.max(nowMs, fullMs) + everyMs;
      return Math.max(0, fullMs - burst * everyMs - nowMs);
    },
  };
}
