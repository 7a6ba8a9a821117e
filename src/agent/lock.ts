import { MgpuError } from '../base/error.ts';
import type { Unlock } from '../ports/locks.ts';
import type { Agent } from './agent.ts';

/** What all daemons see at once and one of them has to do: scheduling, a checkpoint, a segment. */
type Chore = 'schedule' | 'checkpoint' | 'accounting';

type Locker = Pick<Agent, 'store' | 'locks' | 'logger'>;

/** The lock that keeps nodes from doing the same; where locks do not work, all of them do it. */
export async function takeLock(agent: Locker, chore: Chore): Promise<Unlock | 'busy' | 'broken'> {
  try {
    return (await agent.locks.tryLock(`${agent.store.layout.locks}/${chore}`)) ?? 'busy';
  } catch (error) {
    if (!(error instanceof MgpuError)) throw error;
    agent.logger.warn(`going on without the lock: ${error.message}`, { code: error.code });
    return 'broken';
  }
}

/** Does a chore that can wait, unless another daemon is at it. */
export async function doAlone(agent: Locker, chore: Chore, work: () => Promise<void>): Promise<void> {
  const lock = await takeLock(agent, chore);
  if (lock === 'busy') return;
  try {
    await work();
  } finally {
    if (lock !== 'broken') await lock();
  }
}
