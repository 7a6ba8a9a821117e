// A batch job from its submission to its end, with a real daemon and real files.
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { EndedJob } from '../../src/model/job.ts';
import { type Cluster, makeCluster, until } from './tools/cluster.ts';

let cluster: Cluster;

before(async () => {
  cluster = await makeCluster();
  await cluster.daemon({ cpus: 64 });
});
after(() => cluster.close());

function outcome({ endState, reason, exitCode }: EndedJob): string {
  return `${endState} ${reason} ${exitCode.code}:${exitCode.signal}`;
}

function inRoom(id: number, name: string): string {
  return join(cluster.spool, 'jobs', String(id), name);
}

function inWork(name: string): string {
  return join(cluster.work, name);
}

test('a job runs to its end: output, exit record, SUCCESS, the request kept in its room', async () => {
  const id = await cluster.client.submit({
    script: 'echo out; echo err >&2; pwd; echo "$@"',
    args: ['a b', '*'],
  });
  const job = await cluster.client.ended(id);
  assert.equal(outcome(job), 'COMPLETED None 0:0');
  assert.equal(job.attempt, 1);
  assert.equal(readFileSync(inWork(`slurm-${id}.out`), 'utf8'), `out\nerr\n${cluster.work}\na b *\n`);
  assert.equal(existsSync(inRoom(id, 'SUCCESS')), true);
  assert.equal(existsSync(inRoom(id, 'FAILED')), false);
  const { userTicks, systemTicks, ...exit } = JSON.parse(readFileSync(inRoom(id, 'exit.1'), 'utf8'));
  assert.ok(userTicks >= 0 && systemTicks >= 0);
  assert.deepEqual(exit, { mgpu: 'exit', format: 1, attempt: 1, code: 0, signal: 0, launched: true });
  assert.equal(JSON.parse(readFileSync(inRoom(id, 'request.json'), 'utf8')).request.jobId, id);
});

test('the job sees what it was given, and the start marker says where it ran', async () => {
  const id = await cluster.client.submit({
    script: 'env | grep -E "^(SLURM|MGPU|CUDA|OWN|PATH)" | sort; echo pid=$PPID',
    environment: { OWN: 'kept', CUDA_VISIBLE_DEVICES: '7', SLURM_JOB_ID: '999' },
    spec: { gpuIds: [1, 3], name: 'look' },
  });
  await cluster.client.ended(id);
  const lines = readFileSync(inWork(`slurm-${id}.out`), 'utf8').split('\n');
  const marker = JSON.parse(readFileSync(inRoom(id, 'started.1'), 'utf8'));
  for (const line of [
    'OWN=kept',
    'CUDA_VISIBLE_DEVICES=1,3',
    'SLURM_JOB_GPUS=1,3',
    `SLURM_JOB_ID=${id}`,
    'SLURM_JOB_NAME=look',
    'SLURM_JOB_NODELIST=node1',
    `SLURM_SUBMIT_DIR=${cluster.work}`,
    'MGPU_ATTEMPT=1',
    'MGPU_NODE=node1',
    `MGPU_HOST=${hostname()}`,
    'MGPU_GPUS=1,3',
    `MGPU_PID=${marker.pid}`,
    `pid=${marker.pid}`,
    `MGPU_SPOOL=${cluster.spool}`,
    `MGPU_BOOT_ID=${marker.bootId}`,
  ]) {
    assert.ok(lines.includes(line), `${line}\n${lines.join('\n')}`);
  }
  assert.deepEqual(marker.gpus, [{ index: 1 }, { index: 3 }]);
  assert.deepEqual([marker.node, marker.hostName, marker.attempt], ['node1', hostname(), 1]);
});

