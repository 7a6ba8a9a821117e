import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RepairPorts, type RepairWish, repair } from '../../../src/services/repair.ts';
import { writeHeartbeat } from '../../../src/store/nodes.ts';
import { encodeText } from '../../../src/store/put.ts';
import { openSpool, type Store } from '../../../src/store/spool.ts';
import { fakeClock, fakeIds } from '../../fakes/clock.ts';
import type { MemoryDisk } from '../../fakes/memory-disk.ts';
import { fault } from '../../fakes/tree.ts';
import { parseJson } from '../../fakes/yaml.ts';
import { alice, registered } from '../core/world.ts';
import { agesOf, type Damage, mendable, unmendable } from '../store/fsck/damages.ts';
import { livedSpool } from '../store/fsck/lived.ts';
import { type OneDisk, present, root } from '../store/onedisk.ts';

interface Place {
  readonly disk: OneDisk;
  readonly store: Store;
  readonly ports: RepairPorts;
  readonly said: string[];
}

const day = 24 * 60 * 60;
const forced: RepairWish = { isForced: true, ended: [] };
const unforced: RepairWish = { isForced: false, ended: [] };

/** A spoilt spool; `meanwhile` happens at each rest. */
async function spoilt(
  damage: Pick<Damage, 'spoil' | 'ages'>,
  meanwhile: (store: Store) => Promise<unknown> = async () => {},
): Promise<Place> {
  const disk = await livedSpool();
  await damage.spoil(disk.disk.actor({ uid: alice }));
  const other = (await disk.open()).store;
  const clock = fakeClock(undefined, async () => void (await meanwhile(other)));
  const files = disk.disk.actor({ uid: alice });
  const store = await openSpool({ files, clock, ids: fakeIds(90) }, root);
  const ages = agesOf({ name: '', finds: [], ...damage });
  const said: string[] = [];
  const ports: RepairPorts = {
    uid: alice,
    async fileTimeMs(path) {
      if ((await files.stat(path)) === undefined) throw fault('ENOENT', path);
      return (day - (ages[path] ?? 0)) * 1000;
    },
    nowMs: () => 0,
    parseYaml: parseJson,
    say: (text) => said.push(text),
    daemonHere: async () => undefined,
  };
  return { disk, store, ports, said };
}

/** All files below a folder, each as what it holds. */
function contents(disk: MemoryDisk): readonly string[] {
  const found: string[] = [];
  const walk = (path: string): void => {
    const node = disk.tree.find(path);
    if (node?.kind === 'directory') for (const name of node.entries.keys()) walk(`${path}/${name}`);
    else if (node?.kind === 'file') found.push(Buffer.from(node.content).toString('hex'));
    else if (node?.kind === 'other') found.push('other');
  };
  walk(root);
  return found;
}

describe('repair: each damage', () => {
  for (const damage of mendable) {
    it(`${damage.name}: is mended, and nothing is gone`, async () => {
      const { disk, store, ports } = await spoilt(damage);
      const before = contents(disk.disk);
      const report = await repair(store, ports, forced);
      const left = report.flaws.filter(
        ({ severity, remedy }) => severity !== 'note' || remedy.kind !== 'advice',
      );
      assert.deepEqual(left, []);
      assert.ok(report.mended.length >= 1);
      const after = new Set(contents(disk.disk));
      assert.deepEqual(
        before.filter((one) => !after.has(one)),
        [],
      );
      // Who comes next finds a state, and a second repair finds nothing to do.
      await present(disk);
      const again = await repair(store, ports, forced);
      assert.deepEqual([again.mended, again.kept], [[], []]);
    });
  }

  for (const damage of unmendable) {
    it(`${damage.name}: is left to people`, async () => {
      const { disk, store, ports } = await spoilt(damage);
      const before = contents(disk.disk);
      const report = await repair(store, ports, forced);
      assert.deepEqual(
        report.flaws.map(({ severity, path }) => [severity, path]),
        damage.finds.map(([severity, path]) => [severity, path]),
      );
      assert.deepEqual(contents(disk.disk), before);
    });
  }
});

const entry = 'log/000000000012.json';
const torn: Pick<Damage, 'spoil'> = {
  spoil: (files) => files.append(`${root}/${entry}`, encodeText('?'), { mode: 0o644, sync: true }),
};

