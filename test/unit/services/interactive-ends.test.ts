import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClusterEvent } from '../../../src/model/event.ts';
import type { EndState, Reason } from '../../../src/model/states.ts';
import { runInteractive } from '../../../src/services/interactive.ts';
import { node, now, share, spec } from '../builders.ts';
import { formatRaised } from '../core/facts.ts';
import { fakeCluster } from '../session.ts';

/*
 * How srun ends when no step says how it ended. The cluster is in memory and goes on by one commit at each
 * wait.
 */

const start: ClusterEvent = {
  name: 'jobAllocated',
  time: now,
  id: 1,
  attempt: 1,
  allocation: [share('gpu01')],
};

function end(endState: EndState, reason: Reason, exitCode = { code: 0, signal: 0 }): ClusterEvent {
  return {
    name: 'nodeReleased',
    time: now,
    id: 1,
    attempt: 1,
    node: 'gpu01',
    report: { endState, reason, exitCode },
  };
}

function ask(endState: EndState, reason: Reason): ClusterEvent {
  return { name: 'jobEndRequested', time: now, id: 1, attempt: 1, endState, reason };
}

async function srunWhile(...commits: readonly (readonly ClusterEvent[])[]) {
  const there = await fakeCluster([node('gpu01')]);
  const session = await there.open();
  const left = [...commits];
  const watcher = {
    async wait(ms: number) {
      there.clock.pass(ms / 1000);
      const next = left.shift();
      if (next !== undefined) await there.commit(next);
      assert.ok(there.clock.monotonicMs() < 60_000, 'it still waits at the end');
    },
    wake() {},
    add() {},
    async close() {},
  };
  const shown = { out: '', err: '' };
  const show = (name: 'out' | 'err') => async (bytes: Uint8Array) => {
    shown[name] += Buffer.from(bytes).toString();
    return true;
  };
  const code = await runInteractive(
    { ...session, watcher },
    {
      out: show('out'),
      err: show('err'),
      file: async () => show('out'),
      input: undefined,
      interrupts: () => () => {},
    },
    {
      submission: { spec: spec({ kind: 'interactive' }), args: ['true'], environment: {} },
      isQuiet: false,
      isUnbuffered: false,
      isVerbose: false,
    },
  );
  return { code, lines: shown.err.split('\n').filter((line) => line !== '') };
}

const submitted: ClusterEvent = {
  name: 'jobSubmitted',
  time: now,
  id: 1,
  spec: spec({ kind: 'interactive' }),
};
const aborted = 'srun: Job step aborted: Waiting up to 32 seconds for job step to finish.';

describe('srun whose step says nothing', () => {
  it('shows that the launch failed, and where to look', async () => {
    const { code, lines } = await srunWhile(
      [submitted, start],
      [end('FAILED', 'JobLaunchFailure', { code: 0, signal: 53 })],
    );
    assert.equal(code, 1);
    assert.deepEqual(lines, [
      'srun: error: job 1 failed on gpu01: JobLaunchFailure: see /spool/jobs/1/step.0.log',
    ]);
  });

  it('gives the code that the job ended with', async () => {
    const { code } = await srunWhile(
      [submitted, start],
      [end('FAILED', 'RaisedSignal', { code: 0, signal: 9 })],
    );
    assert.equal(code, 137);
  });

  it('does not wait for a node that is lost', async () => {
    const { code, lines } = await srunWhile([submitted, start], [ask('NODE_FAIL', 'NodeDown')]);
    assert.equal(code, 1);
    assert.deepEqual(lines, ['srun: error: Node failure on gpu01']);
  });

  it('shows that it was cancelled before its tasks were there', async () => {
    const { code, lines } = await srunWhile(
      [submitted, start],
      [ask('CANCELLED', 'None')],
      [end('CANCELLED', 'None')],
    );
    assert.equal(code, 1);
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? '', /^slurmstepd: error: \*{3} STEP 1\.0 ON gpu01 CANCELLED AT \S+ \*{3}$/);
    assert.equal(lines[1], aborted);
  });

  it('shows that its time was over', async () => {
    const { code, lines } = await srunWhile(
      [submitted, start],
      [ask('TIMEOUT', 'TimeLimit')],
      [end('TIMEOUT', 'TimeLimit', { code: 0, signal: 9 })],
    );
    assert.equal(code, 137);
    assert.match(lines[0] ?? '', /DUE TO TIME LIMIT \*{3}$/);
  });

  it('ends when somebody cancels the job while it waits', async () => {
    const { code, lines } = await srunWhile(
      [submitted],
      [],
      [{ name: 'jobCancelled', time: now, id: 1, by: 2001 }],
    );
    assert.equal(code, 1);
    assert.deepEqual(lines, ['srun: Job allocation 1 has been revoked']);
  });

  it('says first why the job cannot start as things are (observed)', async () => {
    const down: ClusterEvent = {
      name: 'partitionUpdated',
      time: now,
      partition: 'main',
      state: 'down',
      by: 0,
    };
    const { lines } = await srunWhile(
      [formatRaised, down, submitted],
      ...Array.from({ length: 6 }, () => []),
      [{ name: 'jobCancelled', time: now, id: 1, by: 2001 }],
    );
    assert.deepEqual(lines, [
      'srun: Partition in DOWN state',
      'srun: job 1 queued and waiting for resources',
      'srun: Job allocation 1 has been revoked',
    ]);
  });

  it('ends when the job is not known any more', async () => {
    const over = [end('COMPLETED', 'None')];
    const { code, lines } = await srunWhile([
      submitted,
      start,
      ...over,
      { name: 'jobsAccounted', segment: 1, ids: [1] },
    ]);
    assert.equal(code, 1);
    assert.deepEqual(lines, ['srun: error: job 1 has ended and is not known any more']);
  });
});
