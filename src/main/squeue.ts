import { setTimeout } from 'node:timers/promises';
import { run } from '../commands/squeue/run.ts';
import { runningSteps } from '../services/steplist.ts';
import { currentAccount } from '../system/user.ts';
import { openSession } from './wire/session.ts';
import { isUser } from './wire/users.ts';
import { runCommand } from './wire.ts';

/** `squeue`, by whatever name it was called. */
export function main(calledAs: string): Promise<void> {
  return runCommand({ name: 'squeue', calledAs }, async (argv, io) => {
    const { uid, userName } = await currentAccount();
    let session: Awaited<ReturnType<typeof openSession>> | undefined;
    return run(argv, io, {
      async view(spool) {
        session = await openSession(io, { spool, startsDaemon: false });
        return session.present.view();
      },
      steps: async ({ cluster }) => (session === undefined ? [] : runningSteps(session.store, cluster)),
      user: { uid, name: userName },
      isUser,
      sleep: (seconds) => setTimeout(seconds * 1000),
      paint: async () => (await import('../system/terminal.ts')).terminalPaint(),
    });
  });
}
