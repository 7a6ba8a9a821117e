// A spool on a disk that is full: nothing is half done, nobody dies, and all goes on when there is room
// again.
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { invariants } from '../../src/core/invariants.ts';
import { type Cluster, until, withCluster } from './tools/cluster.ts';

/** Mounting a small file system takes root. */
const isRoot = process.getuid?.() === 0;
const kilobytes = 1024;

function fillerOf(cluster: Cluster): string {
  return join(cluster.spool, 'filler');
}

/** Takes all the room there is. */
function fill(cluster: Cluster): void {
  try {
    for (;;) appendFileSync(fillerOf(cluster), Buffer.alloc(4096, 1));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
}

function names(cluster: Cluster, folder: string): readonly string[] {
  return readdirSync(join(cluster.spool, folder)).sort();
}

if (isRoot) {
  test('a submission to a full disk fails clearly and leaves nothing but its empty room', () =>
    withCluster(
      async (cluster) => {
        const daemon = await cluster.daemon();
        // It must not give room back in between, as the next heartbeat in place of the last one does.
        daemon.process.kill('SIGSTOP');
        fill(cluster);
        const before = ['inbox', 'log', 'rejected'].map((folder) => names(cluster, folder));
        const ended = await cluster.run('mgpu_sbatch', '--wrap', 'true');
        assert.equal(ended.code, 1);
        assert.equal(ended.stdout, '');
        assert.match(ended.stderr, /sbatch: error: .*no space left on device/);
        const after = ['inbox', 'log', 'rejected'].map((folder) => names(cluster, folder));
        assert.deepEqual(after, before);
        for (const room of names(cluster, 'jobs')) assert.deepEqual(names(cluster, `jobs/${room}`), []);
        daemon.process.kill('SIGCONT');
        // One may look all the same.
        assert.equal((await cluster.run('mgpu_squeue')).code, 0);
        assert.equal((await cluster.run('mgpu_sinfo')).code, 0);
        rmSync(fillerOf(cluster));
        const id = Number(await cluster.output('mgpu_sbatch', '--parsable', '--wrap', 'true'));
        assert.equal((await cluster.client.ended(id)).endState, 'COMPLETED');
        assert.equal(await daemon.stop(), 0);
      },
      { spoolKilobytes: kilobytes },
    ));

  test('a job that runs while the disk is full ends, and its end is told when there is room', () =>
    withCluster(
      async (cluster) => {
        const { client } = cluster;
        const daemon = await cluster.daemon({ arguments: ['--poll', '100'] });
        const script = 'echo up > up.$SLURM_JOB_ID; while [ ! -e go ]; do sleep 0.05; done; exit 4';
        const ids = [await client.submit({ script }), await client.submit({ script })];
        const waits = await client.submit({ script: 'true' });
        for (const id of ids) {
          const isUp = (): boolean => existsSync(join(cluster.work, `up.${id}`));
          await until(isUp, { what: `job ${id} is up`, explain: cluster.logs });
        }
        fill(cluster);
        const seq = (await client.committed()).seq;
        writeFileSync(join(cluster.work, 'go'), '');
        await until(() => daemon.log().includes('no space left'), {
          what: 'the daemon notices',
          explain: cluster.logs,
        });
        assert.equal((await client.committed()).seq, seq);
        assert.equal(daemon.process.exitCode, null);
        rmSync(fillerOf(cluster));
        for (const id of ids) {
          const job = await client.ended(id);
          assert.deepEqual([job.endState, job.exitCode], ['FAILED', { code: 4, signal: 0 }]);
        }
        assert.equal((await client.ended(waits)).endState, 'COMPLETED');
        invariants(await client.committed());
        assert.equal(await daemon.stop(), 0);
      },
      { spoolKilobytes: kilobytes },
    ));

  test('a daemon that starts, or stops, on a full disk', () =>
    withCluster(
      async (cluster) => {
        const { client } = cluster;
        const first = await cluster.daemon();
        const script = 'echo ran >> ran; while [ ! -e go ]; do sleep 0.05; done';
        const id = await client.submit({ script });
        await until(() => existsSync(join(cluster.work, 'ran')), {
          what: 'the job is up',
          explain: cluster.logs,
        });
        fill(cluster);
        // It cannot tell the cluster, which will find out by itself.
        assert.equal(await first.stop(), 1);
        assert.match(first.log(), /no space left/);
        const second = cluster.start();
        const isTold = (): boolean => /will try again: .*no space left/.test(second.log());
        await until(isTold, { what: 'the second daemon says what it waits for', explain: cluster.logs });
        assert.equal(await second.stop(), 0);
        const third = cluster.start();
        rmSync(fillerOf(cluster));
        await until(() => third.log().includes('"registered"'), { what: 'it is in', explain: cluster.logs });
        writeFileSync(join(cluster.work, 'go'), '');
        assert.equal((await client.ended(id)).endState, 'COMPLETED');
        assert.equal(readFileSync(join(cluster.work, 'ran'), 'utf8'), 'ran\n');
      },
      { spoolKilobytes: kilobytes },
    ));
}
