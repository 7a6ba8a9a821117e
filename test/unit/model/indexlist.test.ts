import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatIndexList, indexMax, parseIndexList } from '../../../src/model/indexlist.ts';
import { texts } from './texts.ts';

const lists: readonly (readonly [string, readonly number[]])[] = [
  ['0', [0]],
  ['0,1', [0, 1]],
  ['0,2,4-7', [0, 2, 4, 5, 6, 7]],
  ['3,1,2', [1, 2, 3]],
  ['1,1,0-1', [0, 1]],
  ['5-5', [5]],
  ['007', [7]],
  ['65535', [65_535]],
];

for (const [text, expected] of lists) {
  test(`indices ${text}`, () => assert.deepEqual(parseIndexList(text), expected));
}

const refused = [
  '',
  ',',
  '1,',
  ',1',
  '1,,2',
  ' 1',
  '1 ',
  '1, 2',
  '-1',
  '1-',
  '3-1',
  '1-2-3',
  'a',
  '1.5',
  '0x1',
  '65536',
];

for (const text of [...refused, '0-99999', '99999999999', '0-65535,'.repeat(1000) + 1]) {
  test(`indices '${text.slice(0, 20)}' are refused`, () => assert.equal(parseIndexList(text), undefined));
}

test('indices are folded', () => {
  assert.equal(formatIndexList([0, 1, 2, 5]), '0-2,5');
  assert.equal(formatIndexList([0, 1]), '0-1');
  assert.equal(formatIndexList([4, 2, 0]), '0,2,4');
  assert.equal(formatIndexList([]), '');
});

test('what is printed parses to what it was', () => {
  const indices = fc.uniqueArray(fc.oneof(fc.nat(20), fc.nat(indexMax)), { minLength: 1 });
  fc.assert(
    fc.property(indices, (list) => {
      assert.deepEqual(
        parseIndexList(formatIndexList(list)),
        [...list].sort((a, b) => a - b),
      );
    }),
  );
});

test('any text gives rising indices in bounds or nothing', () => {
  fc.assert(
    fc.property(texts('0123456789,-'), (text) => {
      const list = parseIndexList(text) ?? [];
      assert.ok(list.every((index, at) => index <= indexMax && index > (list[at - 1] ?? -1)));
    }),
  );
});
