// Daemons at mounts of their own ring each other, and who waits: what rang is counted. How fast it went is
// the benchmark’s to tell (npm run bench -- --only wakeup).
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { glusterMounts, whyNoGluster } from '../chaos/gluster.ts';
import { localFolder, type Shared } from '../chaos/shared.ts';
import { type Cluster, type Daemon, makeCluster, until } from './tools/cluster.ts';

let folder: string;
let shared: Shared;
let cluster: Cluster;
let daemons: readonly Daemon[];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mgpu-doorbell-'));
  const why = whyNoGluster();
  if (why !== undefined) process.stderr.write(`NOT ON GLUSTERFS, ON ONE LOCAL FOLDER: ${why}\n`);
  shared =
    why === undefined
      ? await glusterMounts(folder, ['here', 'node1', 'node2', 'node3', 'node4'])
      : localFolder(folder);
  cluster = await makeCluster({ shared, settings: { networking: { heartbeat_interval: 1, timeout: 60 } } });
  // They hardly look by themselves: it is the doorbell that wakes them.
  const given = ['--poll', '60000', '--verbose', '--verbose'];
  daemons = [
    await cluster.daemon({ node: 'node1', cpus: 2, gpus: '1', arguments: given }),
    await cluster.daemon({ node: 'node2', cpus: 2, gpus: '1', arguments: given }),
  ];
});
after(async () => {
  await cluster?.close();
  await shared?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function node(name: string): Promise<string> {
  return cluster.output('mgpu_scontrol', '-o', '-d', 'show', 'node', name);
}

async function portOf(name: string): Promise<number> {
  return Number(/ Port=(\d+) /.exec(await node(name))?.[1]);
}

/** How often a daemon was rung and looked for it, by its last heartbeat. */
async function counts(name: string): Promise<{ readonly rings: number; readonly looks: number }> {
  const [, rings, looks] = / MgpuDoorbell=(\d+) MgpuDoorbellLooks=(\d+)/.exec(await node(name)) ?? [];
  return { rings: Number(rings), looks: Number(looks) };
}

function timesRung(daemon: Daemon | undefined): number {
  return daemon?.log().split('"msg":"rung"').length ?? 0;
}

test('each daemon shows its port, and sbatch rings the one that the job is for', async () => {
  for (const name of ['node1', 'node2']) assert.ok((await portOf(name)) > 0);
  const ports = await cluster.output('mgpu_sinfo', '-h', '-N', '-O', 'port:');
  assert.deepEqual(ports.trim().split(/\s+/).map(Number), [await portOf('node1'), await portOf('node2')]);
  const before = timesRung(daemons[1]);
  const id = await cluster.output('mgpu_sbatch', '--parsable', '-w', 'node2', '--wrap', 'true');
  assert.equal((await cluster.ended(id.trim()))['JobState'], 'COMPLETED');
  assert.ok(timesRung(daemons[1]) > before);
  await until(async () => (await counts('node2')).looks > 0, { what: 'the heartbeat tells of it' });
  const { rings, looks } = await counts('node2');
  assert.ok(rings >= looks, `${rings} rings, ${looks} looks`);
});

test('a commit rings the other nodes of its job', async () => {
  const rung = daemons.map(timesRung);
  const { code, stdout, stderr } = await cluster.run('mgpu_srun', '-N2', '-l', 'echo', 'there');
  assert.deepEqual([code, stderr], [0, '']);
  assert.deepEqual(stdout.trimEnd().split('\n').toSorted(), ['0: there', '1: there']);
  for (const [index, daemon] of daemons.entries()) assert.ok(timesRung(daemon) > (rung[index] ?? 0));
});

test('what waits for a job is rung: its place is known to the cluster', async () => {
  const { code } = await cluster.run('mgpu_srun', '-w', 'node1', 'true');
  assert.equal(code, 0);
  const jobs = [...(await cluster.client.committed()).jobs.values()];
  const { bells = [] } = jobs.findLast(({ spec }) => spec.kind === 'interactive')?.spec ?? {};
  // On a local folder the kernel tells a command of all changes.
  assert.equal(bells.length > 0, shared.kind === 'GlusterFS');
});

test('forged and senseless datagrams harm nobody', async () => {
  const port = await portOf('node1');
  const { looks } = await counts('node1');
  const socket = createSocket('udp4');
  const contents = ['', '{"name":"cancel","targets":[{"job":1}]}', '\0'.repeat(60_000), 'mgpu: look now\n'];
  const began = performance.now();
  for (let round = 0; round < 1000; round += 1) {
    const content = contents[round % contents.length] ?? '';
    await new Promise<void>((resolve) => {
      socket.send(content, port, '127.0.0.1', () => resolve());
    });
  }
  socket.close();
  const id = await cluster.output('mgpu_sbatch', '--parsable', '-w', 'node1', '--wrap', 'true');
  assert.equal((await cluster.ended(id.trim()))['JobState'], 'COMPLETED');
  await until(async () => (await counts('node1')).looks > looks, { what: 'it looked' });
  const seconds = (performance.now() - began) / 1000;
  const more = (await counts('node1')).looks - looks;
  assert.ok(more <= 20 + seconds * 10 + 1, `${more} looks in ${seconds} s`);
  assert.equal(daemons[0]?.process.exitCode, null);
});

test('a node without a doorbell, and a port that was named', async () => {
  const quiet = await cluster.daemon({ node: 'node3', cpus: 1, gpus: '0', arguments: ['--port', 'none'] });
  assert.doesNotMatch(await node('node3'), / Port=/);
  assert.match(await node('node3'), / NodeAddr=/);
  const id = await cluster.output('mgpu_sbatch', '--parsable', '-w', 'node3', '--wrap', 'true');
  assert.equal((await cluster.ended(id.trim()))['JobState'], 'COMPLETED');
  await quiet.stop();
  const free = await portOf('node2');
  await daemons[1]?.stop();
  await cluster.daemon({ node: 'node2', cpus: 2, gpus: '1', arguments: ['--port', String(free)] });
  assert.equal(await portOf('node2'), free);
  const wrong = cluster.start({ node: 'node4', arguments: ['--port', '65536'] });
  assert.equal(await wrong.over(), 1);
  assert.match(wrong.log(), /--port: expected a UDP port up to 65535, or none: 65536/);
});
