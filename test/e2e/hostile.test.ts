// What users, or accidents, put into the inbox and into their jobs' rooms: it is set aside or ends that job
// alone, and the next job runs.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { invariants } from '../../src/core/invariants.ts';
import { type Cluster, type Daemon, makeCluster, until } from './tools/cluster.ts';
import { isAlive, startTicks } from './tools/proc.ts';

const isRoot = process.getuid?.() === 0;
const stranger = 65_534;

let cluster: Cluster;
let daemon: Daemon;

before(async () => {
  cluster = await makeCluster();
  daemon = await cluster.daemon({ cpus: 64, arguments: ['--poll', '50'] });
});
after(() => cluster.close());

/** The daemon is the same as ever and runs what comes next. */
async function assertGoesOn(): Promise<void> {
  const job = await cluster.client.ended(await cluster.client.submit({ script: 'true' }));
  assert.equal(job.endState, 'COMPLETED');
  assert.equal(daemon.process.exitCode, null);
  invariants(await cluster.client.committed());
}

/** What is put under a name, which is the identity that a request there would have. */
const inboxJunk: readonly (readonly [string, (path: string, name: string) => void])[] = [
  ['a folder', (path) => mkdirSync(path)],
  ['a folder with something in it', (path) => mkdirSync(join(path, 'deep/down'), { recursive: true })],
  ['a FIFO', (path) => execFileSync('mkfifo', [path])],
  ['a link to a file', (path) => symlinkSync('/etc/passwd', path)],
  ['a link to nothing', (path) => symlinkSync('/no/such/file', path)],
  ['a file of 5 MB', (path) => writeFileSync(path, ' '.repeat(5 * 2 ** 20))],
  ['no JSON', (path) => writeFileSync(path, 'hello')],
  ['JSON of another kind', (path) => writeFileSync(path, '[1, null]')],
  ['nothing at all', (path) => writeFileSync(path, '')],
  ['bytes that are no text', (path) => writeFileSync(path, Buffer.from([0xff, 0xfe, 0x00, 0x80]))],
  ['a request under another’s name', (path) => writeFileSync(path, requestText('ANOTHER-NAME'))],
  [
    'a request that nobody knows',
    (path, name) => writeFileSync(path, requestText(name, { request: { name: 'dance' } })),
  ],
  [
    'a request with a number that is none',
    (path, name) =>
      writeFileSync(path, requestText(name, { request: { name: 'hold', targets: [{ job: 0.5 }] } })),
  ],
];

function requestText(requestId: string, given: object = {}): string {
  const request = { name: 'cancel', targets: [{ job: 1 }] };
  return JSON.stringify({ mgpu: 'request', format: 1, requestId, time: 1, host: 'here', request, ...given });
}

test('what is no request is set aside, and the daemon goes on', async () => {
  const inbox = join(cluster.spool, 'inbox');
  for (const [index, [, put]] of inboxJunk.entries())
    put(join(inbox, `JUNK-${1000 + index}.json`), `JUNK-${1000 + index}`);
  writeFileSync(join(inbox, 'a name\nof "its" own \u{1f600}'), '');
  writeFileSync(join(inbox, 'x'.repeat(255)), '');
  await assertGoesOn();
  const areAside = (): boolean => readdirSync(inbox).every((name) => name.startsWith('.'));
  await until(areAside, { what: 'the inbox is empty', explain: cluster.logs, msMax: 10_000 });
  const aside = readdirSync(join(cluster.spool, 'rejected'));
  for (const [index, [what]] of inboxJunk.entries()) {
    assert.ok(
      aside.some((name) => name.endsWith(`JUNK-${1000 + index}.json`)),
      what,
    );
  }
  assert.equal(aside.length, inboxJunk.length + 2);
  assert.equal(readFileSync('/etc/passwd', 'utf8').includes('root'), true);
});

test('junk in the inbox does not keep commands from seeing the jobs', async () => {
  daemon.process.kill('SIGSTOP');
  try {
    for (const [index, [, put]] of inboxJunk.entries())
      put(join(cluster.spool, `inbox/JUNK-${2000 + index}.json`), `JUNK-${2000 + index}`);
    const id = await cluster.client.submit({ script: 'true' });
    assert.equal((await cluster.client.job(id)).state, 'PENDING');
    assert.match(
      await cluster.output('mgpu_squeue', '-h', '-o', '%i %T'),
      new RegExp(`^${id} PENDING$`, 'm'),
    );
  } finally {
    daemon.process.kill('SIGCONT');
  }
  await assertGoesOn();
});

