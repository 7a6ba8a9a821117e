import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type FsckPorts, fsck } from '../../../src/services/fsck.ts';
import { openSpool, type Store } from '../../../src/store/spool.ts';
import { fakeClock, fakeIds } from '../../fakes/clock.ts';
import { fault } from '../../fakes/tree.ts';
import { parseJson } from '../../fakes/yaml.ts';
import { alice, submitted } from '../core/world.ts';
import { livedSpool, shownFlaw } from '../store/fsck/lived.ts';
import { journalOf, type OneDisk } from '../store/onedisk.ts';

const options = { mode: 0o644, sync: true };

/** A store whose clock lets something happen at its first rest. */
async function storeOn({ disk }: OneDisk, meanwhile: () => Promise<unknown> = async () => {}) {
  let isDone = false;
  const clock = fakeClock(undefined, async () => {
    if (isDone) return;
    isDone = true;
    await meanwhile();
  });
  const store = await openSpool({ files: disk.actor({ uid: alice }), clock, ids: fakeIds(90) }, '/spool');
  return { store, clock };
}

/** Paths of which the file server says that they are a day old; others were just written. */
function portsOf(store: Store, old: readonly string[] = []): FsckPorts {
  return {
    uid: alice,
    async fileTimeMs(path) {
      if ((await store.files.stat(path)) === undefined) throw fault('ENOENT', path);
      return old.includes(path) ? 0 : 24 * 60 * 60 * 1000;
    },
    nowMs: () => 77,
    parseYaml: parseJson,
  };
}

describe('fsck', () => {
  it('looks once at what is sound, and leaves nothing behind', async () => {
    const disk = await livedSpool();
    const { store, clock } = await storeOn(disk);
    const report = await fsck(store, portsOf(store));
    assert.deepEqual({ flaws: report.flaws, seq: report.seq }, { flaws: [], seq: 12 });
    assert.equal(clock.monotonicMs(), 0);
    assert.deepEqual(
      (await store.files.list('/spool'))?.filter((name) => name.startsWith('.')),
      [],
    );
  });

  it("goes by the file server's clock: what it calls old is a leftover", async () => {
    const disk = await livedSpool();
    const { store } = await storeOn(disk);
    for (const name of ['.tmp.old', '.tmp.young'])
      await store.files.create(`/spool/log/${name}`, new Uint8Array(), options);
    const { flaws } = await fsck(store, portsOf(store, ['/spool/log/.tmp.old']));
    assert.deepEqual(
      flaws.map(({ path }) => path),
      ['log/.tmp.old'],
    );
  });

  it("passes over the file server's own names, and tells of one that is old", async () => {
    const disk = await livedSpool();
    const { store } = await storeOn(disk);
    const paths = ['', 'inbox', 'rejected', 'jobs', 'jobs/2', 'log', 'checkpoints', 'accounting', 'nodes']
      .concat('accounting/history', 'nodes/node1', 'locks')
      .map((folder) => `/spool/${folder}/.nfs0000000000000001`);
    for (const path of paths) await store.files.create(path, new Uint8Array(), options);
    assert.deepEqual((await fsck(store, portsOf(store))).flaws, []);
    const { flaws } = await fsck(store, portsOf(store, ['/spool/log/.nfs0000000000000001']));
    assert.deepEqual(
      flaws.map(({ severity, path, remedy }) => [severity, path, remedy.kind]),
      [['note', 'log/.nfs0000000000000001', 'advice']],
    );
  });

  it('believes only what it sees twice', async () => {
    const disk = await livedSpool();
    const files = disk.disk.actor({ uid: alice });
    await files.create('/spool/inbox/junk', new Uint8Array(), options);
    await files.create('/spool/nodes/junk?', new Uint8Array(), options);
    const { store } = await storeOn(disk, async () => {
      await files.unlink('/spool/inbox/junk');
      await files.create('/spool/log/junk', new Uint8Array(), options);
    });
    const { flaws } = await fsck(store, portsOf(store));
    assert.deepEqual(flaws.map(shownFlaw), [
      "warn nodes/junk?: it is none of the spool's (move it to lost+found)",
    ]);
  });

  it('looks again as soon as the log went on, or when it does not', async () => {
    for (const [goesOn, tookMs] of [
      [true, 2000],
      [false, 6000],
    ] as const) {
      const disk = await livedSpool();
      const other = (await disk.open()).store;
      await other.files.create('/spool/log/junk', new Uint8Array(), options);
      const journal = await journalOf(other);
      const { store, clock } = await storeOn(disk, async () => {
        if (goesOn) await journal.commit(() => [submitted(7)]);
      });
      await fsck(store, portsOf(store));
      assert.equal(clock.monotonicMs(), tookMs);
    }
  });

  it('refuses to judge what it does not know', async () => {
    const disk = await livedSpool();
    const { store } = await storeOn(disk);
    const { spool } = store;
    await store.files.unlink('/spool/spool.json');
    const text = new TextEncoder().encode(JSON.stringify({ ...spool, format: 99 }));
    await store.files.create('/spool/spool.json', text, options);
    await assert.rejects(fsck(store, portsOf(store)), { code: 'NEWER_FORMAT' });
  });
});
