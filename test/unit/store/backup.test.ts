import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decide } from '../../../src/core/decide.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import type { Files } from '../../../src/ports/files.ts';
import { manifestName } from '../../../src/store/backup/manifest.ts';
import { neededRooms } from '../../../src/store/backup/snapshot.ts';
import { takeBackup } from '../../../src/store/backup.ts';
import { writeCheckpoint } from '../../../src/store/checkpoint.ts';
import { lookAtSpool } from '../../../src/store/fsck.ts';
import { readInbox, sendRequest, takeOut } from '../../../src/store/inbox.ts';
import { decodeText, encodeText } from '../../../src/store/put.ts';
import { type RestoreReport, restoreBackup } from '../../../src/store/restore.ts';
import { openSpool, type Store } from '../../../src/store/spool.ts';
import { fakeClock, fakeIds } from '../../fakes/clock.ts';
import { node, pending, running, share, view } from '../builders.ts';
import { commands, live } from '../core/commands.ts';
import { alice, bob, completed, released, submitted } from '../core/world.ts';
import { inspectionOf, livedSpool, spoolOf } from './fsck/lived.ts';
import { commitJobs, journalOf, type OneDisk, outcomeOf } from './onedisk.ts';

const backup = '/backup';
const restored = '/restored';
const plain = { mode: 0o644, sync: true };

/** A store on the disk whose files do something else on the way. */
async function storeOn({ disk }: OneDisk, files: (files: Files) => Files = (same) => same): Promise<Store> {
  const ports = { files: files(disk.actor({ uid: alice })), clock: fakeClock(), ids: fakeIds(50) };
  return openSpool(ports, '/spool');
}

function restore(store: Store, root = restored): Promise<RestoreReport> {
  return restoreBackup(store, backup, { root, uid: alice });
}

/** The state of the restored cluster, which must be sound. */
async function soundState(disk: OneDisk): Promise<{ readonly cluster: Cluster; readonly store: Store }> {
  const ports = { files: disk.disk.actor({ uid: alice }), clock: fakeClock(), ids: fakeIds(60) };
  const store = await openSpool(ports, restored);
  const { flaws } = await lookAtSpool(inspectionOf(store));
  assert.deepEqual(
    flaws.filter(({ severity }) => severity !== 'note'),
    [],
  );
  return { cluster: (await journalOf(store)).cluster(), store };
}

describe('backup and restore', () => {
  it('the cluster as of a commit: what waits goes on, what ran has ended', async () => {
    const disk = await livedSpool();
    const store = await storeOn(disk);
    const { seq, jobs, requests } = await takeBackup(store, backup, alice);
    assert.deepEqual({ seq, jobs, requests }, { seq: 12, jobs: 4, requests: 1 });
    const report = await restore(store);
    assert.deepEqual(report, { clusterName: 'test', seq: 12, jobs: 4, ended: [2] });
    const { cluster, store: other } = await soundState(disk);
    const states = [...cluster.jobs.values()].map((job) => [job.id, job.state]);
    assert.deepEqual(states, [
      [2, 'ENDED'],
      [3, 'ENDED'],
      [4, 'PENDING'],
      [6, 'PENDING'],
    ]);
    assert.deepEqual(cluster.closed, [[1, 1]]);
    assert.deepEqual(
      (await readInbox(other, 'all')).requests.map((one) => one.requestId),
      ['REQUEST-JOB-5'],
    );
    assert.deepEqual(await other.files.list(`${restored}/jobs`), ['2', '4', '5', '6']);
    assert.notEqual(other.spool.clusterId, store.spool.clusterId);
    assert.equal((await other.files.stat(`${restored}/jobs/4/launch.json`))?.mode, 0o600);
  });

  it('whatever a cluster lived through', async () => {
    await fc.assert(
      fc.asyncProperty(commands, fc.uniqueArray(fc.integer({ min: 1, max: 40 })), async (all, after) => {
        const life = live(all);
        const disk = await spoolOf(life, new Set(after));
        const store = await storeOn(disk);
        await takeBackup(store, backup, alice);
        await restore(store);
        const { cluster } = await soundState(disk);
        for (const job of life.cluster.jobs.values()) {
          const found = cluster.jobs.get(job.id);
          const isToWait =
            job.state === 'PENDING' || (job.state === 'COMPLETING' && job.requeue !== undefined);
          assert.equal(found?.state, isToWait ? 'PENDING' : 'ENDED');
        }
      }),
      { numRuns: 30 },
    );
  });

  it('a request of somebody else is left out: in the copy it would be the owner’s', async () => {
    const disk = await livedSpool();
    const { store: other } = await disk.open({ uid: bob });
    await sendRequest(other, { name: 'cancel', targets: [{ job: 4 }] }, 'login', 'REQUEST-OF-BOB');
    const store = await storeOn(disk);
    assert.equal((await takeBackup(store, backup, alice)).requests, 1);
    assert.deepEqual(await store.files.list(`${backup}/inbox`), ['REQUEST-JOB-5.json']);
  });

  it('of an array the room with its script is enough: tasks that end meanwhile are no hindrance', () => {
    const task = (id: number, index: number) => running(id, { array: [7, index], shares: [share('a')] });
    const array = pending(7, { spec: { array: { tasks: [[1, 9]], throttle: 0 } }, tasks: [[3, 9]] });
    const { cluster } = view(
      [node('a')],
      [task(9, 1), task(10, 2), array, running(12, { shares: [share('a')] })],
    );
    assert.deepEqual(neededRooms({ cluster, waiting: [] }), [7, 12]);
  });

  it('nothing is followed, and what is no file is left out', async () => {
    const disk = await livedSpool();
    const files = disk.disk.actor({ uid: alice });
    await files.unlink('/spool/jobs/4/script');
    files.makeOther('/spool/jobs/4/script');
    files.makeOther('/spool/inbox/link');
    const store = await storeOn(disk);
    await takeBackup(store, backup, alice);
    assert.deepEqual(await files.list(`${backup}/jobs/4`), ['launch.json', 'request.json']);
    assert.deepEqual(await files.list(`${backup}/inbox`), ['REQUEST-JOB-5.json']);
  });
});

