import { run } from '../commands/sdiag/run.ts';
import { configOf } from '../model/cluster.ts';
import { diagnose } from '../services/diagnose.ts';
import { openSession } from './wire/session.ts';
import { runCommand } from './wire.ts';

/** `sdiag`, by whatever name it was called. */
export function main(calledAs: string): Promise<void> {
  return runCommand({ name: 'sdiag', calledAs }, (argv, io) =>
    run(argv, io, {
      diagnose: async (spool) => {
        const session = await openSession(io, { spool, startsDaemon: false });
        const { clusterName } = configOf(session.present.journal.cluster());
        const found = await diagnose(session);
        return { ...found, clusterName: clusterName ?? session.store.spool.clusterName };
      },
    }),
  );
}
