import type { CommandIo } from '../commands/io.ts';
import { run } from '../commands/sinfo/run.ts';
import { waitForNode } from '../services/embedded.ts';
import type { ClusterView } from '../services/view.ts';
import { openSession } from './wire/session.ts';
import { runCommand } from './wire.ts';

/** `sinfo`, by whatever name it was called. */
export function main(calledAs: string): Promise<void> {
  return runCommand({ name: 'sinfo', calledAs }, (argv, io) =>
    run(argv, io, {
      view: (spool) => viewWithNode(io, spool),
      paint: async () => (await import('../system/terminal.ts')).terminalPaint(),
      drawTable: async (head, rows) => (await import('../system/terminal.ts')).drawTable(head, rows),
    }),
  );
}

/**
 * On a machine that is asked for the first time the node is about to register: an empty table would
 * mislead.
 */
async function viewWithNode(io: CommandIo, spool: string | undefined): Promise<ClusterView> {
  const session = await openSession(io, { spool, startsDaemon: true });
  if (session.daemon === 'started' || session.daemon === 'starting') await waitForNode(session);
  return session.present.view();
}
