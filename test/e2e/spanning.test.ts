// srun over several nodes outside of an allocation: real daemons, real supervisors, srun as users type it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { EndedJob } from '../../src/model/job.ts';
import { type Cluster, makeCluster, root, until } from './tools/cluster.ts';
import { markedProcesses } from './tools/proc.ts';

let cluster: Cluster;

before(async () => {
  cluster = await makeCluster();
  await cluster.daemon({ node: 'node1', cpus: 4, gpus: '2' });
  await cluster.daemon({ node: 'node2', cpus: 2, gpus: '2' });
});
after(() => cluster.close());

interface Ran {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

/** Starts srun; `ended` is what it came to. */
function srun(...words: readonly string[]) {
  const child = spawn(join(root, 'bin/mgpu_srun'), [...words], {
    env: cluster.environment,
    cwd: cluster.work,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  const ended = new Promise<Ran>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, out, err }));
  });
  return { child, ended, shown: () => ({ out, err }) };
}

/** The job that was submitted last, when it has ended. */
async function lastJob(): Promise<EndedJob> {
  const ids = [...(await cluster.client.committed()).jobs.keys()];
  return cluster.client.ended(Math.max(...ids));
}

function lines(text: string): readonly string[] {
  return text.trimEnd().split('\n').toSorted();
}

test('tasks on two nodes, each with its devices, in Slurm’s order (srun.n4_gpt)', async () => {
  const { code, out, err } = await srun(
    ...['-N2', '-n3', '--gpus-per-task=1', '-l'],
    ...['bash', '-c', 'echo $SLURMD_NODENAME $SLURM_LOCALID $CUDA_VISIBLE_DEVICES $SLURM_JOB_NUM_NODES'],
  ).ended;
  assert.deepEqual([code, err], [0, '']);
  assert.deepEqual(lines(out), ['0: node1 0 0 2', '1: node1 1 1 2', '2: node2 0 0 2']);
  const job = await lastJob();
  assert.deepEqual([job.endState, job.spec.name], ['COMPLETED', 'bash']);
  const step = job.steps?.[0] ?? assert.fail('no step');
  assert.deepEqual(
    [step.step, step.state, step.ntasks, step.nodes.map(({ node }) => node)],
    [0, 'COMPLETED', 3, ['node1', 'node2']],
  );
});

test('exactly the GPUs that are named, of each node or node by node', async () => {
  const shown = ['bash', '-c', 'echo $SLURMD_NODENAME $CUDA_VISIBLE_DEVICES'];
  const each = await srun('-N2', '--gpu-ids=1', ...shown).ended;
  assert.deepEqual([each.code, each.err, lines(each.out)], [0, '', ['node1 1', 'node2 1']]);
  const own = await srun('--node-gpu-ids=node2:0,1;node1:1', ...shown).ended;
  assert.deepEqual([own.code, own.err, lines(own.out)], [0, '', ['node1 1', 'node2 0,1']]);
  const none = await srun('--node-gpu-ids=node1:1;node2:2', 'true').ended;
  assert.equal(none.code, 1);
  assert.match(none.err, /Unable to allocate resources: Requested node configuration is not available/);
  const other = await srun('--node-gpu-ids=node1:1;node2:0', '-wnode1', '-N3', 'true').ended;
  assert.equal(other.code, 1);
  assert.match(other.err, /^srun: error: --node-gpu-ids and --nodes 3 do not agree\n.*leave --nodes out/);
});

test('tasks lie where the host file says, in a job of their own and in one that is there', async () => {
  writeFileSync(join(cluster.work, 'hosts'), '# task 0 first\nnode2\nnode1*2\nnode2\n');
  const shown = 'echo $SLURM_PROCID $SLURMD_NODENAME $SLURM_NODEID $SLURM_LOCALID';
  const laid = ['0 node2 1 0', '1 node1 0 0', '2 node1 0 1', '3 node2 1 1'];
  const listed = (...words: readonly string[]) =>
    cluster.runWith({ environment: { SLURM_HOSTFILE: 'hosts' } }, ...(words as [string, ...string[]]));
  const own = await listed('mgpu_srun', 'bash', '-c', shown);
  assert.deepEqual([own.code, own.stderr, lines(own.stdout)], [0, '', laid]);
  const first = await listed('mgpu_srun', '-n3', '-m', 'cyclic', 'bash', '-c', shown);
  assert.deepEqual(lines(first.stdout), laid.slice(0, 3));
  const more = await listed('mgpu_srun', '-n5', 'true');
  assert.equal(more.code, 1);
  assert.match(
    more.stderr,
    /^srun: error: Too few NodeNames in Slurm Hostfile\nsrun: error: Failure getting/,
  );
  const inner = `${join(root, 'bin/mgpu_srun')} -n4 bash -c '${shown}'`;
  const within = await listed('mgpu_salloc', '-Q', '-w', 'node[1-2]', '-n6', 'sh', '-c', inner);
  assert.deepEqual([within.code, lines(within.stdout)], [0, laid]);
  const words = ['-m', 'arbitrary', '-w', 'node1,node2,node1', 'bash', '-c', shown];
  const { code, out } = await srun(...words).ended;
  assert.deepEqual([code, lines(out)], [0, ['0 node1 0 0', '1 node2 1 0', '2 node1 0 1']]);
});

