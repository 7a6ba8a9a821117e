import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readStarted, withdrawStart } from '../../../src/agent/markers.ts';
import { makeRooms } from '../../../src/store/rooms.ts';
import { atEveryMutation, oneDisk, outcomeOf } from '../store/onedisk.ts';

describe('the start marker of an attempt that is withdrawn', () => {
  it('is there whole or not at all, wherever the writer dies or fails', async () => {
    const plays = await atEveryMutation(['crash', 'EIO', 'ENOSPC'], async (fault) => {
      const disk = await oneDisk();
      const { store } = await disk.open();
      await makeRooms(store, 0, 1);
      const { store: faulty, actor } = await disk.open({ fault });
      const outcome = await outcomeOf(withdrawStart(faulty, 1, 1));
      const marker = await readStarted(store, 1, 1);
      if (outcome.is === 'done') assert.deepEqual([outcome.value, marker], ['withdrawn', 'withdrawn']);
      else
        assert.ok(marker === 'withdrawn' || marker === 'absent', `the marker is ${JSON.stringify(marker)}`);
      return actor;
    });
    assert.ok(plays > 10, `${plays} faults were tried`);
  });

  it('is one writer’s', async () => {
    const { store } = await (await oneDisk()).open();
    await makeRooms(store, 0, 1);
    assert.equal(await withdrawStart(store, 1, 1, 'lost'), 'withdrawn');
    assert.equal(await withdrawStart(store, 1, 1), 'taken');
    assert.equal(await readStarted(store, 1, 1), 'lost');
  });
});
