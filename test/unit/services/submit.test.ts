import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isMgpuError, MgpuError } from '../../../src/base/error.ts';
import { decide } from '../../../src/core/decide.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { openPresent } from '../../../src/services/present.ts';
import { submit } from '../../../src/services/submit.ts';
import { foldIntoSegment, sweepRooms } from '../../../src/store/accounting.ts';
import { readInbox, takeOut } from '../../../src/store/inbox.ts';
import { encodeText } from '../../../src/store/put.ts';
import { readLaunch } from '../../../src/store/rooms.ts';
import type { Store } from '../../../src/store/spool.ts';
import { randomOf } from '../../fakes/random.ts';
import { turnsOf } from '../../fakes/turns.ts';
import { spec } from '../builders.ts';
import { alice, bob, cancelled, gpus, registered, submitted } from '../core/world.ts';
import {
  atEveryMutation,
  diskOf,
  journalOf,
  type OneDisk,
  oneDisk,
  outcomeOf,
  root,
} from '../store/onedisk.ts';

const script = encodeText('#!/bin/sh\ntrue\n');
const environment = { PATH: '/bin' };

async function submitBy(store: Store, given: Partial<JobSpec> = {}): Promise<number> {
  return submit(store, await openPresent(store), { spec: spec(given), args: [], environment, script });
}

/** What a daemon that starts now would find of a job: all of it, or nothing. */
async function isWhole(disk: OneDisk, id: number): Promise<boolean> {
  const { store } = await disk.open();
  const { cluster } = await (await openPresent(store)).view();
  const job = cluster.jobs.get(id);
  if (job === undefined) return false;
  assert.equal(job.state, 'PENDING');
  assert.deepEqual(job.spec, spec());
  assert.deepEqual((await readLaunch(store, id)).environment, environment);
  assert.deepEqual((await store.files.read(store.layout.job(id).script, 1000))?.bytes, script);
  return true;
}

describe('submit', () => {
  it('refuses what no daemon would take in, and leaves no room', async () => {
    const { store, actor } = await (await oneDisk()).open({ uid: alice });
    for (const given of [
      { comment: 'x'.repeat(70_000) },
      { workDir: `/${'x'.repeat(5000)}` },
      { name: 'a\0b' },
    ]) {
      await assert.rejects(submitBy(store, given), { code: 'REFUSED', message: /Pathname of a file, / });
    }
    assert.deepEqual(await actor.list(`${root}/jobs`), []);
    assert.deepEqual(await actor.list(`${root}/inbox`), []);
  });

  it('gives the id of a job that everybody sees', async () => {
    const disk = await oneDisk();
    const { store } = await disk.open({ uid: alice });
    assert.equal(await submitBy(store), 1);
    assert.equal(await submitBy(store), 2);
    assert.equal(await isWhole(disk, 1), true);
    assert.equal(await isWhole(disk, 2), true);
    const { requests } = await readInbox(store, 'all');
    assert.deepEqual(
      requests.map((one) => [one.uid, one.request.name]),
      [
        [alice, 'submit'],
        [alice, 'submit'],
      ],
    );
  });

  it('refuses what the cluster can never run, and leaves nothing of it', async () => {
    const disk = await oneDisk();
    const { store, actor } = await disk.open();
    await (await journalOf(store)).commit(() => [registered('node1', { gpus: gpus(2) })]);
    await assert.rejects(submitBy(store, { gpus: [{ count: 3, per: 'node' }] }), {
      code: 'REFUSED',
      message: 'Batch job submission failed: Requested node configuration is not available',
      detail: /3 per node/,
    });
    assert.deepEqual(await actor.list(`${root}/jobs`), []);
    assert.deepEqual(await actor.list(`${root}/inbox`), []);
  });

  it('is for the owner of the spool alone', async () => {
    const disk = await oneDisk();
    const { store, actor } = await disk.open({ uid: bob });
    await assert.rejects(submitBy(store, { uid: bob }), { code: 'NOT_OWNER' });
    assert.deepEqual(await actor.list(`${root}/jobs`), []);
  });

  it('never uses an id again, though its room is gone and the hint is lost', async () => {
    const disk = await oneDisk();
    const { store, actor } = await disk.open();
    const asleep = await openPresent(store);
    const journal = await journalOf(store);
    await journal.commit(() => [submitted(1), submitted(2), cancelled(1), cancelled(2)]);
    await journal.commit(async (cluster) => {
      const event = await foldIntoSegment(store, cluster, [1, 2]);
      return event ? [event] : [];
    });
    await sweepRooms(store, journal.cluster(), 'all');
    const submission = { spec: spec(), args: [], environment, script };
    assert.equal(await submit(store, asleep, submission), 3);
    assert.deepEqual(await actor.list(`${root}/jobs`), ['.last', '3']);
  });

  it('is each caller’s own, whoever gets which turn, while a daemon works', async () => {
    for (let seed = 0; seed < 6; seed += 1) {
      const disk = await oneDisk();
      const turns = turnsOf(randomOf(seed));
      const turn = (): Promise<void> => turns.next();
      const users = Array.from({ length: 6 }, () => async () => submitBy((await disk.open({ turn })).store));
      const daemon = async (): Promise<number> => {
        const { store } = await disk.open({ turn });
        const journal = await journalOf(store);
        for (let round = 0; journal.cluster().jobs.size < users.length; round += 1) {
          assert.ok(round < 1000, 'a job is missing');
          const { requests } = await readInbox(store, 'all');
          await journal.commit((cluster) => decide(cluster, requests, 1));
          for (const request of requests) await takeOut(store, request);
        }
        return 0;
      };
      const outcomes = await turns.run([...users, daemon]);
      const ids = outcomes.map((one) =>
        one.status === 'fulfilled' ? one.value : assert.fail(`${one.reason}`),
      );
      assert.deepEqual(ids.sort(), [0, 1, 2, 3, 4, 5, 6], `seed ${seed}`);
      for (const id of ids.slice(1)) assert.equal(await isWhole(disk, id), true, `seed ${seed}`);
    }
  });
});

