import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isMgpuError } from '../../../src/base/error.ts';
import { createKept, freshOf, keptBytes, windowBytesMax, windowOf } from '../../../src/model/livestream.ts';

const pieces = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 20 });

describe('what a sender keeps', () => {
  it('is all behind what was acknowledged, wherever one looks', () =>
    fc.assert(
      fc.property(pieces, fc.array(fc.nat(500)), (all, acknowledged) => {
        const kept = createKept();
        const whole: number[] = [];
        let from = 0;
        for (const [index, bytes] of all.entries()) {
          kept.add(bytes);
          whole.push(...bytes);
          const offset = acknowledged[index];
          if (offset === undefined) continue;
          assert.equal(kept.acknowledge(offset), offset <= whole.length);
          if (offset <= whole.length) from = Math.max(from, offset);
        }
        assert.deepEqual([kept.from(), kept.to()], [from, whole.length]);
        for (let at = 0; at <= whole.length; at += 1) {
          const first = kept.at(at)?.[0];
          assert.equal(first, at < from ? undefined : whole[at]);
        }
        assert.deepEqual([...keptBytes(kept, from, 1000)], whole.slice(from));
        assert.deepEqual([...keptBytes(kept, from, 7)], whole.slice(from, from + 7));
      }),
    ));
});

describe('what is new to a receiver', () => {
  it('is taken once, in whatever pieces it comes again', () =>
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 100 }),
        fc.array(fc.tuple(fc.nat(100), fc.nat(100))),
        (whole, given) => {
          const taken: number[] = [];
          for (const [start, length] of given) {
            const offset = Math.min(start, taken.length);
            taken.push(...freshOf(taken.length, offset, whole.subarray(offset, offset + length)));
          }
          assert.deepEqual(taken, [...whole.subarray(0, taken.length)]);
        },
      ),
    ));

  it('cannot leave a gap', () => {
    assert.throws(
      () => freshOf(3, 4, new Uint8Array(1)),
      (error) => isMgpuError(error, 'FRAME'),
    );
  });
});

describe('the window of a stream', () => {
  it('is shared by all, within bounds', () => {
    assert.deepEqual([windowOf(1), windowOf(2)], [windowBytesMax, windowBytesMax]);
    assert.equal(windowOf(16), 2 ** 20);
    assert.equal(windowOf(100_000), 64 * 1024);
  });
});
