/** Waking up. A wake-up only says "look now"; missing one costs a poll interval and nothing else. */
export interface Watcher {
  /**
   * Waits until something changed in the watched folders since the last wait, `wake` was called, or the time
   * is over.
   */
  wait(timeoutMs: number): Promise<void>;
  /** Ends a wait from inside the process (a child ended, a signal came). */
  wake(): void;
  /** Watches these folders too. */
  add(path: string): void;
  close(): Promise<void>;
}

/** How changes are noticed: the kernel tells (one machine), or the folders are looked at every so often. */
export type WatchMode = { readonly kind: 'events' } | { readonly kind: 'poll'; readonly intervalMs: number };
