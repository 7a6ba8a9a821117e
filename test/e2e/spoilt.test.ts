// Special files and lost permissions in the places that a cluster's user can spoil, under a daemon that runs
// as an ordinary user where it can: root may read everything.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { invariants } from '../../src/core/invariants.ts';
import { type Cluster, type Daemon, makeCluster, root, until } from './tools/cluster.ts';

const nobody = 65_534;

/** This process, and with it all that it starts, as somebody without rights; root where nobody may look. */
function becomeNobody(): boolean {
  if (process.getuid?.() !== 0) return true;
  try {
    execFileSync(process.execPath, [join(root, 'bin/mgpu'), '--version'], { uid: nobody, stdio: 'ignore' });
  } catch {
    // The checkout is not for everybody to read.
    return false;
  }
  process.setgid?.(nobody);
  process.setuid?.(nobody);
  return true;
}

const isOrdinary = becomeNobody();
let cluster: Cluster;
let daemon: Daemon;

before(async () => {
  const settings = { networking: { heartbeat_interval: 1, timeout: 3 } };
  cluster = await makeCluster({ settings });
  daemon = await cluster.daemon({ cpus: 64, arguments: ['--poll', '50'] });
});
after(() => {
  shell('chmod -R u+rwX "$0"', cluster.spool);
  return cluster.close();
});

/** A job for the daemon that is watched. */
const here = { script: 'true', spec: { nodelist: ['node1'] } };

async function assertGoesOn(): Promise<void> {
  const job = await cluster.client.ended(await cluster.client.submit(here));
  assert.equal(job.endState, 'COMPLETED');
  assert.equal(daemon.process.exitCode, null);
  assert.doesNotMatch(daemon.log(), /^ +at |internal error/m);
  invariants(await cluster.client.committed());
}

function shell(script: string, path: string): void {
  execFileSync('sh', ['-c', script, path], { stdio: 'ignore' });
}

/** Each makes something of a name that was free. */
const specials: readonly string[] = [
  'mkdir "$0"',
  'mkdir "$0"; : > "$0/inside"',
  'mkfifo "$0"',
  'ln -s /dev/zero "$0"',
  'ln -s /no/such/file "$0"',
  'ln -s "$0" "$0"',
  'head -c 6000000 /dev/zero > "$0"',
  'printf "12\\0" > "$0"',
  'printf "\\377\\376" > "$0"',
  ...(isOrdinary ? ['echo 3 > "$0"; chmod 0 "$0"'] : []),
];

test('whatever lies in place of the hint for ids, jobs are submitted and run', async () => {
  const path = join(cluster.spool, 'jobs/.last');
  for (const make of specials) {
    rmSync(path, { recursive: true, force: true });
    shell(make, path);
    assert.match(await cluster.output('mgpu_sbatch', '--wrap', 'true'), /^Submitted batch job \d+$/m, make);
  }
  await assertGoesOn();
});

test('whatever lies in place of another’s heartbeat, that node is lost and this one works', async () => {
  const other = await cluster.daemon({ node: 'node2', gpus: '0', arguments: ['--poll', '50'] });
  await other.kill();
  const path = join(cluster.spool, 'nodes/node2/heartbeat.json');
  // Last one that any daemon can see.
  for (const make of specials.toReversed()) {
    rmSync(path, { recursive: true, force: true });
    shell(make, path);
    await assertGoesOn();
  }
  const isLost = async (): Promise<boolean> =>
    (await cluster.client.committed()).nodes.get('node2')?.presence === 'lost';
  await until(isLost, { what: 'node2 is lost', explain: cluster.logs });
});

test('whatever lies in place of the locks, work is done', async () => {
  const locks = join(cluster.spool, 'locks');
  for (const make of [': > "$0/schedule.lock"', 'mkfifo "$0/schedule.lock"', 'ln -s / "$0/schedule.lock"']) {
    shell(`rm -rf "$0"; mkdir "$0"; ${make}`, locks);
    await assertGoesOn();
  }
  for (const make of ['', ': > "$0"', 'ln -s "$0" "$0"', 'mkdir -m 0 "$0"']) {
    shell(`rm -rf "$0"; ${make}`, locks);
    await assertGoesOn();
  }
  shell('rm -rf "$0"; mkdir "$0"', locks);
});

test('junk in the inbox that has no second place is passed over, and said of now and then', async () => {
  const inbox = join(cluster.spool, 'inbox');
  const rejected = join(cluster.spool, 'rejected');
  for (const make of ['', ': > "$0"']) {
    shell(`rm -rf "$0"; ${make}`, rejected);
    writeFileSync(join(inbox, 'NO-PLACE'), 'x');
    await assertGoesOn();
    assert.deepEqual(
      readdirSync(inbox).filter((name) => !name.startsWith('.')),
      ['NO-PLACE'],
    );
  }
  shell('rm -rf "$0"; mkdir "$0"', rejected);
  const isAside = (): boolean => readdirSync(rejected).some((name) => name.endsWith('.NO-PLACE'));
  await until(isAside, { what: 'it is set aside', explain: cluster.logs });
  const told = daemon
    .log()
    .split('\n')
    .filter((line) => line.includes('passed over'));
  assert.ok(told.length >= 1 && told.length <= 4, `${told.length} lines`);
});

