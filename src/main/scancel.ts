import { run } from '../commands/scancel/run.ts';
import { lineReader } from '../system/inputlines.ts';
import { currentAccount, hostNames } from '../system/user.ts';
import { openSession } from './wire/session.ts';
import { isUser } from './wire/users.ts';
import { runCommand } from './wire.ts';

/** `scancel`, by whatever name it was called. */
export function main(calledAs: string): Promise<void> {
  return runCommand({ name: 'scancel', calledAs }, async (argv, io) => {
    const { uid, userName } = await currentAccount();
    return run(argv, io, {
      open: (spool) => openSession(io, { spool, startsDaemon: false }),
      user: { uid, name: userName },
      host: hostNames().short,
      isUser,
      readLine: lineReader(),
    });
  });
}
