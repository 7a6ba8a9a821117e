/** The waiting half of a watcher: what has happened since the last wait ends the next one at once. */
export interface Waking {
  wait(timeoutMs: number): Promise<void>;
  wake(): void;
}

export function createWaking(): Waking {
  const waiting = new Set<() => void>();
  let hasNews = false;
  return {
    wait(timeoutMs) {
      if (hasNews) {
        hasNews = false;
        return Promise.resolve();
      }
      return new Promise((resolved) => {
        const end = (): void => {
          clearTimeout(timer);
          waiting.delete(end);
          resolved();
        };
        const timer = setTimeout(end, timeoutMs);
        waiting.add(end);
      });
    },
    wake() {
      hasNews = waiting.size === 0;
      for (const end of waiting) end();
    },
  };
}
