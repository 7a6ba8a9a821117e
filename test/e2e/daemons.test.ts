// Daemons come and go: jobs run on, and the next daemon finds them again.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { invariants } from '../../src/core/invariants.ts';
import type { EndedJob } from '../../src/model/job.ts';
import { type Cluster, type Daemon, until, withCluster } from './tools/cluster.ts';

function outcome({ endState, reason, exitCode }: EndedJob): string {
  return `${endState} ${reason} ${exitCode.code}:${exitCode.signal}`;
}

function output(cluster: Cluster, id: number): string {
  const path = join(cluster.work, `slurm-${id}.out`);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** A script that runs until the test makes the file, and then says so. */
function gated(cluster: Cluster, name: string): string {
  return `echo up; while [ ! -e "${cluster.work}/${name}" ]; do sleep 0.05; done; echo through`;
}

function open(cluster: Cluster, name: string): void {
  writeFileSync(join(cluster.work, name), '');
}

async function isUp(cluster: Cluster, ...ids: readonly number[]): Promise<void> {
  for (const id of ids) {
    await until(() => output(cluster, id).includes('up'), { what: `job ${id} is up`, explain: cluster.logs });
  }
}

const waysToEnd: readonly (readonly [string, (daemon: Daemon) => Promise<void>])[] = [
  ['stopped by SIGTERM', async (daemon) => assert.equal(await daemon.stop(), 0)],
  ['killed by SIGKILL', (daemon) => daemon.kill()],
];

for (const [how, end] of waysToEnd) {
  test(`a daemon is ${how}: its jobs run on, and the next one learns their ends`, () =>
    withCluster(async (cluster) => {
      const { client } = cluster;
      const first = await cluster.daemon({ cpus: 8 });
      const stays = await client.submit({ script: gated(cluster, 'late'), spec: { gpuIds: [0] } });
      const ends = await client.submit({
        script: `${gated(cluster, 'early')}; exit 3`,
        spec: { gpuIds: [1] },
      });
      const killed = await client.submit({ script: `${gated(cluster, 'early')}; kill -KILL $$` });
      await isUp(cluster, stays, ends, killed);
      await end(first);
      open(cluster, 'early');
      const exit = join(cluster.spool, 'jobs', String(ends), 'exit.1');
      await until(() => existsSync(exit), { what: 'the job ends by itself', explain: cluster.logs });
      const waits = await client.submit({ script: 'echo up', spec: { gpuIds: [0] } });
      const fits = await client.submit({ script: 'echo up', spec: { gpuIds: [1] } });
      await cluster.daemon({ cpus: 8 });
      assert.equal(outcome(await client.ended(ends)), 'FAILED NonZeroExitCode 3:0');
      assert.equal(outcome(await client.ended(killed)), 'FAILED JobLaunchFailure 0:9');
      assert.equal(outcome(await client.ended(fits)), 'COMPLETED None 0:0');
      assert.equal((await client.job(stays)).state, 'RUNNING');
      assert.equal((await client.job(waits)).state, 'PENDING');
      open(cluster, 'late');
      assert.equal(outcome(await client.ended(stays)), 'COMPLETED None 0:0');
      assert.equal(outcome(await client.ended(waits)), 'COMPLETED None 0:0');
      assert.equal(output(cluster, stays), 'up\nthrough\n');
      for (const id of [stays, ends, killed, waits, fits]) assert.equal((await client.job(id)).attempt, 1);
      invariants(await client.committed());
    }));
}

test('a job that a daemon found again can be cancelled, and one that ended is not signalled', () =>
  withCluster(async (cluster) => {
    const first = await cluster.daemon();
    const id = await cluster.client.submit({ script: `${gated(cluster, 'never')}` });
    await isUp(cluster, id);
    await first.kill();
    await cluster.client.cancel(id);
    await cluster.daemon();
    assert.equal(outcome(await cluster.client.ended(id)), 'CANCELLED None 0:15');
  }));

test('jobs that are submitted while no daemon lives wait for one', () =>
  withCluster(async (cluster) => {
    const first = await cluster.client.submit({ script: 'echo up' });
    const second = await cluster.client.submit({ script: 'echo up' });
    const gone = await cluster.client.submit({ script: 'echo up' });
    assert.deepEqual([first, second, gone], [1, 2, 3]);
    await cluster.client.cancel(gone);
    assert.equal((await cluster.client.job(first)).state, 'PENDING');
    assert.equal((await cluster.client.job(gone)).state, 'ENDED');
    await cluster.daemon();
    assert.equal(outcome(await cluster.client.ended(first)), 'COMPLETED None 0:0');
    assert.equal(outcome(await cluster.client.ended(second)), 'COMPLETED None 0:0');
    assert.equal((await cluster.client.ended(gone)).endState, 'CANCELLED');
    assert.equal(output(cluster, gone), '');
  }));

test('several daemons on one host: each runs what it was given', () =>
  withCluster(async (cluster) => {
    const { client } = cluster;
    const small = await cluster.daemon({ node: 'small', gpus: 'v100:1' });
    await cluster.daemon({ node: 'large', gpus: 'a100:4' });
    const script = 'echo $MGPU_NODE $SLURM_JOB_NODELIST $CUDA_VISIBLE_DEVICES';
    const named = await client.submit({ script, spec: { nodelist: ['small'] } });
    const four = await client.submit({ script, spec: { gpus: [{ count: 4, per: 'job' }] } });
    const typed = await client.submit({ script, spec: { gpus: [{ count: 1, per: 'job', type: 'v100' }] } });
    const both = await client.submit({ script, spec: { nodes: { min: 2, max: 2 }, ntasks: 2 } });
    for (const id of [named, four, typed, both]) await client.ended(id);
    assert.equal(output(cluster, named), 'small small\n');
    assert.equal(output(cluster, four), 'large large 0,1,2,3\n');
    assert.equal(output(cluster, typed), 'small small 0\n');
    const [first, second] = (await client.ended(both)).allocation?.map((share) => share.node) ?? [];
    assert.deepEqual([first, second].toSorted(), ['large', 'small']);
    assert.match(output(cluster, both), new RegExp(`^${first} `));
    assert.equal(await small.stop(), 0);
    assert.equal((await client.committed()).nodes.get('small')?.presence, 'stopped');
    assert.equal((await client.committed()).nodes.get('large')?.presence, 'up');
    // What only the node can run that stopped, waits.
    const waits = await client.submit({ script, spec: { nodelist: ['small'] } });
    const runs = await client.submit({ script });
    await client.ended(runs);
    assert.equal((await client.job(waits)).state, 'PENDING');
    await cluster.daemon({ node: 'small', gpus: 'v100:1' });
    await client.ended(waits);
    invariants(await client.committed());
  }));

test('a second daemon of the same node is refused, and the first goes on', () =>
  withCluster(async (cluster) => {
    const first = await cluster.daemon();
    const second = cluster.start();
    assert.equal(await second.over(), 1);
    assert.match(
      second.log(),
      new RegExp(`mgpud serves node node1 already \\(process ${first.process.pid}\\)`),
    );
    const id = await cluster.client.submit({ script: 'echo up' });
    await cluster.client.ended(id);
    assert.equal(await first.stop(), 0);
  }));

test('a daemon that takes the node over from elsewhere: the earlier one ends, jobs go on', () =>
  withCluster(async (cluster) => {
    const first = await cluster.daemon();
    const id = await cluster.client.submit({ script: gated(cluster, 'go') });
    await isUp(cluster, id);
    await cluster.daemon({ arguments: ['--local-dir', join(cluster.folder, 'other')] });
    assert.equal(await first.over(), 1);
    assert.match(first.log(), /another daemon has registered this node/);
    open(cluster, 'go');
    const job = await cluster.client.ended(id);
    assert.equal(outcome(job), 'COMPLETED None 0:0');
    assert.equal(output(cluster, id), 'up\nthrough\n');
  }));

test('the folder of a dead daemon is taken over, even if its number is another process’s now', () =>
  withCluster(async (cluster) => {
    const first = await cluster.daemon();
    await first.kill();
    const folder = join(cluster.folder, 'local', cluster.client.store.spool.clusterId, 'node1');
    const path = join(folder, 'daemon.json');
    const said = JSON.parse(readFileSync(path, 'utf8'));
    assert.equal(said.pid, first.process.pid);
    writeFileSync(path, JSON.stringify({ ...said, pid: process.pid }));
    const second = await cluster.daemon();
    assert.equal(await second.stop(), 0);
    assert.deepEqual(readdirSync(join(folder, 'runs')), []);
    assert.equal(existsSync(path), false);
    writeFileSync(path, 'no JSON');
    const third = await cluster.daemon();
    assert.equal(await third.stop(), 0);
  }));

test('a folder for the daemon’s own files that others may write to is refused', () =>
  withCluster(async (cluster) => {
    const folder = join(cluster.folder, 'shared');
    mkdirSync(folder, { mode: 0o777 });
    chmodSync(folder, 0o777);
    const daemon = cluster.start({ arguments: ['--local-dir', folder] });
    assert.equal(await daemon.over(), 1);
    assert.match(daemon.log(), /others may write to it/);
  }));

test('words that the daemon does not know end it with a clear error', () =>
  withCluster(async (cluster) => {
    for (const words of [
      ['--no-such-option'],
      ['--cpus', 'many'],
      ['--gpus', '2'],
      ['--memory', 'much'],
      ['--poll', '1'],
      ['word'],
    ]) {
      const daemon = cluster.start({ arguments: words });
      assert.equal(await daemon.over(), 1, words.join(' '));
      assert.match(daemon.log(), /^mgpud: error: /);
    }
  }));
