import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limits } from '../../../src/model/limits.ts';
import { encodeText } from '../../../src/store/put.ts';
import { furnishRoom, makeRooms, readLaunch } from '../../../src/store/rooms.ts';
import { randomOf } from '../../fakes/random.ts';
import { turnsOf } from '../../fakes/turns.ts';
import { atEveryMutation, diskOf, oneDisk, outcomeOf, root } from './onedisk.ts';

const jobs = `${root}/jobs`;
const plain = { mode: 0o644, sync: true };

describe('rooms: ids', () => {
  it('come in order, after the largest that is known', async () => {
    const { store } = await (await oneDisk()).open();
    assert.deepEqual(await makeRooms(store, 0, 1), [1]);
    assert.deepEqual(await makeRooms(store, 0, 3), [2, 3, 4]);
    assert.deepEqual(await makeRooms(store, 100, 2), [101, 102]);
    assert.deepEqual(await makeRooms(store, 0, 1), [103]);
  });

  it('that are taken are passed over, with or without the hint', async () => {
    const { store, actor } = await (await oneDisk()).open();
    for (const id of [1, 2, 5]) await actor.makeDir(`${jobs}/${id}`, 0o755);
    assert.deepEqual(await makeRooms(store, 0, 3), [3, 4, 6]);
    for (const hint of ['', 'x', '999999999\n', '99999999\n', `${limits.jobIdMax}\n`, '-4\n', '3', '3\n']) {
      await actor.unlink(`${jobs}/.last`);
      await actor.create(`${jobs}/.last`, encodeText(hint), plain);
      const [id = 0] = await makeRooms(store, 0, 1);
      assert.ok(id > 6 && id < 20, `${JSON.stringify(hint)}: ${id}`);
    }
  });

  it('are found whatever lies in place of the hint', async () => {
    const { store, actor } = await (await oneDisk()).open();
    for (const [index, spoil] of [
      () => actor.makeDir(`${jobs}/.last`, 0o755),
      async () => actor.makeOther(`${jobs}/.last`),
      () => actor.create(`${jobs}/.last`, new Uint8Array(limits.smallFileBytes + 1), plain),
    ].entries()) {
      await actor.removeTree(`${jobs}/.last`);
      await spoil();
      assert.deepEqual(await makeRooms(store, 0, 1), [index + 1]);
    }
  });

  it('end somewhere', async () => {
    const { store } = await (await oneDisk()).open();
    assert.deepEqual(await makeRooms(store, limits.jobIdMax - 1, 1), [limits.jobIdMax]);
    await assert.rejects(makeRooms(store, limits.jobIdMax, 1), { code: 'NO_JOB_ID' });
  });

  it('are one caller’s each, whoever gets which turn', async () => {
    for (let seed = 0; seed < 5; seed += 1) {
      const disk = await oneDisk();
      const turns = turnsOf(randomOf(seed));
      const outcomes = await turns.run(
        Array.from({ length: 12 }, (_, caller) => async () => {
          const { store } = await disk.open({ turn: () => turns.next() });
          return makeRooms(store, 0, 1 + (caller % 3));
        }),
      );
      const ids = outcomes.flatMap((one) =>
        one.status === 'fulfilled' ? one.value : assert.fail(`${one.reason}`),
      );
      assert.equal(new Set(ids).size, 24, `seed ${seed}`);
      assert.deepEqual(
        [...ids].sort((a, b) => a - b),
        Array.from({ length: 24 }, (_, index) => index + 1),
      );
    }
  });

  it('are not given twice after a crash or an error at any mutation', async () => {
    await atEveryMutation(['crash', 'EIO', 'ENOSPC'], async (fault) => {
      const disk = await oneDisk();
      const { store, actor } = await disk.open({ fault });
      const first = await outcomeOf(makeRooms(store, 0, 2));
      const second = await makeRooms((await disk.open()).store, 0, 2);
      const ids = first.is === 'done' ? first.value : [];
      assert.equal(new Set([...ids, ...second]).size, ids.length + 2);
      return actor;
    });
  });
});

describe('rooms: what a job runs with', () => {
  const content = {
    script: encodeText('#!/bin/sh\necho "$1"\n'),
    args: ['one', 'two words', ''],
    environment: { PATH: '/bin', EMPTY: '', 'BASH_FUNC_x%%': '() { :; }' },
  };

  it('is private to the submitter', async () => {
    const { store, actor } = await (await oneDisk()).open({ uid: 2001 });
    await makeRooms(store, 0, 1);
    await furnishRoom(store, 1, content);
    const { args, environment } = await readLaunch(store, 1);
    assert.deepEqual([args, environment], [content.args, content.environment]);
    const room = store.layout.job(1);
    assert.deepEqual((await actor.read(room.script, 100))?.bytes, content.script);
    for (const [path, mode] of [
      [room.path, 0o755],
      [room.launch, 0o600],
      [room.script, 0o700],
    ] as const) {
      const stat = await actor.stat(path);
      assert.deepEqual([stat?.mode, stat?.uid], [mode, 2001], path);
    }
  });

  it('may have no script', async () => {
    const { store, actor } = await (await oneDisk()).open();
    await makeRooms(store, 0, 1);
    await furnishRoom(store, 1, { args: ['true'], environment: {} });
    assert.deepEqual(await actor.list(store.layout.job(1).path), ['launch.json']);
  });

  it('survives a power cut once it is furnished', async () => {
    const { disk } = await oneDisk();
    for (const seed of [0, 1, 2, 3]) {
      await atEveryMutation(['crash'], async (fault) => {
        const one = diskOf(disk.copy());
        const { store, actor } = await one.open({ fault });
        const outcome = await outcomeOf(makeRooms(store, 0, 1).then(() => furnishRoom(store, 1, content)));
        one.disk.cutPower(seed === 0 ? undefined : randomOf(seed));
        if (outcome.is === 'done') {
          const later = (await one.open()).store;
          assert.deepEqual((await readLaunch(later, 1)).args, content.args, `seed ${seed}`);
          const script = await later.files.read(later.layout.job(1).script, 100);
          assert.deepEqual(script?.bytes, content.script, `seed ${seed}`);
        }
        return actor;
      });
    }
  });

  it('is refused where it is missing or spoilt', async () => {
    const { store, actor } = await (await oneDisk()).open();
    await assert.rejects(readLaunch(store, 1), { code: 'NO_ROOM' });
    await makeRooms(store, 0, 1);
    await assert.rejects(readLaunch(store, 1), { code: 'NO_ROOM', message: /jobs\/1\/launch\.json/ });
    const spoilt: readonly unknown[] = [
      'no JSON',
      { mgpu: 'launch', format: 1, args: [1], environment: {} },
      { mgpu: 'launch', format: 1, args: ['a\0b'], environment: {} },
      { mgpu: 'launch', format: 1, args: [], environment: { 'A\0': 'x' } },
      { mgpu: 'launch', format: 1, args: [] },
    ];
    for (const one of spoilt) {
      const { launch } = store.layout.job(1);
      await actor.unlink(launch);
      await actor.create(launch, encodeText(typeof one === 'string' ? one : JSON.stringify(one)), plain);
      await assert.rejects(readLaunch(store, 1), { code: 'SCHEMA', message: /launch\.json: / });
    }
  });
});
