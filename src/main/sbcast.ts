import { copyFileSync, rmSync, statSync } from 'node:fs';
import { MgpuError } from '../base/error.ts';
import { type FileFacts, run } from '../commands/sbcast/run.ts';
import { broadcast } from '../services/broadcast.ts';
import { systemClock } from '../system/clock.ts';
import { errnoWords } from '../system/errnowords.ts';
import { codeOf } from '../system/files/fault.ts';
import { createRoomWatcher } from '../system/roomwatch.ts';
import { byteWriter } from '../system/streams.ts';
import { currentAccount, hostNames } from '../system/user.ts';
import { stepStarter } from './srun/starter.ts';
import { openSession } from './wire/session.ts';
import { runCommand } from './wire.ts';

/** `sbcast`, by whatever name it was called. */
export function main(calledAs: string): Promise<void> {
  return runCommand({ name: 'sbcast', calledAs }, (argv, io) =>
    run(argv, io, {
      factsOf: (path) => opened(path, () => factsOf(path)),
      utcOffsetMinutes: (seconds) => systemClock().utcOffsetMinutes(seconds),
      async broadcast(spool, { source, isPreserving, ...file }) {
        const { mode, mtimeMs } = opened(source, () => statSync(source));
        const octal = (mode & 0o7777).toString(8);
        const kept = { mode: octal, time: Math.floor(mtimeMs / 1000) };
        const { uid, userName } = await currentAccount();
        const session = await openSession(io, { spool, startsDaemon: true });
        const err = byteWriter(2);
        return broadcast(
          { ...session, watcher: createRoomWatcher() },
          { err: (bytes) => err.write(bytes) },
          {
            file: {
              ...file,
              kept: isPreserving ? kept : undefined,
              stage: (path) => opened(source, () => copyFileSync(source, path)),
              unstage: (path) => rmSync(path, { force: true }),
            },
            surroundings: {
              user: userName,
              uid,
              host: hostNames().short,
              workDir: '/',
              umask: process.umask(),
              starter: stepStarter(),
            },
          },
        );
      },
    }),
  );
}

function factsOf(path: string): FileFacts {
  const { mode, uid, gid, size, atimeMs, mtimeMs, ctimeMs } = statSync(path);
  const seconds = (ms: number): number => Math.floor(ms / 1000);
  return { mode, uid, gid, size, times: [seconds(atimeMs), seconds(mtimeMs), seconds(ctimeMs)] };
}

/** Says of a file that cannot be read what Slurm's command says. */
function opened<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    const code = codeOf(cause);
    if (code === undefined) throw cause;
    throw new MgpuError(code, `Can't open \`${path}\`: ${errnoWords(code)}`, { cause });
  }
}