test('codes and signals are told apart', async () => {
  const cases: readonly (readonly [string, string])[] = [
    ['exit 3', 'FAILED NonZeroExitCode 3:0'],
    ['exit 137', 'FAILED NonZeroExitCode 137:0'],
    ['exit 143', 'FAILED NonZeroExitCode 143:0'],
    ['exit 255', 'FAILED NonZeroExitCode 255:0'],
    ['kill -KILL $$', 'FAILED JobLaunchFailure 0:9'],
    ['kill -TERM $$', 'FAILED JobLaunchFailure 0:15'],
    ['kill -INT $$', 'FAILED JobLaunchFailure 0:2'],
    ['kill -SEGV $$', 'FAILED JobLaunchFailure 0:11'],
    ['sh -c "kill -TERM \\$\\$"', 'FAILED NonZeroExitCode 143:0'],
    ['#!/bin/sh -e\nfalse\necho never', 'FAILED NonZeroExitCode 1:0'],
    [
      '#!/usr/bin/env python3\nimport os, signal\nos.kill(os.getpid(), signal.SIGABRT)',
      'FAILED JobLaunchFailure 0:6',
    ],
  ];
  const ids = [];
  for (const [script] of cases) ids.push(await cluster.client.submit({ script }));
  for (const [index, id] of ids.entries()) {
    const [script, expected] = cases[index] ?? ['', ''];
    assert.equal(outcome(await cluster.client.ended(id)), expected, script);
    assert.equal(existsSync(inRoom(id, 'FAILED')), true, script);
    assert.equal(existsSync(inRoom(id, 'SUCCESS')), false, script);
  }
});

test('what cannot be started ends with JobLaunchFailure or the code of the shell', async () => {
  writeFileSync(inWork('not-a-folder'), '');
  const submit = cluster.client.submit;
  const noFolder = await submit({ script: 'echo never', spec: { output: 'missing/%j.out' } });
  const fileAsFolder = await submit({ script: 'echo never', spec: { output: 'not-a-folder/out' } });
  const outputIsFolder = await submit({ script: 'echo never', spec: { output: cluster.work } });
  const noError = await submit({ script: 'echo never', spec: { error: '/nowhere/err' } });
  const noInput = await submit({ script: 'echo never', spec: { input: 'missing-input' } });
  for (const id of [noFolder, fileAsFolder, outputIsFolder, noError, noInput]) {
    assert.equal(outcome(await cluster.client.ended(id)), 'FAILED JobLaunchFailure 0:53', String(id));
    assert.equal(existsSync(inRoom(id, 'FAILED')), true);
  }
  const noInterpreter = await submit({ script: '#!/no/such/interpreter\necho never' });
  assert.equal(outcome(await cluster.client.ended(noInterpreter)), 'FAILED NonZeroExitCode 127:0');
  const notExecutable = await submit({ script: `#!${inWork('not-a-folder')}\n` });
  assert.equal(outcome(await cluster.client.ended(notExecutable)), 'FAILED NonZeroExitCode 126:0');
});

test('a working folder that is not there: /tmp instead, and the output says so', async () => {
  const output = inWork('bad-dir.out');
  const workDir = '/no/such/folder';
  const id = await cluster.client.submit({ script: 'pwd', spec: { workDir, output } });
  assert.equal(outcome(await cluster.client.ended(id)), 'COMPLETED None 0:0');
  const lines = readFileSync(output, 'utf8').trimEnd().split('\n');
  const why = "couldn't chdir to `/no/such/folder': No such file or directory: going to /tmp instead";
  assert.deepEqual(lines, [`slurmstepd-node1: error: ${why}`, `slurmstepd-node1: error: ${why}`, '/tmp']);
});

test('a job finds its own variables, whatever they are called', async () => {
  const names = ['name', 'value', 'dir', 'out', 'err', 'code', 'user', 'limits', 'format', 'mode'];
  const own = Object.fromEntries(names.map((name) => [name, `my ${name}`]));
  const output = inWork('own-variables.out');
  writeFileSync(inWork('own.sh'), `#!/bin/bash\nprintenv ${names.join(' ')}\n`);
  const words = ['-W', '-o', output, inWork('own.sh')];
  const { code } = await cluster.runWith({ environment: own }, 'mgpu_sbatch', ...words);
  assert.equal(code, 0);
  assert.deepEqual(readFileSync(output, 'utf8').trimEnd().split('\n'), Object.values(own));
});

test('input from a file, separate errors, truncated or appended output', async () => {
  writeFileSync(inWork('input'), 'from the file\n');
  for (const name of ['cut.out', 'kept.out', 'kept.err']) writeFileSync(inWork(name), 'before\n');
  const script = 'cat; echo wrong >&2';
  const cut = await cluster.client.submit({ script, spec: { input: 'input', output: 'cut.out' } });
  const kept = await cluster.client.submit({
    script,
    spec: { input: 'input', output: 'kept.out', error: 'kept.err', openMode: 'append' },
  });
  await cluster.client.ended(cut);
  await cluster.client.ended(kept);
  assert.equal(readFileSync(inWork('cut.out'), 'utf8'), 'from the file\nwrong\n');
  assert.equal(readFileSync(inWork('kept.out'), 'utf8'), 'before\nfrom the file\n');
  assert.equal(readFileSync(inWork('kept.err'), 'utf8'), 'before\nwrong\n');
});

