import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  niceComplaint,
  niceMax,
  parseNice,
  parsePriority,
  priorityComplaint,
  priorityMax,
} from '../../../src/model/priority.ts';
import { texts } from './texts.ts';

const nices: readonly (readonly [string, number])[] = [
  ['', 100],
  ['0', 0],
  ['-0', 0],
  ['5', 5],
  [' 5', 5],
  ['+5', 5],
  ['-5', -5],
  ['2147483645', 2_147_483_645],
  ['-2147483645', -2_147_483_645],
];

for (const [text, expected] of nices) {
  test(`--nice='${text}'`, () => {
    assert.equal(parseNice(text), expected);
    assert.equal(niceComplaint(text), undefined);
  });
}

test('a nice value out of range, and what is none', () => {
  for (const text of ['2147483646', '-2147483646', '99999999999']) {
    assert.equal(parseNice(text), undefined);
    assert.equal(niceComplaint(text), 'Invalid --nice value, out of range (+/- 2147483645)');
  }
  // Slurm reads 0, or the digits before the rest.
  for (const text of ['x', '1x', '1.5', '5 ']) {
    assert.equal(parseNice(text), undefined);
    assert.equal(niceComplaint(text), 'Invalid --nice specification');
  }
});

const priorities: readonly (readonly [string, number | 'TOP'])[] = [
  ['5', 5],
  ['0', 0],
  ['TOP', 'TOP'],
  ['top', 'TOP'],
  ['4294967293', 4_294_967_293],
];

for (const [text, expected] of priorities) {
  test(`--priority='${text}'`, () => {
    assert.equal(parsePriority(text), expected);
    assert.equal(priorityComplaint(text), undefined);
  });
}

const refused: readonly (readonly [string, string])[] = [
  ['-1', 'Priority must be >= 0'],
  ['4294967294', 'Priority must be < 4294967294'],
  ['4294967295', 'Priority must be < 4294967294'],
  ['x', 'Invalid --priority specification'],
  ['5x', 'Invalid --priority specification'],
  ['', 'Invalid --priority specification'],
];

for (const [text, complaint] of refused) {
  test(`--priority='${text}' is refused`, () => {
    assert.equal(parsePriority(text), undefined);
    assert.equal(priorityComplaint(text), complaint);
  });
}

test('whole numbers in range are what they say', () => {
  fc.assert(
    fc.property(fc.integer({ min: -niceMax, max: niceMax }), (nice) => {
      assert.equal(parseNice(String(nice)), nice);
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: priorityMax }), (priority) => {
      assert.equal(parsePriority(String(priority)), priority);
    }),
  );
});

test('any text is a number, or is complained about', () => {
  fc.assert(
    fc.property(texts('0123456789+- topTOP'), (text) => {
      assert.equal(parseNice(text) === undefined, niceComplaint(text) !== undefined);
      assert.equal(parsePriority(text) === undefined, priorityComplaint(text) !== undefined);
    }),
  );
});
