// A node is lost: what may be tried elsewhere is, and never runs twice at a time.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { invariants } from '../../src/core/invariants.ts';
import { type Cluster, until, withCluster } from './tools/cluster.ts';
import { markedProcesses } from './tools/proc.ts';

const settings = { networking: { heartbeat_interval: 1, timeout: 10 }, jobs: { kill_wait: 2 } };

/**
 * Says where it runs, and runs until the test makes the file. Of what it says, the last line is of the
 * attempt that has come furthest.
 */
function gated(cluster: Cluster): string {
  const gate = join(cluster.work, 'gate');
  return `echo "$MGPU_ATTEMPT $MGPU_NODE" >> runs; while [ ! -e "${gate}" ]; do sleep 0.05; done`;
}

function runs(cluster: Cluster): readonly string[] {
  const path = join(cluster.work, 'runs');
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
}

async function isUp(cluster: Cluster, count: number): Promise<void> {
  await until(() => runs(cluster).length === count, { what: `${count} runs`, explain: cluster.logs });
}

async function isLeased(cluster: Cluster, ...nodes: readonly string[]): Promise<void> {
  const record = async (node: string) => (await cluster.client.committed()).nodes.get(node)?.record;
  for (const node of nodes) {
    await until(async () => (await record(node))?.leaseSeconds === 8, {
      what: `${node} has a lease`,
      explain: cluster.logs,
    });
  }
}

test('the daemon of a node dies: its job runs elsewhere, when nothing of it is left there', () =>
  withCluster(
    async (cluster) => {
      const { client } = cluster;
      const { clusterId } = client.store.spool;
      const first = await cluster.daemon({ node: 'first' });
      const gpus = [{ count: 4, per: 'node' }] as const;
      const id = await client.submit({ script: gated(cluster), spec: { gpus } });
      const stays = await client.submit({ script: gated(cluster), spec: { requeue: false } });
      await isUp(cluster, 2);
      await cluster.daemon({ node: 'second' });
      await isLeased(cluster, 'first', 'second');
      await first.kill();
      await isUp(cluster, 3);
      const left = markedProcesses(clusterId, id, 1);
      assert.deepEqual(left, [], 'the first attempt runs beside the second');
      assert.deepEqual([...runs(cluster)].sort(), ['1 first', '1 first', '2 second']);
      const lost = (await client.committed()).nodes.get('first');
      assert.equal(lost?.presence, 'lost');
      assert.deepEqual(
        lost?.remnants?.map(({ id: job, attempt, share }) => [job, attempt, share.gpus]),
        [[id, 1, [0, 1, 2, 3]]],
      );
      // A job that may not be tried elsewhere runs on, and its daemon finds it again.
      assert.ok(markedProcesses(clusterId, stays, 1).length > 0);
      await cluster.daemon({ node: 'first' });
      const back = async () => (await client.committed()).nodes.get('first');
      await until(async () => (await back())?.remnants === undefined, {
        what: 'what the node held is given back',
        explain: cluster.logs,
      });
      writeFileSync(join(cluster.work, 'gate'), '');
      const ended = await client.ended(id);
      assert.deepEqual([ended.endState, ended.attempt], ['COMPLETED', 2]);
      assert.deepEqual(
        [(await client.ended(stays)).endState, (await client.job(stays)).attempt],
        ['COMPLETED', 1],
      );
      assert.equal((await cluster.job(id))['Restarts'], '1');
      invariants(await client.committed());
    },
    { settings },
  ));

test('a daemon that was stopped for long comes back: its job was ended, and is tried again once', () =>
  withCluster(
    async (cluster) => {
      const { client } = cluster;
      const first = await cluster.daemon({ node: 'first' });
      const id = await client.submit({ script: gated(cluster), spec: { nodelist: ['first'] } });
      await isUp(cluster, 1);
      await cluster.daemon({ node: 'second', gpus: '1' });
      await isLeased(cluster, 'first', 'second');
      const firstLife = (await client.committed()).nodes.get('first')?.record.incarnation;
      first.process.kill('SIGSTOP');
      await until(async () => (await client.job(id)).state === 'PENDING', {
        what: 'the job waits again',
        explain: cluster.logs,
      });
      assert.deepEqual(markedProcesses(client.store.spool.clusterId, id, 1), []);
      first.process.kill('SIGCONT');
      await isUp(cluster, 2);
      assert.deepEqual(runs(cluster), ['1 first', '2 first']);
      assert.notEqual((await client.committed()).nodes.get('first')?.record.incarnation, firstLife);
      writeFileSync(join(cluster.work, 'gate'), '');
      assert.equal((await client.ended(id)).endState, 'COMPLETED');
    },
    { settings },
  ));

test('a daemon that says goodbye leaves its jobs running, however long it is away', () =>
  withCluster(
    async (cluster) => {
      const { client } = cluster;
      const first = await cluster.daemon({ node: 'first' });
      const id = await client.submit({ script: gated(cluster) });
      await isUp(cluster, 1);
      await cluster.daemon({ node: 'second' });
      await isLeased(cluster, 'first', 'second');
      await first.stop();
      const local = join(cluster.folder, 'local', client.store.spool.clusterId, 'first');
      const stamps = readdirSync(local)
        .filter((name) => name.startsWith('lease.'))
        .map((name) => readFileSync(join(local, name, 'stamp'), 'utf8'));
      assert.deepEqual(stamps, ['forever\n']);
      assert.equal((await client.committed()).nodes.get('first')?.presence, 'stopped');
      await cluster.daemon({ node: 'first' });
      writeFileSync(join(cluster.work, 'gate'), '');
      const ended = await client.ended(id);
      assert.deepEqual([ended.endState, ended.attempt], ['COMPLETED', 1]);
    },
    { settings },
  ));
