/** Time, and waiting. */
export interface Clock {
  /** Whole seconds since 1970, for people; never compared with another machine's. */
  now(): number;
  /** Milliseconds that only go forward, for time-outs on this machine. */
  monotonicMs(): number;
  /** Minutes east of UTC at that instant, for printing. */
  utcOffsetMinutes(unixSeconds: number): number;
  sleep(ms: number): Promise<void>;
}

/** Randomness. */
export interface Ids {
  /** An identity that no one else draws: 26 letters and digits, later ones sort after earlier ones. */
  next(): string;
  /** From 0 up to but not including 1. */
  random(): number;
}
