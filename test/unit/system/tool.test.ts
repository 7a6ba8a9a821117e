import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createToolRunner, type RunTool, toolTrouble } from '../../../src/system/tool.ts';

const sh = (run: RunTool, script: string) => run('sh', ['-c', script]);

test('a tool gives its code, both streams, and no shell reads its arguments', async () => {
  const run = createToolRunner();
  const result = await run('sh', ['-c', 'echo "$1"; echo err >&2; exit 7', 'sh', '$HOME; `id`']);
  assert.deepEqual(result, {
    command: 'sh',
    code: 7,
    stdout: '$HOME; `id`\n',
    stderr: 'err\n',
    timedOut: false,
    notFound: false,
    truncated: false,
    hungPid: undefined,
    failure: undefined,
  });
  assert.equal(toolTrouble(result), undefined);
});

test('a tool sees the C locale, an empty standard input, and what it is given', async () => {
  const run = createToolRunner({ env: { GIVEN: 'yes', LC_ALL: 'de_DE.UTF-8' } });
  const { stdout } = await sh(run, 'echo "$LC_ALL $GIVEN $(pwd)"; cat');
  assert.equal(stdout, 'C yes /\n');
});

test('a tool that is not there is told from one that cannot be run', async () => {
  const run = createToolRunner();
  const missing = await run('no-such-tool-of-mgpu', []);
  assert.equal(missing.notFound, true);
  assert.equal(missing.code, undefined);
  assert.equal(toolTrouble(missing), 'no-such-tool-of-mgpu is not on PATH');
  const closed = await run('/etc/passwd', []);
  assert.equal(closed.notFound, false);
  assert.match(toolTrouble(closed) ?? '', /^\/etc\/passwd cannot be run: .*EACCES/);
});

test('a tool is given up after its time, with its children, and what it said is kept', async () => {
  const run = createToolRunner({ timeoutMs: 400 });
  const result = await sh(run, 'echo $$; sleep 600 & echo $!; wait');
  assert.equal(result.timedOut, true);
  assert.equal(result.code, undefined);
  assert.equal(toolTrouble(result), 'sh gave no answer in time');
  const pids = result.stdout.trim().split('\n').map(Number);
  assert.equal(pids.length, 2);
  await goneAll(pids);
  assert.equal((await sh(run, 'echo again')).stdout, 'again\n', 'it was ended, so that nothing hangs');
});

test('a child that keeps the streams open does not hold up the answer', async () => {
  const run = createToolRunner({ timeoutMs: 60_000, drainGraceMs: 30 });
  const result = await sh(run, 'sleep 600 & echo $!');
  assert.equal(result.code, 0);
  process.kill(Number(result.stdout), 'SIGKILL');
});

test('a tool that prints without end is ended', async () => {
  const run = createToolRunner({ outputBytesMax: 1000 });
  const result = await sh(run, 'while :; do echo 0123456789; done');
  assert.equal(result.truncated, true);
  assert.equal(result.stdout.length, 1000);
  assert.equal(toolTrouble(result), 'sh printed without end');
});

test('a tool that a signal ended has no code', async () => {
  const result = await sh(createToolRunner(), 'kill -9 $$');
  assert.equal(result.code, undefined);
  assert.equal(result.timedOut, false);
  assert.equal(toolTrouble(result), 'sh was ended by a signal');
});

test('while a process hangs that cannot be ended, no other one is started', async (t) => {
  const kept: number[] = [];
  t.after(() => kept.filter(isAlive).map((pid) => process.kill(pid, 'SIGKILL')));
  // A process in state D ignores SIGKILL; one that is not sent any behaves the same.
  const run = createToolRunner({
    timeoutMs: 50,
    killGraceMs: 50,
    drainGraceMs: 10,
    kill: (pid) => kept.push(pid),
  });
  const first = await run('sleep', ['600']);
  assert.equal(first.timedOut, true);
  const second = await run('echo', ['started']);
  assert.equal(second.stdout, '');
  assert.equal(second.hungPid, kept[0]);
  assert.match(toolTrouble(second) ?? '', /^sleep hangs \(pid \d+\), cannot be ended/);
  for (const pid of kept) process.kill(pid, 'SIGKILL');
  await goneAll(kept);
  assert.equal(kept.length, 1);
  await until(async () => (await run('echo', ['started'])).stdout === 'started\n');
});

async function goneAll(pids: readonly number[]): Promise<void> {
  await until(async () => !pids.some(isAlive));
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, 'it did not come true in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A zombie that nobody has waited for yet counts as gone. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
