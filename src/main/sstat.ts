import { run } from '../commands/sstat/run.ts';
import { stepStats } from '../services/stats.ts';
import { openSession } from './wire/session.ts';
import { runCommand } from './wire.ts';

/** `sstat`, by whatever name it was called. */
export function main(calledAs: string): Promise<void> {
  return runCommand({ name: 'sstat', calledAs }, (argv, io) =>
    run(argv, io, {
      stats: async (spool, queries) =>
        stepStats(await openSession(io, { spool, startsDaemon: false }), queries),
    }),
  );
}
