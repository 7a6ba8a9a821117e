import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  bindIndexMax,
  formatBindMap,
  formatBindMasks,
  parseBindMap,
  parseBindMasks,
} from '../../../src/model/binding.ts';
import { texts } from './texts.ts';

test('maps have an index for each task', () => {
  assert.deepEqual(parseBindMap('0,1'), [[0], [1]]);
  assert.deepEqual(parseBindMap('0*3,0x1f'), [[0], [0], [0], [31]]);
  for (const text of ['', 'x', '0,', ',0', '0*0', '0*', '-1', '65536', '1.5', '0*70000', ' 0']) {
    assert.equal(parseBindMap(text), undefined, text);
  }
});

test('masks have the indices of each task', () => {
  assert.deepEqual(parseBindMasks('0x3,f'), [
    [0, 1],
    [0, 1, 2, 3],
  ]);
  assert.deepEqual(parseBindMasks('F0*2'), [
    [4, 5, 6, 7],
    [4, 5, 6, 7],
  ]);
  assert.deepEqual(parseBindMasks(`8${'0'.repeat(40)}`), [[163]]);
  for (const text of ['', 'x', '0', '0x', '3,', '3*0', '-1']) {
    assert.equal(parseBindMasks(text), undefined, text);
  }
});

test('what is printed parses to what it was', () => {
  const index = fc.integer({ min: 0, max: bindIndexMax });
  fc.assert(
    fc.property(fc.array(index, { minLength: 1, maxLength: 9 }), (indices) => {
      const list = indices.map((one) => [one]);
      assert.deepEqual(parseBindMap(formatBindMap(list)), list);
    }),
  );
  const mask = fc.uniqueArray(fc.nat(300), { minLength: 1 }).map((bits) => bits.sort((a, b) => a - b));
  fc.assert(
    fc.property(fc.array(mask, { minLength: 1, maxLength: 5 }), (list) => {
      assert.deepEqual(parseBindMasks(formatBindMasks(list)), list);
    }),
  );
});

test('any text is a list, or none', () => {
  fc.assert(
    fc.property(texts('0x19f,*'), (text) => {
      for (const list of [parseBindMap(text), parseBindMasks(text)]) assert.ok((list?.length ?? 1) > 0);
    }),
  );
});
