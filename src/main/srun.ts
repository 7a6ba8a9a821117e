import { readFileSync } from 'node:fs';
import { MgpuError } from '../base/error.ts';
import { run } from '../commands/srun/run.ts';
import type { OpenFile } from '../ports/tasks.ts';
import { runInnerStep } from '../services/innerstep.ts';
import { runInteractive, type Terminal } from '../services/interactive.ts';
import { runSpanning } from '../services/spanning.ts';
import { errnoWords } from '../system/errnowords.ts';
import { codeOf } from '../system/files/fault.ts';
import { startKeeper } from '../system/keeper.ts';
import { systemProcesses } from '../system/processes.ts';
import { softLimits } from '../system/rlimits.ts';
import { createRoomWatcher } from '../system/roomwatch.ts';
import { systemScreen } from '../system/screen.ts';
import { byteWriter, onInterruptsAndContinue, standardInput } from '../system/streams.ts';
import { systemTasks } from '../system/tasks.ts';
import { currentAccount, hostNames, ownGroups } from '../system/user.ts';
import { currentMoment } from './sbatch.ts';
import { findProgram } from './srun/findprogram.ts';
import { runHere } from './srun/runhere.ts';
import { stepStarter } from './srun/starter.ts';
import { openSession, waiting } from './wire/session.ts';
import { readUserText } from './wire/usertext.ts';
import { runCommand } from './wire.ts';

/** `srun`, by whatever name it was called. */
export function main(calledAs: string): Promise<void> {
  return runCommand({ name: 'srun', calledAs }, (argv, io) =>
    run(argv, io, {
      async submitter() {
        const { uid, gid, userName, groupName } = await currentAccount();
        const account = { uid, gid, user: userName, group: groupName };
        return { ...account, host: hostNames().short, moment: currentMoment(), rlimits: softLimits() };
      },
      groups: ownGroups,
      window: () => systemScreen()?.window(),
      findProgram: (word, { workDir, environment }) =>
        findProgram(word, { workDir, path: environment['PATH'] ?? '' }),
      readUserText,
      umask: process.umask(),
      starter: stepStarter,
      live: {
        get bootId() {
          return systemProcesses().bootId();
        },
        // Loaded where somebody listens: most steps run on this machine.
        net: {
          listen: async (...given) => (await import('../system/live.ts')).systemLive().listen(...given),
        },
      },
      readText,
      runProgram: runHere,
      async open(spool) {
        const session = await openSession(io, { spool, startsDaemon: true });
        return waiting(session, createRoomWatcher());
      },
      follow: (session, options) => runInteractive(session, terminal(), options),
      followInner: (session, options) => runInnerStep(session, terminal(), options),
      span: (session, options) => runSpanning(session, terminal(), { ...options, startKeeper }),
    }),
  );
}

/** Until this process ends. */
const heldOpen: OpenFile[] = [];
/** Before the mask. */
const newFileMode = 0o666;

function terminal(): Terminal {
  const out = byteWriter(1);
  const err = byteWriter(2);
  const screen = systemScreen();
  return {
    out: (bytes) => out.write(bytes),
    err: (bytes) => err.write(bytes),
    async file(path, how) {
      const file = await systemTasks().open(path, how, newFileMode);
      heldOpen.push(file);
      const writer = byteWriter(file.fd);
      return (bytes) => writer.write(bytes);
    },
    input: standardInput(),
    interrupts: onInterruptsAndContinue,
    ...(screen !== undefined && { screen }),
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
