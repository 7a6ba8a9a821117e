import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isMgpuError } from '../../../src/base/error.ts';
import type { Session } from '../../../src/services/session.ts';
import { submit } from '../../../src/services/submit.ts';
import { readInbox } from '../../../src/store/inbox.ts';
import { readLaunch } from '../../../src/store/rooms.ts';
import { CrashError, type Fault } from '../../fakes/memory-disk.ts';
import { gpu, node, spec } from '../builders.ts';
import { type FakeCluster, fakeCluster } from '../session.ts';

const submission = {
  spec: spec(),
  script: new TextEncoder().encode('#!/bin/sh\ntrue\n'),
  args: ['a', 'b c'],
  environment: { X: '1' },
};

/** The jobs that a daemon would find, each of which has to be whole. */
async function found(there: FakeCluster): Promise<readonly number[]> {
  const session = await there.open();
  const { requests, unfit } = await readInbox(session.store);
  assert.deepEqual(unfit, []);
  const ids: number[] = [];
  for (const { request } of requests) {
    if (request.name !== 'submit') continue;
    const launch = await readLaunch(session.store, request.jobId);
    assert.deepEqual(launch.args, submission.args);
    assert.ok(await session.store.files.stat(session.store.layout.job(request.jobId).script));
    ids.push(request.jobId);
  }
  return ids;
}

async function rooms({ store }: Session): Promise<readonly string[]> {
  return ((await store.files.list(store.layout.jobs)) ?? []).filter((name) => /^\d+$/.test(name));
}

/** Submits with the fault at every mutation in turn, until nothing fails any more. */
async function atEveryMutation(
  fault: Omit<Fault, 'at'>,
  check: (there: FakeCluster, error: unknown) => Promise<void>,
): Promise<number> {
  for (let at = 1; ; at += 1) {
    const there = await fakeCluster();
    const session = await there.open({ uid: 2001, fault: { ...fault, at } });
    try {
      const id = await submit(session.store, session.present, submission);
      assert.deepEqual(await found(there), [id], `submitted at ${at}`);
      // Nothing failed at the last number: all of them have been tried.
      if (at > 20) return at;
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      await check(there, error);
    }
  }
}

test('submit gives ids in order and keeps the script and the environment to the submitter', async () => {
  const there = await fakeCluster([node('gpu01')]);
  const session = await there.open();
  assert.equal(await submit(session.store, session.present, submission), 1);
  assert.equal(await submit(session.store, session.present, submission), 2);
  assert.deepEqual(await found(there), [1, 2]);
  const { files, layout } = session.store;
  const modes = await Promise.all(
    [layout.job(1).script, layout.job(1).launch].map((path) => files.stat(path)),
  );
  assert.deepEqual(
    modes.map((stat) => ((stat?.mode ?? 0) & 0o777).toString(8)),
    ['700', '600'],
  );
});

test('what the cluster can never run is refused in words of Slurm, and takes no id', async () => {
  const there = await fakeCluster([node('gpu01', { gpus: [gpu(0)] })]);
  const session = await there.open();
  const many = { ...submission, spec: spec({ gpus: [{ count: 9, per: 'node' }] }) };
  await assert.rejects(submit(session.store, session.present, many), (error) => {
    assert.ok(isMgpuError(error, 'REFUSED'));
    assert.match(error.message, /Requested node configuration is not available$/);
    assert.match(error.hint ?? '', /9 per node/);
    return true;
  });
  assert.deepEqual(await rooms(session), []);
});

describe('killed or failing at any mutation', () => {
  test('a crash leaves a whole job or none', async () => {
    for (const when of ['before', 'after'] as const) {
      await atEveryMutation({ when, what: 'crash' }, async (there, error) => {
        assert.ok(error instanceof CrashError);
        assert.ok((await found(there)).length <= 1);
      });
    }
  });

  test('a full disk leaves nothing, and is told with its path', async () => {
    await atEveryMutation({ when: 'before', what: 'ENOSPC' }, async (there, error) => {
      assert.ok(isMgpuError(error, 'ENOSPC'), String(error));
      assert.match(error.message, /\/spool\//);
      const isSent = (await found(there)).length === 1;
      assert.equal((await rooms(await there.open())).length, isSent ? 1 : 0, error.message);
      assert.equal(isSent, /may have been submitted/.test(error.message), error.message);
    });
  });

  test('a reply that got lost never loses the room of a request', async () => {
    for (const what of ['EIO', 'ESTALE'] as const) {
      await atEveryMutation({ when: 'after', what }, async (there, error) => {
        assert.ok(isMgpuError(error), String(error));
        const isSent = (await found(there)).length === 1;
        assert.equal(isSent, /may have been submitted/.test(error.message), error.message);
      });
    }
  });
});
