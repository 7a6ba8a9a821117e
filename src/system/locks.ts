import type { Locks, Unlock } from '../ports/locks.ts';
import { codeOf, fault } from './files/fault.ts';

/** After so long without being refreshed a lock counts as left behind, in ms. */
const staleMs = 10_000;
/** How often a held lock is refreshed, in ms. */
const updateMs = 3_000;

/**
 * Locks on a shared file system: the lock of `path` is the folder `path.lock`, whose time its owner keeps
 * fresh. What is locked need not exist, the folder it lies in has to.
 *
 * A lock may be lost: its owner slept for longer than it takes to become stale, or the file server was away.
 * Then two may hold it for a while, and nothing tells either; what they do under it must be right all the
 * same.
 */
export function fileLocks(): Locks {
  return {
    async tryLock(path) {
      const { default: lockfile } = await import('proper-lockfile');
      try {
        const release = await lockfile.lock(path, {
          stale: staleMs,
          update: updateMs,
          realpath: false,
          retries: 0,
          // By default a lost lock throws in a timer, which would end the process.
          onCompromised: () => {},
        });
        return unlockOf(release);
      } catch (error) {
        if (codeOf(error) === 'ELOCKED') return undefined;
        throw fault(path, 'cannot be locked', error);
      }
    },
  };
}

function unlockOf(release: () => Promise<void>): Unlock {
  let isHeld = true;
  return async () => {
    if (!isHeld) return;
    isHeld = false;
    // It fails when the lock was lost, or the file server is away: it becomes stale then and costs others a
    // wait.
    await release().catch(() => undefined);
  };
}
