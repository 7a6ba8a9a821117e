import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRepeats } from '../../../src/system/repeats.ts';

describe('repeats', () => {
  it('lets the same through once a minute, and tells how often it was held back', () => {
    let now = 0;
    const repeats = createRepeats(() => now);
    assert.equal(repeats('a'), 0);
    assert.equal(repeats('b'), 0);
    for (let tries = 0; tries < 1000; tries += 1) assert.equal(repeats('a'), undefined);
    now = 60_000;
    assert.equal(repeats('a'), 1000);
    assert.equal(repeats('b'), 0);
    assert.equal(repeats('a'), undefined);
  });

  it('remembers only so many, those that were said last', () => {
    const repeats = createRepeats(() => 0);
    for (let key = 0; key < 1000; key += 1) assert.equal(repeats(`${key}`), 0);
    assert.equal(repeats('999'), undefined);
    assert.equal(repeats('0'), 0);
  });
});
