// What srun hands to its tasks beside command and environment, and what it does in place of running them.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Cluster, makeCluster, root } from './tools/cluster.ts';

let cluster: Cluster;

before(async () => {
  cluster = await makeCluster();
  await cluster.daemon({ node: 'node1', cpus: 4, gpus: '2' });
  await cluster.daemon({ node: 'node2', cpus: 4 });
});
after(() => cluster.close());

/** Runs lines of bash with Slurm's names; gives what they print, both streams together. */
function bash(lines: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // Its last line is no command, so that bash does not make way for one.
    const text = `exec 2>&1; PATH=${join(root, 'bin/slurm')}:$PATH; ${lines}; :`;
    const options = { cwd: cluster.work, env: cluster.environment, encoding: 'utf8' } as const;
    execFile('bash', ['-c', text], options, (error, stdout) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve(stdout);
    });
  });
}

test('the soft limits of the submitter reach jobs of srun and steps, as --propagate says', async () => {
  assert.equal(await bash('ulimit -Sn 500; ulimit -Sc 0; srun bash -c "ulimit -Sn; ulimit -Sc"'), '500\n0\n');
  const [open] = (await bash('srun --propagate=NONE bash -c "ulimit -Sn"')).split('\n');
  assert.ok(Number(open) > 500, open);
  assert.equal(await bash('ulimit -Sn 500; srun --propagate=STACK bash -c "ulimit -Sn"'), `${open}\n`);
  assert.equal(await bash('ulimit -Sn 500; srun --propagate=NOFILE bash -c "ulimit -Sn"'), '500\n');
  const script =
    'ulimit -Sn; ulimit -Sn 400; srun bash -c "ulimit -Sn"; srun --propagate=NONE bash -c "ulimit -Sn"';
  assert.equal(await bash('ulimit -n 500; exec srun bash -c "ulimit -Sn"'), '500\n');
  const inner = await bash(`ulimit -Sn 500; sbatch -Q -W -o l.out --wrap '${script}'; cat l.out`);
  assert.equal(inner, `500\n400\n${open}\n`);
  const own = 'test \\$SLURM_TASK_PID = \\$\\$ && echo own';
  const step = `ulimit -Sn 444; srun bash -c "ulimit -Sn; env | grep -c RLIMIT; ${own}"; :`;
  assert.equal(await bash(`salloc -Q bash -c '${step}'`), '444\n0\nown\n');
});

test('--bcast copies the program and runs the copy, in a job and in a step on two nodes', async () => {
  const own = await bash('srun --bcast=$PWD/copied sh -c "echo \\$0"; ls -l copied | cut -c1-10');
  assert.equal(own, `${cluster.work}/copied\n-rwxr-xr-x\n`);
  const first = await bash('srun --bcast sh -c "echo \\$0"');
  assert.match(first.trim(), /\/work\/slurm_bcast_\d+\.0_node1$/);
  assert.ok(existsSync(first.trim()));
  assert.equal(statSync(first.trim()).mtimeMs, Math.floor(statSync('/bin/sh').mtimeMs / 1000) * 1000);
  const two = await bash('salloc -Q -N2 srun -l --bcast=/$PWD/ sh -c "echo \\$0" | sort');
  assert.match(two, /^0: \S+\/slurm_bcast_\d+\.0_node1\n1: \S+\/slurm_bcast_\d+\.0_node2\n$/);
  const failed = await bash('srun --bcast=/nonexistent/x true; echo rc=$?');
  const [why, fatal = '', ...rest] = failed.trimEnd().split('\n');
  assert.equal(why, 'srun: error: REQUEST_FILE_BCAST(node1): No such file or directory');
  assert.match(fatal, /^srun: fatal: Failed to broadcast '\/\S*bin\/true'\. Step launch aborted\.$/);
  assert.deepEqual(rest, ['rc=1']);
  assert.equal(await bash('srun --bcast nosuch; echo rc=$?'), 'srun: fatal: Can not execute nosuch\nrc=1\n');
});

test('--test-only says when and where a job would start, and submits nothing', async () => {
  const before = await bash('squeue -h -t all -o %i | sort -n | tail -1');
  const told = await bash('srun --test-only -n2 --gres=gpu:1 true; echo rc=$?');
  assert.match(
    told,
    /^srun: Job \d+ to start at \S+ using 2 processors on nodes node1 in partition main\nrc=0\n$/,
  );
  assert.equal(await bash('srun -Q --test-only; echo rc=$?'), 'rc=0\n');
  const never = await bash('srun --test-only --gres=gpu:9 true; echo rc=$?');
  assert.equal(never, 'allocation failure: Requested node configuration is not available\nrc=1\n');
  assert.equal(await bash('squeue -h -t all -o %i | sort -n | tail -1'), before);
});

test('--mpi: none is served, the others are refused in the words of Slurm', async () => {
  assert.equal(await bash('srun --mpi=list; echo rc=$?'), 'MPI plugin types are...\n\tnone\nrc=0\n');
  assert.equal(await bash('srun --mpi=none echo ran'), 'ran\n');
  const refused = await bash('SLURM_MPI_TYPE=pmix srun true; echo rc=$?');
  assert.match(refused, /Invalid MPI type 'pmix', --mpi=list for acceptable types\nrc=1\n$/);
});
