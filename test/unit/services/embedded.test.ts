import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MgpuError } from '../../../src/base/error.ts';
import type { ProcessIdentity } from '../../../src/ports/processes.ts';
import { ensureDaemon, openEmbedded, readDaemon, waitForNode } from '../../../src/services/embedded.ts';
import { jobsOn, stopDaemon } from '../../../src/services/stop.ts';
import { encodeText } from '../../../src/store/put.ts';
import { fakeClock, fakeIds } from '../../fakes/clock.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';
import { node, now, share, spec } from '../builders.ts';
import { fakeCluster } from '../session.ts';

const localDir = '/var/tmp/mgpu-1000/C1/gpu01';
const uid = 1000;

/** A machine on which daemons can be started and may die. */
function machine() {
  const files = memoryDisk().actor({ uid });
  const clock = fakeClock();
  const alive = new Set<number>();
  const signals: number[] = [];
  let pid = 100;
  const identity = (number: number): ProcessIdentity => ({ pid: number, startTicks: 5, bootId: 'boot' });
  const processes = {
    isAlive: async (one: ProcessIdentity) => one.startTicks === 5 && alive.has(one.pid),
    async signal(one: ProcessIdentity, signal: number) {
      signals.push(signal);
      alive.delete(one.pid);
    },
  };
  const start = async (): Promise<ProcessIdentity> => {
    pid += 1;
    alive.add(pid);
    return identity(pid);
  };
  /** What a daemon does once it is up. */
  const comeUp = async (): Promise<void> => {
    await files.unlink(`${localDir}/daemon.json`);
    const record = { ...identity(pid), node: 'gpu01', spool: '/spool' };
    await files.create(`${localDir}/daemon.json`, encodeText(JSON.stringify(record)), {
      mode: 0o600,
      sync: false,
    });
  };
  return {
    files,
    clock,
    processes,
    start,
    comeUp,
    alive,
    signals,
    ports: { files, clock, processes, start },
  };
}

test('openEmbedded makes the spool once, with the folders above it for the user alone', async () => {
  const disk = memoryDisk();
  const ports = { files: disk.actor(), clock: fakeClock(), ids: fakeIds(1) };
  const root = '/home/alice/.local/state/mgpu/gpu01/spool';
  const first = await openEmbedded(ports, root, 'gpu01');
  const second = await openEmbedded(ports, root, 'gpu01');
  assert.equal(first.spool.clusterId, second.spool.clusterId);
  assert.equal(first.spool.clusterName, 'gpu01');
  assert.equal((await ports.files.stat('/home/alice/.local/state/mgpu'))?.mode.toString(8).slice(-3), '700');
});

describe('ensureDaemon', () => {
  test('starts one daemon, however many ask', async () => {
    const { ports, comeUp, clock } = machine();
    assert.equal(await ensureDaemon(ports, localDir, uid), 'started');
    assert.equal(await ensureDaemon(ports, localDir, uid), 'starting');
    clock.pass(3600);
    assert.equal(await ensureDaemon(ports, localDir, uid), 'starting');
    await comeUp();
    assert.equal(await ensureDaemon(ports, localDir, uid), 'alive');
  });

  test('starts another when the first died, also before it said who it was', async () => {
    const { ports, comeUp, alive } = machine();
    await ensureDaemon(ports, localDir, uid);
    alive.clear();
    assert.equal(await ensureDaemon(ports, localDir, uid), 'started');
    await comeUp();
    alive.clear();
    assert.equal(await ensureDaemon(ports, localDir, uid), 'started');
  });

  test('waits for a command that is about to start one, but not for ever', async () => {
    const { ports, files, clock } = machine();
    await assert.rejects(
      ensureDaemon({ ...ports, start: () => Promise.reject(new Error('killed')) }, localDir, uid),
    );
    assert.equal(await ensureDaemon(ports, localDir, uid), 'starting');
    clock.pass(60);
    assert.equal(await ensureDaemon(ports, localDir, uid), 'started');
    assert.ok(await files.stat(`${localDir}/daemon.start`));
  });
});

describe('readDaemon', () => {
  test('nobody is there, or what is there says nothing', async () => {
    const { files, ports } = machine();
    assert.equal(await readDaemon(files, localDir, uid), undefined);
    await ensureDaemon(ports, localDir, uid);
    await files.create(`${localDir}/daemon.json`, encodeText('{"pid":'), { mode: 0o600, sync: false });
    assert.equal(await readDaemon(files, localDir, uid), undefined);
  });

  test("somebody else's file is not believed", async () => {
    const { comeUp, files, ports } = machine();
    await ensureDaemon(ports, localDir, uid);
    await comeUp();
    await assert.rejects(
      readDaemon(files, localDir, 7),
      (error) => error instanceof MgpuError && error.code === 'UNSAFE',
    );
  });
});

describe('stopDaemon', () => {
  test('ends the daemon with SIGTERM, and the next one can start at once', async () => {
    const { ports, comeUp, signals } = machine();
    await ensureDaemon(ports, localDir, uid);
    await comeUp();
    const report = await stopDaemon(ports, localDir, uid);
    assert.equal(report.outcome, 'stopped');
    assert.equal(report.daemon?.node, 'gpu01');
    assert.deepEqual(signals, [15]);
    assert.equal((await stopDaemon(ports, localDir, uid)).outcome, 'none');
    assert.equal(await ensureDaemon(ports, localDir, uid), 'started');
  });

  test('says so when the daemon does not end', async () => {
    const { ports, comeUp } = machine();
    await ensureDaemon(ports, localDir, uid);
    await comeUp();
    const deaf = { ...ports, processes: { ...ports.processes, signal: async () => {} } };
    assert.equal((await stopDaemon(deaf, localDir, uid)).outcome, 'alive');
  });

  test('sends nothing to another process of that number', async () => {
    const { ports, comeUp, signals } = machine();
    await ensureDaemon(ports, localDir, uid);
    await comeUp();
    const other = { ...ports, processes: { ...ports.processes, isAlive: async () => false } };
    assert.equal((await stopDaemon(other, localDir, uid)).outcome, 'none');
    assert.deepEqual(signals, []);
  });
});

test('jobsOn tells what runs on a node', async () => {
  const cluster = await fakeCluster([node('gpu01'), node('gpu02')]);
  await cluster.commit([
    { name: 'jobSubmitted', time: now, id: 1, spec: spec({ name: 'train' }) },
    { name: 'jobSubmitted', time: now, id: 2, spec: spec() },
    { name: 'jobAllocated', time: now, id: 1, attempt: 1, allocation: [share('gpu01', { gpus: [0, 1] })] },
  ]);
  const session = await cluster.open();
  assert.deepEqual(await jobsOn(session, 'gpu01'), [{ id: 1, name: 'train', gpus: 2 }]);
  assert.deepEqual(await jobsOn(session, 'gpu02'), []);
});

describe('waitForNode', () => {
  test('sees a node that is up', async () => {
    const cluster = await fakeCluster([node('gpu01')]);
    assert.equal(await waitForNode(await cluster.open()), true);
  });

  test('gives up', async () => {
    const cluster = await fakeCluster();
    assert.equal(await waitForNode(await cluster.open()), false);
    assert.ok(cluster.clock.monotonicMs() >= 3000);
  });
});
