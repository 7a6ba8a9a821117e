import { run } from '../commands/salloc/run.ts';
import { runAllocation } from '../services/allocation.ts';
import { systemClock } from '../system/clock.ts';
import { startKeeper } from '../system/keeper.ts';
import { startCommand } from '../system/localcommand.ts';
import { createRoomWatcher } from '../system/roomwatch.ts';
import { onInterrupts } from '../system/streams.ts';
import { systemTasks } from '../system/tasks.ts';
import { loginShell, ownGroups } from '../system/user.ts';
import { currentSubmitter } from './sbatch.ts';
import { openSession, waiting } from './wire/session.ts';
import { isTerminal } from './wire/streams.ts';
import { readUserText } from './wire/usertext.ts';
import { runCommand } from './wire.ts';

/** `salloc`, by whatever name it was called. */
export function main(calledAs: string): Promise<void> {
  return runCommand({ name: 'salloc', calledAs }, async (argv, io) => {
    const hasTerminal = await isTerminal(0);
    const ports = { start: startCommand, startKeeper, interrupts: onInterrupts, hasTerminal };
    return run(argv, io, {
      submitter: currentSubmitter,
      async open(spool) {
        const session = await openSession(io, { spool, startsDaemon: true });
        return waiting(session, createRoomWatcher());
      },
      allocate: async (session, options) => {
        const submission = { ...options.submission, groups: await ownGroups() };
        return runAllocation(session, ports, { ...options, submission });
      },
      readUserText,
      folderFault: async (path) => (await systemTasks().folderFault(path))?.words,
      userShell: async () => loginShell() ?? '/bin/sh',
      monotonicMs: () => systemClock().monotonicMs(),
    });
  });
}
