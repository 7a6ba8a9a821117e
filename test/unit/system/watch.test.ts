import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Watcher } from '../../../src/ports/watch.ts';
import { createWatcher } from '../../../src/system/watch.ts';

/** In ms: nothing here takes so long by itself, and no machine is so slow that it takes more than `soon`. */
const long = 20_000;
const soon = 5_000;

async function watching(
  body: (world: { watcher: Watcher; folder: string; warnings: readonly string[] }) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mgpu-watch-'));
  const warnings: string[] = [];
  const watcher = createWatcher({ kind: 'events' }, (message) => warnings.push(message), 40);
  try {
    await body({ watcher, folder, warnings });
  } finally {
    await watcher.close();
    rmSync(folder, { recursive: true });
  }
}

/** How long a wait takes, in ms. */
async function waitMs(watcher: Watcher, timeoutMs: number): Promise<number> {
  const before = performance.now();
  await watcher.wait(timeoutMs);
  return performance.now() - before;
}

/** Waits until nothing has happened for a while: what is under way has been told. */
async function calm(watcher: Watcher): Promise<void> {
  while ((await waitMs(watcher, 30)) < 29);
}

describe('watch: events', () => {
  it('a wait ends when something changes in a folder, whatever it is', () =>
    watching(async ({ watcher, folder, warnings }) => {
      writeFileSync(`${folder}/old`, '');
      watcher.add(folder);
      // The first look comes as soon as it watches.
      assert.ok((await waitMs(watcher, long)) < soon);
      const changes = [
        () => writeFileSync(`${folder}/a`, '1'),
        () => writeFileSync(`${folder}/old`, 'changed'),
        () => renameSync(`${folder}/a`, `${folder}/b`),
        () => unlinkSync(`${folder}/b`),
      ];
      for (const change of changes) {
        await calm(watcher);
        setTimeout(change, 2);
        assert.ok((await waitMs(watcher, long)) < soon);
      }
      assert.deepEqual(warnings, []);
    }));

  it('a wait is over at once when something happened since the last', () =>
    watching(async ({ watcher, folder }) => {
      watcher.add(folder);
      await watcher.wait(long);
      await calm(watcher);
      writeFileSync(`${folder}/a`, '1');
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.ok((await waitMs(watcher, long)) < soon);
      // It does not tell of the same for ever.
      await calm(watcher);
    }));

  it('a wait takes no longer than asked, and wake ends it', () =>
    watching(async ({ watcher }) => {
      assert.ok((await waitMs(watcher, 10)) < soon);
      setTimeout(() => watcher.wake(), 2);
      assert.ok((await waitMs(watcher, long)) < soon);
      watcher.wake();
      assert.ok((await waitMs(watcher, long)) < soon);
      setTimeout(() => void watcher.close(), 2);
      assert.ok((await waitMs(watcher, 2 ** 40)) < soon);
    }));

  it('what cannot be watched is told once, and then looked at', () =>
    watching(async ({ watcher, folder, warnings }) => {
      watcher.add(`${folder}/none`);
      watcher.add(`${folder}/${'x'.repeat(300)}`);
      assert.ok((await waitMs(watcher, long)) < soon);
      await calm(watcher);
      assert.ok((await waitMs(watcher, long)) < soon);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', /cannot be watched, looking every 40 ms instead/);
    }));
});

describe('watch: poll', () => {
  it('a wait is over after the interval at the latest', async () => {
    const watcher = createWatcher({ kind: 'poll', intervalMs: 15 }, assert.fail);
    watcher.add('/nowhere');
    const ms = await waitMs(watcher, long);
    assert.ok(ms >= 14 && ms < soon, String(ms));
    await watcher.close();
  });

  it('a wait ends before that when it is asked for less, or woken', async () => {
    const watcher = createWatcher({ kind: 'poll', intervalMs: long }, assert.fail);
    assert.ok((await waitMs(watcher, 3)) < soon);
    setTimeout(() => watcher.wake(), 1);
    assert.ok((await waitMs(watcher, long)) < soon);
    await watcher.close();
  });
});

describe('watch: the process', () => {
  it('is kept alive by a wait, and by nothing else', async () => {
    const module = new URL('../../../src/system/watch.js', import.meta.url).href;
    const program = `
      const { createWatcher } = await import(${JSON.stringify(module)});
      const watcher = createWatcher({ kind: 'events' }, console.error);
      watcher.add(process.argv[1]);
      await watcher.wait(20_000);
      await watcher.wait(10);
      console.log('ended');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, tmpdir()], {
      timeout: 10_000,
    });
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.deepEqual([output, code], ['ended\n', 0]);
  });
});
