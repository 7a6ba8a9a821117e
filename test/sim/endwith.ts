import { MgpuError } from '../../src/base/error.ts';
import { kill } from './machine.ts';
import type { Actor } from './scheduler.ts';
import type { World } from './world.ts';

/** The command is over when its work is; what it may not end with fails the run. */
export function endWith(world: World, actor: Actor, work: Promise<unknown>): void {
  work.then(
    () => kill(actor),
    (error: unknown) => {
      world.watchman.note(`${actor.name} fails: ${String(error)}`);
      if (!(error instanceof MgpuError) || fatal.has(error.code)) world.scheduler.fail(error);
      kill(actor);
    },
  );
}

const fatal: ReadonlySet<string> = new Set(['DAMAGED', 'SCHEMA', 'LOG_GAP', 'NEWER_FORMAT', 'NO_SPOOL']);
