import { run, type Submitter } from '../commands/sbatch/run.ts';
import { waitForJob } from '../services/waitjob.ts';
import { currentAccount, hostNames } from '../system/user.ts';
import { loginEnvironment } from './wire/login.ts';
import { findScript, readStdin } from './wire/scripts.ts';
import { openSession, watchLog } from './wire/session.ts';
import { runCommand } from './wire.ts';

/** `sbatch`, by whatever name it was called. */
export function main(calledAs: string): Promise<void> {
  return runCommand({ name: 'sbatch', calledAs }, (argv, io) =>
    run(argv, io, {
      findScript,
      readStdin,
      submitter: currentSubmitter,
      open: (spool) => openSession(io, { spool, startsDaemon: true }),
      loginEnvironment: () => loginEnvironment(io),
      async waitForJob(session, id) {
        const watcher = await watchLog(session.store, io);
        return waitForJob(session, watcher, id);
      },
    }),
  );
}

/** Who runs this process, on which host. */
export async function currentSubmitter(): Promise<Submitter> {
  const { uid, gid, userName, groupName } = await currentAccount();
  return { uid, gid, user: userName, group: groupName, host: hostNames().short, umask: process.umask() };
}
