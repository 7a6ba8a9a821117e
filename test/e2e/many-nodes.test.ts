// Eight nodes that share nothing but the spool: each has a mount and a network of its own.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { EndedJob } from '../../src/model/job.ts';
import { glusterMounts, whyNoGluster } from '../chaos/gluster.ts';
import { localFolder, type Shared } from '../chaos/shared.ts';
import { pause } from '../chaos/time.ts';
import { randomOf } from '../fakes/random.ts';
import { type Client, openClient } from './tools/client.ts';
import { type Cluster, type Daemon, makeCluster, root, runProcess, until } from './tools/cluster.ts';

const nodes = Array.from({ length: 8 }, (_, index) => `node${index + 1}`);
const gpusPerNode = 4;

let folder: string;
let shared: Shared;
let cluster: Cluster;
let daemons: readonly Daemon[];
/** Looks while another submits: one at a time uses a client. */
let onlooker: Client;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mgpu-many-'));
  const why = whyNoGluster();
  if (why !== undefined) process.stderr.write(`NOT ON GLUSTERFS, ON ONE LOCAL FOLDER: ${why}\n`);
  shared = why === undefined ? await glusterMounts(folder, ['here', ...nodes]) : localFolder(folder);
  cluster = await makeCluster({ shared, settings: { networking: { heartbeat_interval: 1, timeout: 60 } } });
  onlooker = await openClient(cluster.spool, { work: cluster.work });
  daemons = await startAll();
});
after(async () => {
  // A node whose line is cut cannot end.
  for (const node of nodes) await shared?.heal(node);
  await cluster?.close();
  await shared?.close();
  rmSync(folder, { recursive: true, force: true });
});

function startAll(): Promise<readonly Daemon[]> {
  return Promise.all(
    nodes.map((node) =>
      cluster.daemon({
        node,
        cpus: 8,
        gpus: String(gpusPerNode),
        words: [...shared.inside(node), join(root, 'bin/mgpud')],
      }),
    ),
  );
}

function sorted(text: string): readonly string[] {
  return text.trimEnd().split('\n').toSorted();
}

test('a gang of four nodes has all of them, or waits', async () => {
  const gang = ['-N4', '--gpus-per-node=4', '-l', 'sh', '-c'];
  const say = 'echo $SLURMD_NODENAME $SLURM_PROCID $CUDA_VISIBLE_DEVICES; sleep 0.5';
  const gangs = await Promise.all([1, 2, 3].map(() => cluster.run('mgpu_srun', ...gang, say)));
  for (const { code, stdout } of gangs) {
    assert.equal(code, 0);
    const lines = sorted(stdout).map((line) => line.split(' '));
    assert.deepEqual(
      lines.map(([label, , task, gpus]) => [label, task, gpus]),
      [0, 1, 2, 3].map((task) => [`${task}:`, String(task), '0,1,2,3']),
    );
    assert.equal(new Set(lines.map(([, node]) => node)).size, 4);
  }
  assertNoSharedGpus(await endedJobs());
});

test('64 tasks on 8 nodes: each line once, those of a task in its order', async () => {
  const { code, stdout, stderr } = await cluster.run(
    ...(['mgpu_srun', '-N8', '-n64', '--ntasks-per-node=8', '-l'] as const),
    ...['sh', '-c', 'for i in $(seq 40); do echo line $i; done'],
  );
  assert.deepEqual([code, stderr], [0, '']);
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines.length, 64 * 40);
  for (let task = 0; task < 64; task += 1) {
    const own = lines.filter((line) => line.startsWith(`${String(task).padStart(2)}: `));
    assert.deepEqual(
      own.map((line) => line.slice(4)),
      Array.from({ length: 40 }, (_, index) => `line ${index + 1}`),
    );
  }
});

test('bytes from another node pass by a connection as they are', async () => {
  const bytes = randomBytes(64 * 2 ** 20);
  writeFileSync(join(cluster.work, 'bytes'), bytes);
  const line = '"$0" --io=socket --connection-timeout=30 -w node5 cat bytes > passed';
  const srun = await runProcess(['bash', '-c', line, join(root, 'bin/mgpu_srun')], {
    environment: cluster.environment,
    workDir: cluster.work,
  });
  assert.deepEqual([srun.code, srun.stderr], [0, '']);
  assert.ok(readFileSync(join(cluster.work, 'passed')).equals(bytes));
});

