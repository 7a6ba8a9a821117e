import { run } from '../commands/complete/run.ts';
import { openSession } from './wire/session.ts';
import { runCommand } from './wire.ts';

/** `mgpu_complete`: the words that a shell offers. */
export function main(calledAs: string): Promise<void> {
  return runCommand({ name: 'mgpu_complete', calledAs }, (argv, io) =>
    run(argv, io, {
      view: async () => (await openSession(io, { spool: undefined, startsDaemon: false })).present.view(),
    }),
  );
}
