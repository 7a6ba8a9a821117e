import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FSWatcher, ThrottleType } from 'chokidar';
import type { Watcher, WatchMode } from '../ports/watch.ts';
import { createWaking } from './waking.ts';

/** The longest time a timer takes, in ms; a longer one would fire at once. */
const timerMsMax = 2 ** 31 - 1;

/**
 * Watches folders that exist. With `poll` the folders are not touched here: each wait is over after the
 * interval, and who waited looks. With `events` an error of the watching (no more inotify watches, for one)
 * is told once by `onWarning`, and then waits are over after `fallbackIntervalMs`.
 */
export function createWatcher(
  mode: WatchMode,
  onWarning: (message: string) => void,
  fallbackIntervalMs = 1_000,
): Watcher {
  const watched = new Map<string, Promise<FSWatcher | undefined>>();
  const { wait, wake } = createWaking();
  let intervalMs = mode.kind === 'poll' ? mode.intervalMs : timerMsMax;
  let isClosed = false;

  const fallBack = (path: string, error: unknown): void => {
    if (isClosed || intervalMs <= fallbackIntervalMs) return;
    intervalMs = fallbackIntervalMs;
    onWarning(`${path}: cannot be watched, looking every ${fallbackIntervalMs} ms instead: ${String(error)}`);
    wake();
  };
  const start = async (path: string): Promise<FSWatcher | undefined> => {
    if (!existsSync(path)) {
      fallBack(path, 'it does not exist');
      return undefined;
    }
    const watcher = await folderWatcher(path);
    // What happened before it watched is seen by looking once.
    watcher.on('raw', wake).on('ready', wake);
    watcher.on('error', (error) => fallBack(path, error));
    return watcher.add(path);
  };

  return {
    wait: (timeoutMs) => wait(Math.min(timeoutMs, intervalMs, timerMsMax)),
    wake,
    add(path) {
      const folder = resolve(path);
      if (mode.kind === 'events' && !watched.has(folder)) watched.set(folder, start(folder));
    },
    async close() {
      isClosed = true;
      wake();
      for (const watcher of await Promise.all(watched.values())) await watcher?.close();
      watched.clear();
    },
  };
}

/**
 * chokidar for one folder, without a list of what is in it. By itself it looks at each file of a folder at
 * every change, and watches each: in a folder of 3,000 files, one new file takes it 140 ms of processor time
 * (1 ms so). All we need is its raw event.
 */
async function folderWatcher(folder: string): Promise<FSWatcher> {
  const chokidar = await import('chokidar');
  class FolderWatcher extends chokidar.FSWatcher {
    /** It asks whether a folder was read a moment ago, and then does not read it. */
    override _throttle(
      action: ThrottleType,
      path: string,
      timeoutMs: number,
    ): ReturnType<FSWatcher['_throttle']> {
      return action === 'readdir' ? false : super._throttle(action, path, timeoutMs);
    }
  }
  return new FolderWatcher({
    depth: 0,
    ignoreInitial: true,
    atomic: false,
    // A process that has nothing else to do may end.
    persistent: false,
    // Should it read folders all the same, then it watches no file of them.
    ignored: (path) => path !== folder,
  });
}