describe('repair', () => {
  it('loses commits only when it is told to, and sends their submissions again', async () => {
    const { disk, store, ports, said } = await spoilt(torn);
    const first = await repair(store, ports, unforced);
    assert.deepEqual(first.mended, []);
    assert.match(first.flaws[0]?.left ?? '', /add --force$/);
    assert.deepEqual(said, []);
    await assert.rejects(present(disk), { code: 'DAMAGED' });
    const second = await repair(store, ports, forced);
    assert.deepEqual(
      second.mended.map(({ path, remedy }) => [path, remedy.kind]),
      [
        [entry, 'goBack'],
        ['jobs/6/request.json', 'resubmit'],
      ],
    );
    assert.equal((await present(disk)).seq, 11);
    assert.equal((await store.files.list(`${root}/inbox`))?.length, 2);
    assert.deepEqual(said, ['watching for 300 s whether a daemon lives: node1']);
    const [kept = ''] = second.kept;
    assert.deepEqual(await store.files.list(`${root}/${kept}/log`), ['000000000012.json']);
  });

  it('sends a submission whose job may still run again only when that was looked after', async () => {
    const { store, ports } = await spoilt(torn);
    await store.files.create(`${root}/jobs/6/started.1`, encodeText('{}\n'), { mode: 0o644, sync: true });
    const first = await repair(store, ports, forced);
    assert.deepEqual(
      first.flaws.map(({ path, left = 'advice' }) => [path, left.split(' (')[0]]),
      [
        ['jobs/6/started.1', 'advice'],
        ['jobs/6/request.json', 'make sure that nothing of it is left'],
      ],
    );
    const without = await repair(store, ports, unforced);
    assert.deepEqual(without.mended, []);
    const second = await repair(store, ports, forced);
    assert.deepEqual(
      second.mended.map(({ path }) => path),
      ['jobs/6/request.json'],
    );
    assert.deepEqual(second.flaws, []);
  });

  it('leaves what needs a stopped cluster while a heartbeat goes on, and says whose', async () => {
    let beat = 10;
    const { store, ports } = await spoilt(torn, async (other) => {
      beat += 1;
      await writeHeartbeat(other, registered('node1').record, beat);
    });
    await store.files.create(`${root}/inbox/junk`, encodeText('x'), { mode: 0o644, sync: true });
    const report = await repair(store, ports, forced);
    assert.deepEqual(
      report.mended.map(({ path }) => path),
      ['inbox/junk'],
    );
    assert.match(report.flaws[0]?.left ?? '', /^the daemons of these nodes run: node1: /);
  });

  it('does not take a daemon that cannot be seen for one that has ended, unless it is said', async () => {
    const { disk, store, ports } = await spoilt(torn);
    await store.files.removeTree(`${root}/nodes/node1`);
    const report = await repair(store, ports, forced);
    assert.deepEqual(report.mended, []);
    assert.equal(
      report.flaws[0]?.left,
      'whether the daemons of these nodes run cannot be told: node1 (it has no heartbeat file): end them, ' +
        'and add --ended node1',
    );
    await assert.rejects(present(disk), { code: 'DAMAGED' });
    const second = await repair(store, ports, { isForced: true, ended: ['node1'] });
    assert.deepEqual(
      second.mended.map(({ path }) => path),
      [entry, 'jobs/6/request.json'],
    );
  });

  it('makes the folder of the rooms again, and names the jobs that have lost theirs', async () => {
    const { store, ports } = await spoilt({ spoil: (files) => files.removeTree(`${root}/jobs`) });
    const report = await repair(store, ports, unforced);
    assert.deepEqual(
      report.mended.map(({ path }) => path),
      ['jobs'],
    );
    assert.deepEqual(
      report.flaws.map(({ severity, path }) => `${severity} ${path}`),
      ['warn jobs/2', 'note jobs/3', 'error jobs/4', 'error jobs/6', 'warn inbox/REQUEST-JOB-5.json'],
    );
  });

  it('a flaw that cannot be mended does not keep it from the others', async () => {
    const { store, ports } = await spoilt({ spoil: async () => {} });
    const options = { mode: 0o644, sync: true };
    for (const name of ['one', 'two'])
      await store.files.create(`${root}/log/${name}`, encodeText(name), options);
    const files = {
      ...store.files,
      async rename(from: string, to: string) {
        if (from.endsWith('/one')) throw fault('EACCES', to);
        await store.files.rename(from, to);
      },
    };
    const report = await repair({ ...store, files }, ports, unforced);
    assert.deepEqual(
      report.mended.map(({ path }) => path),
      ['log/two'],
    );
    assert.match(report.flaws[0]?.left ?? '', /EACCES/);
  });

  it('after a crash at any step the next one goes on, and nothing is gone', async () => {
    for (const damage of mendable.filter(({ name }) => /damaged|missing|taken in/.test(name))) {
      for (let at = 1; ; at += 1) {
        const { disk, ports } = await spoilt(damage);
        const before = contents(disk.disk);
        const actor = disk.disk.actor({ uid: alice, fault: { at, when: 'after', what: 'crash' } });
        const dying = await openSpool({ files: actor, clock: fakeClock(), ids: fakeIds(91) }, root);
        const outcome = await repair(dying, ports, forced).then(
          () => 'done',
          () => 'died',
        );
        if (outcome === 'done') break;
        const { store } = await disk.open();
        const report = await repair(store, ports, forced);
        const left = report.flaws.filter(({ severity }) => severity !== 'note');
        assert.deepEqual(left, [], `${damage.name}, crash after ${at}`);
        await present(disk);
        const after = new Set(contents(disk.disk));
        assert.ok(
          before.every((one) => after.has(one)),
          `${damage.name}, crash after ${at}`,
        );
      }
    }
  });
});