/** Files that do something once, before a path is first read or listed. */
function before(path: RegExp, what: () => Promise<unknown>): (files: Files) => Files {
  let isDone = false;
  const first = async (name: string): Promise<void> => {
    if (isDone || !path.test(name)) return;
    isDone = true;
    await what();
  };
  return (files) => ({
    ...files,
    async read(name, bytesMax) {
      await first(name);
      return files.read(name, bytesMax);
    },
    async list(name) {
      await first(name);
      return files.list(name);
    },
  });
}

/** What a daemon does with the inbox: commits, takes out, forgets. */
async function serve(store: Store): Promise<void> {
  const journal = await journalOf(store, 'node1');
  const { requests } = await readInbox(store, 'all');
  await journal.commit((cluster) => decide(cluster, requests, 9));
  for (const request of requests) await takeOut(store, request);
  await journal.commit((cluster) => [{ name: 'requestsForgotten', requestIds: [...cluster.handled] }]);
}

describe('backup: while daemons work', () => {
  it('a request that is decided meanwhile is in the state or in the inbox, and not in both', async () => {
    for (const [when, isIn] of [
      [/log$/, true],
      [/cluster\.yaml$/, false],
      [/jobs\/4\/launch/, false],
    ] as const) {
      const disk = await livedSpool();
      const daemon = await storeOn(disk);
      await sendRequest(daemon, { name: 'cancel', targets: [{ job: 4 }] }, 'login', 'REQUEST-CANCEL');
      let lists = 0;
      // The log is listed when the snapshot begins, and again when the inbox was read.
      const isNow = (path: string): boolean => when.test(path) && (when.source !== 'log$' || ++lists > 1);
      const probe = { test: isNow } as RegExp;
      const store = await storeOn(
        disk,
        before(probe, () => serve(daemon)),
      );
      await takeBackup(store, backup, alice);
      await restore(store);
      const { cluster, store: other } = await soundState(disk);
      const left = (await readInbox(other, 'all')).requests.map((one) => one.requestId).sort();
      assert.equal(cluster.jobs.has(5), isIn, String(when));
      assert.deepEqual(left, isIn ? [] : ['REQUEST-CANCEL', 'REQUEST-JOB-5'], String(when));
      assert.equal(cluster.jobs.get(4)?.state, isIn ? 'ENDED' : 'PENDING', String(when));
    }
  });

  it('entries and checkpoints that are pruned meanwhile, and rooms that are swept', async () => {
    const disk = await livedSpool();
    const daemon = await storeOn(disk);
    const store = await storeOn(
      disk,
      before(/log\/0+12\.json/, async () => {
        const journal = await journalOf(daemon, 'node1');
        await journal.commit(() => [released(2, 'node1', { report: completed })]);
        await daemon.files.removeTree('/spool/jobs/2');
        for (const count of [100, 100]) {
          await commitJobs(journal, count);
          await writeCheckpoint(daemon, journal.cluster());
        }
        for (const { id } of journal.cluster().jobs.values()) await room(daemon, id);
      }),
    );
    const { seq } = await takeBackup(store, backup, alice);
    assert.ok(seq >= 213, `commit ${seq}`);
    await restore(store);
    const { cluster } = await soundState(disk);
    assert.equal(cluster.jobs.get(2)?.state, 'ENDED');
  });

  it('an entry that a writer put where entries were pruned while it slept', async () => {
    const disk = await livedSpool();
    const store = await storeOn(disk);
    const journal = await journalOf(store, 'node1');
    const first = await store.files.read('/spool/log/000000000001.json', 1e6);
    for (const count of [100, 100]) {
      await commitJobs(journal, count);
      await writeCheckpoint(store, journal.cluster());
    }
    assert.equal(await store.files.read('/spool/log/000000000001.json', 1e6), undefined);
    await store.files.create('/spool/log/000000000001.json', first?.bytes ?? new Uint8Array(), plain);
    const rooms = new Map((await store.files.list('/spool/jobs'))?.map((name) => [name, true]));
    for (const { id } of journal.cluster().jobs.values()) if (!rooms.has(String(id))) await room(store, id);
    await takeBackup(store, backup, alice);
    await restore(store);
    await soundState(disk);
  });
});

