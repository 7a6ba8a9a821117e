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

export function printTable(rows: readonly Row[]): void {
  const wide = (pick: (row: Row) => string): number => Math.max(...rows.map((row) => pick(row).length));
  const whatWidth = wide((row) => row.what);
  const figureWidth = wide((row) => row.figure);
  for (const { what, figure, aim = '' } of rows) {
    process.stdout.write(`${what.padEnd(whatWidth)}  ${figure.padEnd(figureWidth)}  ${aim}`.trimEnd());
    process.stdout.write('\n');
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
