import { type FSWatcher, watch } from 'node:fs';
import type { Watcher } from '../ports/watch.ts';
import { createWaking } from './waking.ts';

/**
 * A watcher for what a program does while others write into a few folders: as small as can be, for it is
 * loaded at every start of a step. Where the kernel tells of changes it wakes up at once; waits are short
 * enough to be the poll for all other cases, so that a folder that cannot be watched is no error. With
 * `isOf`, only changes of such names wake.
 */
export function createRoomWatcher(isOf: (name: string) => boolean = () => true): Watcher {
  const watchers: FSWatcher[] = [];
  const { wait, wake } = createWaking();
  return {
    wait,
    wake,
    add(path) {
      try {
        const watcher = watch(path, { persistent: false }, (_, name) => {
          if (name === null || isOf(name)) wake();
        });
        // Out of inotify watches, or the folder went: the poll goes on.
        watcher.on('error', () => watcher.close());
        watchers.push(watcher);
      } catch (error) {
        // The same, at once; anything without a code is a bug.
        if (!(error instanceof Error && 'code' in error)) throw error;
      }
    },
    async close() {
      for (const watcher of watchers) watcher.close();
      wake();
    },
  };
}
