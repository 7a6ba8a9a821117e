import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../../../../src/commands/sdiag/run.ts';
import { fakeIo, now } from '../../builders.ts';

const found = {
  clusterName: 'lab',
  now,
  since: now - 3600,
  utcOffsetMinutes: 0,
  submitted: 9,
  started: 8,
  completed: 3,
  cancelled: 2,
  failed: 1,
  pending: 4,
  running: 5,
  cycleMicroseconds: 123,
  policy: 'spread' as const,
  starts: 0,
};

test('the page has what programs look for', async () => {
  const io = fakeIo({ program: 'sdiag' });
  assert.equal(await run(['-a'], io, { diagnose: async () => found }), 0);
  const { out } = io.printed;
  assert.match(out, /\nsdiag output at Sun Nov 22 20:43:49 2026 \(1795380229\)\n/);
  assert.match(
    out,
    /\nJobs submitted: 9\nJobs started: {3}8\nJobs completed: 3\nJobs canceled: {2}2\nJobs failed: {4}1\n/,
  );
  assert.match(out, /\nJobs pending: {3}4\nJobs running: {3}5\n/);
  assert.match(out, /\n\tLast cycle: {3}123\n/);
  assert.match(out, /\n\tLast queue length: 4\n\tNode policy: {2}spread\n/);
});

test('a reset is refused by name, another cluster in Slurm’s words', async () => {
  const io = fakeIo({ program: 'sdiag' });
  assert.equal(await run(['-r'], io, { diagnose: async () => found }), 1);
  assert.match(io.printed.err, /^sdiag: error: --reset is not supported: figures are counted from the acc/);
  const other = fakeIo({ program: 'sdiag' });
  assert.equal(await run(['-M', 'foo'], other, { diagnose: async () => found }), 1);
  assert.match(other.printed.err, /^sdiag: error: No cluster 'foo' known by database\.\n/);
});
