import { setTimeout } from 'node:timers/promises';
import { run } from '../commands/squeue/run.ts';
import { currentAccount } from '../system/user.ts';
import { openSession } from './wire/session.ts';
import { isUser } from './wire/users.ts';
import { runCommand } from './wire.ts';

/** `squeue`, by whatever name it was called. */
export function main(calledAs: string): Promise<void> {
  return runCommand({ name: 'squeue', calledAs }, async (argv, io) => {
    const { uid, userName } = await currentAccount();
    return run(argv, io, {
      view: async (spool) => (await openSession(io, { spool, startsDaemon: false })).present.view(),
      user: { uid, name: userName },
      isUser,
      sleep: (seconds) => setTimeout(seconds * 1000),
      paint: async () => (await import('../system/terminal.ts')).terminalPaint(),
    });
  });
}
