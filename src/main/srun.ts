import { run } from '../commands/srun/run.ts';
import { runInteractive } from '../services/interactive.ts';
import { createRoomWatcher } from '../system/roomwatch.ts';
import { byteWriter, onInterrupts, standardInput } from '../system/streams.ts';
import { currentAccount, hostNames } from '../system/user.ts';
import { currentMoment } from './sbatch.ts';
import { openSession } from './wire/session.ts';
import { readUserText } from './wire/usertext.ts';
import { runCommand } from './wire.ts';

/** `srun`, by whatever name it was called. */
export function main(calledAs: string): Promise<void> {
  return runCommand({ name: 'srun', calledAs }, (argv, io) =>
    run(argv, io, {
      async submitter() {
        const { uid, gid, userName, groupName } = await currentAccount();
        const account = { uid, gid, user: userName, group: groupName };
        return { ...account, host: hostNames().short, moment: currentMoment() };
      },
      readUserText,
      umask: process.umask(),
      async open(spool) {
        const session = await openSession(io, { spool, startsDaemon: true });
        return { ...session, watcher: createRoomWatcher() };
      },
      follow(session, options) {
        const out = byteWriter(1);
        const err = byteWriter(2);
        const terminal = {
          out: (bytes: Uint8Array) => out.write(bytes),
          err: (bytes: Uint8Array) => err.write(bytes),
          input: standardInput(),
          interrupts: onInterrupts,
        };
        return runInteractive(session, terminal, options);
      },
    }),
  );
}
