// A cluster goes from one format of its spool to the next, one daemon after the other, under running jobs.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatVersion } from '../../src/model/version.ts';
import { raiseFormat } from '../../src/store/spool.ts';
import { type Cluster, type Daemon, runProcess, until, withCluster } from './tools/cluster.ts';
import { makeOlder } from './tools/older.ts';

const before = formatVersion - 1;
const settings = { networking: { heartbeat_interval: 1, timeout: 10 } };
const options = { settings, format: before };

async function held(cluster: Cluster, nodelist: readonly string[]): Promise<number> {
  const script = `while [ ! -e "${join(cluster.work, 'gate')}" ]; do sleep 0.05; done`;
  const id = await cluster.client.submit({ script, spec: { nodelist, gpus: [{ count: 1, per: 'node' }] } });
  await cluster.client.reached(id, 'RUNNING');
  return id;
}

async function allEnd(cluster: Cluster, ids: readonly number[]): Promise<void> {
  writeFileSync(join(cluster.work, 'gate'), '');
  for (const id of ids) {
    const { endState, attempt } = await cluster.client.ended(id);
    assert.deepEqual([endState, attempt], ['COMPLETED', 1]);
  }
}

async function isRaised(cluster: Cluster): Promise<void> {
  await until(async () => (await cluster.client.committed()).format === formatVersion, {
    what: 'the log is of the new format',
    explain: cluster.logs,
  });
}

async function assertRefused(cluster: Cluster, words: readonly string[]): Promise<void> {
  const { environment, work } = cluster;
  const { code, stderr } = await runProcess(words, { environment, workDir: work });
  assert.equal(code, 1, stderr);
  const why = `spool.json: its format ${formatVersion} is newer than this program knows (${before})`;
  assert.ok(stderr.split('\n')[0]?.endsWith(why), stderr);
  assert.match(stderr, /use the newer mgpu/);
  assert.doesNotMatch(stderr, /^ +at /m);
}

test('daemons are replaced one by one, then the format is raised; no job notices', () =>
  withCluster(async (cluster) => {
    const older = makeOlder(cluster.folder);
    const first: Daemon = await cluster.daemon({ cpus: 8, node: 'first', words: older('mgpud') });
    await cluster.daemon({ cpus: 8, node: 'second' });
    const ids = [await held(cluster, ['first']), await held(cluster, ['second'])];
    const refused = await cluster.run('mgpu', 'upgrade');
    assert.equal(refused.code, 1);
    const why = `these nodes run a mgpud that does not know format ${formatVersion}: first`;
    assert.equal(refused.stderr.split('\n')[0], `mgpu: error: ${why}`);
    assert.equal((await cluster.client.committed()).format, before);
    // Both work, and read what the other writes.
    ids.push(await held(cluster, ['first']), await held(cluster, ['second']));
    assert.equal(await first.stop(), 0);
    await cluster.daemon({ cpus: 8, node: 'first' });
    assert.equal(
      await cluster.output('mgpu', 'upgrade'),
      `Raised the format from ${before} to ${formatVersion}\n`,
    );
    await isRaised(cluster);
    ids.push(await held(cluster, ['first']));
    await allEnd(cluster, ids);
    for (const words of [older('mgpud'), older('squeue'), [...older('sbatch'), '--wrap=true']])
      await assertRefused(cluster, words);
  }, options));

test('a daemon that was overlooked ends; its jobs run on until a newer one looks after them', () =>
  withCluster(async (cluster) => {
    const older = makeOlder(cluster.folder);
    const first = await cluster.daemon({ cpus: 8, node: 'first', words: older('mgpud') });
    const second = await cluster.daemon({ cpus: 8, node: 'second' });
    const ids = [await held(cluster, ['first']), await held(cluster, ['second'])];
    await raiseFormat(cluster.client.store, formatVersion);
    await isRaised(cluster);
    assert.equal(await first.over(), 1);
    assert.match(first.log(), new RegExp(`its format ${formatVersion} is newer than this program knows`));
    assert.equal(await second.stop(), 0);
    await cluster.daemon({ cpus: 8, node: 'first' });
    await cluster.daemon({ cpus: 8, node: 'second' });
    await allEnd(cluster, ids);
  }, options));
