export interface BenchOptions {
  /** A folder of the run's own. */
  readonly folder: string;
  /** Fewer repetitions: shows that the benchmark works, its figures are rough. */
  readonly isShort: boolean;
}

export interface Row {
  readonly what: string;
  readonly figure: string;
  readonly aim?: string;
}

export function tableText(rows: readonly Row[]): string {
  const wide = (pick: (row: Row) => string): number => Math.max(...rows.map((row) => pick(row).length));
  const whatWidth = wide((row) => row.what);
  const figureWidth = wide((row) => row.figure);
  return rows
    .map(({ what, figure, aim = '' }) => `${what.padEnd(whatWidth)}  ${figure.padEnd(figureWidth)}  ${aim}`)
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
