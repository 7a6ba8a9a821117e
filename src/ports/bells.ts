import type { Bell } from '../model/bell.ts';

/*
 * Wake-ups across machines. One datagram says "look now" and nothing else; it may be lost, doubled, late or
 * forged, and costs or saves a look.
 */

/** Rings others. */
export interface Bells {
  /**
   * Hands a datagram for each of them to the system; done when the system has them, which waits for nobody.
   * Never fails: who is not rung looks a little later.
   */
  ring(bells: readonly Bell[]): Promise<void>;
}

/** Hears when others ring. */
export interface Doorbell {
  /** The port that it listens on. */
  readonly port: number;
  /** Says that a look begins now: what has rung until then is answered by it. True if anything has. */
  answer(): boolean;
  readonly counts: () => DoorbellCounts;
  close(): Promise<void>;
}

export interface DoorbellCounts {
  /** How often it rang. */
  readonly rings: number;
  /** How many looks came of it. */
  readonly looks: number;
}
