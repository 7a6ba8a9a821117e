// Names that would steer a terminal, and things that are large: no command shows the first as they are, the
// job gets them as they are; the second are run or refused in Slurm's words, with little memory.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { limits } from '../../src/model/limits.ts';
import { type Cluster, type Daemon, makeCluster, root, until } from './tools/cluster.ts';

let cluster: Cluster;
let daemon: Daemon;

before(async () => {
  cluster = await makeCluster();
  daemon = await cluster.daemon({ cpus: 64, arguments: ['--poll', '50'] });
});
after(() => cluster.close());

/** Clears the screen, forges a line, reorders, rings, is two columns wide; quotes, and half a pair. */
const evil = 'a\u001b[2Jb\nc\td\u202ee\u0007漢\u009b31m"\'$(x)';
const steering = /[^\P{Cc}\n]|\p{Cf}|\p{Cs}/u;

function assertTame(text: string, what: string): void {
  // Slurm parts fields of its own with tabs.
  assert.doesNotMatch(text.replaceAll(/^[ \t]+/gm, ''), steering, what);
}

const tooLong = 'Batch job submission failed: Pathname of a file, directory or other parameter too long';

test('names that steer terminals are shown as escapes, and the job gets them as they are', async () => {
  const folder = join(cluster.work, `-${evil}`);
  mkdirSync(folder);
  const script = join(folder, `-${evil}.sh`);
  writeFileSync(
    script,
    '#!/bin/sh\nprintf %s "$SLURM_JOB_NAME" > name\npwd > cwd\nprintf %s "$1" > argument\n',
  );
  const words = ['--job-name', evil, '--comment', evil, '--output', `${evil}-%j.out`, '--hold', script, evil];
  const sent = await cluster.runWith({ workDir: folder }, 'mgpu_sbatch', ...words);
  assert.equal(sent.code, 0, sent.stderr);
  const id = Number(/(\d+)/.exec(sent.stdout)?.[1]);
  const held = await cluster.client.submit({
    script: 'true',
    spec: { hold: true, user: evil, account: evil },
  });
  const commands = [
    ['mgpu_squeue'],
    ['mgpu_squeue', '-l'],
    ['mgpu_squeue', '-o', '%all'],
    ['mgpu_squeue', '-O', 'Name,Comment,WorkDir,Command,UserName,StdOut'],
    ['mgpu_scontrol', 'show', 'job', String(id)],
    ['mgpu_scontrol', '-o', 'show', 'job', String(held)],
    ['mgpu_sinfo'],
    ['mgpu', 'doctor', '--spool', cluster.spool],
  ];
  for (const [command = '', ...args] of commands) {
    const { stdout, stderr } = await cluster.run(command, ...args);
    assertTame(stdout, `${command} ${args.join(' ')}`);
    assertTame(stderr, `${command} ${args.join(' ')}`);
    const onTerminal = ['-qec', [join(root, 'bin', command), ...args].map(quoted).join(' '), '/dev/null'];
    const seen = spawnSync('script', onTerminal, { env: { ...cluster.environment, NO_COLOR: '1' } });
    assertTame(seen.stdout.toString().replaceAll('\r\n', '\n'), `${command} on a terminal`);
  }
  await cluster.client.send({ name: 'unhold', targets: [{ job: id }] });
  assert.equal((await cluster.client.ended(id)).endState, 'COMPLETED');
  assert.equal(readFileSync(join(folder, 'name'), 'utf8'), evil);
  assert.equal(readFileSync(join(folder, 'cwd'), 'utf8'), `${folder}\n`);
  assert.equal(readFileSync(join(folder, 'argument'), 'utf8'), evil);
  assert.equal(readFileSync(join(folder, `${evil}-${id}.out`), 'utf8'), '');
  assertTame(daemon.log(), 'the log of the daemon');
  await cluster.client.cancel(held);
});

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

test('what is wrong in a command line is told without doing it', async () => {
  for (const [command, ...args] of [
    ['mgpu_sbatch', evil],
    ['mgpu_sbatch', `--${evil}`],
    ['mgpu_sbatch', '-G', evil, '--wrap', 'true'],
    ['mgpu_sbatch', '--spool', `/${evil}`, '--wrap', 'true'],
    ['mgpu_sbatch', `--dependency=${'afterok:1,'.repeat(10_000)}`, '--wrap', 'true'],
    ['mgpu_sbatch', '-w', `n[1-99999999999]`, '--wrap', 'true'],
    ['mgpu_sbatch', '-a', '0-999999999', '--wrap', 'true'],
    ['mgpu_srun', `--${evil}`],
    ['mgpu_squeue', '-j', evil],
    ['mgpu_scancel', evil],
    ['mgpu_scontrol', 'show', 'job', evil],
    ['mgpu_scontrol', evil],
    ['mgpu_sinfo', `--${evil}`],
    ['mgpu', evil],
    ['mgpu', 'doctor', `--${evil}`],
    ['mgpud', `--${evil}`],
    ['mgpud', '--node-name', evil],
    ['mgpud', '--spool', `/${evil}`],
  ] as const) {
    const { code, stdout, stderr } = await cluster.run(command, ...args);
    const ended = JSON.stringify({ code, stdout, stderr });
    const what = `${command} ${JSON.stringify(args).slice(0, 100)}: ${ended}`;
    assert.ok(code !== 0 && code !== 70, what.slice(0, 2000));
    assertTame(stdout + stderr, what);
    assert.doesNotMatch(stderr, /^ +at /m, what);
    assert.ok(stderr.length + stdout.length < 150_000, `${command}: ${stderr.length} characters`);
  }
});

