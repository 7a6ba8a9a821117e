// Output and input of steps by encrypted connections: real daemons, supervisors, srun, and lines that break.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Cluster, makeCluster, root, until } from './tools/cluster.ts';
import { isAlive } from './tools/proc.ts';

let cluster: Cluster;
const MiB = 2 ** 20;

before(async () => {
  cluster = await makeCluster();
  await cluster.daemon({ node: 'node1', cpus: 4 });
  await cluster.daemon({ node: 'node2', cpus: 4 });
});
after(() => cluster.close());

interface Ran {
  readonly code: number | null;
  readonly out: Buffer;
  readonly err: string;
}

/** Starts srun with this input; `ended` is what it came to. */
function srun(words: readonly string[], input: Uint8Array = new Uint8Array(0)) {
  const child = spawn(join(root, 'bin/mgpu_srun'), [...words], {
    env: cluster.environment,
    cwd: cluster.work,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => void out.push(chunk));
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const ended = new Promise<Ran>((resolve) => {
    child.once('close', (code) => resolve({ code, out: Buffer.concat(out), err }));
  });
  return { child, ended };
}

const bySocket = ['--io=socket', '-w'];
const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Files of output that lie in the room of the last job or of its step. */
function outputFiles(): readonly string[] {
  const jobs = join(cluster.spool, 'jobs');
  const last = Math.max(...readdirSync(jobs).map(Number).filter(Number.isSafeInteger));
  const names = readdirSync(join(jobs, String(last)), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /(?:^|[./])\d+\.(?:out|err)$/.test(name));
}

test('what a task writes arrives as it is, and no file of it is needed', async () => {
  const file = join(cluster.work, 'random');
  const one = randomBytes(4 * MiB);
  writeFileSync(file, one);
  const script = 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do cat random; done';
  const { code, out, err } = await srun([...bySocket, 'node2', 'bash', '-c', script]).ended;
  assert.deepEqual([code, err], [0, '']);
  assert.equal(hash(out), hash(Buffer.concat(Array.from({ length: 16 }, () => one))));
  assert.deepEqual(outputFiles(), []);
});

test('standard input reaches all tasks, or one, as it is', async () => {
  const input = randomBytes(6 * MiB);
  const words = ['--io=socket', '-N2', '-n4', '-l', 'sha256sum'];
  const all = await srun(words, input).ended;
  const lines = all.out.toString().trimEnd().split('\n').sort();
  assert.deepEqual(
    lines,
    [0, 1, 2, 3].map((task) => `${task}: ${hash(input)}  -`),
  );
  const one = await srun(['-i2', ...words], input).ended;
  const sums = one.out.toString().trimEnd().split('\n').sort();
  assert.deepEqual(
    sums,
    [0, 1, 2, 3].map((task) => `${task}: ${hash(task === 2 ? input : Buffer.alloc(0))}  -`),
  );
});

test('a task that does not read keeps the others from nothing', async () => {
  const input = randomBytes(12 * MiB);
  const script =
    'if [ $SLURM_PROCID = 0 ]; then sha256sum; else while [ ! -e read ]; do sleep 0.1; done; fi; touch read';
  const { code, out } = await srun(['--io=socket', '-w', 'node2', '-n2', 'bash', '-c', script], input).ended;
  assert.deepEqual([code, out.toString()], [0, `${hash(input)}  -\n`]);
});

test('eight tasks on two nodes have their lines whole and in order, each with its label', async () => {
  const script = 'for i in $(seq 2000); do echo line $i; done; echo end >&2';
  const { code, out, err } = await srun(['--io=socket', '-N2', '-n8', '-l', 'bash', '-c', script]).ended;
  assert.equal(code, 0);
  for (let task = 0; task < 8; task += 1) {
    const own = out
      .toString()
      .split('\n')
      .filter((line) => line.startsWith(`${task}: `));
    assert.deepEqual(
      own,
      Array.from({ length: 2000 }, (_, index) => `${task}: line ${index + 1}`),
    );
  }
  assert.deepEqual(
    err.trimEnd().split('\n').sort(),
    [0, 1, 2, 3, 4, 5, 6, 7].map((task) => `${task}: end`),
  );
});

/** A line to srun that breaks when so many bytes have come to it. */
async function breakingLine(port: number, cutAt: number): Promise<{ readonly port: number }> {
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    let passed = 0;
    const cut = (): void => void [near, far].map((socket: Socket) => socket.destroy());
    near.on('data', (chunk) => {
      passed += chunk.length;
      if (passed > cutAt) cut();
      else if (!far.write(chunk)) near.pause();
    });
    far.on('drain', () => near.resume());
    far.on('data', (chunk) => void near.write(chunk));
    for (const socket of [near, far]) socket.on('error', cut).on('close', cut);
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0 };
}

