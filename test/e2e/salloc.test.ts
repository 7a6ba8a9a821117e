// salloc: a command that has nodes while it runs, and what becomes of them when it, or salloc, is ended.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Cluster, makeCluster, root, until } from './tools/cluster.ts';

let cluster: Cluster;

before(async () => {
  cluster = await makeCluster();
  await cluster.daemon({ gpus: 'a100:4', cpus: 8, memory: '32000' });
});
after(() => cluster.close());

interface Salloc {
  readonly process: ChildProcess;
  readonly err: () => string;
  readonly ended: Promise<number | null>;
}

function startSalloc(...words: readonly string[]): Salloc {
  const child = spawn(join(root, 'bin/mgpu_salloc'), words, {
    cwd: cluster.work,
    env: { ...cluster.environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return { process: child, err: () => text, ended };
}

async function granted(salloc: Salloc): Promise<number> {
  await until(() => /Granted job allocation \d+/.test(salloc.err()), {
    what: 'the allocation is granted',
    explain: cluster.logs,
  });
  return Number(/Granted job allocation (\d+)/.exec(salloc.err())?.[1]);
}

test('the command runs here with the allocation in its variables, and its code is passed on', async () => {
  const words = [
    '-n2',
    '--gres=gpu:1',
    'sh',
    '-c',
    'echo $SLURM_JOB_ID $SLURM_NTASKS [$CUDA_VISIBLE_DEVICES]; exit 5',
  ];
  const { code, stdout, stderr } = await cluster.run('mgpu_salloc', ...words);
  const id = Number(/Granted job allocation (\d+)/.exec(stderr)?.[1]);
  assert.equal(stdout, `${id} 2 []\n`);
  assert.equal(stderr, `salloc: Granted job allocation ${id}\nsalloc: Relinquishing job allocation ${id}\n`);
  assert.equal(code, 5);
  // The nodes are free when it has ended.
  assert.equal(await cluster.output('mgpu_squeue', '-h'), '');
  const job = await cluster.ended(id);
  assert.deepEqual([job['JobState'], job['ExitCode'], job['JobName']], ['FAILED', '5:0', 'interactive']);
});

test('kill -9 of salloc gives the nodes back', async () => {
  const salloc = startSalloc('sleep', '60');
  const id = await granted(salloc);
  salloc.process.kill('SIGKILL');
  const job = await cluster.ended(id);
  assert.deepEqual([job['JobState'], job['ExitCode']], ['FAILED', '137:0']);
});

test('a salloc that is stopped keeps its nodes', async () => {
  const salloc = startSalloc('sleep', '60');
  const id = await granted(salloc);
  salloc.process.kill('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 7000));
  assert.equal((await cluster.job(id))['JobState'], 'RUNNING');
  salloc.process.kill('SIGCONT');
  salloc.process.kill('SIGHUP');
  assert.equal(await salloc.ended, 1);
});

test('scancel takes the nodes away, and the command gets the signal that was asked for', async () => {
  const salloc = startSalloc('--kill-command=TERM', 'sh', '-c', 'trap "exit 4" TERM; sleep 60 & wait');
  const id = await granted(salloc);
  await cluster.run('mgpu_scancel', String(id));
  assert.equal(await salloc.ended, 4);
  assert.match(salloc.err(), new RegExp(`salloc: Job allocation ${id} has been revoked\\.\n$`));
  assert.equal((await cluster.ended(id))['JobState'], 'CANCELLED');
});

test('--no-shell leaves the nodes to be used and cancelled', async () => {
  const { code, stderr } = await cluster.run('mgpu_salloc', '--no-shell');
  const id = Number(/allocation (\d+)/.exec(stderr)?.[1]);
  assert.deepEqual([code, stderr], [0, `salloc: Granted job allocation ${id}\n`]);
  const { JobState: state, JobName: name } = await cluster.job(id);
  assert.deepEqual([state, name], ['RUNNING', 'no-shell']);
  await cluster.run('mgpu_scancel', String(id));
  assert.equal((await cluster.ended(id))['JobState'], 'CANCELLED');
});

test('what cannot be had at once is given up, and what waits is given up by a signal', async () => {
  const holder = startSalloc('-n8', 'sleep', '60');
  await granted(holder);
  const { code, stderr } = await cluster.run('mgpu_salloc', '-I', '-n8', 'true');
  assert.equal(code, 1);
  assert.match(stderr, /^salloc: error: Unable to allocate resources: Requested nodes are busy\nsalloc: Job/);
  const waiting = startSalloc('-n8', 'true');
  await until(() => waiting.err().includes('queued and waiting'), {
    what: 'it waits',
    explain: cluster.logs,
  });
  waiting.process.kill('SIGINT');
  assert.equal(await waiting.ended, 1);
  const id = Number(/Pending job allocation (\d+)/.exec(waiting.err())?.[1]);
  assert.equal(
    waiting.err(),
    `salloc: Pending job allocation ${id}\nsalloc: job ${id} queued and waiting for resources\n` +
      `salloc: Job allocation ${id} has been revoked.\nsalloc: Job aborted due to signal\n`,
  );
  holder.process.kill('SIGHUP');
  assert.equal(await holder.ended, 1);
});

test('a batch job has the limits of its submitter, or those it asks for', async () => {
  const script = 'ulimit -n; ulimit -c; test "$SLURM_TASK_PID" = $$ && env | grep -c RLIMIT';
  const submit = `ulimit -S -n 300; ulimit -S -c 0; mgpu_sbatch --parsable -o %j.out "$@"; :`;
  const said = async (...words: readonly string[]): Promise<string> => {
    const shell = ['-c', submit, 'sh', ...words, '--wrap', script];
    const environment = { ...cluster.environment, PATH: `${root}/bin:${cluster.environment['PATH']}` };
    const id = Number(
      execFileSync('/bin/sh', shell, { cwd: cluster.work, env: environment, encoding: 'utf8' }),
    );
    await cluster.ended(id);
    return readFileSync(join(cluster.work, `${id}.out`), 'utf8');
  };
  assert.equal(await said(), '300\n0\n0\n');
  const [files] = (await said('--propagate=CORE')).split('\n');
  assert.notEqual(files, '300');
});
