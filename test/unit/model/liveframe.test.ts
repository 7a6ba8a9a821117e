import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isMgpuError } from '../../../src/base/error.ts';
import { limits } from '../../../src/model/limits.ts';
import {
  createFrameReader,
  encodeFrame,
  frameDataBytesMax,
  frameHeadBytes,
  type LiveFrame,
} from '../../../src/model/liveframe.ts';

const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
const place = {
  stream: fc.constantFrom('in', 'out', 'err'),
  number: fc.nat(limits.tasksPerJob),
  offset: fc.maxSafeNat().map((offset) => Math.min(offset, Number.MAX_SAFE_INTEGER - 200)),
} as const;
const frames: fc.Arbitrary<LiveFrame> = fc.oneof(
  fc.record({ ...place, kind: fc.constant('data' as const), bytes }),
  fc.record({
    ...place,
    kind: fc.constantFrom('hello', 'welcome', 'ack', 'end', 'files', 'look'),
    bytes: fc.constant(new Uint8Array(0)),
  }),
);

/** Pieces of data that lie together are one. */
function joined(all: readonly LiveFrame[]): readonly object[] {
  const whole: { kind: string; place: string; offset: number; bytes: number[] }[] = [];
  for (const { kind, stream, number, offset, bytes: some } of all) {
    const last = whole.at(-1);
    const where = `${stream} ${number}`;
    const isMore = kind === 'data' && last?.kind === 'data' && last.place === where;
    if (isMore && last.offset + last.bytes.length === offset) last.bytes.push(...some);
    else whole.push({ kind, place: where, offset, bytes: [...some] });
  }
  return whole;
}

describe('frames', () => {
  it('come out as they went in, however they are cut', () =>
    fc.assert(
      fc.property(
        fc.array(frames, { maxLength: 20 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 60 })),
        (all, cuts) => {
          const wire = all.flatMap((frame) => encodeFrame(frame).flatMap((piece) => [...piece]));
          const read = createFrameReader();
          const got: LiveFrame[] = [];
          for (let at = 0; at < wire.length; ) {
            const length = cuts.next().value;
            got.push(...read(Uint8Array.from(wire.slice(at, at + length))));
            at += length;
          }
          assert.deepEqual(joined(got), joined(all));
        },
      ),
    ));

  it('are frames, whatever comes, or refused as none', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (wire) => {
        try {
          for (const { offset, number, bytes: some } of createFrameReader()(wire)) {
            assert.ok(Number.isSafeInteger(offset + some.length) && number <= limits.tasksPerJob);
          }
        } catch (error) {
          assert.ok(isMgpuError(error, 'FRAME'));
        }
      }),
    ));

  const head = (set: (view: DataView) => void): Uint8Array => {
    const one = new Uint8Array(encodeFrame({ kind: 'ack', stream: 'out', number: 1, offset: 5 })[0] ?? []);
    set(new DataView(one.buffer));
    return one;
  };
  const spoilt: readonly (readonly [string, Uint8Array])[] = [
    ['no kind', head((view) => view.setUint8(0, 0))],
    ['a kind that is not known', head((view) => view.setUint8(0, 8))],
    ['a stream that is not known', head((view) => view.setUint8(1, 3))],
    ['something where nothing is to be', head((view) => view.setUint16(2, 1))],
    ['a task beyond the bound', head((view) => view.setUint32(4, limits.tasksPerJob + 1))],
    ['a place beyond the bound', head((view) => view.setUint32(8, 2 ** 21))],
    ['bytes behind what has none', head((view) => view.setUint32(16, 1))],
    ['data without bytes', head((view) => view.setUint8(0, 3))],
    [
      'too much data at once',
      head((view) => {
        view.setUint8(0, 3);
        view.setUint32(16, frameDataBytesMax + 1);
      }),
    ],
  ];
  for (const [title, wire] of spoilt) {
    it(`are refused with ${title}`, () => {
      assert.equal(wire.length, frameHeadBytes);
      assert.throws(
        () => createFrameReader()(wire),
        (error) => isMgpuError(error, 'FRAME'),
      );
    });
  }
});