test('bytes in a command line that are no UTF-8 harm nobody', async () => {
  const submit = `exec "$0" --job-name "$(printf 'a\\377\\300b')" --wrap true`;
  const said = execFileSync('sh', ['-c', submit, join(root, 'bin/mgpu_sbatch')], {
    env: cluster.environment,
    cwd: cluster.work,
    encoding: 'utf8',
  });
  const id = Number(/(\d+)/.exec(said)?.[1]);
  assert.equal((await cluster.client.ended(id)).endState, 'COMPLETED');
});

/** Runs sbatch with so little memory that it cannot hold what it is given. */
function sbatchWith(limitKilobytes: number, words: readonly string[], input?: string) {
  const script = `ulimit -d ${limitKilobytes}; ${input ?? ''} exec "$0" "$@"`;
  const ended = spawnSync('sh', ['-c', script, join(root, 'bin/mgpu_sbatch'), ...words], {
    env: cluster.environment,
    cwd: cluster.work,
    encoding: 'utf8',
  });
  return { code: ended.status, out: ended.stdout, err: ended.stderr };
}

test('a script of 4 MiB runs, and one of 1 GB is refused without being read', async () => {
  const large = join(cluster.work, 'large.sh');
  const head = '#!/bin/sh\necho ran > large.ran\nexit 0\n#';
  writeFileSync(large, head.padEnd(limits.scriptBytes, 'x'));
  const id = Number(await cluster.output('mgpu_sbatch', '--parsable', large));
  assert.equal((await cluster.client.ended(id)).endState, 'COMPLETED');
  assert.equal(readFileSync(join(cluster.work, 'large.ran'), 'utf8'), 'ran\n');
  writeFileSync(large, head.padEnd(limits.scriptBytes + 1, 'x'));
  const refused = await cluster.run('mgpu_sbatch', large);
  assert.deepEqual([refused.code, refused.stderr.split('\n')[0]], [1, `sbatch: error: ${tooLong}`]);
  truncateSync(large, 2 ** 30);
  for (const { code, err } of [
    sbatchWith(600_000, [large]),
    sbatchWith(600_000, [], 'yes "#!/bin/sh" |'),
    sbatchWith(600_000, ['/dev/zero']),
  ]) {
    assert.deepEqual([code, err.split('\n')[0]], [1, `sbatch: error: ${tooLong}`], err);
  }
});

test('an environment of 1.5 MB reaches the job; one variable may have what exec allows', async () => {
  const variables = Array.from({ length: 12 }, (_, index) => [`BIG_${index}`, 'x'.repeat(125_000)] as const);
  const sent = await cluster.runWith(
    { environment: Object.fromEntries(variables) },
    'mgpu_sbatch',
    '--parsable',
    '--wrap',
    'echo "$BIG_11" | wc -c > big',
  );
  assert.equal(sent.code, 0, sent.stderr);
  assert.equal((await cluster.client.ended(Number(sent.stdout))).endState, 'COMPLETED');
  assert.equal(readFileSync(join(cluster.work, 'big'), 'utf8').trim(), '125001');
});

test('an environment that no process can have fails that job alone', async () => {
  const environment = { HUGE: 'x'.repeat(3_000_000) };
  const id = await cluster.client.submit({ script: 'true', environment });
  const job = await cluster.client.ended(id);
  assert.deepEqual([job.endState, job.reason], ['FAILED', 'JobLaunchFailure']);
  const next = await cluster.client.ended(await cluster.client.submit({ script: 'true' }));
  assert.equal(next.endState, 'COMPLETED');
});

test('words beyond the bounds are refused, never acknowledged and dropped', async () => {
  for (const option of ['--comment', '--job-name', '--output']) {
    const { code, stdout, stderr } = await cluster.run(
      'mgpu_sbatch',
      option,
      'x'.repeat(100_000),
      '--wrap',
      'true',
    );
    assert.deepEqual([code !== 0, stdout], [true, ''], `${option}: ${stderr.slice(0, 300)}`);
  }
  const arguments_ = Array.from({ length: 10_000 }, (_, index) => `argument-${index}`);
  writeFileSync(join(cluster.work, 'many.sh'), '#!/bin/sh\necho $# > many\n');
  const id = Number(await cluster.output('mgpu_sbatch', '--parsable', 'many.sh', ...arguments_));
  assert.equal((await cluster.client.ended(id)).endState, 'COMPLETED');
  assert.equal(readFileSync(join(cluster.work, 'many'), 'utf8'), '10000\n');
});

test('ten thousand targets, ten thousand nodes', async () => {
  const { client } = cluster;
  const id = await client.submit({ script: 'sleep 1000', spec: { hold: true } });
  const targets = Array.from({ length: 10_000 }, (_, index) => String(1_000_000 + index));
  const many = await cluster.run('mgpu_scancel', ...targets, String(id));
  assert.deepEqual([many.code, many.stdout], [0, '']);
  assert.equal((await client.ended(id)).endState, 'CANCELLED');
  const nodes = await cluster.run('mgpu_sbatch', '-w', 'n[1-10000]', '--wrap', 'true');
  assert.equal(nodes.code !== 0 && nodes.stdout === '', true, JSON.stringify(nodes).slice(0, 500));
  assert.ok(nodes.stderr.length < 10_000);
  const isIdle = async (): Promise<boolean> => (await client.present.view()).cluster.jobs.size > 0;
  await until(isIdle, { what: 'the state can be read' });
});
