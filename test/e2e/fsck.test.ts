// The examination of a spool while daemons work on it.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
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
      new RegExp(`^error {2}log/${seqName(seq)}: it does not end with a whole line: readers stop here`),
    );
    assert.match(stdout, /^warn {3}inbox\/junk: .*it is no request; /m);
    assert.match(stdout, /^not sound: \d+ files up to commit \d+: 1 error, 1 warning$/m);
    rmSync(join(cluster.spool, 'spool.json'));
    assert.equal((await cluster.run('mgpu', 'fsck')).code, 2);
    assert.equal((await cluster.run('mgpu', 'fsck', '--nosuch')).code, 2);
  }));

test('a torn log is set right when it is said, and the jobs that it held are there again', () =>
  withCluster(async (cluster) => {
    const daemon = await cluster.daemon();
    await cluster.client.ended(await cluster.client.submit({ script: 'true' }));
    await daemon.stop();
    const { seq } = await cluster.client.committed();
    const waits = await cluster.client.submit({ script: 'true' });
    const second = await cluster.daemon();
    await cluster.client.ended(waits);
    await second.stop();
    const torn = join(cluster.spool, 'log', seqName(seq + 1));
    writeFileSync(torn, readFileSync(torn).subarray(0, 50));
    assert.equal((await cluster.run('mgpu', 'fsck', '--force')).code, 2);
    assert.equal((await cluster.run('mgpu', 'fsck', '--ended', 'node1')).code, 2);
    assert.equal((await cluster.run('mgpu', 'fsck', '--repair', '--ended', 'no node')).code, 2);
    const asked = await cluster.run('mgpu', 'fsck', '--repair');
    assert.equal(asked.code, 1, asked.stdout);
    assert.match(asked.stdout, /^error .*; not mended: somebody has to say that this may be: .* --force$/m);
    const forced = await cluster.run('mgpu', 'fsck', '--repair', '--force');
    assert.match(forced.stdout, /^mended log\/\d+\.json: .*: the state goes back to commit \d+$/m);
    assert.match(forced.stdout, new RegExp(`^mended jobs/${waits}/request.json: `, 'm'));
    assert.match(forced.stdout, /what was removed lies in lost\+found\//);
    const third = await cluster.daemon();
    // It has run, and its marks say so: it is not run again.
    assert.equal((await cluster.client.ended(waits)).endState, 'COMPLETED');
    await third.stop();
    await assertSound(cluster);
  }));

test('what a daemon could stumble over is left while one runs', () =>
  withCluster(async (cluster) => {
    await cluster.daemon({ node: 'node7' });
    const id = await cluster.client.submit({ script: 'true' });
    await cluster.client.ended(id);
    const empty = join(cluster.spool, 'jobs', '77');
    mkdirSync(empty);
    utimesSync(empty, 0, 0);
    writeFileSync(join(cluster.spool, 'inbox', '.tmp.0000000001'), 'x');
    utimesSync(join(cluster.spool, 'inbox', '.tmp.0000000001'), 0, 0);
    const { stdout } = await cluster.run('mgpu', 'fsck', '--repair');
    assert.match(stdout, /^mended inbox\/\.tmp\.0000000001: /m);
    assert.match(stdout, /^note {3}jobs\/77: .*; not mended: the daemons of these nodes run: node7: /m);
    assert.ok(existsSync(empty));
  }));

async function assertSound(cluster: Cluster): Promise<void> {
  const { code, stdout, stderr } = await cluster.run('mgpu', 'fsck');
  assert.equal(code, 0, `${stdout}${stderr}${cluster.logs()}`);
  assert.match(stdout, /^sound: \d+ files up to commit \d+/m);
}

async function isWorking(cluster: Cluster): Promise<boolean> {
  return [...(await cluster.client.cluster()).jobs.values()].some((job) => job.state !== 'ENDED');
}
