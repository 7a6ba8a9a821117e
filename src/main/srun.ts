import { readFileSync } from 'node:fs';
import { MgpuError } from '../base/error.ts';
import { run } from '../commands/srun/run.ts';
import { runInnerStep } from '../services/innerstep.ts';
import { runInteractive, type Terminal } from '../services/interactive.ts';
import { errnoWords } from '../system/errnowords.ts';
import { codeOf } from '../system/files/fault.ts';
import { createRoomWatcher } from '../system/roomwatch.ts';
import { byteWriter, onInterruptsAndContinue, standardInput } from '../system/streams.ts';
import { currentAccount, hostNames } from '../system/user.ts';
import { currentMoment } from './sbatch.ts';
import { runHere } from './srun/runhere.ts';
import { stepStarter } from './srun/starter.ts';
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
      starter: stepStarter,
      readText,
      runProgram: runHere,
      async open(spool) {
        const session = await openSession(io, { spool, startsDaemon: true });
        return { ...session, watcher: createRoomWatcher() };
      },
      follow: (session, options) => runInteractive(session, terminal(), options),
      followInner: (session, options) => runInnerStep(session, terminal(), options),
    }),
  );
}

function terminal(): Terminal {
  const out = byteWriter(1);
  const err = byteWriter(2);
  return {
    out: (bytes) => out.write(bytes),
    err: (bytes) => err.write(bytes),
    input: standardInput(),
    interrupts: onInterruptsAndContinue,
  };
}

async function readText(path: string): Promise<string> {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const code = codeOf(cause);
    if (code === undefined) throw cause;
    throw new MgpuError(code, `Unable to open file ${path}: ${errnoWords(code)}`, { cause });
  }
}