test('odd names: blanks, quotes, line ends and percent signs in names and paths', async () => {
  const workDir = inWork(`it's "odd" $HOME \`x\` %j\nsecond`);
  mkdirSync(workDir);
  const name = 'line one\nline $(two) `three` "four"';
  const id = await cluster.client.submit({
    script: 'pwd; printf "%s" "$SLURM_JOB_NAME" | od -c | tail -1; printf "%s|" "$@" "$ODD"',
    args: ["it's", 'a\nb', ''],
    environment: { ODD: "x'\ny$(z)" },
    spec: { workDir, name, output: `${cluster.work}/%j-odd.out` },
  });
  assert.equal(outcome(await cluster.client.ended(id)), 'COMPLETED None 0:0');
  const octal = `${name.length.toString(8).padStart(7, '0')}\n`;
  const expected = `${workDir}\n${octal}it's|a\nb||x'\ny$(z)|`;
  assert.equal(readFileSync(inWork(`${id}-odd.out`), 'utf8'), expected);
});

test('an environment and an argument of 2 MB together', async () => {
  const names = Array.from({ length: 19 }, (_, number) => `LARGE_${number}`);
  const environment = Object.fromEntries(names.map((name) => [name, 'x'.repeat(100_000)]));
  const script = 'env | grep -c ^LARGE_; printf %s "$LARGE_18$1" | wc -c';
  const id = await cluster.client.submit({ script, environment, args: ['y'.repeat(100_000)] });
  assert.equal(outcome(await cluster.client.ended(id)), 'COMPLETED None 0:0');
  assert.deepEqual(
    readFileSync(inWork(`slurm-${id}.out`), 'utf8')
      .trim()
      .split(/\s+/),
    ['19', '200000'],
  );
});

test('an environment that no process can have ends as a failed launch, and the daemon goes on', async () => {
  const id = await cluster.client.submit({ script: 'true', environment: { LARGE: 'x'.repeat(200_000) } });
  assert.equal(outcome(await cluster.client.ended(id)), 'FAILED JobLaunchFailure 0:53');
});

test('an output that is a dangling link', async () => {
  symlinkSync(inWork('elsewhere/missing'), inWork('dangling.out'));
  const dangling = await cluster.client.submit({ script: 'true', spec: { output: 'dangling.out' } });
  assert.equal(outcome(await cluster.client.ended(dangling)), 'FAILED JobLaunchFailure 0:53');
});

test('a script runs from a copy on its machine, whatever befalls the one in the room', async () => {
  const go = inWork('go');
  // A shell reads its script bit by bit: of a long one the rest is not read when it begins.
  const filler = '# nothing\n'.repeat(20_000);
  const waits = `echo "$0" > name; until [ -e '${go}' ]; do sleep 0.05; done\n${filler}exit 9`;
  const held = await cluster.client.submit({ script: waits, spec: { hold: true } });
  chmodSync(inRoom(held, 'script'), 0o600);
  await cluster.client.send({ name: 'unhold', targets: [{ job: held }] });
  await until(() => existsSync(inWork('name')), { what: 'it runs', explain: cluster.logs });
  truncateSync(inRoom(held, 'script'), 0);
  writeFileSync(go, '');
  assert.equal(outcome(await cluster.client.ended(held)), 'FAILED NonZeroExitCode 9:0');
  const name = readFileSync(inWork('name'), 'utf8').trim();
  assert.match(name, /\/slurm_script$/);
  assert.ok(!name.startsWith(cluster.spool));
  await until(() => !existsSync(name), { what: 'the copy goes with the run', explain: cluster.logs });
});

test('a job without room in the spool is told as a failed launch', async () => {
  const id = await cluster.client.submit({ script: 'true', spec: { hold: true } });
  await cluster.client.store.files.unlink(inRoom(id, 'launch.json'));
  await cluster.client.send({ name: 'unhold', targets: [{ job: id }] });
  assert.equal(outcome(await cluster.client.ended(id)), 'FAILED JobLaunchFailure 0:53');
});
