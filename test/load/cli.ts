import { crowd, fullCrowd, shortCrowd } from './crowd.ts';
import { type Figure, isBroken, shown, tableOf } from './report.ts';
import { fullYear, shortYear, year } from './year.ts';

/*
 * npm run load [-- --short]
 *
 * A hundred thousand jobs that wait, two thousand that run and the daemons of 64 nodes on one spool, and a
 * year of another: what it comes to in memory, commits, bytes and names. Sizes have bounds; times are shown
 * and have none. The last line is a summary; the exit status is 1 if a bound was broken.
 */

const usage = 'usage: npm run load [-- --short]\n';

export async function main(argv: readonly string[], out: (text: string) => void): Promise<number> {
  if (argv.some((one) => one !== '--short')) {
    out(usage);
    return 2;
  }
  const isShort = argv.includes('--short');
  const start = performance.now();
  const many = await crowd(isShort ? shortCrowd : fullCrowd);
  out(`many jobs at once\n${tableOf(many)}`);
  const long = await year(isShort ? shortYear : fullYear);
  out(`\na year\n${tableOf(long)}\n`);
  const figures = [...many, ...long];
  const seconds = (performance.now() - start) / 1000;
  return summary(figures, seconds, out);
}

function summary(figures: readonly Figure[], seconds: number, out: (text: string) => void): number {
  const bounds = figures.filter(({ bound }) => bound !== undefined);
  const broken = bounds.filter(isBroken);
  const heapMib = process.memoryUsage().heapUsed / 2 ** 20;
  out(`load: ${bounds.length} bounds, ${shown(seconds)} s, ${shown(heapMib)} MiB: ${broken.length} broken\n`);
  return broken.length === 0 ? 0 : 1;
}