if (isRoot) {
  test('a request of somebody else changes nothing', async () => {
    const { client } = cluster;
    const id = await client.submit({ script: 'sleep 1000' });
    await client.reached(id, 'RUNNING');
    const waits = await client.submit({ script: 'true', spec: { hold: true } });
    const spec = (await client.job(id)).spec;
    mkdirSync(join(cluster.spool, 'jobs/900000'));
    const requests = [
      { name: 'cancel', targets: [{ job: id }, { job: waits }] },
      { name: 'unhold', targets: [{ job: waits }] },
      { name: 'signal', targets: [{ job: id }], signal: 9, scope: 'full' },
      { name: 'submit', jobId: 900_000, spec },
    ];
    for (const [index, request] of requests.entries()) {
      const requestId = `STRANGER-${index}`;
      const path = join(cluster.spool, 'inbox', `.tmp.${requestId}`);
      writeFileSync(path, requestText(requestId, { request }));
      chownSync(path, stranger, stranger);
      await client.store.files.rename(path, join(cluster.spool, 'inbox', `${requestId}.json`));
      const isTaken = (): boolean => !existsSync(join(cluster.spool, 'inbox', `${requestId}.json`));
      await until(isTaken, { what: `${requestId} is taken`, explain: cluster.logs });
    }
    await assertGoesOn();
    assert.equal((await client.job(id)).state, 'RUNNING');
    assert.equal((await client.job(waits)).state, 'PENDING');
    assert.equal((await client.cluster()).jobs.has(900_000), false);
    await client.cancel(id, waits);
    assert.equal((await client.ended(id)).endState, 'CANCELLED');
    assert.equal((await client.ended(waits)).endState, 'CANCELLED');
  });
}

/** Each is done to a job's room while the job is held; then it is released. */
const roomHarm: readonly (readonly [string, (room: string) => void])[] = [
  ['a folder in place of the start marker', (room) => mkdirSync(join(room, 'started.1'))],
  ['a link in place of the start marker', (room) => symlinkSync('/etc/passwd', join(room, 'started.1'))],
  ['a FIFO in place of the start marker', (room) => execFileSync('mkfifo', [join(room, 'started.1')])],
  ['a large start marker', (room) => writeFileSync(join(room, 'started.1'), 'x'.repeat(2 ** 20))],
  ['a start marker of something else', (room) => writeFileSync(join(room, 'started.1'), 'absent')],
  ['no room any more', (room) => rmSync(room, { recursive: true })],
  ['a file in place of the room', (room) => execFileSync('sh', ['-c', 'rm -r "$0" && : > "$0"', room])],
  [
    'a launch file that is a link',
    (room) => execFileSync('ln', ['-sf', '/etc/passwd', join(room, 'launch.json')]),
  ],
  ['a launch file of another kind', (room) => writeFileSync(join(room, 'launch.json'), '{"args":"all"}')],
  ['no script', (room) => rmSync(join(room, 'script'))],
];

test('jobs whose rooms were spoilt fail, each by itself, and others run meanwhile', async () => {
  const { client } = cluster;
  const ids: number[] = [];
  for (const [, harm] of roomHarm) {
    const id = await client.submit({ script: 'true', spec: { hold: true } });
    await client.ended(await client.submit({ script: 'true' }));
    harm(join(cluster.spool, 'jobs', String(id)));
    ids.push(id);
  }
  await client.send({ name: 'unhold', targets: ids.map((job) => ({ job })) });
  await assertGoesOn();
  for (const [index, id] of ids.entries()) {
    assert.equal((await client.ended(id)).endState, 'FAILED', roomHarm[index]?.[0]);
  }
  await assertGoesOn();
});

test('a room in which the request cannot be kept', async () => {
  daemon.process.kill('SIGSTOP');
  const ids: number[] = [];
  try {
    for (const harm of ['mkdir -p "$0/request.json/x"', 'rm -r "$0"', 'rm -r "$0"; : > "$0"']) {
      const id = await cluster.client.submit({ script: 'true' });
      execFileSync('sh', ['-c', harm, join(cluster.spool, 'jobs', String(id))]);
      ids.push(id);
    }
  } finally {
    daemon.process.kill('SIGCONT');
  }
  await assertGoesOn();
  const [first, ...others] = await Promise.all(ids.map((id) => cluster.client.ended(id)));
  assert.equal(first?.endState, 'COMPLETED');
  for (const other of others) assert.equal(other.endState, 'FAILED');
});

