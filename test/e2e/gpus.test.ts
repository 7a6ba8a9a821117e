// GPUs that are found, with an nvidia-smi on PATH that stands for the real one; what it says can change
// meanwhile.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Node } from '../../src/model/node.ts';
import { type Cluster, type Daemon, type DaemonOptions, root, until, withCluster } from './tools/cluster.ts';

const uuid = 'GPU-11111111-2222-3333-4444-00000000000';
const settings = { gpus: { probe_interval: 1 } };

/** A daemon whose GPUs are as the scenario has them; it has to be named in the cluster's folder first. */
function daemonOptions(cluster: Cluster, environment: Readonly<Record<string, string>> = {}): DaemonOptions {
  const standIn = join(root, 'test/stand-ins/nvidia');
  return {
    gpus: '',
    cpus: 16,
    environment: {
      PATH: `${standIn}:${cluster.environment['PATH'] ?? '/usr/bin:/bin'}`,
      MGPU_STAND_IN: join(cluster.folder, 'scenario'),
      ...environment,
    },
  };
}

function scenario(cluster: Cluster, name: string): void {
  writeFileSync(join(cluster.folder, 'scenario'), `${name}\n`);
}

function started(
  cluster: Cluster,
  name: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Daemon> {
  scenario(cluster, name);
  return cluster.daemon(daemonOptions(cluster, environment));
}

async function nodeOf(cluster: Cluster): Promise<Node> {
  const node = (await cluster.client.committed()).nodes.get('node1');
  assert.ok(node);
  return node;
}

function troublesAre(cluster: Cluster, ...expected: readonly string[]): Promise<void> {
  let last = '';
  return until(
    async () => {
      const { gpuTroubles } = await nodeOf(cluster);
      last = gpuTroubles.map(({ index, kind }) => `${index} ${kind}`).join();
      return last === expected.join();
    },
    { what: `the troubles are ${expected.join()}`, explain: () => `${last}\n${cluster.logs()}` },
  );
}

const wantsGpus = (count: number) => ({ gpus: [{ count, per: 'job' as const }] });

function output(cluster: Cluster, id: number): string {
  return readFileSync(join(cluster.work, `slurm-${id}.out`), 'utf8');
}

test('GPUs are found with type and UUID, and a job gets what it was given', () =>
  withCluster(async (cluster) => {
    await started(cluster, 'healthy');
    const { record, gpuTroubles } = await nodeOf(cluster);
    assert.deepEqual(gpuTroubles, []);
    assert.deepEqual(
      record.gpus.map((gpu) => [gpu.index, gpu.type, gpu.uuid]),
      [0, 1, 2, 3].map((index) => [index, 'a100', `${uuid}${index}`]),
    );
    const script = 'echo "$CUDA_VISIBLE_DEVICES|$SLURM_JOB_GPUS|$MGPU_GPUS|$MGPU_GPU_UUIDS"';
    const named = await cluster.client.submit({ script, spec: { gpuIds: [1, 3] } });
    const typed = await cluster.client.submit({
      script,
      spec: { gpus: [{ count: 4, per: 'node', type: 'a100' }] },
    });
    await cluster.client.ended(named);
    assert.equal(output(cluster, named), `1,3|1,3|1,3|${uuid}1,${uuid}3\n`);
    await cluster.client.ended(typed);
    assert.equal(output(cluster, typed).split('|')[0], '0,1,2,3');
    const marker = JSON.parse(readFileSync(join(cluster.spool, `jobs/${named}/started.1`), 'utf8'));
    assert.deepEqual(marker.gpus, [
      { index: 1, uuid: `${uuid}1` },
      { index: 3, uuid: `${uuid}3` },
    ]);
  }));

test('a GPU that a process from outside holds is not claimed until it is free', () =>
  withCluster(
    async (cluster) => {
      const { client } = cluster;
      await started(cluster, 'outside');
      const [trouble] = (await nodeOf(cluster)).gpuTroubles;
      assert.equal(trouble?.index, 1);
      assert.match(trouble?.reason ?? '', /in use from outside: .*train\.py.* \(pid 4711\)/);
      const script = 'echo $CUDA_VISIBLE_DEVICES';
      const three = await client.submit({ script, spec: wantsGpus(3) });
      await client.ended(three);
      assert.equal(output(cluster, three), '0,2,3\n');
      const four = await client.submit({ script, spec: wantsGpus(4) });
      const held = await client.submit({ script, spec: { gpuIds: [1] } });
      const other = await client.submit({ script });
      await client.ended(other);
      assert.equal((await client.job(four)).state, 'PENDING');
      assert.equal((await client.job(held)).state, 'PENDING');
      assert.match(await cluster.output('mgpu_sinfo', '--gpus'), /node1.*\b1\b.*train\.py/s);
      scenario(cluster, 'healthy');
      await client.ended(four);
      assert.equal(output(cluster, four), '0,1,2,3\n');
      await client.ended(held);
      assert.equal(output(cluster, held), '1\n');
    },
    { settings },
  ));

test('a card that fails under a running daemon is not claimed; one that comes back is', () =>
  withCluster(
    async (cluster) => {
      const { client } = cluster;
      await started(cluster, 'healthy');
      const runs = await client.submit({
        script: 'echo up; while [ ! -e go ]; do sleep 0.05; done',
        spec: { gpuIds: [2] },
      });
      await client.reached(runs, 'RUNNING');
      scenario(cluster, 'broken');
      await troublesAre(cluster, '2 failed');
      // What runs on it runs on; nobody is given it when that has ended.
      assert.equal((await client.job(runs)).state, 'RUNNING');
      writeFileSync(join(cluster.work, 'go'), '');
      await client.ended(runs);
      const four = await client.submit({ script: 'echo $CUDA_VISIBLE_DEVICES', spec: wantsGpus(4) });
      await client.ended(await client.submit({ script: 'true' }));
      assert.equal((await client.job(four)).state, 'PENDING');
      scenario(cluster, 'healthy');
      await troublesAre(cluster);
      await client.ended(four);
      assert.equal(output(cluster, four), '0,1,2,3\n');
    },
    { settings },
  ));

test('GPUs whose tool stops to answer are not claimed, and the daemon goes on', () =>
  withCluster(
    async (cluster) => {
      const { client } = cluster;
      await started(cluster, 'healthy');
      scenario(cluster, 'mismatch');
      await troublesAre(cluster, '0 unknown', '1 unknown', '2 unknown', '3 unknown');
      const waits = await client.submit({ script: 'true', spec: wantsGpus(1) });
      const runs = await client.submit({ script: 'true', spec: { nodelist: ['node1'] } });
      await client.ended(runs);
      assert.equal((await client.job(waits)).state, 'PENDING');
      scenario(cluster, 'vanished');
      await troublesAre(cluster, '3 failed');
      await client.ended(waits);
    },
    { settings },
  ));

test('a process of a job on its own GPU is not from outside, also after a restart of the daemon', () =>
  withCluster(
    async (cluster) => {
      const { client } = cluster;
      const first = await started(cluster, 'healthy');
      const id = await client.submit({ script: 'echo $$; exec sleep 1000', spec: { gpuIds: [1] } });
      await until(() => isWritten(cluster, id), { what: 'the job is up', explain: cluster.logs });
      await first.kill();
      await started(cluster, 'outside', { MGPU_STAND_IN_PID: output(cluster, id).trim() });
      await troublesAre(cluster);
      assert.equal((await client.job(id)).state, 'RUNNING');
      await usesGpu(cluster, `${id}.batch`);
    },
    { settings },
  ));

/** What sstat tells is what the tool told of the process from outside. */
function usesGpu(cluster: Cluster, step: string): Promise<void> {
  let last = '';
  return until(
    async () => {
      last = await cluster.output('mgpu_sstat', '-n', '-P', '-a', '-o', 'JobID,TRESUsageInMax', '-j', step);
      return last.includes(',gres/gpumem=1034M,gres/gpuutil=97');
    },
    { what: 'sstat tells what it uses of its GPU', explain: () => last, msMax: 30_000 },
  );
}

test('a task on another node than its job began on is not from outside either', () =>
  withCluster(
    async (cluster) => {
      await cluster.daemon({ node: 'node1', cpus: 2, gpus: '2' });
      const pidFile = join(cluster.folder, 'pid');
      writeFileSync(pidFile, '4711\n');
      scenario(cluster, 'healthy');
      await cluster.daemon({ ...daemonOptions(cluster, { MGPU_STAND_IN_PID: pidFile }), node: 'node2' });
      const text = 'echo $$ > pid.$SLURM_NODEID; exec sleep 1000';
      const srun = spawn(join(root, 'bin/mgpu_srun'), ['-N2', '--gpus-per-node=2', 'sh', '-c', text], {
        env: cluster.environment,
        cwd: cluster.work,
        stdio: 'ignore',
      });
      const pidOf = (node: number): string => readFileSync(join(cluster.work, `pid.${node}`), 'utf8');
      await until(() => existsSync(join(cluster.work, 'pid.1')) && pidOf(1).endsWith('\n'), {
        what: 'the task is up',
        explain: cluster.logs,
      });
      writeFileSync(pidFile, pidOf(1));
      scenario(cluster, 'outside');
      await usesGpu(cluster, '1');
      assert.deepEqual((await cluster.client.committed()).nodes.get('node2')?.gpuTroubles, []);
      srun.kill('SIGTERM');
      await cluster.client.ended(1);
    },
    { settings },
  ));

function isWritten(cluster: Cluster, id: number): boolean {
  try {
    return output(cluster, id).endsWith('\n');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

test('a node whose tool finds nothing, or is broken from the start, has no GPUs and runs other jobs', () =>
  withCluster(async (cluster) => {
    for (const name of ['none', 'container']) {
      const daemon = await started(cluster, name);
      assert.deepEqual((await nodeOf(cluster)).record.gpus, []);
      await cluster.client.ended(await cluster.client.submit({ script: 'true' }));
      assert.equal(await daemon.stop(), 0);
    }
  }));
