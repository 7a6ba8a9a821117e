import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createBucket } from '../../../src/base/bucket.ts';

test('a burst at once, and then one after the other', () => {
  const bucket = createBucket({ burst: 3, perSecond: 10 });
  assert.deepEqual(
    [0, 0, 0, 0, 0].map((now) => bucket.takeMs(now)),
    [0, 0, 0, 100, 200],
  );
  // Half a second later two of the three are there again: five were taken, of which five have come back.
  assert.equal(bucket.takeMs(500), 0);
  assert.deepEqual(
    [10_000, 10_000, 10_000, 10_000].map((now) => bucket.takeMs(now)),
    [0, 0, 0, 100],
  );
});

test('law: no span has more turns than the rate allows, and nobody waits for longer than his turn', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(
      gaps,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 50 }),
      (list, burst, rate) => {
        const bucket = createBucket({ burst, perSecond: rate });
        let now = 0;
        const turns: number[] = [];
        for (const gap of list) {
          // As the doorbell asks: not while a turn that was taken has not come.
          now = Math.max(now, turns.at(-1) ?? 0) + gap;
          const waitMs = bucket.takeMs(now);
          assert.ok(waitMs >= 0 && waitMs <= 1000 / rate + 1e-6);
          turns.push(now + waitMs);
        }
        for (const [first, from] of turns.entries()) {
          for (const [more, to] of turns.slice(first).entries()) {
            assert.ok(more + 1 <= burst + ((to - from) / 1000) * rate + 1e-6);
          }
        }
      },
    ),
  );
});