/** Each is done by a job to its own room. */
const jobHarm: readonly (readonly [string, string, string])[] = [
  ['removes its room', 'rm -rf "$room"', 'COMPLETED FAILED'],
  ['puts a folder in place of its exit record', 'mkdir "$room/exit.1"', 'COMPLETED FAILED'],
  ['links its exit record to another file', 'ln -s /etc/passwd "$room/exit.1"', 'COMPLETED FAILED'],
  ['writes an exit record of its own', 'echo "{\\"mgpu\\":\\"exit\\"}" > "$room/exit.1"', 'COMPLETED'],
  ['empties its start marker', ': > "$room/started.1"', 'COMPLETED'],
  ['removes its start marker', 'rm "$room/started.1"', 'COMPLETED'],
];

for (const [what, act, expected] of jobHarm) {
  test(`a job that ${what} ends all the same, once`, async () => {
    const script = `echo ran >> $SLURM_JOB_ID.ran; room="$MGPU_SPOOL/jobs/$SLURM_JOB_ID"; ${act}`;
    const id = await cluster.client.submit({ script });
    const job = await cluster.client.ended(id);
    assert.ok(expected.split(' ').includes(job.endState), job.endState);
    assert.equal(readFileSync(join(cluster.work, `${id}.ran`), 'utf8'), 'ran\n');
    await assertGoesOn();
  });
}

/** A process that has nothing to do with the cluster and tells whether anybody signals it. */
async function bystander(): Promise<{ readonly child: ChildProcess; readonly signals: () => string }> {
  const said = join(cluster.folder, `bystander.${Math.random()}`);
  const traps = ['TERM', 'CONT', 'HUP', 'INT', 'USR1'].map(
    (name) => `trap "echo ${name} >> ${said}" ${name}`,
  );
  const script = `${traps.join('; ')}; echo up > ${said}; while :; do sleep 0.05; done`;
  const child = spawn('sh', ['-c', script], { stdio: 'ignore', detached: true });
  await until(() => existsSync(said) && readFileSync(said, 'utf8') !== '', { what: 'the bystander is up' });
  return { child, signals: () => readFileSync(said, 'utf8').replace('up\n', '') };
}

for (const [what, ticksOff] of [
  ['another process has by now', 1],
  ['another’s process has', 0],
] as const) {
  test(`a start marker with the number that ${what}: it is neither signalled nor waited for`, async () => {
    const { child, signals } = await bystander();
    const pid = child.pid ?? 0;
    try {
      const { client } = cluster;
      // The fields of a real marker, of a job that has run.
      const model = await client.submit({ script: 'true' });
      await client.ended(model);
      const marker = JSON.parse(readFileSync(join(cluster.spool, `jobs/${model}/started.1`), 'utf8'));
      const id = await client.submit({ script: 'echo never >> never', spec: { hold: true, gpuIds: [0] } });
      const forged = { ...marker, jobId: id, pid, startTicks: startTicks(pid) - ticksOff };
      writeFileSync(join(cluster.spool, `jobs/${id}/started.1`), `${JSON.stringify(forged)}\n`);
      await client.send({ name: 'unhold', targets: [{ job: id }] });
      await client.reached(id, 'RUNNING');
      await client.cancel(id);
      await client.ended(id);
      assert.equal(isAlive(pid), true);
      assert.equal(signals(), '');
      assert.equal(existsSync(join(cluster.work, 'never')), false);
      await assertGoesOn();
    } finally {
      child.kill('SIGKILL');
    }
  });
}

test('a job that spoilt its start marker is found by the next daemon, and can be cancelled', async () => {
  const script =
    'room="$MGPU_SPOOL/jobs/$SLURM_JOB_ID"; : > "$room/started.1"; echo up > spoilt; exec sleep 1000';
  const id = await cluster.client.submit({ script, spec: { gpuIds: [3] } });
  await until(() => existsSync(join(cluster.work, 'spoilt')), {
    what: 'the job is up',
    explain: cluster.logs,
  });
  const ends = await cluster.client.submit({
    script: ': > "$MGPU_SPOOL/jobs/$SLURM_JOB_ID/started.1"; sleep 1; exit 3',
  });
  await cluster.client.reached(ends, 'RUNNING');
  await daemon.kill();
  daemon = await cluster.daemon({ cpus: 64, arguments: ['--poll', '50'] });
  await assertGoesOn();
  await cluster.client.cancel(id);
  const job = await cluster.client.ended(id);
  assert.deepEqual([job.endState, job.exitCode], ['CANCELLED', { code: 0, signal: 15 }]);
  assert.deepEqual((await cluster.client.ended(ends)).exitCode, { code: 3, signal: 0 });
  await assertGoesOn();
});
