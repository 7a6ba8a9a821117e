import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { checked } from '../../../src/base/schema.ts';
import {
  type Ranges,
  rangesAdd,
  rangesCount,
  rangesHas,
  rangesNumbers,
  rangesOf,
  rangesRemove,
  rangesSchema,
} from '../../../src/model/ranges.ts';

describe('ranges', () => {
  it('hold numbers that come in any order and more than once', () => {
    assert.deepEqual(rangesOf([7, 3, 1, 2, 3, 4]), [
      [1, 4],
      [7, 7],
    ]);
    assert.deepEqual(rangesOf([]), []);
    assert.deepEqual(rangesOf([0]), [[0, 0]]);
  });

  it('join and split where numbers are added and removed', () => {
    const holes: Ranges = [
      [1, 3],
      [5, 9],
    ];
    assert.deepEqual(rangesAdd(holes, [4]), [[1, 9]]);
    assert.deepEqual(rangesAdd(holes, [11, 0]), [
      [0, 3],
      [5, 9],
      [11, 11],
    ]);
    assert.deepEqual(rangesRemove(holes, [2, 5, 7, 100]), [
      [1, 1],
      [3, 3],
      [6, 6],
      [8, 9],
    ]);
    assert.deepEqual(rangesRemove(holes, [...rangesNumbers(holes)]), []);
  });

  it('may be large, as long as nobody asks for every number', () => {
    const large: Ranges = [[0, 4_000_000_000]];
    assert.equal(rangesCount(large), 4_000_000_001);
    assert.equal(rangesHas(large, 3_999_999_999), true);
    assert.equal(rangesNumbers(large).next().value, 0);
    assert.deepEqual(rangesRemove(large, [0]), [[1, 4_000_000_000]]);
  });

  it('from outside must be in order and apart, or searching them would go wrong', () => {
    const sound: readonly Ranges[] = [
      [],
      [[0, 0]],
      [[0, 4_294_967_292]],
      [
        [1, 2],
        [4, 4],
      ],
    ];
    for (const value of sound) assert.equal(checked(rangesSchema, value, 'file'), value);
    const unsound: readonly unknown[] = [
      [[2, 1]],
      [
        [4, 4],
        [1, 2],
      ],
      [
        [1, 2],
        [2, 3],
      ],
      [
        [1, 2],
        [3, 4],
      ],
      [
        [1, 5],
        [2, 3],
      ],
      [[0, 4_294_967_293]],
      [[-1, 1]],
      [[0.5, 1]],
      [[1]],
      [1, 2],
      {},
    ];
    for (const value of unsound) {
      assert.throws(() => checked(rangesSchema, value, 'file'), { code: 'SCHEMA' }, JSON.stringify(value));
    }
  });
});

const numbers = fc.array(fc.nat(60), { maxLength: 40 });
const inOrder = (set: Iterable<number>): readonly number[] => [...set].sort((a, b) => a - b);

describe('ranges: laws', () => {
  it('are a set', () => {
    fc.assert(
      fc.property(numbers, numbers, numbers, (first, added, removed) => {
        const set = new Set(first);
        let ranges = rangesOf(first);
        const agrees = (): void => {
          assert.deepEqual([...rangesNumbers(ranges)], inOrder(set));
          assert.equal(rangesCount(ranges), set.size);
          for (let number = -1; number <= 61; number += 1) {
            assert.equal(rangesHas(ranges, number), set.has(number), `${number}`);
          }
          assert.equal(checked(rangesSchema, ranges, 'made'), ranges);
        };
        agrees();
        ranges = rangesAdd(ranges, added);
        for (const number of added) set.add(number);
        agrees();
        ranges = rangesRemove(ranges, removed);
        for (const number of removed) set.delete(number);
        agrees();
      }),
    );
  });

  it('leave what they are given as it was', () => {
    fc.assert(
      fc.property(numbers, numbers, (first, others) => {
        const ranges = rangesOf(first);
        const copy = JSON.stringify(ranges);
        rangesAdd(ranges, others);
        rangesRemove(ranges, others);
        assert.equal(JSON.stringify(ranges), copy);
      }),
    );
  });
});
