// kill -9 of the daemon before each of its steps, from its start over claim, launch, start, exit and report
// to its end: the job runs exactly once, and the next daemon learns how it ended. The job is short here: it
// mostly ends while no daemon is there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertEnded, killEverywhere } from './tools/kill-matrix.ts';

test('a daemon killed before any of its steps', async (t) => {
  const count = await killEverywhere({
    side: 'before',
    script: 'exit 0',
    check: (cluster, id) =>
      assertEnded(cluster, id, { end: 'COMPLETED 0:0 by attempt 1', marker: 'SUCCESS' }),
  });
  t.diagnostic(`killed before each of ${count} steps`);
  assert.ok(count > 20);
});
