import { run } from '../commands/sacct/run.ts';
import { viewAccount } from '../services/account.ts';
import { systemClock } from '../system/clock.ts';
import { currentAccount } from '../system/user.ts';
import { openSession } from './wire/session.ts';
import { isUser } from './wire/users.ts';
import { runCommand } from './wire.ts';

/** `sacct`, by whatever name it was called. */
export function main(calledAs: string): Promise<void> {
  return runCommand({ name: 'sacct', calledAs }, async (argv, io) => {
    const { uid, userName } = await currentAccount();
    const clock = systemClock();
    return run(argv, io, {
      view: async (spool, query) => viewAccount(await openSession(io, { spool, startsDaemon: false }), query),
      user: { uid, name: userName },
      isUser,
      time: { now: clock.now(), utcOffsetMinutes: (seconds) => clock.utcOffsetMinutes(seconds) },
    });
  });
}
