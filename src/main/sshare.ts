import { run } from '../commands/sshare/run.ts';
import { currentAccount } from '../system/user.ts';
import { openSession } from './wire/session.ts';
import { runCommand } from './wire.ts';

/** `sshare`, by whatever name it was called. */
export function main(calledAs: string): Promise<void> {
  return runCommand({ name: 'sshare', calledAs }, async (argv, io) => {
    const { userName } = await currentAccount();
    return run(argv, io, {
      view: async (spool) => (await openSession(io, { spool, startsDaemon: false })).present.view(),
      user: { name: userName },
    });
  });
}
