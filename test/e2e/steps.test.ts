// Steps within an allocation: real daemons on two nodes, real supervisors, srun as users type it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Cluster, makeCluster, root, until } from './tools/cluster.ts';
import { isAlive } from './tools/proc.ts';

let cluster: Cluster;

before(async () => {
  cluster = await makeCluster();
  await cluster.daemon({ node: 'node1', cpus: 4, gpus: '2' });
  await cluster.daemon({ node: 'node2', cpus: 2, gpus: '1' });
});
after(() => cluster.close());

/** Runs a batch job to its end; gives what it printed. */
async function batch(lines: string, ...options: string[]): Promise<string> {
  const { id, output } = await started(lines, ...options);
  await cluster.client.ended(id);
  return output();
}

async function started(lines: string, ...options: string[]) {
  const script = join(cluster.work, 'script.sh');
  const path = `PATH=${join(root, 'bin/slurm')}:$PATH`;
  writeFileSync(script, `#!/bin/bash\n${path}\n${lines}\n`);
  const id = Number(await cluster.output('mgpu_sbatch', '--parsable', '-o', 'o.%j', ...options, script));
  const file = join(cluster.work, `o.${id}`);
  const output = (): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  return { id, output };
}

test('steps have numbers from 0, all of the job, and their own variables (env.srun_in_sub)', async () => {
  const shown = await batch(
    `show='echo $SLURM_STEP_ID $SLURM_PROCID/$SLURM_NTASKS $SLURM_STEP_NODELIST $CUDA_VISIBLE_DEVICES'
srun -l bash -c "$show" | sort
srun -n1 --gres=gpu:1 bash -c 'echo $SLURM_STEP_ID $SLURM_NTASKS $CUDA_VISIBLE_DEVICES $SLURM_STEP_GPUS'
srun -n1 --gres=none bash -c 'echo [$CUDA_VISIBLE_DEVICES]'`,
    ...['-n2', '-w', 'node1', '--gres=gpu:2'],
  );
  assert.equal(shown, '0: 0 0/2 node1 0,1\n1: 0 1/2 node1 0,1\n1 1 0 0\n[]\n');
});

test('two steps run one after the other, with --exact and --overlap beside each other', async () => {
  const shown = await batch(
    `step() { srun -n1 "$@" bash -c 'echo + >> $0; sleep 1; echo - >> $0' $PWD/"$name" & }
name=a; step; step; wait
name=b; step --exact; step --exact; wait
name=c; step --overlap; step --overlap; wait
tr -d '\\n' < a; echo; tr -d '\\n' < b; echo; tr -d '\\n' < c; echo`,
    ...['-n2', '-w', 'node1'],
  );
  const [busy = '', created = '', ...marks] = shown.trimEnd().split('\n');
  assert.match(
    busy,
    /^srun: Job \d+ step creation temporarily disabled, retrying \(Requested nodes are busy\)$/,
  );
  assert.match(created, /^srun: Step created for job \d+$/);
  assert.deepEqual(marks, ['+-+-', '++--', '++--']);
});

test('what an allocation cannot hold is refused (srun.in_batch_toomany, in_batch_gpu_more)', async () => {
  const shown = await batch(
    `srun -n4 hostname; echo rc=$?
srun --gres=gpu:2 hostname; echo rc=$?
srun -N3 -n3 hostname; echo rc=$?
srun -N2 echo one; echo rc=$?`,
    ...['-n1', '--gres=gpu:1', '-w', 'node1'],
  );
  assert.deepEqual(
    shown
      .replace(/job \d+/g, 'job 1')
      .trimEnd()
      .split('\n'),
    [
      'srun: error: Unable to create step for job 1: More processors requested than permitted',
      'rc=1',
      "srun: error: Step requested gres_per_node=gpu:2 is more than the job's gres_per_node=gpu:1",
      'srun: error: Unable to create step for job 1: Invalid generic resource (gres) specification',
      'rc=1',
      'srun: error: Only allocated 1 nodes asked for 3',
      'rc=1',
      "srun: Warning: can't run 1 processes on 2 nodes, setting nnodes to 1",
      'one',
      'rc=0',
    ],
  );
});

