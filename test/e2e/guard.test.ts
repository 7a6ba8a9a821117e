// The guard of a lease: it ends what had the lease, and nothing that began later under another.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { guardText } from '../../src/agent/guard.ts';
import { until } from './tools/cluster.ts';

const clusterId = `guard-test-${process.pid}`;

/** A process that is ended by SIGKILL alone, as the guard finds it. */
async function startRun(local: string, run: string): Promise<ChildProcess> {
  mkdirSync(join(local, 'runs', run), { recursive: true });
  const child = spawn('sh', ['-c', 'trap "" TERM; echo up; while :; do sleep 1; done'], {
    env: { PATH: '/usr/bin:/bin', MGPU_JOB_MARK: `${clusterId}.${run}` },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  await once(child.stdout, 'data');
  return child;
}

test('a run that begins while the guard ends those of an old lease is left alone', async () => {
  const local = mkdtempSync(join(tmpdir(), 'mgpu-guard-'));
  const children: ChildProcess[] = [];
  try {
    const old = await startRun(local, '1.1');
    children.push(old);
    mkdirSync(join(local, 'lease.X'));
    writeFileSync(join(local, 'lease.X', 'stamp'), '0\n');
    writeFileSync(join(local, 'guard.sh'), guardText);
    // A lease of one second, a look each second, two seconds between the signals.
    const guard = spawn('sh', [join(local, 'guard.sh'), local, 'lease.X', '1', '1', '2', clusterId]);
    children.push(guard);
    const over = [old, guard].map((child) => once(child, 'exit'));
    await until(() => existsSync(join(local, 'runs/1.1/fenced')), { what: 'the lease is over' });
    const next = await startRun(local, '2.1');
    children.push(next);
    await Promise.all(over);
    assert.equal(old.signalCode, 'SIGKILL');
    assert.deepEqual([next.exitCode, next.signalCode], [null, null]);
    assert.equal(existsSync(join(local, 'runs/2.1/fenced')), false);
    assert.equal(existsSync(join(local, 'expired.X')), false);
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(local, { recursive: true, force: true });
  }
});

test('what the first process of a run leaves behind is ended too', async () => {
  const local = mkdtempSync(join(tmpdir(), 'mgpu-guard-'));
  const children: ChildProcess[] = [];
  try {
    const [left, late, kept] = [
      await startRun(local, '1.1'),
      await startRun(local, '2.1'),
      await startRun(local, '3.1'),
    ];
    children.push(left, late, kept);
    writeFileSync(join(local, 'runs/1.1.ended'), '');
    writeFileSync(join(local, 'runs/3.1/kept'), '');
    mkdirSync(join(local, 'lease.X'));
    writeFileSync(join(local, 'lease.X', 'stamp'), '0\n');
    writeFileSync(join(local, 'guard.sh'), guardText);
    const guard = spawn('sh', [join(local, 'guard.sh'), local, 'lease.X', '1', '1', '2', clusterId]);
    children.push(guard);
    const over = [left, late, guard].map((child) => once(child, 'exit'));
    await until(() => existsSync(join(local, 'runs/2.1/fenced')), { what: 'the lease is over' });
    // Its shim was told to end, and did.
    writeFileSync(join(local, 'runs/2.1.ended'), '');
    await Promise.all(over);
    assert.deepEqual([left.signalCode, late.signalCode, kept.exitCode], ['SIGKILL', 'SIGKILL', null]);
    assert.equal(existsSync(join(local, 'runs/1.1/fenced')), false);
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(local, { recursive: true, force: true });
  }
});

test('a run that cannot be marked is ended all the same', async () => {
  const local = mkdtempSync(join(tmpdir(), 'mgpu-guard-'));
  const children: ChildProcess[] = [];
  try {
    const old = await startRun(local, '1.1');
    children.push(old);
    // As good as a full disk: nothing can be written there.
    mkdirSync(join(local, 'runs/1.1/fenced'));
    mkdirSync(join(local, 'lease.X'));
    writeFileSync(join(local, 'lease.X', 'stamp'), '0\n');
    writeFileSync(join(local, 'guard.sh'), guardText);
    const guard = spawn('sh', [join(local, 'guard.sh'), local, 'lease.X', '1', '1', '1', clusterId]);
    children.push(guard);
    await Promise.all([old, guard].map((child) => once(child, 'exit')));
    assert.equal(old.signalCode, 'SIGKILL');
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(local, { recursive: true, force: true });
  }
});
