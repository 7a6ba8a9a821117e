/** How often a fault was struck, and how long it took until work went on after it was over. */
export interface FaultFigure {
  count: number;
  /** Of those after which a job started; in seconds. */
  longestSeconds: number;
  /** Those after which none had started when the next one came. */
  unseen: number;
}

export type Figures = ReadonlyMap<string, FaultFigure>;

export function faultTable(figures: Figures): string {
  const rows = [...figures].sort().map(([name, { count, longestSeconds, unseen }]) => {
    const longest = longestSeconds > 0 ? `longest recovery ${longestSeconds.toFixed(1)} s` : '';
    const left = unseen > 0 ? `${unseen} overtaken by the next fault` : '';
    const told = [longest, left].filter(Boolean).join(', ');
    return `  ${String(count).padStart(5)}  ${name.padEnd(34)}${told}\n`;
  });
  return `faults:\n${rows.join('')}`;
}
