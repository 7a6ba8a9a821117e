/** Writes the pulse of an allocation while this process lives (system/keeper). */
export interface Keeper {
  /** Ends it, without a word in the pulse. */
  stop(): void;
}

/** Starts the keeper of the pulse at this path, for as long as this process lives. */
export type StartKeeper = (pulse: string) => Keeper;
