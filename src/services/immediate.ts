/** What "at once" leaves a daemon to do its work, in seconds. */
const atOnceSeconds = 2;

/** --immediate, for a command that waits for nodes; it waits for ever where no seconds are given. */
export interface Patience {
  readonly ms: number;
  /** `-I` alone, or one second: nothing is said of waiting. */
  readonly isAtOnce: boolean;
}

export function patienceOf(immediateSeconds: number | undefined): Patience {
  if (immediateSeconds === undefined) return { ms: Number.POSITIVE_INFINITY, isAtOnce: false };
  return { ms: Math.max(atOnceSeconds, immediateSeconds) * 1000, isAtOnce: immediateSeconds <= 1 };
}
