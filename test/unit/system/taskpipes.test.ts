import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskPipe } from '../../../src/ports/live.ts';
import { systemTaskPipes } from '../../../src/system/taskpipes.ts';

/** Runs a shell that writes into the pipe; gives what has come of it. */
async function started(script: string) {
  const [pipe = assert.fail()] = await systemTaskPipes().make(1);
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', pipe.fd, 'inherit'] });
  await pipe.closeWriter();
  const got: Buffer[] = [];
  pipe.listen((chunk) => void got.push(Buffer.from(chunk)));
  const ended = once(child, 'exit');
  return { pipe, ended, text: () => Buffer.concat(got).toString('latin1') };
}

async function drained({ pipe, ended }: { readonly pipe: TaskPipe; readonly ended: Promise<unknown> }) {
  await ended;
  pipe.drain();
  pipe.close();
}

describe('a pipe for a task', () => {
  it('hands over what the task writes, by whatever name it opens it', async () => {
    const task = await started('echo one; echo two > /dev/stdout; head -c 300000 /dev/zero');
    task.pipe.resume();
    await drained(task);
    assert.ok(task.text().startsWith('one\ntwo\n'));
    assert.equal(task.text().length, 300_008);
  });

  it('holds a task back while nobody reads', async () => {
    const task = await started('head -c 300000 /dev/zero');
    await Promise.race([task.ended, sleep(200)]);
    assert.equal(task.text(), '');
    task.pipe.resume();
    await drained(task);
    assert.equal(task.text().length, 300_000);
  });

  it('gives all that a task wrote when it has ended, though others have it open', async () => {
    const task = await started('sleep 5 & echo $!; head -c 50000 /dev/zero');
    await drained(task);
    const [pid = '', rest = ''] = task.text().split('\n');
    process.kill(Number(pid));
    assert.equal(rest.length, 50_000);
  });

  it('is one of as many as are asked for', async () => {
    const pipes = await systemTaskPipes().make(5);
    assert.equal(new Set(pipes.map(({ fd }) => fd)).size, 5);
    for (const pipe of pipes) {
      await pipe.closeWriter();
      pipe.close();
    }
    assert.deepEqual(await systemTaskPipes().make(0), []);
  });
});
