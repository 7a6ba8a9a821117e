import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createRoomWatcher } from '../../../src/system/roomwatch.ts';

const longMs = 30_000;

async function withFolder(body: (path: string) => Promise<void>): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), 'mgpu-watch-'));
  try {
    await body(path);
  } finally {
    rmSync(path, { recursive: true });
  }
}

describe('createRoomWatcher', () => {
  it('wakes when a watched name changes', () =>
    withFolder(async (path) => {
      const watcher = createRoomWatcher((name) => name === 'stdin');
      watcher.add(path);
      const woken = watcher.wait(longMs);
      writeFileSync(join(path, 'stdin'), 'x');
      await woken;
      await watcher.close();
    }));

  it('is over after its time, for other names, and where nothing can be watched', () =>
    withFolder(async (path) => {
      const watcher = createRoomWatcher((name) => name === 'stdin');
      watcher.add(path);
      watcher.add(join(path, 'nosuch'));
      const startMs = performance.now();
      const waited = watcher.wait(60);
      writeFileSync(join(path, 'other'), 'x');
      await waited;
      assert.ok(performance.now() - startMs >= 50);
      await watcher.close();
    }));

  it('wakes all that wait, and remembers a wake-up that nobody waited for', async () => {
    const watcher = createRoomWatcher();
    const both = Promise.all([watcher.wait(longMs), watcher.wait(longMs)]);
    watcher.wake();
    await both;
    watcher.wake();
    await watcher.wait(longMs);
    await watcher.close();
  });
});
