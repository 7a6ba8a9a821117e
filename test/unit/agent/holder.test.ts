import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { holderCommand, wakeSignal } from '../../../src/agent/holder.ts';

let room: string;
before(() => {
  room = mkdtempSync(join(tmpdir(), 'mgpu-holder-'));
});
after(() => rmSync(room, { recursive: true }));

/** Starts a holder that bears only so many looks at a pulse that stands still. */
function hold(looks: number) {
  const [program = '', ...args] = holderCommand(join(room, 'pulse'));
  const child = spawn(program, [...args.slice(0, -1), String(looks)], { stdio: 'ignore' });
  let code: number | undefined;
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (own) => {
      code = own ?? -1;
      resolve(code);
    });
  });
  return { child, ended, code: () => code };
}

test('a holder waits as long as the pulse goes on, and ends with the code that it is told', async () => {
  writeFileSync(join(room, 'launch.json'), '{}');
  writeFileSync(join(room, 'pulse'), 'pulse 0\n');
  const { ended, code } = hold(4);
  for (let count = 1; count <= 4; count += 1) {
    await sleep(1000);
    writeFileSync(join(room, 'pulse'), `pulse ${count}\n`);
  }
  assert.equal(code(), undefined);
  writeFileSync(join(room, 'pulse'), 'end 3\n');
  assert.equal(await ended, 3);
});

test('a pulse that stands still or is missing ends it, and one that says stay does not', async () => {
  writeFileSync(join(room, 'pulse'), 'pulse 7\n');
  assert.equal(await hold(2).ended, 137);
  rmSync(join(room, 'pulse'));
  assert.equal(await hold(2).ended, 137);
  writeFileSync(join(room, 'pulse'), 'stay\n');
  const { child, ended, code } = hold(2);
  await sleep(2500);
  assert.equal(code(), undefined);
  // What users send to the job's steps does nothing; what ends jobs ends it without a fault.
  child.kill('SIGUSR1');
  child.kill('SIGTERM');
  assert.equal(await ended, 0);
});

test('one that is told to look does so at once, and leaves nothing behind', async () => {
  writeFileSync(join(room, 'launch.json'), '{}');
  writeFileSync(join(room, 'pulse'), 'stay\n');
  const { child, ended, code } = hold(1000);
  await sleep(700);
  const children = (): string => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
  const napping = children();
  assert.match(napping, /^\d+$/);
  child.kill(wakeSignal);
  while (code() === undefined && (children() === napping || existsSync(`/proc/${napping}`))) await sleep(5);
  writeFileSync(join(room, 'pulse'), 'end 4\n');
  child.kill(wakeSignal);
  assert.equal(await ended, 4);
});

test('a room that cannot be seen counts for nothing', async () => {
  rmSync(join(room, 'launch.json'));
  rmSync(join(room, 'pulse'));
  const { child, code } = hold(2);
  await sleep(2500);
  assert.equal(code(), undefined);
  child.kill('SIGKILL');
});
