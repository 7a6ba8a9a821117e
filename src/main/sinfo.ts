import { setTimeout } from 'node:timers/promises';
import type { CommandIo } from '../commands/io.ts';
import { run } from '../commands/sinfo/run.ts';
import { waitForNode } from '../services/embedded.ts';
import type { ClusterView } from '../services/view.ts';
import { readLoads } from '../store/nodes.ts';
import { readerOf, withReasonUsers } from './wire/readers.ts';
import { openSession } from './wire/session.ts';
import { runCommand } from './wire.ts';

/** `sinfo`, by whatever name it was called. */
export function main(calledAs: string): Promise<void> {
  return runCommand({ name: 'sinfo', calledAs }, (argv, io) => {
    let opened: ReturnType<typeof openWithNode> | undefined;
    const session = (spool?: string): ReturnType<typeof openWithNode> => {
      opened ??= openWithNode(io, spool);
      return opened;
    };
    return run(argv, io, {
      view: async (spool): Promise<ClusterView> =>
        withReasonUsers(await (await session(spool)).present.view()),
      loads: async () => readLoads((await session()).store),
      reader: readerOf,
      sleep: (seconds) => setTimeout(seconds * 1000),
      paint: async () => (await import('../system/terminal.ts')).terminalPaint(),
      drawTable: async (head, rows) => (await import('../system/terminal.ts')).drawTable(head, rows),
    });
  });
}

/**
 * On a machine that is asked for the first time the node is about to register: an empty table would
 * mislead.
 */
async function openWithNode(io: CommandIo, spool: string | undefined): ReturnType<typeof openSession> {
  const session = await openSession(io, { spool, startsDaemon: true });
  if (session.daemon === 'started' || session.daemon === 'starting') await waitForNode(session);
  return session;
}
