// --distributed: tasks of several nodes that meet, started as people start them.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Cluster, makeCluster, root } from './tools/cluster.ts';

let cluster: Cluster;

before(async () => {
  cluster = await makeCluster();
  await cluster.daemon({ node: 'node1', cpus: 4, gpus: '2' });
  await cluster.daemon({ node: 'node2', cpus: 4, gpus: '2' });
});
after(() => cluster.close());

const standIns = join(root, 'test/stand-ins');
const train = join(standIns, 'allreduce.py');

function lines(text: string): readonly string[] {
  return text.trimEnd().split('\n').toSorted();
}

test('a torchrun on each node finds the other as it is typed', async () => {
  const asked = ['-N2', '--gpus-per-node=2', '--distributed', '--', join(standIns, 'torchrun')];
  const ran = await cluster.run('mgpu_srun', ...asked, '--nnodes=2', '--nproc_per_node=2', train);
  assert.deepEqual([ran.code, ran.stderr], [0, '']);
  assert.deepEqual(lines(ran.stdout), [
    'rank 0 of 4 on node1 local 0: 6',
    'rank 1 of 4 on node1 local 1: 6',
    'rank 2 of 4 on node2 local 0: 6',
    'rank 3 of 4 on node2 local 1: 6',
  ]);
});

test('so do plain tasks, on several nodes and on one, wherever task 0 is', async () => {
  const wide = await cluster.run('mgpu_srun', '-N2', '-n3', '--distributed', 'python3', train);
  assert.deepEqual([wide.code, wide.stderr], [0, '']);
  assert.deepEqual(lines(wide.stdout), [
    'rank 0 of 3 on node1 local 0: 3',
    'rank 1 of 3 on node1 local 1: 3',
    'rank 2 of 3 on node2 local 0: 3',
  ]);
  const narrow = await cluster.run('mgpu_srun', '-N1', '-n2', '--distributed', 'python3', train);
  assert.deepEqual([narrow.code, lines(narrow.stdout).length], [0, 2], narrow.stderr);
  const turned = ['-m', 'arbitrary', '-w', 'node2,node1'];
  const other = await cluster.run('mgpu_srun', ...turned, '--distributed', 'python3', train);
  assert.deepEqual(lines(other.stdout), [
    'rank 0 of 2 on node2 local 0: 1',
    'rank 1 of 2 on node1 local 0: 1',
  ]);
});

test('the steps of a batch job that asks for it, and no others', async () => {
  const script = join(cluster.work, 'job.sh');
  const srun = join(root, 'bin/mgpu_srun');
  const shown = `bash -c 'echo "$RANK $WORLD_SIZE \${MASTER_PORT:+told}"'`;
  writeFileSync(script, `#!/bin/sh\n#SBATCH --distributed\n${srun} ${shown}\n${srun} python3 ${train}\n`);
  const { code, stderr } = await cluster.run('mgpu_sbatch', '-N2', '-W', '-o', 'job.out', script);
  assert.deepEqual([code, stderr], [0, '']);
  assert.deepEqual(lines(readFileSync(join(cluster.work, 'job.out'), 'utf8')), [
    '0 2 told',
    '1 2 told',
    'rank 0 of 2 on node1 local 0: 1',
    'rank 1 of 2 on node2 local 0: 1',
  ]);
  const plain = await cluster.run('mgpu_srun', '-N2', 'bash', '-c', 'echo "$RANK$MASTER_ADDR$PET_NODE_RANK"');
  assert.equal(plain.stdout, '\n\n');
});