describe('submit: faults', () => {
  it('killed at any mutation it leaves a whole job or none; what returned is there for good', async () => {
    const { disk } = await oneDisk();
    await atEveryMutation(['crash'], async (fault) => {
      const one = diskOf(disk.copy());
      const { store, actor } = await one.open({ fault });
      const outcome = await outcomeOf(submitBy(store));
      const isThere = await isWhole(one, 1);
      if (outcome.is === 'done') assert.equal(isThere, true);
      assert.notEqual(outcome.is, 'failed');
      const next = await submitBy((await one.open()).store);
      assert.equal(await isWhole(one, next), true);
      assert.ok(next === 1 ? !isThere : next === 2, `the next job is ${next}`);
      return actor;
    });
  });

  it('the same after a power cut', async () => {
    const { disk } = await oneDisk();
    for (const seed of [0, 1, 2]) {
      await atEveryMutation(['crash'], async (fault) => {
        const one = diskOf(disk.copy());
        const { store, actor } = await one.open({ fault });
        const outcome = await outcomeOf(submitBy(store));
        one.disk.cutPower(seed === 0 ? undefined : randomOf(seed));
        const isThere = await isWhole(one, 1);
        if (outcome.is === 'done') assert.equal(isThere, true, `seed ${seed}`);
        const next = await submitBy((await one.open()).store);
        assert.equal(await isWhole(one, next), true, `seed ${seed}`);
        return actor;
      });
    }
  });

  it('an error is told; what is left is a whole job, or an empty room that keeps the id', async () => {
    const { disk } = await oneDisk();
    await atEveryMutation(['ENOSPC', 'EIO', 'ESTALE'], async (fault) => {
      const one = diskOf(disk.copy());
      const { store, actor } = await one.open({ fault });
      const outcome = await outcomeOf(submitBy(store));
      const isThere = await isWhole(one, 1);
      if (outcome.is === 'done') assert.equal(isThere, true);
      else {
        assert.ok(outcome.is === 'failed' && isMgpuError(outcome.error, fault.what));
        assert.equal(/may have been submitted/.test(outcome.error.message), isThere, outcome.error.message);
      }
      const left = await actor.list(`${root}/jobs/1`);
      if (!isThere) assert.deepEqual(left ?? [], []);
      // Where the folder itself could not be made, or is not known to be ours, the id may be given again.
      const next = await submitBy((await one.open()).store);
      if (left !== undefined) assert.equal(next, 2);
      return actor;
    });
  });

  it('a disk that stays full leaves an empty room', async () => {
    const disk = await oneDisk();
    const { store, actor } = await disk.open();
    const create: Store['files']['create'] = async (path) => {
      throw new MgpuError('ENOSPC', `${path}: cannot be created`);
    };
    await assert.rejects(submitBy({ ...store, files: { ...actor, create } }), {
      code: 'ENOSPC',
      message: /\/spool\/jobs\/1\/launch\.json/,
    });
    assert.deepEqual(await actor.list(`${root}/inbox`), []);
    assert.deepEqual(await actor.list(`${root}/jobs/1`), []);
  });

  it('an id below those in use is not given though a submission failed and the hint is lost', async () => {
    const disk = await oneDisk();
    const { store, actor } = await disk.open();
    const create: Store['files']['create'] = async (path) => {
      throw new MgpuError('ENOSPC', `${path}: cannot be created`);
    };
    await assert.rejects(submitBy({ ...store, files: { ...actor, create } }), { code: 'ENOSPC' });
    assert.equal(await submitBy(store), 2);
    await actor.unlink(store.layout.idHint);
    assert.equal(await submitBy(store), 3);
  });
});
