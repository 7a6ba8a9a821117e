import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningTask } from '../../../src/ports/tasks.ts';
import { endOnTerminal, terminalFault } from '../../../src/system/pty.ts';
import { systemTasks } from '../../../src/system/tasks.ts';

async function withTask(
  script: string,
  body: (task: RunningTask, shown: (part: string) => Promise<string>) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mgpu-pty-'));
  const path = join(folder, 'out');
  const fd = openSync(path, 'a');
  const out = { fd, write: async () => {}, close: async () => {} };
  try {
    const task = await systemTasks().start({
      command: ['sh', '-c', script],
      environment: { PATH: '/usr/bin:/bin', SHELL: '/bin/false' },
      workDir: folder,
      input: 'fed',
      output: out,
      error: out,
      terminal: { rows: 33, columns: 77 },
    });
    assert.ok(!('errno' in task), JSON.stringify(task));
    await body(task, async (part) => {
      for (let tries = 0; tries < 400; tries += 1) {
        const text = readFileSync(path, 'utf8');
        if (text.includes(part)) return text;
        await sleep(25);
      }
      throw new Error(`${part} is not in ${readFileSync(path, 'utf8')}`);
    });
  } finally {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  }
}

const keys = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a task on a terminal leads a session there, with its window and its own variables', async () => {
  const script = 'stty size; echo $SHELL; tty; echo $$ $(ps -o sid= -p $$); read -r x; echo got $x; exit 7';
  await withTask(script, async (task, shown) => {
    const lines = (await shown(` ${task.pid}\r\n`)).split('\r\n');
    assert.equal(await task.write(keys('typed\r')), true);
    await shown('got typed');
    assert.deepEqual(lines.slice(0, 2), ['33 77', '/bin/false']);
    assert.match(lines[2] ?? '', /^\/dev\/pts\/\d+$/);
    assert.equal(lines[3], `${task.pid} ${task.pid}`);
    assert.deepEqual(await task.ended, { code: 7, signal: 0 });
  });
});

test('Ctrl-C reaches what runs on the terminal, and so does another window', async () => {
  const script = `trap 'stty size' WINCH; echo ready; while sleep 0.1; do :; done`;
  await withTask(script, async (task, shown) => {
    await shown('ready');
    task.resize({ rows: 40, columns: 90 });
    await shown('40 90');
    await task.write(keys('\x03'));
    assert.deepEqual(await task.ended, { code: 0, signal: 2 });
  });
});

test('a signal is for the task and not for what keeps its terminal', async () => {
  await withTask(
    `trap 'echo caught; exit 5' USR1; echo ready; while sleep 0.1; do :; done`,
    async (task, shown) => {
      await shown('ready');
      task.signal(10);
      await shown('caught');
      assert.deepEqual(await task.ended, { code: 5, signal: 0 });
    },
  );
});

test('an end by a signal is told from other ends as shells tell it', () => {
  assert.deepEqual(endOnTerminal(0), { code: 0, signal: 0 });
  assert.deepEqual(endOnTerminal(128), { code: 128, signal: 0 });
  assert.deepEqual(endOnTerminal(137), { code: 0, signal: 9 });
  assert.deepEqual(endOnTerminal(255), { code: 255, signal: 0 });
});

test('what a machine lacks for terminals is said by name', () => {
  assert.equal(terminalFault('/usr/bin:/bin'), undefined);
  assert.match(terminalFault('/nonexistent') ?? '', /^--pty needs script and stty, not found .* util-linux/);
});