test('exit codes, signals, -K and -W', async () => {
  const shown = await batch(
    `srun -n2 bash -c 'exit 4'; echo rc=$?
srun -n1 nosuchcommand; echo rc=$?
srun -n1 bash -c 'kill -9 $$'; echo rc=$?
srun -K -n2 -l bash -c 'if [ $SLURM_PROCID = 0 ]; then exit 3; else sleep 20; echo still; fi'; echo rc=$?
srun -W1 -n2 bash -c 'if [ $SLURM_PROCID = 1 ]; then sleep 20; fi'; echo rc=$?`,
    ...['-n2', '-w', 'node1'],
  );
  const lines = shown
    .replace(/StepId=\d+/g, 'StepId=1')
    .replace(/STEP \d+(.*) AT \S+/g, 'STEP 1$1')
    .trimEnd();
  assert.deepEqual(lines.split('\n'), [
    'srun: error: node1: tasks 0-1: Exited with exit code 4',
    'rc=4',
    'slurmstepd-node1: error: execve(): nosuchcommand: No such file or directory',
    'srun: error: node1: task 0: Exited with exit code 2',
    'rc=2',
    'srun: error: node1: task 0: Killed',
    'srun: Force Terminated StepId=1.2',
    'rc=137',
    'srun: error: node1: task 0: Exited with exit code 3',
    'srun: launch/slurm: _step_signal: Terminating StepId=1.3',
    '0: slurmstepd-node1: error: *** STEP 1.3 ON node1 CANCELLED ***',
    'srun: error: node1: task 1: Terminated',
    'srun: Force Terminated StepId=1.3',
    'rc=143',
    'srun: First task exited 1s ago',
    'srun: StepId=1.4 task 1: running',
    'srun: StepId=1.4 task 0: exited',
    'srun: launch/slurm: _step_signal: Terminating StepId=1.4',
    'slurmstepd-node1: error: *** STEP 1.4 ON node1 CANCELLED ***',
    'srun: error: node1: task 1: Terminated',
    'srun: Force Terminated StepId=1.4',
    'rc=143',
  ]);
});

test('a step with tasks on two nodes, the second of them started by its daemon', async () => {
  const shown = await batch(
    `srun -l bash -c 'echo $SLURM_NODEID $SLURM_LOCALID $SLURMD_NODENAME $CUDA_VISIBLE_DEVICES' | sort
echo in | srun -i1 -l cat
srun bash -c 'exit $SLURM_PROCID'; echo rc=$?`,
    ...['-N2', '-n4', '--gres=gpu:1', '-w', 'node1,node2'],
  );
  const lines = shown.trimEnd().split('\n');
  assert.equal(lines.length, 4 + 1 + 3 + 1, shown);
  assert.equal(new Set(lines.slice(0, 4).map((line) => line.split(' ')[3])).size, 2, shown);
  assert.equal(lines[4], '1: in');
  assert.equal(lines.at(-1), 'rc=3');
});

test('srun --jobid joins a running job with --overlap, or gives up (srun.overlap_jobid)', async () => {
  const { id } = await started('srun sleep 60', '-n1', '-w', 'node2');
  await until(() => existsSync(join(cluster.spool, `jobs/${id}/steps.1/0/started.0`)), {
    what: 'the first step',
  });
  const joined = await cluster.run(
    'mgpu_srun',
    ...[`--jobid=${id}`, '--overlap', 'bash', '-c', 'echo in $SLURM_JOB_ID.$SLURM_STEP_ID $MGPU_NODE'],
  );
  assert.deepEqual([joined.stdout, joined.code], [`in ${id}.1 node2\n`, 0], joined.stderr);
  const busy = await cluster.run('mgpu_srun', `--jobid=${id}`, '-I1', 'true');
  assert.equal(busy.stderr, `srun: error: Unable to create step for job ${id}: Requested nodes are busy\n`);
  assert.equal(busy.code, 1);
  await cluster.client.cancel(id);
  await cluster.client.ended(id);
  const unknown = await cluster.run('mgpu_srun', '--jobid=9999', 'true');
  assert.match(unknown.stderr, /^srun: error: Unable to confirm allocation for job 9999: Invalid job id/);
});

