import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { layoutOf, spoolFolders } from '../../../src/store/layout.ts';
import { encodeText } from '../../../src/store/put.ts';
import { readLaunch, readScript } from '../../../src/store/rooms.ts';
import { initSpool, openSpool, type StorePorts, surely } from '../../../src/store/spool.ts';
import { fakeClock, fakeIds, newYear } from '../../fakes/clock.ts';
import { type ActorOptions, type MemoryDisk, memoryDisk } from '../../fakes/memory-disk.ts';
import { randomOf } from '../../fakes/random.ts';
import { turnsOf } from '../../fakes/turns.ts';
import { atEveryMutation, commitJobs, journalOf, oneDisk, outcomeOf } from './onedisk.ts';

const root = '/home/spool';
const options = { clusterName: 'lab', durable: true };

function portsOn(disk: MemoryDisk, actor: ActorOptions = {}, seed = 1): StorePorts {
  return { files: disk.actor(actor), clock: fakeClock(), ids: fakeIds(seed) };
}

async function diskWithHome(): Promise<MemoryDisk> {
  const disk = memoryDisk();
  const files = disk.actor();
  await files.makeDir('/home', 0o755);
  await files.syncDir('/');
  return disk;
}

describe('spool: init', () => {
  it('makes the folders and says what it is', async () => {
    const disk = await diskWithHome();
    const { store, isNew } = await initSpool(portsOn(disk), root, options);
    assert.equal(isNew, true);
    const { clusterId, ...rest } = store.spool;
    assert.match(clusterId, /^[0-9A-Z]{26}$/);
    assert.deepEqual(rest, { mgpu: 'spool', format: 3, clusterName: 'lab', created: newYear, durable: true });
    for (const folder of spoolFolders(layoutOf(root))) {
      assert.equal((await store.files.stat(folder))?.kind, 'directory', folder);
    }
    assert.deepEqual((await openSpool(portsOn(disk), root)).spool, store.spool);
  });

  it('leaves a spool that is there', async () => {
    const disk = await diskWithHome();
    const first = await initSpool(portsOn(disk), root, options);
    await commitJobs(await journalOf(first.store), 2);
    const second = await initSpool(portsOn(disk, {}, 2), root, { clusterName: 'other', durable: false });
    assert.deepEqual([second.isNew, second.store.spool], [false, first.store.spool]);
    assert.equal((await journalOf(second.store)).cluster().seq, 2);
  });

  it('needs the folder around it', async () => {
    await assert.rejects(initSpool(portsOn(memoryDisk()), root, options), { code: 'ENOENT' });
  });

  it('of several at once one makes it, and all have the same', async () => {
    for (let seed = 0; seed < 8; seed += 1) {
      const disk = await diskWithHome();
      const turns = turnsOf(randomOf(seed));
      const outcomes = await turns.run(
        [1, 2, 3].map(
          (actor) => () => initSpool(portsOn(disk, { turn: () => turns.next() }, actor), root, options),
        ),
      );
      const made = outcomes.map((one) =>
        one.status === 'fulfilled' ? one.value : assert.fail(`${one.reason}`),
      );
      assert.equal(made.filter((one) => one.isNew).length, 1, `seed ${seed}`);
      assert.equal(new Set(made.map((one) => one.store.spool.clusterId)).size, 1, `seed ${seed}`);
    }
  });

  it('that crashed can be done again; what was made survives a power cut', async () => {
    for (const seed of [0, 1, 2, 3]) {
      await atEveryMutation(['crash'], async (fault) => {
        const disk = await diskWithHome();
        const ports = portsOn(disk, { fault });
        const outcome = await outcomeOf(initSpool(ports, root, options));
        disk.cutPower(seed === 0 ? undefined : randomOf(seed));
        const files = disk.actor();
        if (outcome.is === 'done') {
          const { store } = outcome.value;
          assert.deepEqual((await openSpool(portsOn(disk), root)).spool, store.spool, `seed ${seed}`);
          for (const folder of spoolFolders(layoutOf(root))) {
            assert.equal((await files.stat(folder))?.kind, 'directory', `seed ${seed}: ${folder}`);
          }
        }
        const again = await initSpool(portsOn(disk, {}, 2), root, options);
        await commitJobs(await journalOf(again.store), 1);
        return ports.files as ReturnType<MemoryDisk['actor']>;
      });
    }
  });
});

describe('spool: open', () => {
  async function opened(content: string | undefined): Promise<unknown> {
    const disk = await diskWithHome();
    const files = disk.actor();
    await files.makeDir(root, 0o755);
    if (content !== undefined) {
      await files.create(`${root}/spool.json`, encodeText(content), { mode: 0o644, sync: true });
    }
    return openSpool(portsOn(disk), root);
  }

  it('says what to do where there is none', async () => {
    await assert.rejects(opened(undefined), { code: 'NO_SPOOL', hint: `make one with: mgpu init ${root}` });
    await assert.rejects(openSpool(portsOn(memoryDisk()), root), { code: 'NO_SPOOL' });
  });

  it('refuses a newer format, whatever else is new in it', async () => {
    await assert.rejects(opened('{"format":4,"mgpu":"spool","shape":"round"}'), { code: 'NEWER_FORMAT' });
  });

  it('names what is damaged', async () => {
    for (const [content, code, message] of [
      ['{"mgpu":"spool","for', 'DAMAGED', /spool\.json: it is no JSON/],
      ['', 'DAMAGED', /spool\.json: it is no JSON/],
      ['7', 'SCHEMA', /spool\.json: expected an object/],
      ['{"mgpu":"spool","format":1}', 'SCHEMA', /spool\.json: clusterId: expected/],
    ] as const) {
      await assert.rejects(opened(content), { code, message });
    }
  });

  it('keeps fields that it does not know', async () => {
    const disk = await diskWithHome();
    const { store } = await initSpool(portsOn(disk), root, options);
    const files = disk.actor();
    await files.unlink(`${root}/spool.json`);
    const newer = JSON.stringify({ ...store.spool, colour: 'red' });
    await files.create(`${root}/spool.json`, encodeText(newer), { mode: 0o644, sync: true });
    assert.deepEqual((await openSpool(portsOn(disk), root)).spool, { ...store.spool, colour: 'red' });
  });
});

describe('spool: absence', () => {
  it('is believed only while the spool itself is seen', async () => {
    const { store } = await (await oneDisk()).open();
    const away = { ...store, files: { ...store.files, stat: async () => undefined } };
    const nothing = async (): Promise<undefined> => undefined;
    assert.equal(await surely(store, nothing), undefined);
    await assert.rejects(surely(away, nothing), {
      code: 'OUT_OF_REACH',
      message: /is its file system mounted\?$/,
    });
    assert.equal(await surely(away, async () => 'found'), 'found');
  });

  it('is looked at again when the file system came back in between', async () => {
    const { store } = await (await oneDisk()).open();
    let looks = 0;
    const late = async (): Promise<string | undefined> => {
      looks += 1;
      return looks > 1 ? 'found' : undefined;
    };
    assert.equal(await surely(store, late), 'found');
  });

  it('a launch file and a script are missing only where the spool is there', async () => {
    const { store } = await (await oneDisk()).open();
    const away = { ...store, files: { ...store.files, stat: async () => undefined } };
    await assert.rejects(readLaunch(store, 1), { code: 'NO_ROOM' });
    await assert.rejects(readScript(store, 1), { code: 'NO_ROOM' });
    await assert.rejects(readLaunch(away, 1), { code: 'OUT_OF_REACH' });
    await assert.rejects(readScript(away, 1), { code: 'OUT_OF_REACH' });
  });
});
