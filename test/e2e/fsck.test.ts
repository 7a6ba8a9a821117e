// The examination of a spool while daemons work on it.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { seqName } from '../../src/store/layout.ts';
import { type Cluster, until, withCluster } from './tools/cluster.ts';
import { loadOn } from './tools/load.ts';

test('a cluster that works is sound at every look', () =>
  withCluster(
    async (cluster) => {
      await cluster.daemon({ node: 'node1' });
      await cluster.daemon({ node: 'node2' });
      const load = loadOn(cluster);
      try {
        for (let looks = 0; looks < 5; looks += 1) await assertSound(cluster);
      } finally {
        await load.end();
      }
      await until(async () => !(await isWorking(cluster)), { what: 'all jobs end', explain: cluster.logs });
      await assertSound(cluster);
      assert.ok(load.ids.length > 10, `${load.ids.length} jobs`);
    },
    { settings: { jobs: { min_job_age: 1 } } },
  ));

test('what is wrong is named, and what cannot be checked is told from it', () =>
  withCluster(async (cluster) => {
    await cluster.client.submit({ script: 'true' });
    const daemon = await cluster.daemon();
    await cluster.client.ended(1);
    await daemon.stop();
    const seq = (await cluster.client.committed()).seq;
    writeFileSync(join(cluster.spool, 'log', seqName(seq)), 'not an entry\n');
    writeFileSync(join(cluster.spool, 'inbox', 'junk'), 'x');
    const { code, stdout } = await cluster.run('mgpu', 'fsck');
    assert.equal(code, 1, stdout);
    assert.match(
      stdout,
      new RegExp(`^error log/${seqName(seq)}: it does not end with a whole line: readers stop here`),
    );
    assert.match(stdout, /^warn {2}inbox\/junk: .*it is no request; /m);
    assert.match(stdout, /^not sound: \d+ files up to commit \d+: 1 error, 1 warning$/m);
    rmSync(join(cluster.spool, 'spool.json'));
    assert.equal((await cluster.run('mgpu', 'fsck')).code, 2);
    assert.equal((await cluster.run('mgpu', 'fsck', '--nosuch')).code, 2);
  }));

async function assertSound(cluster: Cluster): Promise<void> {
  const { code, stdout, stderr } = await cluster.run('mgpu', 'fsck');
  assert.equal(code, 0, `${stdout}${stderr}${cluster.logs()}`);
  assert.match(stdout, /^sound: \d+ files up to commit \d+/m);
}

async function isWorking(cluster: Cluster): Promise<boolean> {
  return [...(await cluster.client.cluster()).jobs.values()].some((job) => job.state !== 'ENDED');
}