/** The room of a job with what a backup takes from it. */
async function room({ files }: Store, id: number): Promise<void> {
  await files.makeDir(`/spool/jobs/${id}`, 0o755);
  for (const [name, text] of [
    ['launch.json', '{"mgpu":"launch","format":1,"args":[],"environment":{}}'],
    ['script', '#!/bin/sh\n'],
  ] as const)
    await files.create(`/spool/jobs/${id}/${name}`, encodeText(text), { ...plain, mode: 0o600 });
}

describe('backup and restore: refusals', () => {
  it('a folder with something in it, and the spool itself', async () => {
    const disk = await livedSpool();
    const store = await storeOn(disk);
    await assert.rejects(takeBackup(store, '/spool/backup', alice), { code: 'USAGE' });
    await store.files.makeDir(backup, 0o755);
    await takeBackup(store, backup, alice);
    await assert.rejects(takeBackup(store, backup, alice), { code: 'NOT_EMPTY' });
    await assert.rejects(restore(store, '/spool'), { code: 'NOT_EMPTY' });
    await assert.rejects(restoreBackup(store, '/spool', { root: restored, uid: alice }), {
      code: 'NO_BACKUP',
    });
    await assert.rejects(restoreBackup(store, backup, { root: restored, uid: bob }), { code: 'NOT_OWNER' });
  });

  it('a backup that is not whole, or leads elsewhere: nothing is written', async () => {
    const disk = await livedSpool();
    const store = await storeOn(disk);
    await takeBackup(store, backup, alice);
    const { files } = store;
    const manifest = decodeText(
      (await files.read(`${backup}/${manifestName}`, 10 ** 6))?.bytes ?? new Uint8Array(),
    );
    const log = `${backup}/log/000000000012.json`;
    const whole = (await files.read(log, 10 ** 6))?.bytes ?? new Uint8Array();
    const spoilt: readonly (readonly [string, () => Promise<unknown>, string])[] = [
      ['longer', () => files.append(log, encodeText('?'), plain), 'DAMAGED'],
      ['gone', () => files.unlink(log), 'DAMAGED'],
      [
        'other',
        () =>
          files.create(
            log,
            whole.map((byte) => byte ^ 1),
            plain,
          ),
        'DAMAGED',
      ],
    ];
    for (const [name, spoil, code] of spoilt) {
      await spoil();
      await assert.rejects(restore(store), { code }, name);
    }
    for (const path of ['../escape', '/etc/passwd', 'log/../../escape', '.hidden']) {
      const text = manifest.replace('"log/000000000012.json"', JSON.stringify(path));
      await files.unlink(`${backup}/${manifestName}`);
      await files.create(`${backup}/${manifestName}`, encodeText(text), plain);
      await assert.rejects(restore(store), { code: 'SCHEMA' }, path);
    }
    assert.equal(await files.stat(restored), undefined);
  });

  it('a spool that nobody can read is not backed up', async () => {
    const disk = await livedSpool();
    const store = await storeOn(disk);
    await store.files.append('/spool/log/000000000012.json', encodeText('?'), plain);
    await assert.rejects(takeBackup(store, backup, alice), { code: 'DAMAGED' });
    assert.deepEqual(await store.files.list('/'), ['spool']);
  });
});

describe('backup and restore: a crash at any step', () => {
  it('leaves no backup that is not whole, and no cluster', async () => {
    const step = 7;
    for (let at = 1; ; at += step) {
      const disk = await livedSpool();
      const actor = disk.disk.actor({ uid: alice, fault: { at, when: 'after', what: 'crash' } });
      const dying = await openSpool({ files: actor, clock: fakeClock(), ids: fakeIds(51) }, '/spool');
      const backedUp = await outcomeOf(takeBackup(dying, backup, alice));
      const outcome = backedUp.is === 'done' ? await outcomeOf(restore(dying)) : backedUp;
      if (outcome.is === 'done') break;
      const store = await storeOn(disk);
      if ((await store.files.stat(backup)) === undefined) await takeBackup(store, backup, alice);
      if ((await store.files.stat(`${restored}/spool.json`)) === undefined) {
        await store.files.removeTree(restored);
        await restore(store);
      }
      assert.equal((await soundState(disk)).cluster.jobs.get(2)?.state, 'ENDED', `crash after ${at}`);
    }
  });
});

describe('submitted', () => {
  it('is known by its id whatever became of its request', async () => {
    const disk = await livedSpool();
    const store = await storeOn(disk);
    await (await journalOf(store)).commit(() => [submitted(5)]);
    assert.equal((await takeBackup(store, backup, alice)).requests, 0);
  });
});
