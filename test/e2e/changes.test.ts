// What is done to a job after its submission, with a real daemon: requeued, stopped and let go on, warned,
// told in its output why it ends.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Cluster, makeCluster, until } from './tools/cluster.ts';

let cluster: Cluster;

before(async () => {
  cluster = await makeCluster({ settings: { jobs: { kill_wait: 2 } } });
  // The program that is to send mail lies in the cluster's own folder.
  const program = join(cluster.folder, 'mailprog');
  writeFileSync(program, `#!/bin/sh\necho "$1 $2 $3 $SLURM_JOB_MAIL_TYPE" >> "${cluster.work}/mails"\n`, {
    mode: 0o755,
  });
  const settings = { jobs: { kill_wait: 2 }, mail: { program } };
  writeFileSync(join(cluster.spool, 'cluster.yaml'), JSON.stringify(settings));
  await cluster.daemon({ cpus: 64 });
});
after(() => cluster.close());

function text(name: string): string {
  const path = join(cluster.work, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

async function submitted(...words: string[]): Promise<string> {
  const out = await cluster.output('mgpu_sbatch', '--parsable', ...words);
  return out.trim();
}

/** Waits until the job has said so in its output. */
async function said(id: string, what: string): Promise<void> {
  await until(() => text(`slurm-${id}.out`).includes(what), { what: `job ${id} says ${what}` });
}

/** The beginning of what stands in a job's output when it is ended. */
const words = (id: string): string =>
  `slurmstepd-node1: error: \\*\\*\\* JOB ${id} ON node1 CANCELLED AT ${stamp}`;
const stamp = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d';

test('a requeue ends the run, says so in its output, and the job runs again', async () => {
  const script = 'echo begins $MGPU_ATTEMPT $SLURM_RESTART_COUNT; sleep 300';
  const id = await submitted('--open-mode=append', '--wrap', script);
  await said(id, 'begins 1');
  await cluster.output('mgpu_scontrol', 'requeue', id);
  const restarts = async () => (await cluster.job(id))['Restarts'];
  await until(async () => (await restarts()) === '1', { what: 'it waits again', explain: cluster.logs });
  assert.match(text(`slurm-${id}.out`), new RegExp(`^begins 1\n${words(id)} DUE TO JOB REQUEUE \\*\\*\\*\n`));
  // Two minutes of waiting are given up by an update of its start.
  await cluster.output('mgpu_scontrol', 'update', `JobId=${id}`, 'StartTime=now');
  await said(id, 'begins 2 1');
  await cluster.output('mgpu_scancel', id);
  assert.equal((await cluster.ended(id))['JobState'], 'CANCELLED');
  const again = await cluster.runWith({}, 'mgpu_scontrol', 'requeue', id);
  assert.deepEqual([again.code, (await cluster.job(id))['JobState']], [0, 'PENDING'], again.stderr);
  await cluster.output('mgpu_scancel', id);
});

test('what is cancelled is told before its processes hear of it', async () => {
  const id = await submitted(
    '--wrap',
    'trap "echo hears; exit 0" TERM; echo up; while :; do sleep 0.1; done',
  );
  await said(id, 'up');
  await cluster.output('mgpu_scancel', id);
  const job = await cluster.ended(id);
  assert.deepEqual([job['JobState'], job['ExitCode']], ['CANCELLED', '0:0']);
  const lines = text(`slurm-${id}.out`).split('\n');
  assert.match(
    lines[1] ?? '',
    new RegExp(`^slurmstepd-node1: error: \\*\\*\\* JOB ${id} ON node1 CANCELLED AT ${stamp} \\*\\*\\*$`),
  );
  assert.ok(lines.indexOf('hears') > 1, lines.join('\n'));
});

test('what is suspended stands still, keeps what it has, and goes on', async () => {
  const id = await submitted('--wrap', 'while :; do echo tick; sleep 0.1; done');
  await said(id, 'tick');
  await cluster.output('mgpu_scontrol', 'suspend', id);
  const ticks = (): number => text(`slurm-${id}.out`).split('\n').length;
  assert.equal((await cluster.job(id))['JobState'], 'SUSPENDED');
  let before = -1;
  await until(
    async () => {
      const was = before;
      before = ticks();
      await new Promise((resolve) => setTimeout(resolve, 500));
      return was === ticks();
    },
    { what: 'it stands still' },
  );
  await cluster.output('mgpu_scontrol', 'resume', id);
  await until(() => ticks() > before + 3, { what: 'it goes on' });
  await cluster.output('mgpu_scontrol', 'suspend', id);
  await cluster.output('mgpu_scancel', id);
  assert.equal((await cluster.ended(id))['JobState'], 'CANCELLED');
});

test('an older daemon stops a job, the next one lets it go on', async () => {
  const other = await cluster.daemon({ node: 'node2', cpus: 2, gpus: 'b200:1' });
  const id = await submitted('-w', 'node2', '--wrap', 'while :; do echo tick; sleep 0.1; done');
  await said(id, 'tick');
  await cluster.output('mgpu_scontrol', 'suspend', id);
  const ticks = (): number => text(`slurm-${id}.out`).split('\n').length;
  await until(() => /standing still/.test(other.log()), { what: 'it was stopped', explain: cluster.logs });
  await other.kill();
  const before = ticks();
  await cluster.output('mgpu_scontrol', 'resume', id);
  await cluster.daemon({ node: 'node2', cpus: 2, gpus: 'b200:1' });
  await until(() => ticks() > before + 3, { what: 'it goes on' });
  await cluster.output('mgpu_scancel', id);
  await cluster.ended(id);
});

test('before its time limit the batch shell is warned, once, and then it ends with a word', async () => {
  const aged = await cluster.daemon({ node: 'node3', cpus: 2, gpus: 'b300:1', agedSeconds: 50 });
  const script = 'trap "echo warned" USR1; echo up; while :; do sleep 0.1; done';
  const warningSignal = { signal: 10, seconds: 8, batchOnly: true };
  const spec = { nodelist: ['node3'], timeLimit: 1, warningSignal };
  const id = String(await cluster.client.submit({ script, spec }));
  const job = await cluster.ended(id);
  assert.deepEqual([job['JobState'], job['Reason'], job['ExitCode']], ['TIMEOUT', 'TimeLimit', '0:15']);
  const lines = text(`slurm-${id}.out`).split('\n');
  assert.deepEqual(lines.slice(0, 2), ['up', 'warned']);
  assert.equal(lines.filter((line) => line === 'warned').length, 1);
  assert.match(lines[2] ?? '', new RegExp(`CANCELLED AT ${stamp} DUE TO TIME LIMIT \\*\\*\\*$`));
  await aged.stop();
});

test('mail is sent by the program of the settings, as Slurm calls it', async () => {
  const spec = { mailTypes: ['BEGIN', 'END'], mailUser: 'al@x', name: 'post' };
  const id = await cluster.client.submit({ script: 'true', spec });
  await cluster.ended(id);
  await until(() => text('mails').split('\n').length === 3, { what: 'two mails', explain: cluster.logs });
  const [first = '', second = ''] = text('mails').trim().split('\n').sort();
  assert.match(
    first,
    new RegExp(`^-s Slurm Job_id=${id} Name=post Began, Queued time 00:00:0\\d al@x Began$`),
  );
  assert.match(second, /^-s Slurm .* Ended, Run time 00:00:0\d, COMPLETED, ExitCode 0 al@x Ended$/);
});
