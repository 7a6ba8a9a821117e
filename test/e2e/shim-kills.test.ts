// kill -9 of the shim, at places where something of the job's own holds it: the job's end is known, nothing
// runs twice.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freeNow } from '../../src/core/free.ts';
import { invariants } from '../../src/core/invariants.ts';
import { type Cluster, type Daemon, makeCluster, until } from './tools/cluster.ts';
import { killProcess, markedProcesses } from './tools/proc.ts';

let cluster: Cluster;
let daemon: Daemon;

before(async () => {
  cluster = await makeCluster();
  daemon = await cluster.daemon({ cpus: 64 });
});
after(() => cluster.close());

const witnessLine = 'echo $SLURM_JOB_ID $MGPU_ATTEMPT >> witness';

function inRoom(id: number, name: string): string {
  return join(cluster.spool, 'jobs', String(id), name);
}

async function shimOf(id: number): Promise<number> {
  const path = inRoom(id, 'started.1');
  const isWhole = (): boolean => existsSync(path) && readFileSync(path, 'utf8').endsWith('}\n');
  await until(isWhole, { what: `job ${id} is started`, explain: cluster.logs });
  return JSON.parse(readFileSync(path, 'utf8')).pid;
}

/** The job has ended so, its script ran so often, and nothing of it is left. */
async function assertOver(id: number, expected: string, runs: number): Promise<void> {
  const { endState, reason, exitCode } = await cluster.client.ended(id);
  assert.equal(`${endState} ${reason} ${exitCode.code}:${exitCode.signal}`, expected);
  const witness = join(cluster.work, 'witness');
  const lines = existsSync(witness) ? readFileSync(witness, 'utf8').split('\n') : [];
  assert.equal(lines.filter((line) => line === `${id} 1`).length, runs);
  assert.deepEqual(markedProcesses(cluster.client.store.spool.clusterId, id), []);
  const state = await cluster.client.committed();
  invariants(state);
  assert.equal(freeNow(state).get('node1')?.gpus.length, 4);
}

/** Runs the act with the daemon there, and again with none there until it is done. */
async function withAndWithoutDaemon(
  act: (isThere: boolean) => Promise<number>,
  expected: string,
  runs: number,
) {
  await assertOver(await act(true), expected, runs);
  const id = await act(false);
  daemon = await cluster.daemon({ cpus: 64 });
  await assertOver(id, expected, runs);
}

test('between the start marker and the script', async () => {
  execFileSync('mkfifo', [join(cluster.work, 'held.out')]);
  await withAndWithoutDaemon(
    async (isThere) => {
      const spec = { output: 'held.out', gpuIds: [0] };
      const id = await cluster.client.submit({ script: witnessLine, spec });
      const pid = await shimOf(id);
      if (!isThere) await daemon.kill();
      killProcess(pid);
      return id;
    },
    'FAILED JobLaunchFailure 0:9',
    0,
  );
});

test('after the script, before the exit record', async () => {
  await withAndWithoutDaemon(
    async (isThere) => {
      const script = [
        witnessLine,
        'mkfifo "$MGPU_SPOOL/jobs/$SLURM_JOB_ID/.exit.1"',
        'touch done.$SLURM_JOB_ID',
      ].join('; ');
      const id = await cluster.client.submit({ script, spec: { gpuIds: [0] } });
      const pid = await shimOf(id);
      const done = join(cluster.work, `done.${id}`);
      const isAlone = (): boolean =>
        existsSync(done) && markedProcesses(cluster.client.store.spool.clusterId, id).length === 1;
      await until(isAlone, { what: 'the script is over', explain: cluster.logs });
      if (!isThere) await daemon.kill();
      killProcess(pid);
      return id;
    },
    'FAILED JobLaunchFailure 0:9',
    1,
  );
});

test('after the exit record: it counts', async () => {
  await withAndWithoutDaemon(
    async (isThere) => {
      const script = `${witnessLine}; mkfifo "$MGPU_SPOOL/jobs/$SLURM_JOB_ID/FAILED"; exit 5`;
      const id = await cluster.client.submit({ script, spec: { gpuIds: [0] } });
      const pid = await shimOf(id);
      await until(() => existsSync(inRoom(id, 'exit.1')), { what: 'the exit record', explain: cluster.logs });
      if (!isThere) await daemon.kill();
      killProcess(pid);
      return id;
    },
    'FAILED NonZeroExitCode 5:0',
    1,
  );
});

test('between taking the marker and filling it: after ten seconds the attempt counts as failed', async () => {
  const id = await cluster.client.submit({ script: witnessLine, spec: { hold: true, gpuIds: [0] } });
  writeFileSync(inRoom(id, 'started.1'), '');
  await cluster.client.send({ name: 'unhold', targets: [{ job: id }] });
  await assertOver(id, 'FAILED JobLaunchFailure 0:53', 0);
});