const junk: readonly (readonly [string, string])[] = [
  ['a link to /dev/zero', 'ln -s /dev/zero "$0"'],
  ['a link to itself', 'ln -s "$0" "$0"'],
  ['a file with two names', ': > "$0"; ln "$0" "$0.other"'],
  ['brackets by the million', 'head -c 4000000 /dev/zero | tr "\\0" "[" > "$0"'],
  ['a name that is no UTF-8', ': > "$0.$(printf "\\377")"'],
  ['a socket', 'python3 -c "import socket,sys; socket.socket(1).bind(sys.argv[1])" "$0" || : > "$0"'],
  ...(isOrdinary
    ? ([
        ['a file without rights', ': > "$0"; chmod 0 "$0"'],
        ['a folder without rights', 'mkdir -m 0555 "$0"'],
      ] as const)
    : []),
];

test('more that is no request', async () => {
  const inbox = join(cluster.spool, 'inbox');
  for (const [index, [, make]] of junk.entries()) shell(make, join(inbox, `ODD-JUNK-${index}`));
  const request = {
    mgpu: 'request',
    format: 99,
    requestId: 'FROM-TOMORROW',
    time: 1,
    host: 'h',
    request: {},
  };
  writeFileSync(join(inbox, 'FROM-TOMORROW.json'), JSON.stringify(request));
  await assertGoesOn();
  assert.match(daemon.log(), /FROM-TOMORROW\.json: its format 99 is newer than this program knows/);
  const left = (): readonly string[] => readdirSync(inbox).filter((name) => !name.startsWith('.'));
  const stays = isOrdinary ? [`ODD-JUNK-${junk.length - 1}`] : [];
  await until(() => left().length === stays.length, {
    what: 'the rest is set aside',
    explain: () => `${left()}\n${cluster.logs()}`,
  });
  assert.deepEqual(left(), stays);
  for (const name of stays) shell('chmod 700 "$0"; rm -r "$0"', join(inbox, name));
});

/** Each is done to the room of a job that waits. */
const roomHarm: readonly (readonly [string, string])[] = [
  ['a launch file of brackets', 'head -c 60000000 /dev/zero | tr "\\0" "[" > "$0/launch.json"'],
  ['a launch file of empty objects', 'yes "{}," | head -c 60000000 > "$0/launch.json"'],
  ['a launch file of a newer format', 'sed -i s/format\\":1/format\\":99/ "$0/launch.json"'],
  ['a launch file that is a FIFO', 'rm "$0/launch.json"; mkfifo "$0/launch.json"'],
  ['a script that is a folder', 'rm "$0/script"; mkdir "$0/script"'],
  ['a room that is a link to itself', 'rm -r "$0"; ln -s "$0" "$0"'],
  ...(isOrdinary
    ? ([
        ['a launch file without rights', 'chmod 0 "$0/launch.json"'],
        ['a room without rights', 'chmod 0 "$0"'],
      ] as const)
    : []),
];

test('jobs whose rooms were spoilt otherwise fail, each by itself', async () => {
  const { client } = cluster;
  const ids: number[] = [];
  for (const [, harm] of roomHarm) {
    const id = await client.submit({ script: 'true', spec: { hold: true } });
    await client.ended(await client.submit({ script: 'true' }));
    shell(harm, join(cluster.spool, 'jobs', String(id)));
    ids.push(id);
  }
  await client.send({ name: 'unhold', targets: ids.map((job) => ({ job })) });
  await assertGoesOn();
  for (const [index, id] of ids.entries()) {
    assert.equal((await client.ended(id)).endState, 'FAILED', roomHarm[index]?.[0]);
  }
  await assertGoesOn();
});

test('a request whose room leads to another file system is taken in all the same', async () => {
  const elsewhere = mkdtempSync('/dev/shm/mgpu-e2e-');
  daemon.process.kill('SIGSTOP');
  let id = 0;
  try {
    id = await cluster.client.submit({ script: 'true' });
    shell(`rm -r "$0"; ln -s ${elsewhere} "$0"`, join(cluster.spool, 'jobs', String(id)));
  } finally {
    daemon.process.kill('SIGCONT');
  }
  assert.equal((await cluster.client.ended(id)).endState, 'FAILED');
  await assertGoesOn();
  rmSync(elsewhere, { recursive: true });
});

test('names in a room that are no UTF-8 go with the room', async () => {
  const script =
    'cd "$MGPU_SPOOL/jobs/$SLURM_JOB_ID"; : > "$(printf "\\377")"; mkdir -p "$(printf "d\\302/e\\300")"';
  const id = await cluster.client.submit({ script });
  await cluster.client.ended(id);
  await cluster.client.store.files.removeTree(join(cluster.spool, 'jobs', String(id)));
  assert.equal(readdirSync(join(cluster.spool, 'jobs')).includes(String(id)), false);
});

test('what the daemon keeps of its own is named when it is spoilt', async () => {
  assert.equal(await daemon.stop(), 0);
  const local = join(cluster.folder, 'local');
  const boot = join(local, readdirSync(local)[0] ?? '', 'node1/boot');
  const kept = readFileSync(boot);
  rmSync(boot);
  shell('mkfifo "$0"', boot);
  const next = cluster.start({ cpus: 64 });
  assert.equal(await next.over(), 1);
  assert.match(next.log(), /boot: is not a regular file/);
  assert.doesNotMatch(next.log(), /^ +at |internal error/m);
  rmSync(boot);
  writeFileSync(boot, kept, { mode: 0o600 });
  daemon = await cluster.daemon({ cpus: 64, arguments: ['--poll', '50'] });
  await assertGoesOn();
});