test('a srun that is killed takes its step with it, and another step goes on', async () => {
  const { id, output } = await started(
    `srun bash -c 'sleep 301 & echo $!; wait' & pid=$!
until [ -s ${cluster.work}/o.$SLURM_JOB_ID ]; do sleep 0.1; done
kill -9 $pid
srun echo next`,
    ...['-n1', '-w', 'node1'],
  );
  await cluster.client.ended(id);
  const [child = '', ...rest] = output().trimEnd().split('\n');
  assert.ok(rest.includes('next'), output());
  assert.equal(isAlive(Number(child)), false);
});

test('nothing of a step is left when its job is cancelled', async () => {
  const { id, output } = await started(
    `srun -l bash -c 'setsid sleep 302 & echo $!; wait'; echo not reached`,
    ...['-N2', '-w', 'node1,node2'],
  );
  await until(() => /0: \d+\n/.test(output()) && /1: \d+\n/.test(output()), { what: 'both tasks' });
  await cluster.client.cancel(id);
  await cluster.client.ended(id);
  const pids = [...output().matchAll(/^[01]: (\d+)$/gm)].map(([, pid]) => pid);
  assert.equal(pids.length, 2);
  for (const pid of pids) assert.equal(isAlive(Number(pid)), false);
});

test('two Ctrl-C in a second end a step with 130, after the state was shown', async () => {
  const { id } = await started('sleep 60', '-n1', '-w', 'node1');
  await cluster.client.reached(id, 'RUNNING');
  const child = spawn(join(root, 'bin/slurm/srun'), [`--jobid=${id}`, '--overlap', 'sleep', '60'], {
    env: cluster.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => {
    err += String(chunk);
  });
  const code = new Promise((resolve) => child.once('exit', resolve));
  await until(() => existsSync(join(cluster.spool, `jobs/${id}/steps.1/0/started.0`)), { what: 'the step' });
  child.kill('SIGINT');
  await until(() => err.includes('running'), { what: 'the state' });
  child.kill('SIGINT');
  assert.equal(await code, 130, err);
  assert.match(
    err,
    /^srun: interrupt \(one more within 1 sec to abort\)\nsrun: StepId=\d+\.0 task 0: running\n/,
  );
  await cluster.client.cancel(id);
});

test('sacct keeps what became of each step, during its job and after (beh.exit.lastwins)', async () => {
  const { id, output } = await started(
    `srun true; srun -n1 bash -c 'exit 1'; srun -J sig -n1 bash -c 'kill -9 $$'
sacct -P -n -j $SLURM_JOB_ID -o jobid,state`,
    ...['-n2', '-w', 'node1'],
  );
  await cluster.client.ended(id);
  assert.match(output(), new RegExp(`\n${id}\\|RUNNING\n${id}.batch\\|RUNNING\n${id}.0\\|COMPLETED\n`));
  const shown = await cluster.output(
    'mgpu_sacct',
    ...['-P', '-n', '-j', String(id), '-o', 'jobid,jobname,state,exitcode,ntasks,alloccpus,derivedexitcode'],
  );
  assert.deepEqual(shown.trimEnd().split('\n'), [
    `${id}|script.sh|COMPLETED|0:0||2|1:0`,
    `${id}.batch|batch|COMPLETED|0:0|1|2|`,
    `${id}.0|true|COMPLETED|0:0|2|2|`,
    `${id}.1|bash|FAILED|1:0|1|2|`,
    `${id}.2|sig|CANCELLED|0:9|1|2|`,
  ]);
});

test('squeue -s, scontrol show step, sstat and sattach tell of a step that runs', async () => {
  const { id } = await started(
    `srun -n1 bash -c 'until [ -e go ]; do sleep 0.1; done; echo late; exit 5'`,
    ...['-n1', '-w', 'node1'],
  );
  await until(() => existsSync(join(cluster.spool, `jobs/${id}/usage.node1`)), { what: 'figures' });
  const listed = await cluster.output('mgpu_squeue', '-h', '-s', '-o', '%i %j %A %N');
  assert.equal(listed, `${id}.0 bash 1 node1\n${id}.batch batch 1 node1\n`);
  const page = await cluster.output('mgpu_scontrol', '-o', 'show', 'step', `${id}.0`);
  assert.match(page, new RegExp(`^StepId=${id}.0 UserId=\\d+ .* Nodes=1 CPUs=1 Tasks=1 Name=bash `));
  await until(
    async () => /^\d+K/.test(await cluster.output('mgpu_sstat', '-n', '-P', '-j', `${id}.0`, '-o', 'maxrss')),
    { what: 'the memory of the step' },
  );
  const attached = cluster.run('mgpu_sattach', '-l', `${id}.0`);
  await new Promise((resolve) => {
    setTimeout(resolve, 1500);
  });
  writeFileSync(join(cluster.work, 'go'), '');
  const { stdout, code } = await attached;
  assert.deepEqual([stdout, code], ['0: late\n', 5]);
  await cluster.client.ended(id);
});

test('a program before each task sets its variables, and tasks are bound to CPUs (srun.prolog)', async () => {
  const prolog = join(cluster.work, 'prolog');
  writeFileSync(prolog, '#!/bin/sh\necho export TPV=1\necho print from prolog\n', { mode: 0o755 });
  const words = ['bash', '-c', 'echo $TPV; taskset -cp $$'];
  const step = await cluster.run('mgpu_srun', `--task-prolog=${prolog}`, '--cpu-bind=map_cpu:0', ...words);
  assert.match(step.stdout, /^from prolog\n1\npid \d+'s current affinity list: 0\n$/, step.stderr);
});

test('srun in the command of salloc makes steps of its allocation', async () => {
  const shown = await cluster.run(
    'mgpu_salloc',
    ...['-Q', '-n2', '-w', 'node1', '--gres=gpu:1', join(root, 'bin/slurm/srun'), '-l', 'bash', '-c'],
    'echo $SLURM_STEP_ID $SLURMD_NODENAME $CUDA_VISIBLE_DEVICES',
  );
  assert.deepEqual(shown.stdout.trimEnd().split('\n').sort(), ['0: 0 node1 0', '1: 0 node1 0'], shown.stderr);
  assert.equal(shown.code, 0);
});

test('tasks in turns, with a device each, and more of them than CPUs (srun.dist, srun.n4_gpt)', async () => {
  const shown = await batch(
    `srun -n4 -m cyclic bash -c 'echo $SLURM_PROCID $SLURMD_NODENAME' | sort
srun -N1 -n2 --gpus-per-task=1 -l bash -c 'echo $CUDA_VISIBLE_DEVICES' | sort
srun -N1 -n9 -O true; echo rc=$?`,
    ...['-N2', '-n4', '-w', 'node1,node2', '--gres=gpu:1'],
  );
  const lines = shown.trimEnd().split('\n');
  assert.deepEqual(lines.slice(0, 3), ['0 node1', '1 node2', '2 node1'], shown);
  assert.match(shown, /Unable to create step for job \d+: More processors requested than permitted/);
  assert.equal(lines.at(-1), 'rc=0', shown);
});

test('sbcast copies to every node of the job, and not over what is there unless it is told to', async () => {
  const { id } = await started('sleep 60', '-N2', '-w', 'node1,node2');
  await cluster.client.reached(id, 'RUNNING');
  const source = join(cluster.work, 'source');
  const dest = join(cluster.work, 'dest');
  writeFileSync(source, 'content', { mode: 0o751 });
  const first = await cluster.run(
    'mgpu_sbcast',
    ...['-f', '-p', '--size=3', '--fanout=1', '--timeout=30', `--jobid=${id}`, source, dest],
  );
  assert.deepEqual([first.code, first.stderr], [0, '']);
  assert.equal(readFileSync(dest, 'utf8'), 'content');
  assert.equal(statSync(dest).mode & 0o777, 0o751);
  const told = await cluster.run('mgpu_sbcast', '-f', '-v', `--jobid=${id}`, source, dest);
  assert.match(
    told.stderr,
    new RegExp(`force .*preserve .*modes .*jobid {6}= ${id}\\n.*node_list .*node`, 's'),
  );
  const again = await cluster.run('mgpu_sbcast', `--jobid=${id}`, source, dest);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /^sbcast: error: REQUEST_FILE_BCAST\(node[12]\): File exists\n/);
  const next = await cluster.run(
    'mgpu_srun',
    `--jobid=${id}`,
    '-N1',
    '-n1',
    'bash',
    '-c',
    'echo $SLURM_STEP_ID',
  );
  assert.equal(next.stdout, '0\n');
  await cluster.client.cancel(id);
});

test('scancel ends or signals a step, and its job goes on (beh.cancel.step)', async () => {
  const loop = 'while :; do sleep 0.1; done';
  const { id, output } = await started(
    `srun -n1 --exact bash -c 'exec 2> /dev/null; trap "echo got USR1" USR1; echo ready; ${loop}'; echo rc=$?
srun bash -c 'exit 4'; true`,
    ...['-n1', '-w', 'node1'],
  );
  await until(() => output().includes('ready'), { what: 'the step' });
  await cluster.output('mgpu_scancel', '-s', 'USR1', `${id}.0`);
  await until(() => output().includes('got USR1'), { what: 'the signal' });
  const { stderr } = await cluster.run('mgpu_scancel', '-v', `${id}.0`);
  assert.equal(stderr, `scancel: Terminating step ${id}.0\n`);
  await cluster.client.ended(id);
  const lines = output().replace(/AT \S+ /g, 'AT now ');
  assert.equal(
    lines,
    `ready
got USR1
slurmstepd-node1: error: *** STEP ${id}.0 ON node1 CANCELLED AT now ***
srun: Job step aborted: Waiting up to 32 seconds for job step to finish.
srun: error: node1: task 0: Killed
rc=137
srun: error: node1: task 0: Exited with exit code 4
`,
  );
  const rows = await accounted(id, 'jobid,state,exitcode,derived');
  const uid = process.getuid?.();
  assert.deepEqual(rows.trimEnd().split('\n'), [
    `${id}|COMPLETED|0:0|4:0`,
    `${id}.batch|COMPLETED|0:0|`,
    `${id}.0|CANCELLED by ${uid}|0:9|`,
    `${id}.1|FAILED|4:0|`,
  ]);
  const page = await cluster.output('mgpu_scontrol', '-d', 'show', 'job', String(id));
  assert.match(page, /DerivedExitCode=4:0/);
  // One that has ended, one that never was, and a job that never was.
  const late = await cluster.run('mgpu_scancel', `${id}.0`, `${id}.7`, '999.0');
  assert.deepEqual([late.code, late.stderr], [0, '']);
});

test('scancel ends step 0 of srun, and a step that waits for its turn', async () => {
  const child = cluster.run('mgpu_srun', '-J', 'solo', '-w', 'node1', 'sleep', '60');
  await until(async () => (await cluster.output('mgpu_squeue', '-h', '-s', '-o', '%j')).includes('solo'), {
    what: 'the step',
  });
  const [step = ''] = (await cluster.output('mgpu_squeue', '-h', '-s', '-o', '%i %j')).split(' ');
  await cluster.output('mgpu_scancel', step);
  const { code, stderr } = await child;
  assert.equal(code, 137, stderr);
  assert.match(stderr, /\*\*\* STEP \d+\.0 ON node1 CANCELLED AT \S+ \*\*\*/);
  const { id, output } = await started(
    'srun -n1 sleep 60 & sleep 1; srun -n1 echo never; echo rc=$?; scancel $SLURM_JOB_ID.0; wait',
    '-n1',
    '-w',
    'node1',
  );
  await until(() => existsSync(join(cluster.spool, `jobs/${id}/steps.1/1/request.json`)), {
    what: 'the second',
  });
  await cluster.output('mgpu_scancel', `${id}.1`);
  await cluster.client.ended(id);
  assert.match(output(), /srun: error: Unable to create step for job \d+: Job\/step already completing/);
  assert.doesNotMatch(output(), /never/);
});

test('a step that the time limit of its job ends says so, and is cancelled (observed)', async () => {
  await cluster.daemon({ node: 'node3', cpus: 2, agedSeconds: 55 });
  const { id, output } = await started('srun sleep 100; echo rc=$?; sleep 100', '-n1', '-w', 'node3', '-t1');
  await cluster.client.ended(id);
  assert.match(output(), /\*\*\* JOB \d+ ON node3 CANCELLED AT \S+ DUE TO TIME LIMIT \*\*\*\n/);
  assert.match(output(), /\*\*\* STEP \d+\.0 ON node3 CANCELLED AT \S+ DUE TO TIME LIMIT \*\*\*\n/);
  const rows = await accounted(id, 'jobid,state,exitcode,derived');
  assert.match(
    rows,
    new RegExp(`^${id}\\|TIMEOUT\\|0:0\\|0:15\\n[^]*\\n${id}\\.0\\|CANCELLED\\|0:15\\|\\n$`),
  );
});

test('a step that its own time limit ends is a TIMEOUT, and its job goes on (observed)', async () => {
  const { id, output } = await started('srun -t1 sleep 100; echo rc=$?', '-n1', '-w', 'node1');
  // A limit is a minute at least.
  await until(() => output().includes('rc='), { what: 'the limit', msMax: 120_000 });
  await cluster.client.ended(id);
  assert.equal(
    output().replace(/AT \S+ /, 'AT now '),
    `slurmstepd-node1: error: *** STEP ${id}.0 ON node1 CANCELLED AT now DUE TO TIME LIMIT ***
srun: error: node1: task 0: Terminated
srun: Force Terminated StepId=${id}.0
rc=143
`,
  );
  const rows = await accounted(id, 'jobid,state,exitcode');
  assert.match(rows, new RegExp(`\\n${id}\\.0\\|TIMEOUT\\|0:15\\n$`));
});

test('scancel reaches the steps of a batch job, and one of them alone (beh.cancel.*)', async () => {
  const { id, output } = await started(
    `trap 'echo batch' USR1
srun -n1 bash -c 'trap "echo step" USR1; echo ready; while :; do sleep 0.2; done'
echo rc=$?`,
    ...['-n1', '-w', 'node1'],
  );
  await until(() => output().includes('ready'), { what: 'the step runs' });
  await cluster.output('mgpu_scancel', '-s', 'USR1', String(id));
  await until(() => output().includes('step'), { what: 'the step hears the signal' });
  assert.ok(!output().includes('batch'), output());
  await cluster.output('mgpu_scancel', `${id}.0`);
  await cluster.client.ended(id);
  assert.match(output(), /^srun: error: node1: task 0: Killed$/m);
  assert.match(output(), /^rc=137$/m);
});

/** The columns of a job and of its steps, as sacct tells them. */
function accounted(id: number, columns: string): Promise<string> {
  return cluster.output('mgpu_sacct', '-nP', '-j', String(id), '-o', columns);
}
