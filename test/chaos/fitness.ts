import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../e2e/tools/cluster.ts';

const run = promisify(execFile);

/**
 * What two doctors find out who look at one spool through two mounts: the lines about what is between them.
 * Throws with all that they say when one of them calls the file system unfit.
 */
export async function fitnessOf(
  spools: readonly [string, string],
  environment: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const told = await Promise.all(
    spools.map(async (spool) => {
      const words = ['doctor', '--pair', '--spool', spool];
      const ended = run(join(root, 'bin/mgpu'), words, { env: { ...environment } });
      const { stdout, stderr } = await ended.catch((error: { stdout: string; stderr: string }) => error);
      return `${stdout}${stderr}`;
    }),
  );
  if (!told.every((text) => /^ok {4}verdict:/m.test(text)))
    throw new Error(`two doctors say:\n${told.join('\n')}`);
  return (told[0] ?? '').split('\n').filter((line) => / by two:|to another:|verdict:|commit:/.test(line));
}
