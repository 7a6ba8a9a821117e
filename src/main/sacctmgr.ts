import { run } from '../commands/sacctmgr/run.ts';
import { openSession } from './wire/session.ts';
import { runCommand } from './wire.ts';

/** `sacctmgr`, by whatever name it was called. */
export function main(calledAs: string): Promise<void> {
  return runCommand({ name: 'sacctmgr', calledAs }, (argv, io) =>
    run(argv, io, {
      view: async (spool) => (await openSession(io, { spool, startsDaemon: false })).present.view(),
    }),
  );
}