test('300 mixed jobs while daemons die and a line is cut: all end well, no GPU is given twice', async () => {
  const witness = join(cluster.work, 'witness');
  const say = (what: string): string =>
    `read -r up _ < /proc/uptime; echo ${what} $SLURM_JOB_ID $up >> "${witness}"`;
  const script = `#!/bin/bash\n${say('start')}\nsleep 0.$1\n${say('end')}\n`;
  const random = randomOf(Number(process.env['MGPU_TEST_SEED'] ?? 1));
  const ids: number[] = [];
  const submitting = (async () => {
    for (let count = 0; count < 300; count += 1) {
      const wide = random() < 0.2 ? 2 + Math.floor(random() * 3) : 1;
      const gpus = Math.floor(random() * (gpusPerNode + 1));
      ids.push(
        await cluster.client.submit({
          script,
          args: [String(1 + Math.floor(random() * 8))],
          spec: {
            nodes: { min: wide, max: wide },
            ntasks: wide,
            gpus: gpus === 0 ? [] : [{ count: gpus, per: 'node' }],
            requeue: false,
          },
        }),
      );
    }
  })();
  await until(async () => (await ended(ids)).length > 20, { what: 'the first jobs end' });
  await shared.cut('node8');
  await pause(5000);
  await shared.heal('node8');
  await Promise.all(daemons.map((daemon) => daemon.kill()));
  daemons = await startAll();
  await submitting;
  await until(async () => (await ended(ids)).length === ids.length, {
    what: 'all jobs end',
    explain: cluster.logs,
  });
  const jobs = await ended(ids);
  assert.deepEqual(
    jobs.filter(({ endState }) => endState !== 'COMPLETED').map(({ id, reason }) => [id, reason]),
    [],
  );
  const said = readFileSync(witness, 'utf8').trimEnd().split('\n');
  assert.deepEqual(
    said.map((line) => line.split(' ').slice(0, 2).join(' ')).toSorted(),
    ids.flatMap((id) => [`end ${id}`, `start ${id}`]).toSorted(),
  );
  assertNoSharedGpus(jobs, heldBy(said));
});

async function endedJobs(): Promise<readonly EndedJob[]> {
  const { jobs } = await onlooker.committed();
  return [...jobs.values()].filter((job) => job.state === 'ENDED');
}

async function ended(ids: readonly number[]): Promise<readonly EndedJob[]> {
  const own = new Set(ids);
  return (await endedJobs()).filter(({ id }) => own.has(id));
}

type Held = ReadonlyMap<number, readonly [from: number, to: number]>;

/** When each job said that it was there, in seconds since the machine started. */
function heldBy(said: readonly string[]): Held {
  const held = new Map<number, [number, number]>();
  for (const line of said) {
    const [what, id, at] = line.split(' ');
    const span = held.get(Number(id)) ?? [0, 0];
    span[what === 'start' ? 0 : 1] = Number(at);
    held.set(Number(id), span);
  }
  return held;
}

/** By the jobs' own words where they left some, else by the log's times. */
function assertNoSharedGpus(jobs: readonly EndedJob[], held: Held = new Map()): void {
  const users = new Map<string, { readonly id: number; readonly from: number; readonly to: number }[]>();
  for (const job of jobs) {
    const [from, to] = held.get(job.id) ?? [job.startTime ?? 0, job.endTime];
    for (const { node, gpus } of job.allocation ?? [])
      for (const gpu of gpus)
        users.set(`${node}:${gpu}`, [...(users.get(`${node}:${gpu}`) ?? []), { id: job.id, from, to }]);
  }
  for (const [gpu, own] of users) {
    const inOrder = own.toSorted((a, b) => a.from - b.from || a.to - b.to);
    for (const [index, next] of inOrder.entries()) {
      const last = inOrder[index - 1];
      assert.ok(
        last === undefined || last.to <= next.from,
        `${gpu} was with ${last?.id} and ${next.id} at a time`,
      );
    }
  }
  assert.ok(users.size > 0, 'nobody had a GPU');
}
