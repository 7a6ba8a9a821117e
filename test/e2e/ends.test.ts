// How jobs are ended: cancel, time limit, signals, and what they leave behind. A time limit of a minute is
// over after a second here, and so is the grace between SIGTERM and SIGKILL.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freeNow } from '../../src/core/free.ts';
import { invariants } from '../../src/core/invariants.ts';
import type { EndedJob } from '../../src/model/job.ts';
import { type Cluster, makeCluster, until } from './tools/cluster.ts';
import { isAlive, killProcess, markedProcesses } from './tools/proc.ts';

const graceMs = 1000;

let cluster: Cluster;

before(async () => {
  cluster = await makeCluster({ settings: { jobs: { kill_wait: graceMs / 1000 } } });
  await cluster.daemon({ cpus: 64, agedSeconds: 59 });
});
after(() => cluster.close());

function outcome({ endState, reason, exitCode }: EndedJob): string {
  return `${endState} ${reason} ${exitCode.code}:${exitCode.signal}`;
}

function output(id: number): string {
  const path = join(cluster.work, `slurm-${id}.out`);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Waits until the job has written this. */
function says(id: number, text: string): Promise<void> {
  return until(() => output(id).includes(text), { what: `job ${id} says ${text}`, explain: cluster.logs });
}

/** Nothing of the job lives, and the node has all its GPUs again. */
async function assertGone(id: number): Promise<void> {
  assert.deepEqual(markedProcesses(cluster.client.store.spool.clusterId, id), []);
  const state = await cluster.client.committed();
  invariants(state);
  assert.equal(freeNow(state).get('node1')?.gpus.length, 4);
}

test('a job that waits is cancelled without having run', async () => {
  const id = await cluster.client.submit({ script: 'echo ran', spec: { hold: true } });
  await cluster.client.cancel(id);
  const job = await cluster.client.ended(id);
  assert.equal(outcome(job), 'CANCELLED None 0:0');
  assert.equal(job.endedBy, process.getuid?.());
  assert.equal(job.attempt, 0);
  assert.equal(output(id), '');
});

test('a job that runs is cancelled: SIGTERM to all of its processes', async () => {
  const id = await cluster.client.submit({
    script: '(sleep 1000; echo never) & echo up; wait',
    spec: { gpuIds: [0] },
  });
  await says(id, 'up');
  await cluster.client.cancel(id);
  assert.equal(outcome(await cluster.client.ended(id)), 'CANCELLED None 0:15');
  assert.match(
    output(id),
    /^up\nslurmstepd-node1: error: \*\*\* JOB \d+ ON node1 CANCELLED AT \S+ \*\*\*\n$/,
  );
  await assertGone(id);
});

test('a job that cleans up at SIGTERM has the time to do it', async () => {
  const script = 'trap "sleep 0.3 && echo cleaned; exit 7" TERM; echo up; while :; do sleep 0.05; done';
  const id = await cluster.client.submit({ script });
  await says(id, 'up');
  await cluster.client.cancel(id);
  assert.equal(outcome(await cluster.client.ended(id)), 'CANCELLED None 7:0');
  // In between the shell may say that its `sleep` was terminated.
  assert.match(
    output(id),
    /^up\nslurmstepd-node1: error: .* CANCELLED AT .* \*\*\*\n(Terminated\n)?cleaned\n$/,
  );
});

test('a job that ignores SIGTERM holds its GPU until it is killed after the grace', async () => {
  const script = 'trap "" TERM; echo up; while :; do sleep 0.05; done';
  const id = await cluster.client.submit({ script, spec: { gpuIds: [2] } });
  await says(id, 'up');
  await cluster.client.cancel(id);
  const asked = performance.now();
  await cluster.client.reached(id, 'COMPLETING');
  assert.equal(freeNow(await cluster.client.committed()).get('node1')?.gpus.length, 3);
  assert.equal(outcome(await cluster.client.ended(id)), 'CANCELLED None 0:9');
  assert.ok(performance.now() - asked >= graceMs * 0.9);
  await assertGone(id);
});

test('a stopped job is cancelled too', async () => {
  const id = await cluster.client.submit({ script: 'echo up; kill -STOP $$; sleep 1000' });
  await says(id, 'up');
  await cluster.client.cancel(id);
  assert.equal((await cluster.client.ended(id)).endState, 'CANCELLED');
  await assertGone(id);
});

test('the time limit ends a job, and not before its time', async () => {
  const script = 'trap "echo told; exit 0" TERM; echo up; while :; do sleep 0.05; done';
  const submitted = performance.now();
  const id = await cluster.client.submit({ script, spec: { timeLimit: 1 } });
  const other = await cluster.client.submit({ script: 'sleep 0.5', spec: { timeLimit: 1 } });
  assert.equal(outcome(await cluster.client.ended(id)), 'TIMEOUT TimeLimit 0:0');
  assert.ok(performance.now() - submitted >= 1000);
  assert.match(
    output(id),
    /^up\nslurmstepd-node1: error: .* DUE TO TIME LIMIT \*\*\*\n(Terminated\n)?told\n$/,
  );
  assert.equal(outcome(await cluster.client.ended(other)), 'COMPLETED None 0:0');
});

test('what a script leaves behind is ended, and its GPUs are held until it is gone', async () => {
  const script =
    'setsid sh -c "trap \\"\\" TERM; echo left \\$\\$; while :; do sleep 0.05; done" & sleep 0.2';
  const id = await cluster.client.submit({ script, spec: { gpuIds: [0, 1, 2, 3] } });
  await says(id, 'left');
  const pid = Number(/left (\d+)/.exec(output(id))?.[1]);
  const next = await cluster.client.submit({
    // One that has ended and was not asked about yet holds nothing.
    script: `grep "^State:.*[^ZX] (" /proc/${pid}/status && echo still there`,
    spec: { gpuIds: [1] },
  });
  assert.equal(outcome(await cluster.client.ended(id)), 'COMPLETED None 0:0');
  assert.equal(isAlive(pid), false);
  await cluster.client.ended(next);
  await assertGone(id);
  assert.doesNotMatch(output(next), /still there/);
});

test('a job that hangs before its script, on an output that nobody reads, can be cancelled', async () => {
  execFileSync('mkfifo', [join(cluster.work, 'fifo')]);
  const id = await cluster.client.submit({ script: 'true', spec: { output: 'fifo' } });
  const started = join(cluster.spool, 'jobs', String(id), 'started.1');
  await until(() => existsSync(started), { what: 'the shim starts', explain: cluster.logs });
  await cluster.client.reached(id, 'RUNNING');
  await cluster.client.cancel(id);
  assert.equal((await cluster.client.ended(id)).endState, 'CANCELLED');
  await assertGone(id);
});

test('signals of users: to the script alone, to all processes, or to steps (it has none)', async () => {
  const child = 'sh -c "trap \\"echo child\\" USR1; echo up; while :; do sleep 0.05; done" &';
  const script = `trap "echo script" USR1; ${child} while :; do sleep 0.05; done`;
  const id = await cluster.client.submit({ script });
  const send = (scope: 'steps' | 'batch' | 'full'): Promise<string> =>
    cluster.client.send({ name: 'signal', targets: [{ job: id }], signal: 10, scope });
  await says(id, 'up');
  await send('steps');
  await send('batch');
  await says(id, 'script');
  assert.doesNotMatch(output(id), /child/);
  await send('full');
  await says(id, 'child');
  await until(() => output(id).match(/script/g)?.length === 2, {
    what: 'the script hears it',
    explain: cluster.logs,
  });
  await cluster.client.cancel(id);
  await cluster.client.ended(id);
  assert.equal(output(id).match(/script/g)?.length, 2);
});

test('the shim killed during the script: the end is known and nothing is left', async () => {
  const id = await cluster.client.submit({ script: 'echo up $PPID; sleep 1000', spec: { gpuIds: [0] } });
  await says(id, 'up');
  killProcess(Number(/up (\d+)/.exec(output(id))?.[1]));
  assert.equal(outcome(await cluster.client.ended(id)), 'FAILED JobLaunchFailure 0:9');
  await assertGone(id);
});

test('an array: a task for each index, each with its own id', async () => {
  const script = 'echo $SLURM_ARRAY_JOB_ID $SLURM_ARRAY_TASK_ID $SLURM_JOB_ID';
  const spec = { array: { tasks: [[1, 4] as const], throttle: 2 }, output: 'array-%a.out' };
  const id = await cluster.client.submit({ script, spec });
  await until(
    async () => {
      const tasks = [...(await cluster.client.committed()).jobs.values()].filter(
        (one) => one.arrayJobId === id,
      );
      return (
        tasks.length === 4 && tasks.every((one) => one.state === 'ENDED' && one.endState === 'COMPLETED')
      );
    },
    { what: 'the tasks end', explain: cluster.logs },
  );
  const lines = [1, 2, 3, 4].map((task) =>
    readFileSync(join(cluster.work, `array-${task}.out`), 'utf8').trim(),
  );
  assert.deepEqual(
    lines.map((line) => line.split(' ').slice(0, 2).join(' ')),
    [1, 2, 3, 4].map((task) => `${id} ${task}`),
  );
  assert.equal(new Set(lines.map((line) => line.split(' ')[2])).size, 4);
  await assertGone(id);
});