/** Starts srun on a node that is not there yet, leads its line elsewhere, and lets the node come. */
async function ledElsewhere(
  words: readonly string[],
  change: (port: number) => Promise<object>,
  input?: Uint8Array,
): Promise<Ran & { readonly room: string }> {
  await (await cluster.daemon({ node: 'late', cpus: 2 })).stop();
  const jobs = join(cluster.spool, 'jobs');
  const before = new Set(readdirSync(jobs));
  const { ended } = srun(['-Q', '--io=socket', '-w', 'late', ...words], input);
  let path = '';
  const isOffered = (): boolean => {
    const name = readdirSync(jobs).find((one) => /^\d+$/.test(one) && !before.has(one));
    path = join(jobs, name ?? '');
    return existsSync(join(path, 'step.0.live.json'));
  };
  await until(isOffered, { what: 'srun says where it listens', explain: cluster.logs });
  const file = join(path, 'step.0.live.json');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const offer = JSON.parse(readFileSync(file, 'utf8'));
  const changed = await change(offer.port);
  writeFileSync(file, JSON.stringify({ ...offer, addresses: ['127.0.0.1'], ...changed }));
  const daemon = await cluster.daemon({ node: 'late', cpus: 2 });
  const ran = await ended;
  await daemon.stop();
  return { ...ran, room: path };
}

test('a line that breaks in the middle costs nothing: the rest comes by files', async () => {
  const file = join(cluster.work, 'half');
  const one = randomBytes(24 * MiB);
  writeFileSync(file, one);
  const words = ['bash', '-c', 'cat half; cat; echo end >&2'];
  const input = randomBytes(3 * MiB);
  const { code, out, err, room } = await ledElsewhere(words, (port) => breakingLine(port, 10 * MiB), input);
  assert.deepEqual([code, err], [0, 'end\n']);
  assert.equal(hash(out), hash(Buffer.concat([one, input])));
  const size = statSync(join(room, 'step.0.0.out')).size;
  assert.ok(size > 0 && size < out.length, `${size} bytes came by the file`);
});

test('where no line can be had, auto takes files and socket says so', async () => {
  // Where it goes by itself, only machines that are not srun's own are connected with.
  const auto = { port: 1, mode: 'auto', bootId: 'elsewhere' };
  const byFiles = await ledElsewhere(['cat'], async () => auto, Buffer.from('hello'));
  assert.deepEqual([byFiles.code, byFiles.out.toString(), byFiles.err], [0, 'hello', '']);
  const failed = await ledElsewhere(['echo', 'hello'], async () => ({ port: 1 }));
  const why = 'no connection from node late to srun within 5 s: port 1 of 127.0.0.1';
  assert.deepEqual([failed.code, failed.out.toString(), failed.err], [1, '', `srun: error: ${why}\n`]);
});

test('sattach shows what comes from then on, and srun goes on as it was', async () => {
  const script =
    'echo before; while [ ! -e go ]; do sleep 0.05; done; for i in $(seq 3000); do echo line $i; done';
  const { child, ended } = srun(['--io=socket', '-w', 'node2', 'bash', '-c', script]);
  await once(child.stdout, 'data');
  const job = Math.max(...(await cluster.client.committed()).jobs.keys());
  const attached = cluster.run('mgpu_sattach', `${job}.0`);
  const handed = join(cluster.spool, 'jobs', String(job), 'step.0.handed.0');
  await until(() => existsSync(handed), { what: 'the supervisor answers', explain: cluster.logs });
  await new Promise((resolve) => void setTimeout(resolve, 500));
  writeFileSync(join(cluster.work, 'go'), '');
  const lines = Array.from({ length: 3000 }, (_, index) => `line ${index + 1}\n`).join('');
  const { code, out } = await ended;
  assert.deepEqual([code, out.toString()], [0, `before\n${lines}`]);
  const seen = await attached;
  assert.deepEqual([seen.code, seen.stdout], [0, lines]);
});

test('srun gives up what waits too long, and what neither reads nor writes for too long', async () => {
  const start = Date.now();
  const words = [
    '--session-timeout=1',
    '-w',
    'node2',
    'bash',
    '-c',
    'for i in 1 2 3; do sleep 0.6; echo $i; done; exec sleep 60',
  ];
  const idle = await srun(words).ended;
  assert.equal(idle.out.toString(), '1\n2\n3\n');
  assert.match(idle.err, /StepId=\d+\.0 is ended: no input or output for 1 s \(--session-timeout\)/);
  assert.notEqual(idle.code, 0);
  await (await cluster.daemon({ node: 'late', cpus: 2 })).stop();
  const waiting = await srun(['-Q', '--max-wait-time=1', '-w', 'late', 'true']).ended;
  assert.deepEqual(
    [waiting.code, waiting.err],
    [1, 'srun: error: Unable to allocate resources: Connection timed out\n'],
  );
  assert.ok(Date.now() - start < 45_000);
});

test('srun killed by -9 takes its step along, and its job stays whole', async () => {
  const script = join(cluster.work, 'kill9.sh');
  const lines = [
    `${join(root, 'bin/mgpu_srun')} --io=socket bash -c 'echo $$ > task; sleep 300' &`,
    'while [ ! -s task ]; do sleep 0.05; done; kill -9 $!; echo killed; sleep 300',
  ];
  writeFileSync(script, `#!/bin/bash\n${lines.join('\n')}\n`);
  const id = Number(
    await cluster.output('mgpu_sbatch', '--parsable', '-w', 'node1', '-o', 'kill9.out', script),
  );
  const task = join(cluster.work, 'task');
  await until(() => existsSync(task) && readFileSync(task, 'utf8') !== '', {
    what: 'the task',
    explain: cluster.logs,
  });
  const pid = Number(readFileSync(task, 'utf8'));
  await until(() => !isAlive(pid), { what: 'the end of the task', explain: cluster.logs, msMax: 45_000 });
  await cluster.run('mgpu_scancel', String(id));
});
