import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { IdMap } from '../../../src/base/idmap.ts';

describe('id map', () => {
  it('is empty at first', () => {
    assert.equal(IdMap.empty.size, 0);
    assert.equal(IdMap.empty.get(1), undefined);
    assert.equal(IdMap.empty.has(0), false);
    assert.deepEqual([...IdMap.empty.keys()], []);
    assert.equal(IdMap.empty.delete(5), IdMap.empty);
  });

  it('keeps the order of the numbers, whatever the order of adding', () => {
    const ids = [70_000, 1, 31, 32, 33, 1023, 1024, 0, 67_043_328, 2 ** 33];
    const map = IdMap.of(ids.map((id) => [id, `#${id}`]));
    const sorted = [...ids].sort((a, b) => a - b);
    assert.deepEqual([...map.keys()], sorted);
    assert.deepEqual(
      [...map.values()],
      sorted.map((id) => `#${id}`),
    );
    assert.equal(map.size, ids.length);
    for (const id of ids) assert.equal(map.get(id), `#${id}`);
  });

  it('leaves an older map as it was', () => {
    const old = IdMap.of([
      [1, 'a'],
      [2, 'b'],
    ]);
    const changed = old.set(1, 'A').set(99_999, 'z').delete(2);
    assert.deepEqual([...old.values()], ['a', 'b']);
    assert.deepEqual([...changed.values()], ['A', 'z']);
    assert.equal(old.size, 2);
    assert.equal(changed.size, 2);
  });

  it('takes the last of two entries of one number', () => {
    const map = IdMap.of([
      [3, 'first'],
      [3, 'second'],
    ]);
    assert.equal(map.size, 1);
    assert.equal(map.get(3), 'second');
  });

  it('does not answer for a number that another one is near', () => {
    const map = IdMap.of([[5, 'x']]);
    for (const id of [-1, 4, 6, 37, 32 + 5, 1024 + 5, 2 ** 40 + 5]) assert.equal(map.has(id), false, `${id}`);
  });
});

const id = fc.oneof(fc.nat(40), fc.nat(5000), fc.nat(67_043_328));
const step = fc.record({ id, value: fc.option(fc.nat(9), { nil: undefined }) });

describe('id map: laws', () => {
  it('behaves as a Map that is sorted', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const model = new Map<number, number>();
        let map: IdMap<number> = IdMap.empty;
        for (const { id, value } of steps) {
          const before = [...map.keys()];
          const old = map;
          if (value === undefined) {
            model.delete(id);
            map = map.delete(id);
          } else {
            model.set(id, value);
            map = map.set(id, value);
          }
          assert.deepEqual([...old.keys()], before);
          assert.equal(map.get(id), model.get(id));
          assert.equal(map.size, model.size);
        }
        const sorted = [...model].sort(([a], [b]) => a - b);
        assert.deepEqual(
          [...map.keys()].map((key) => [key, map.get(key)]),
          sorted,
        );
        assert.deepEqual([...IdMap.of(sorted).values()], [...map.values()]);
      }),
    );
  });

  it('made at once is the map that is made value by value', () => {
    const entries = fc.array(fc.tuple(fc.oneof(id, fc.constant(2 ** 33)), fc.nat(9)), { maxLength: 60 });
    fc.assert(
      fc.property(entries, fc.boolean(), step, (all, isInOrder, { id: changed, value }) => {
        const given = isInOrder ? [...all].sort(([a], [b]) => a - b) : all;
        const one = given.reduce((map, [key, each]) => map.set(key, each), IdMap.empty as IdMap<number>);
        const whole = IdMap.of(given);
        assert.deepEqual([[...whole.entries()], whole.size], [[...one.entries()], one.size]);
        const change = (map: IdMap<number>): IdMap<number> =>
          value === undefined ? map.delete(changed) : map.set(changed, value);
        assert.deepEqual([...change(whole).entries()], [...change(one).entries()]);
        assert.equal(whole.lastKey(), one.lastKey());
      }),
    );
  });

  it('selects what a filter of its values would, at every stage', () => {
    const isEven = (value: number): value is number => value % 2 === 0;
    const select = IdMap.selector(isEven);
    const change = fc.tuple(
      fc.constantFrom(fc.nat(40), fc.nat(5000)).chain((id) => id),
      fc.option(fc.nat(9)),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 80 }), (changes) => {
        let map: IdMap<number> = IdMap.empty;
        const stages = changes.map(([id, value]) => {
          map = value === null ? map.delete(id) : map.set(id, value);
          return [map, select(map)] as const;
        });
        for (const [stage, selected] of stages) {
          assert.deepEqual(selected, [...stage.values()].filter(isEven));
          assert.equal(select(stage), selected);
          assert.equal(stage.lastKey(), Math.max(0, ...stage.keys()));
        }
      }),
    );
  });
});
