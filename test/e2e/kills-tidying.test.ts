// kill -9 of the daemon while it tidies: checkpoints, pruning, accounting.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Job } from '../../src/model/job.ts';
import { rangesHas } from '../../src/model/ranges.ts';
import { accountedJobs } from '../../src/store/accounting.ts';
import { writeCheckpoint } from '../../src/store/checkpoint.ts';
import { filed } from '../../src/store/filed.ts';
import { openJournal } from '../../src/store/journal.ts';
import { seqOfName } from '../../src/store/layout.ts';
import { fileLog } from '../../src/store/log.ts';
import { type Cluster, until } from './tools/cluster.ts';
import { killEverywhere } from './tools/kill-matrix.ts';

/** Entries that change nothing in the end, so that a checkpoint is due. */
async function lengthenLog(cluster: Cluster, id: number): Promise<void> {
  const { store } = cluster.client;
  const journal = await openJournal(fileLog(store, 'test'), store);
  for (let round = 0; round < 70; round += 1) {
    await journal.commit(() => [{ name: 'jobHeld', time: store.clock.now(), id, by: 'user' }]);
    if (round === 36) await writeCheckpoint(store, journal.cluster());
    await journal.commit(() => [{ name: 'jobUnheld', time: store.clock.now(), id }]);
  }
}

/** The log goes on without a gap behind what was pruned, and the history holds that. */
async function assertLogWhole({ spool, client: { store } }: Cluster): Promise<void> {
  const log = readdirSync(join(spool, 'log')).flatMap((name) => seqOfName(name) ?? []);
  const first = log[0] ?? 0;
  assert.deepEqual(
    log,
    log.map((_, index) => first + index),
  );
  const history: string[] = [];
  for await (const { path } of filed(store, store.layout.history, 'oldest first'))
    history.push(readFileSync(path, 'utf8'));
  const pruned = history.join('').match(/"seq":\d+/g) ?? [];
  assert.deepEqual(
    pruned,
    Array.from({ length: pruned.length }, (_, index) => `"seq":${index + 1}`),
  );
  assert.ok(pruned.length >= first - 1);
}

test('a daemon killed before any step of checkpoint, pruning and accounting', async (t) => {
  const count = await killEverywhere({
    side: 'before',
    script: 'exit 0',
    // Nothing wakes a daemon when a job gets old.
    arguments: ['--poll', '100'],
    atOnce: 4,
    options: { settings: { jobs: { min_job_age: 1 } } },
    from: 'checkpoints/',
    until: 'accounted',
    prepare: async (cluster, id) => {
      // It has too few GPUs for the job.
      const first = await cluster.daemon({ gpus: '1' });
      const isCommitted = async (): Promise<boolean> => (await cluster.client.committed()).jobs.has(id);
      await until(isCommitted, { what: 'the job is in the log', explain: cluster.logs });
      await first.kill();
      await lengthenLog(cluster, id);
    },
    check: async (cluster, id) => {
      const isAccounted = async (): Promise<boolean> =>
        rangesHas((await cluster.client.committed()).closed, id);
      await until(isAccounted, { what: 'the job is accounted', explain: cluster.logs });
      const jobs: Job[] = [];
      for await (const job of accountedJobs(cluster.client.store, 'oldest first')) jobs.push(job);
      assert.deepEqual(
        jobs.map((job) => [job.id, job.state === 'ENDED' && job.endState]),
        [[id, 'COMPLETED']],
      );
      const room = join(cluster.spool, 'jobs', String(id));
      await until(() => !existsSync(room), { what: 'its room is removed', explain: cluster.logs });
      await assertLogWhole(cluster);
    },
  });
  t.diagnostic(`killed before each of ${count} steps`);
  assert.ok(count > 12);
});
