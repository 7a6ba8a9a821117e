// A copy that is taken while a cluster works, and the cluster that is made of it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { rangesHas } from '../../src/model/ranges.ts';
import { openClient } from './tools/client.ts';
import { type Cluster, until, withCluster } from './tools/cluster.ts';
import { loadOn } from './tools/load.ts';
import { markedProcesses } from './tools/proc.ts';

/** How often a job has begun. */
function starts(cluster: Cluster, name: string): number {
  const path = join(cluster.work, name);
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').length : 0;
}

test('each acknowledged job is known after a restore; what waited runs, what ran does not run again', () =>
  withCluster(
    async (cluster) => {
      const daemons = [await cluster.daemon({ node: 'node1' }), await cluster.daemon({ node: 'node2' })];
      const long = await cluster.client.submit({ script: 'echo x >> long; sleep 1000' });
      await cluster.client.reached(long, 'RUNNING');
      const held = await cluster.client.submit({ script: 'echo x >> held', spec: { hold: true } });
      const big = await cluster.client.submit({
        script: 'echo x >> big',
        spec: { gpus: [{ count: 4, per: 'node' }], nodelist: ['node1', 'node2'], nodes: { min: 2, max: 2 } },
      });
      const load = loadOn(cluster);
      const backup = join(cluster.folder, 'backup');
      let acknowledged: readonly number[] = [];
      try {
        await until(() => load.ids.length > 20, { what: 'some jobs are submitted' });
        acknowledged = [...load.ids];
        assert.match(await cluster.output('mgpu', 'backup', backup), /^Copied commit \d+ with /);
      } finally {
        await load.end();
      }
      const oldId = cluster.client.store.spool.clusterId;
      for (const daemon of daemons) await daemon.stop();

      renameSync(cluster.spool, `${cluster.spool}.old`);
      const said = await cluster.output('mgpu', 'restore', backup, cluster.spool);
      assert.match(said, new RegExp(`count as ended: ${long}\\b`));
      const sound = await cluster.run('mgpu', 'fsck');
      assert.equal(sound.code, 0, sound.stdout);
      const client = await openClient(cluster.spool, { work: cluster.work, explain: cluster.logs });
      assert.notEqual(client.store.spool.clusterId, oldId);
      const { jobs, closed } = await client.cluster();
      for (const id of [long, held, big, ...acknowledged])
        assert.ok(jobs.has(id) || rangesHas(closed, id), `job ${id} is known`);

      await cluster.daemon({ node: 'node1' });
      await cluster.daemon({ node: 'node2' });
      await client.send({ name: 'unhold', targets: [{ job: held }] });
      await until(
        async () => [...(await client.cluster()).jobs.values()].every((job) => job.state === 'ENDED'),
        { what: 'all restored jobs end', explain: cluster.logs },
      );
      assert.equal((await client.cluster()).jobs.get(big)?.state, 'ENDED');
      assert.deepEqual([starts(cluster, 'long'), starts(cluster, 'held'), starts(cluster, 'big')], [1, 1, 1]);
      // The daemons of the new cluster leave alone what the old one runs.
      assert.ok(markedProcesses(oldId, long).length > 0);
    },
    { settings: { jobs: { min_job_age: 60 } } },
  ));

test('what is there already is left as it is', () =>
  withCluster(async (cluster) => {
    await cluster.client.submit({ script: 'true' });
    const backup = join(cluster.folder, 'backup');
    await cluster.output('mgpu', 'backup', backup);
    for (const words of [
      ['backup', backup],
      ['restore', backup, cluster.spool],
      ['restore', cluster.work, join(cluster.folder, 'new')],
    ]) {
      const { code, stderr } = await cluster.run('mgpu', ...words);
      assert.equal(code, 1, `${words.join(' ')}: ${stderr}`);
    }
    assert.ok(!existsSync(join(cluster.folder, 'new')));
  }));
