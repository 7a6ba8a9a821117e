// kill -9 of the daemon while it ends a job that was cancelled.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from './tools/cluster.ts';
import { assertEnded, killEverywhere } from './tools/kill-matrix.ts';

test('a daemon killed before any step of a cancel', async (t) => {
  const count = await killEverywhere({
    side: 'before',
    // It starts a child, for both have to go.
    script: 'sleep 1000 & wait',
    from: 'heartbeat',
    prepare: async (cluster, id) => {
      const first = await cluster.daemon();
      const witness = join(cluster.folder, 'witness');
      await until(() => existsSync(witness), { what: 'the job starts', explain: cluster.logs });
      await first.kill();
      await cluster.client.cancel(id);
    },
    check: (cluster, id) =>
      assertEnded(cluster, id, { end: 'CANCELLED 0:15 by attempt 1', marker: 'FAILED' }),
  });
  t.diagnostic(`killed before each of ${count} steps`);
  assert.ok(count > 8);
});
