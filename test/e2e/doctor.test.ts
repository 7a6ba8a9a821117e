// Two machines that look at one cluster together: here two processes, which share no more than its folder.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withCluster } from './tools/cluster.ts';

test('two doctors meet, measure and agree, beside a daemon at work', () =>
  withCluster(async (cluster) => {
    await cluster.daemon();
    const doctors = [1, 2].map(() => cluster.run('mgpu', 'doctor', '--pair', '--spool', cluster.spool));
    const [one, two] = await Promise.all(doctors);
    for (const { code, stdout, stderr } of [one, two].flatMap((ended) => ended ?? [])) {
      assert.deepEqual([code, stderr], [0, ''], stdout);
      assert.match(stdout, /^ok {4}link by two: each of 200 names went to one of the two: /m);
      assert.match(stdout, /^ok {4}exclusive create by two: each of 200 names /m);
      assert.match(stdout, /^ok {4}verdict: fit: /m);
    }
    const counts = (text = ''): readonly string[] =>
      (/link by two: .*: (\d+) here, (\d+) there/.exec(text) ?? []).slice(1);
    assert.deepEqual(counts(one?.stdout), counts(two?.stdout).toReversed());
    const id = await cluster.client.submit({ script: 'true' });
    assert.equal((await cluster.client.ended(id)).endState, 'COMPLETED');
  }));
