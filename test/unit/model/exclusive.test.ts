import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseExclusive } from '../../../src/model/exclusive.ts';
import { texts } from './texts.ts';

test('a node is shared with nobody, or with some', () => {
  assert.equal(parseExclusive(''), 'node');
  assert.equal(parseExclusive('user'), 'user');
  assert.equal(parseExclusive('USER'), 'user');
  assert.equal(parseExclusive('mcs'), 'mcs');
});

test('any other text is refused', () => {
  for (const text of ['foo', 'topo', 'users', ' user', 'no']) assert.equal(parseExclusive(text), undefined);
  fc.assert(
    fc.property(texts('usermc '), (text) => {
      const isWord = ['', 'user', 'mcs'].includes(text.toLowerCase());
      assert.equal(parseExclusive(text) !== undefined, isWord);
    }),
  );
});
