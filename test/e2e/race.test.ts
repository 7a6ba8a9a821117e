// Many daemons on one spool, and many submitters at once.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { freeNow } from '../../src/core/free.ts';
import { invariants } from '../../src/core/invariants.ts';
import { seqOfName } from '../../src/store/layout.ts';
import { type Cluster, until, withCluster } from './tools/cluster.ts';

const jobCount = 500;
const nodes = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8'];

/**
 * A line when it has the GPUs and one before it gives them back, in one file: their order is the order of
 * time.
 */
const script = `
echo "start $SLURM_JOB_ID $MGPU_ATTEMPT $MGPU_NODE $CUDA_VISIBLE_DEVICES" >> witness
read up rest < /proc/uptime
echo "end $SLURM_JOB_ID $MGPU_ATTEMPT $MGPU_NODE $CUDA_VISIBLE_DEVICES" >> witness`;

test('eight daemons race for 500 jobs: none runs twice, no GPU has two owners, all end', () =>
  withCluster(async (cluster) => {
    const { client } = cluster;
    for (let job = 0; job < jobCount; job += 1) {
      const gpus = [{ count: 1 + (job % 2), per: 'job' as const }];
      await client.submit({ script, spec: { gpus, output: '/dev/null' } });
    }
    await Promise.all(nodes.map((node) => cluster.daemon({ node, gpus: '2', cpus: 4 })));
    let ended = 0;
    const areAllEnded = async (): Promise<boolean> => {
      const jobs = [...(await client.committed()).jobs.values()];
      ended = jobs.filter((job) => job.state === 'ENDED').length;
      return ended === jobCount;
    };
    await until(areAllEnded, { what: 'all jobs end', explain: () => `${ended} have` });
    const state = await client.committed();
    const states = [...state.jobs.values()].map((job) => job.state === 'ENDED' && job.endState);
    assert.deepEqual(new Set(states), new Set(['COMPLETED']));
    invariants(state);
    for (const node of nodes) assert.equal(freeNow(state).get(node)?.gpus.length, 2, node);
    assertOwnersAreSingle(cluster);
    assertNoGaps(cluster);
    const taken = new Set(
      [...state.jobs.values()].flatMap((job) => 'allocation' in job && job.allocation?.[0]?.node),
    );
    assert.ok(taken.size > 1, 'one node ran everything');
  }));

function assertOwnersAreSingle(cluster: Cluster): void {
  const lines = readFileSync(join(cluster.work, 'witness'), 'utf8').trimEnd().split('\n');
  const owners = new Map<string, string>();
  const started = new Set<string>();
  for (const line of lines) {
    const [what = '', id = '', attempt = '', node = '', devices = ''] = line.split(' ');
    if (what === 'start') {
      assert.ok(!started.has(id), `job ${id} ran twice`);
      started.add(id);
      assert.equal(attempt, '1');
    }
    for (const device of devices.split(',')) {
      const gpu = `GPU ${device} of ${node}`;
      if (what === 'start') {
        assert.equal(owners.get(gpu), undefined, `${gpu}: given to ${id}`);
        owners.set(gpu, id);
      } else {
        assert.equal(owners.get(gpu), id, `${gpu}: given back`);
        owners.delete(gpu);
      }
    }
  }
  assert.equal(started.size, jobCount);
  assert.equal(lines.length, 2 * jobCount);
}

function assertNoGaps(cluster: Cluster): void {
  const seqs = readdirSync(join(cluster.spool, 'log')).flatMap((name) => seqOfName(name) ?? []);
  const first = seqs[0] ?? 0;
  assert.deepEqual(
    seqs,
    seqs.map((_, index) => first + index),
  );
}

test('200 submissions at once: 200 ids, none lost', () =>
  withCluster(async (cluster) => {
    const all = Array.from({ length: 200 }, () => cluster.run('mgpu_sbatch', '--parsable', '--wrap', 'true'));
    const ended = await Promise.all(all);
    for (const one of ended) assert.equal(one.code, 0, one.stderr);
    const ids = ended.map((one) => Number(one.stdout)).sort((a, b) => a - b);
    assert.deepEqual(
      ids,
      Array.from({ length: 200 }, (_, index) => index + 1),
    );
    assert.equal((await cluster.client.cluster()).jobs.size, 200);
    await cluster.daemon({ cpus: 64 });
    const isDone = async (): Promise<boolean> => {
      const { jobs } = await cluster.client.committed();
      return jobs.size === 200 && [...jobs.values()].every((job) => job.state === 'ENDED');
    };
    await until(isDone, { what: 'all jobs end', explain: cluster.logs });
  }));
