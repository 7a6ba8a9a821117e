import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileLocks } from '../../../src/system/locks.ts';

const locks = fileLocks();

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mgpu-locks-'));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('locks', () => {
  it('are held by one, and free again after', () =>
    inFolder(async (folder) => {
      const unlock = await locks.tryLock(`${folder}/tick`);
      assert.ok(unlock);
      assert.ok(existsSync(`${folder}/tick.lock`));
      assert.equal(await locks.tryLock(`${folder}/tick`), undefined);
      const other = await locks.tryLock(`${folder}/other`);
      assert.ok(other);
      await other();
      await unlock();
      assert.equal(existsSync(`${folder}/tick.lock`), false);
      const again = await locks.tryLock(`${folder}/tick`);
      assert.ok(again);
      await again();
      await again();
    }));

  it('are taken over when they were left behind', () =>
    inFolder(async (folder) => {
      mkdirSync(`${folder}/tick.lock`);
      assert.equal(await locks.tryLock(`${folder}/tick`), undefined);
      const old = new Date(Date.now() - 60_000);
      utimesSync(`${folder}/tick.lock`, old, old);
      const unlock = await locks.tryLock(`${folder}/tick`);
      assert.ok(unlock);
      await unlock();
    }));

  it('can be lost, which is no error when it is noticed and none when they are given back', (test) =>
    inFolder(async (folder) => {
      const refreshes: (() => void)[] = [];
      const setTimer = globalThis.setTimeout;
      test.mock.method(globalThis, 'setTimeout', (call: () => void, ms?: number) => {
        if (ms === 3_000) refreshes.push(call);
        return setTimer(call, ms);
      });
      const unlock = await locks.tryLock(`${folder}/tick`);
      test.mock.restoreAll();
      assert.ok(unlock);
      rmdirSync(`${folder}/tick.lock`);
      assert.equal(refreshes.length, 1);
      for (const refresh of refreshes) refresh();
      // An error that it throws now would end the process.
      await new Promise((resolve) => setTimeout(resolve, 20));
      await unlock();
      const other = await locks.tryLock(`${folder}/tick`);
      assert.ok(other);
      await other();
    }));

  it('name what is in the way', () =>
    inFolder(async (folder) => {
      await assert.rejects(locks.tryLock(`${folder}/none/tick`), (error) => {
        assert.ok(error instanceof Error && 'code' in error);
        assert.equal(error.code, 'ENOENT');
        assert.match(error.message, /none\/tick: cannot be locked: no such file or directory \(ENOENT\)$/);
        return true;
      });
    }));
});
