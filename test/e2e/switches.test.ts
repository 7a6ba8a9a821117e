// Racks and switches that daemons are told, and how nodes are chosen by them: real daemons and commands.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { until, withCluster } from './tools/cluster.ts';

test('jobs over several nodes keep to a switch, and wait for one as long as they say', () =>
  withCluster(
    async (cluster) => {
      const { output, job } = cluster;
      for (const [node, plug] of [
        ['a', 's1'],
        ['b', 's2'],
        ['c', 's1'],
      ] as const) {
        await cluster.daemon({ node, cpus: 2, gpus: '1', arguments: ['--switch', plug] });
      }
      assert.equal(
        await output('mgpu_scontrol', 'show', 'topology'),
        'SwitchName=s1 Level=0 LinkSpeed=1 Nodes=a,c \nSwitchName=s2 Level=0 LinkSpeed=1 Nodes=b \n' +
          'SwitchName=r1 Level=1 LinkSpeed=1 Nodes=b Switches=s2 \n',
      );
      const two = ['-N2', '--gpus-per-node=1', '--parsable', '--wrap'];
      const told = [
        'mgpu_srun',
        '-w',
        'b',
        'sh',
        '-c',
        'echo $SLURM_TOPOLOGY_ADDR $SLURM_TOPOLOGY_ADDR_PATTERN',
      ] as const;
      assert.equal(await output(...told), 'r1.s2.b switch.switch.node\n');
      const wide = await output('mgpu_srun', '-N3', 'sh', '-c', 'echo $SLURM_TOPOLOGY_ADDR');
      assert.deepEqual(wide.trim().split('\n').toSorted(), ['r1.s2.b', 's1.a', 's1.c']);
      const first = (await output('mgpu_sbatch', ...two, 'until [ -e go ]; do sleep 0.1; done')).trim();
      await until(async () => (await job(first))['JobState'] === 'RUNNING', {
        what: `job ${first} runs`,
        explain: cluster.logs,
      });
      assert.equal((await job(first))['NodeList'], 'a,c');

      await output('mgpu_scontrol', 'update', 'NodeName=c', 'State=DRAIN', 'Reason=x');
      const choosy = (
        await output('mgpu_sbatch', '--switches=1@0:04', '-N2', '--parsable', '--wrap', 'true')
      ).trim();
      const said = await output('mgpu', 'why', choosy);
      writeFileSync(join(cluster.work, 'go'), '');
      assert.match(said, /waits: Resources\n.*until .* it takes nodes behind at most 1 switches/);
      const ended = await cluster.ended(choosy);
      assert.equal(ended['NodeList'], 'a,b');
      const waited = Date.parse(`${ended['StartTime']}Z`) - Date.parse(`${ended['SubmitTime']}Z`);
      assert.ok(waited >= 3000, `${waited} ms`);
    },
    { settings: { nodes: [{ node_id: 'b', rack: 'r1', cpus: 2, gpu_count: 1 }] } },
  ));

test('a policy says which nodes fill up first', () =>
  withCluster(
    async (cluster) => {
      const { output, job, client } = cluster;
      await cluster.daemon({ node: 'a', cpus: 4, gpus: '2' });
      await cluster.daemon({ node: 'b', cpus: 4, gpus: '2' });
      const script = 'until [ -e go ]; do sleep 0.1; done';
      const nodeOf = async (): Promise<string | undefined> => {
        const id = await client.submit({ script, spec: { gpus: [{ count: 1, per: 'node' }] } });
        await until(async () => (await job(id))['JobState'] === 'RUNNING', {
          what: `job ${id} runs`,
          explain: cluster.logs,
        });
        return (await job(id))['NodeList'];
      };
      assert.deepEqual([await nodeOf(), await nodeOf()], ['a', 'b']);
      assert.match(await output('mgpu_sdiag'), /\n\tNode policy: {2}spread\n/);
      assert.match(await output('mgpu_scontrol', 'show', 'config'), /mgpu_policy=spread\n/);
    },
    { settings: { scheduling: { default_policy: 'spread' } } },
  ));
