// cluster.yaml and what administrators say, with real daemons and commands.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Cluster, until, withCluster } from './tools/cluster.ts';

const node = { cpus: 4, memory: 4000, features: ['fast'] };
const settings = {
  nodes: [
    { node_id: 'a', ...node },
    { node_id: 'b', ...node, gres: 'gpu:a100:2' },
  ],
  jobs: { kill_wait: 2, first_job_id: 100 },
};

function write(cluster: Cluster, more: object): void {
  writeFileSync(join(cluster.spool, 'cluster.yaml'), JSON.stringify({ ...settings, ...more }));
}

async function states(cluster: Cluster): Promise<string> {
  return (await cluster.output('mgpu_sinfo', '-h', '-o', '%R %a %t %N')).trim().replaceAll('\n', ', ');
}

test('nodes are what the file declares, and change with it', () =>
  withCluster(
    async (cluster) => {
      const { run } = cluster;
      assert.equal(await states(cluster), 'main up down* a,b', 'before any daemon came');
      await cluster.daemon({ node: 'a' });
      await until(async () => (await states(cluster)) === 'main up down* b, main up idle a', {
        what: 'a is idle, and b still to come',
        explain: cluster.logs,
      });
      const declared = await cluster.output('mgpu_scontrol', '-o', 'show', 'node', 'a');
      assert.match(declared, /CPUTot=4 .* AvailableFeatures=fast .* RealMemory=4000 /);
      const submitted = await cluster.output('mgpu_sbatch', '--parsable', '--wrap', 'true');
      assert.equal(submitted, '100\n');

      write(cluster, { nosuch: 1 });
      const refused = await run('mgpu_scontrol', 'reconfigure');
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /cluster\.yaml:1:\d+: unknown setting: nosuch\n/);

      write(cluster, { partitions: [{ name: 'only', nodes: 'a', state: 'drain', max_time: 5 }] });
      await cluster.output('mgpu_scontrol', 'reconfigure');
      assert.equal(await states(cluster), 'only drain idle a');
      await cluster.output('mgpu_scontrol', 'update', 'PartitionName=only', 'State=UP');
      assert.equal(await states(cluster), 'only up idle a');
    },
    { settings },
  ));

test('a node that is called down ends its job, which waits for it and runs again', () =>
  withCluster(
    async (cluster) => {
      await cluster.daemon({ node: 'a' });
      const script = 'echo run >> runs; [ "$(wc -l < runs)" -gt 1 ] || sleep 600';
      const id = await cluster.client.submit({ script });
      await until(async () => (await cluster.job(id))['JobState'] === 'RUNNING', {
        what: 'the job runs',
        explain: cluster.logs,
      });
      await cluster.output('mgpu_scontrol', 'update', 'NodeName=a', 'State=DOWN', 'Reason=smoke');
      await until(async () => (await cluster.job(id))['JobState'] === 'PENDING', {
        what: 'the job waits again',
        explain: cluster.logs,
      });
      assert.match(await cluster.output('mgpu_sinfo', '-R', '-h', '-n', 'a'), /^smoke +\S+ +\S+ a\n$/);
      assert.equal(await states(cluster), 'main up down* b, main up down a');
      await cluster.output('mgpu_scontrol', 'update', 'NodeName=a', 'State=RESUME');
      assert.equal(await states(cluster), 'main up down* b, main up idle a');
    },
    { settings },
  ));

test('a partition is made, has jobs, and is taken away when it has none', () =>
  withCluster(
    async (cluster) => {
      const { run, output } = cluster;
      await cluster.daemon({ node: 'a' });
      await output('mgpu_scontrol', 'create', 'PartitionName=made', 'Nodes=a', 'MaxTime=5');
      assert.equal(await states(cluster), 'main up down* b, main up idle a, made up idle a');
      const again = await run('mgpu_scontrol', 'create', 'PartitionName=made');
      const taken = 'Error creating the partition: Invalid partition name specified\n';
      assert.deepEqual([again.code, again.stderr], [1, taken]);
      const id = (await output('mgpu_sbatch', '--parsable', '-p', 'made', '--wrap', 'sleep 600')).trim();
      await until(async () => (await cluster.job(id))['JobState'] === 'RUNNING', {
        what: 'the job runs in it',
        explain: cluster.logs,
      });
      const busy = await run('mgpu_scontrol', 'delete', 'PartitionName=made');
      const inUse = 'delete_partition PartitionName=made: Partition is in use\n';
      assert.deepEqual([busy.code, busy.stderr], [1, inUse]);
      await output('mgpu_scancel', id);
      await output('mgpu_scontrol', 'delete', 'PartitionName=made');
      await output('mgpu_scontrol', 'delete', 'PartitionName=main');
      assert.equal(await states(cluster), '');
      await output('mgpu_scontrol', 'reconfigure');
      await until(async () => (await states(cluster)) === 'main up down* b, main up idle a', {
        what: 'what the settings declare is there again',
        explain: cluster.logs,
      });
    },
    { settings },
  ));
