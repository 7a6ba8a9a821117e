import { run } from '../commands/sattach/run.ts';
import { attach, findStep } from '../services/attach.ts';
import type { FollowingSession } from '../services/interactive/follow.ts';
import { createRoomWatcher } from '../system/roomwatch.ts';
import { byteWriter } from '../system/streams.ts';
import { openSession } from './wire/session.ts';
import { runCommand } from './wire.ts';

/** `sattach`, by whatever name it was called. */
export function main(calledAs: string): Promise<void> {
  return runCommand({ name: 'sattach', calledAs }, (argv, io) => {
    const watcher = createRoomWatcher();
    let opened: Promise<FollowingSession> | undefined;
    const session = (spool?: string): Promise<FollowingSession> => {
      opened ??= openSession(io, { spool, startsDaemon: false }).then((own) => ({ ...own, watcher }));
      return opened;
    };
    const out = byteWriter(1);
    const err = byteWriter(2);
    const terminal = {
      out: (bytes: Uint8Array) => out.write(bytes),
      err: (bytes: Uint8Array) => err.write(bytes),
    };
    return run(argv, io, {
      find: async (spool, target) => findStep(await session(spool), target),
      attach: async (step, options) => attach(await session(), terminal, { step, options }),
    });
  });
}
