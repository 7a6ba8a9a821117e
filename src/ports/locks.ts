/** Advisory locks. They save work; nothing is true because a lock is held. */
export interface Locks {
  /** Takes the lock on an existing folder if it is free or stale; undefined when somebody has it. */
  tryLock(path: string): Promise<Unlock | undefined>;
}

/** Gives the lock back; never fails, for a lost lock costs work only. */
export type Unlock = () => Promise<void>;