test('a batch job lays its tasks out as its own list says', async () => {
  const script = join(cluster.work, 'listed.sh');
  const shown = "bash -c 'echo $SLURM_PROCID $SLURMD_NODENAME'";
  writeFileSync(
    script,
    `#!/bin/sh\necho $SLURM_ARBITRARY_NODELIST\n${join(root, 'bin/mgpu_srun')} ${shown} | sort\n`,
  );
  const words = ['-m', 'arbitrary', '-w', 'node2,node1,node2', '-W', '-o', 'listed.out', script];
  const { code, stderr } = await cluster.run('mgpu_sbatch', ...words);
  assert.deepEqual([code, stderr], [0, '']);
  const said = readFileSync(join(cluster.work, 'listed.out'), 'utf8');
  assert.equal(said, 'node[2,1-2]\n0 node2\n1 node1\n2 node2\n');
});

test('more tasks than one node holds, without a word of nodes', async () => {
  const { code, out } = await srun('-n6', 'bash', '-c', 'echo $SLURMD_NODENAME').ended;
  assert.equal(code, 0);
  assert.deepEqual(lines(out), ['node1', 'node1', 'node1', 'node1', 'node2', 'node2']);
});

test('one file of all tasks has all that they wrote (file.srun.plain)', async () => {
  const text = 'for turn in {1..200}; do echo $SLURM_PROCID:$turn; done';
  const { code, out, err } = await srun('-N2', '-n4', '-o', 'all-%j.%s', 'bash', '-c', text).ended;
  assert.deepEqual([code, out, err], [0, '', '']);
  const { id } = await lastJob();
  const written = lines(readFileSync(join(cluster.work, `all-${id}.0`), 'utf8'));
  const expected = Array.from({ length: 800 }, (_, place) => `${place % 4}:${1 + Math.floor(place / 4)}`);
  assert.deepEqual(written, expected.toSorted());
});

test('a file that cannot be opened is told, and the nodes are given back (err.srun.output)', async () => {
  mkdirSync(join(cluster.work, 'folder'));
  const { code, err } = await srun('-N2', '-o', 'folder', 'true').ended;
  assert.equal(code, 1);
  assert.equal(err, 'srun: error: Could not open stdout file: Is a directory\n');
  assert.equal((await lastJob()).endState, 'FAILED');
});

test('the worst exit code is srun’s and the job’s', async () => {
  const { code, err } = await srun('-N2', 'bash', '-c', 'exit $((3 + SLURM_PROCID))').ended;
  assert.equal(code, 4);
  assert.deepEqual(lines(err), [
    'srun: error: node1: task 0: Exited with exit code 3',
    'srun: error: node2: task 1: Exited with exit code 4',
  ]);
  const { endState, exitCode } = await lastJob();
  assert.deepEqual([endState, exitCode], ['FAILED', { code: 4, signal: 0 }]);
});

test('a srun that is killed takes its job with it, on all nodes', async () => {
  const { child, shown, ended } = srun('-N2', 'bash', '-c', 'echo up; sleep 600');
  await until(() => shown().out === 'up\nup\n', { what: 'both tasks run' });
  child.kill('SIGKILL');
  await ended;
  assert.notEqual((await lastJob()).endState, 'COMPLETED');
  await until(() => markedProcesses(cluster.client.store.spool.clusterId).length === 0, {
    what: 'nothing of it is left',
  });
});

test('scancel ends it, in Slurm’s words', async () => {
  const { shown, ended } = srun('-N2', 'bash', '-c', 'echo up; sleep 600');
  await until(() => shown().out === 'up\nup\n', { what: 'both tasks run' });
  const id = Math.max(...(await cluster.client.committed()).jobs.keys());
  await cluster.output('mgpu_scancel', String(id));
  const { code, err } = await ended;
  assert.notEqual(code, 0);
  assert.match(err, /^srun: Job step aborted: Waiting up to 32 seconds for job step to finish\.$/m);
  assert.match(err, /STEP \d+\.0 ON node[12] CANCELLED AT /);
  assert.equal((await lastJob()).endState, 'CANCELLED');
});

test('one that waits gives up by Ctrl-C', async () => {
  const holding = srun('-N2', '--gpus-per-node=2', 'sleep', '600');
  await until(
    async () => [...(await cluster.client.committed()).jobs.values()].some((job) => job.state === 'RUNNING'),
    {
      what: 'the first runs',
    },
  );
  const waiting = srun('-N2', '--gpus-per-node=1', 'true');
  await until(() => waiting.shown().err.includes('queued and waiting for resources'), { what: 'it waits' });
  waiting.child.kill('SIGINT');
  const { code, err } = await waiting.ended;
  assert.equal(code, 1);
  assert.match(err, /^srun: Job allocation \d+ has been revoked$/m);
  assert.equal((await lastJob()).endState, 'CANCELLED');
  holding.child.kill('SIGTERM');
  assert.equal((await holding.ended).code, 137);
});
