import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Meeting, withPeer } from '../../../src/services/doctor/meet.ts';
import type { Store } from '../../../src/store/spool.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { randomOf } from '../../fakes/random.ts';
import { turnsOf } from '../../fakes/turns.ts';
import { oneDisk } from '../store/onedisk.ts';

/** So long the meeting of the two takes, in ms: many times what a dead one's beat is watched. */
const workMs = 60_000;

describe('a meeting of two doctors', () => {
  it('is left alone by a third one, however long it takes', async () => {
    for (let seed = 0; seed < 5; seed += 1) {
      const disk = await oneDisk();
      const turns = turnsOf(randomOf(seed));
      const clock = fakeClock(undefined, () => turns.next());
      const open = async (): Promise<Store> => ({
        ...(await disk.open({ turn: () => turns.next() })).store,
        clock,
      });
      let others = 0;
      const work = async (meeting: Meeting): Promise<string> => {
        if (meeting.side === 'second') {
          for (const end = clock.monotonicMs() + workMs; clock.monotonicMs() < end; ) await clock.sleep(100);
          await meeting.put('done', '');
        } else await meeting.appears('done');
        others += 1;
        return meeting.side;
      };
      const third = async (): Promise<string> => {
        const store = await open();
        while ((await store.files.stat('/spool/.doctor.pair/second')) === undefined) await clock.sleep(100);
        for (let tries = 0; tries < 3; tries += 1)
          await assert.rejects(withPeer(store, 'three', work), { code: 'BUSY' });
        assert.equal(others, 0, 'the third one came while they were at it');
        return 'busy';
      };
      const met = async (): Promise<string> => withPeer(await open(), 'one', work);
      const outcomes = await turns.run([met, met, third]);
      assert.deepEqual(
        outcomes.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason))).sort(),
        ['busy', 'first', 'second'],
        `seed ${seed}`,
      );
    }
  });
});
