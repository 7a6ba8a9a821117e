import nodeAssert from 'node:assert/strict';
import { test } from 'node:test';
import { AssertionError, assert } from '../../../src/base/assert.ts';

test('assert throws only when the condition does not hold', () => {
  assert(true, 'never seen');
  assert('text', 'never seen');
  for (const condition of [false, 0, '', undefined, null]) {
    nodeAssert.throws(
      () => assert(condition, 'a GPU has one owner'),
      (error) => error instanceof AssertionError && error.message === 'assertion failed: a GPU has one owner',
    );
  }
});
