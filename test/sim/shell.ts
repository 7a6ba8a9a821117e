import { hasLease } from './guard.ts';
import type { ProcessWorld } from './proctable.ts';
import { type Actor, SystemError } from './scheduler.ts';

/** True if the shell's redirection worked. */
export async function shell(step: Promise<unknown>): Promise<boolean> {
  try {
    await step;
    return true;
  } catch (error) {
    if (error instanceof SystemError) return false;
    throw error;
  }
}

/** What a shell asks that has MGPU_LEASE in its environment. */
export function isLeased(world: ProcessWorld, actor: Actor, lease: string): Promise<boolean> {
  const { scheduler } = world;
  const { machine } = actor;
  const effect = (): boolean => hasLease(world.mountOf(machine).disk, machine, scheduler.nowMs, lease);
  return scheduler.call({ actor, op: 'isAlive', path: '', isChange: false, effect });
}
