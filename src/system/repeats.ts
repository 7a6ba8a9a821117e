/** How long what was said is not said again, in ms. */
const silenceMs = 60_000;
/** How many different complaints are remembered. */
const keysMax = 256;

/**
 * Keeps a fault that lasts from filling the log: a daemon that looks every few milliseconds meets it as
 * often. Gives how often the same was held back since it was said last; undefined to hold it back now.
 */
export function createRepeats(nowMs: () => number): (key: string) => number | undefined {
  const said = new Map<string, { sinceMs: number; heldBack: number }>();
  return (key) => {
    const now = nowMs();
    const before = said.get(key);
    if (before !== undefined && now - before.sinceMs < silenceMs) {
      before.heldBack += 1;
      return undefined;
    }
    // Put last: the one that was said longest ago is forgotten first.
    said.delete(key);
    said.set(key, { sinceMs: now, heldBack: 0 });
    const [oldest] = said.keys();
    if (said.size > keysMax && oldest !== undefined) said.delete(oldest);
    return before?.heldBack ?? 0;
  };
}
