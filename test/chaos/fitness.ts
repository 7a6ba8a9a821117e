import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../e2e/tools/cluster.ts';

const run = promisify(execFile);

/**
 * What two doctors find out who look at one spool through two mounts: the lines about what is between them.
 * Throws when one of them calls the file system unfit.
 */
export async function fitnessOf(
  spools: readonly [string, string],
  environment: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const [told] = await Promise.all(
    spools.map(async (spool) => {
      const words = ['doctor', '--pair', '--spool', spool];
      return (await run(join(root, 'bin/mgpu'), words, { env: { ...environment } })).stdout;
    }),
  );
  const lines = (told ?? '').split('\n').filter((line) => / by two:|to another:|verdict:|commit:/.test(line));
  if (!lines.some((line) => line.startsWith('ok    verdict:'))) throw new Error(`two doctors say:\n${told}`);
  return lines;
}
