import { run, type Submitter } from '../commands/sbatch/run.ts';
import { waitForJob } from '../services/waitjob.ts';
import { systemClock } from '../system/clock.ts';
import { softLimits } from '../system/rlimits.ts';
import { currentAccount, hostNames, ownGroups } from '../system/user.ts';
import { loginEnvironment } from './wire/login.ts';
import { findScript, readStdin } from './wire/scripts.ts';
import { openSession, watchLog } from './wire/session.ts';
import { readUserText } from './wire/usertext.ts';
import { runCommand } from './wire.ts';

/** `sbatch`, by whatever name it was called. */
export function main(calledAs: string): Promise<void> {
  return runCommand({ name: 'sbatch', calledAs }, (argv, io) =>
    run(argv, io, {
      findScript,
      readStdin,
      submitter: currentSubmitter,
      open: (spool) => openSession(io, { spool, startsDaemon: true }),
      loginEnvironment: (timeoutSeconds) => loginEnvironment(io, timeoutSeconds),
      readUserText,
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
  return {
    uid,
    gid,
    user: userName,
    group: groupName,
    groups: await ownGroups(),
    host: hostNames().short,
    umask: process.umask(),
    rlimits: softLimits(),
    moment: currentMoment(),
  };
}

/** When it is, and how far from UTC. */
export function currentMoment(): Submitter['moment'] {
  const clock = systemClock();
  return { now: clock.now(), utcOffsetMinutes: clock.utcOffsetMinutes };
}
