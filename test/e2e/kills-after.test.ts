// kill -9 of the daemon right after each of its steps. The job takes a moment here: it mostly runs while the
// next daemon comes, which has to find it again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertEnded, killEverywhere } from './tools/kill-matrix.ts';

test('a daemon killed after any of its steps', async (t) => {
  const count = await killEverywhere({
    side: 'after',
    // What it does before it registers was done when it was killed before the next step.
    from: '/log/',
    script: 'sleep 0.5; exit 137',
    check: (cluster, id) => assertEnded(cluster, id, { end: 'FAILED 137:0 by attempt 1', marker: 'FAILED' }),
  });
  t.diagnostic(`killed after each of ${count} steps`);
  assert.ok(count > 15);
});
