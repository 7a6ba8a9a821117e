import { rmSync } from 'node:fs';
import { faultTable } from './figures.ts';
import { whyNoGluster } from './gluster.ts';
import { type ChaosOutcome, runChaos } from './run.ts';

/*
 * npm run chaos -- [--minutes M] [--seed N]
 *
 * Harms real daemons on four machines with a real file system between them for so long, while jobs run. What
 * is done, to whom and for how long is drawn from the seed; the machine adds its own chance. The last line is
 * a summary; the exit status is 1 if a promise was broken.
 */

const usage = 'usage: npm run chaos -- [--minutes M] [--seed N]\n';
const shownMax = 20;

export async function main(argv: readonly string[], out: (text: string) => void): Promise<number> {
  const numbers = new Map<string, number>();
  for (let at = 0; at < argv.length; at += 2) {
    const value = Number(argv[at + 1]);
    if (!['--minutes', '--seed'].includes(argv[at] ?? '') || !(value > 0)) {
      out(usage);
      return 2;
    }
    numbers.set(argv[at] ?? '', value);
  }
  const minutes = numbers.get('--minutes') ?? 1;
  const seed = numbers.get('--seed') ?? Math.floor(Date.now() % 1_000_000);
  const whyLocal = whyNoGluster();
  if (whyLocal !== undefined)
    out(`NO SHARED FILE SYSTEM: one local folder is used, and nothing is done to it: ${whyLocal}\n`);
  out(`seed ${seed}\n`);
  const outcome = await runChaos({ minutes, seed, whyLocal });
  return report(outcome, minutes, out);
}

function report(outcome: ChaosOutcome, minutes: number, out: (text: string) => void): number {
  const { findings, figures, submissions } = outcome;
  out(`two doctors, before it was harmed:\n${outcome.fitness.map((line) => `  ${line}\n`).join('')}`);
  out(faultTable(figures));
  out(`${submissions.killed} clients killed, ${submissions.refused} told that it cannot be done\n`);
  out(`${submissions.followed} jobs of srun and salloc, ${outcome.steps} steps seen\n`);
  out(`${submissions.cancelled.size} jobs and arrays cancelled\n`);
  out(`${outcome.selfEnds} times a daemon ended by itself and was started again\n`);
  for (const [complaint, count] of submissions.complaints)
    out(`  ${String(count).padStart(5)}  ${complaint}\n`);
  out(`${findings.endsUnheard} attempts came to their end on a node that was lost, and were made again\n`);
  const { lost, duplicates, doubleOwners, disagreements } = findings;
  const all = [...lost, ...duplicates, ...doubleOwners, ...disagreements, ...outcome.broken];
  for (const one of all.slice(0, shownMax)) out(`BROKEN: ${one}\n`);
  if (all.length > 0) out(`the logs are in ${outcome.folder}\n`);
  else rmSync(outcome.folder, { recursive: true, force: true });
  const work = `${outcome.jobs} jobs run in ${outcome.attempts} attempts and ${outcome.commits} commits`;
  const counts = [
    `${lost.length} lost`,
    `${duplicates.length} duplicates`,
    `${doubleOwners.length} double owners`,
    `${disagreements.length + outcome.broken.length} other faults`,
  ];
  const harm = [...figures.values()].reduce((sum, { count }) => sum + count, 0);
  out(`chaos: ${minutes} minutes on ${outcome.kind}, ${harm} faults, ${work}: ${counts.join(', ')}\n`);
  return all.length === 0 ? 0 : 1;
}
