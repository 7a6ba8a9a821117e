// Many daemons on one spool, and many submitters at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freeNow } from '../../src/core/free.ts';
import { invariants } from '../../src/core/invariants.ts';
import { until, withCluster } from './tools/cluster.ts';
import { assertNoGaps, assertOwnersAreSingle, witnessScript } from './tools/witness.ts';

const jobCount = 500;
const nodes = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8'];

const script = witnessScript('read up rest < /proc/uptime');

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
    assertOwnersAreSingle(cluster, jobCount);
    assertNoGaps(cluster);
    const taken = new Set(
      [...state.jobs.values()].flatMap((job) => 'allocation' in job && job.allocation?.[0]?.node),
    );
    assert.ok(taken.size > 1, 'one node ran everything');
  }));

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
