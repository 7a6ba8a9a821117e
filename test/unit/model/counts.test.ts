import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countMax, nodeCountComplaint, parseCount, parseNodeCount } from '../../../src/model/counts.ts';
import { texts } from './texts.ts';

/** -n and -c as the real sbatch took them. */
const counts: readonly (readonly [string, number | undefined])[] = [
  ['1', 1],
  [' 1', 1],
  ['+1', 1],
  ['010', 10],
  ['2147483647', countMax],
  ['0', undefined],
  ['-1', undefined],
  ['', undefined],
  ['1 ', undefined],
  ['1k', undefined],
  ['1K', undefined],
  ['1m', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['0x10', undefined],
  ['abc', undefined],
  ['=4', undefined],
  ['2147483648', undefined],
  ['99999999999', undefined],
];

for (const [text, expected] of counts) {
  test(`a count of '${text}' is ${expected}`, () => assert.equal(parseCount(text), expected));
}

test('bounds of a count are included', () => {
  assert.equal(parseCount('0', { min: 0 }), 0);
  assert.equal(parseCount('4', { max: 4 }), 4);
  assert.equal(parseCount('5', { max: 4 }), undefined);
  assert.equal(parseCount('1', { min: 2 }), undefined);
});

const nodeCounts: readonly (readonly [string, number, number])[] = [
  ['1', 1, 1],
  ['2', 2, 2],
  [' 1', 1, 1],
  ['1 ', 1, 1],
  ['+1', 1, 1],
  ['010', 10, 10],
  ['1-4', 1, 4],
  ['2-2', 2, 2],
  ['-1', 1, 1],
  ['-4', 1, 4],
  ['2k', 2048, 2048],
  ['1K', 1024, 1024],
  ['1k-2k', 1024, 2048],
  ['1m', 1_048_576, 1_048_576],
];

for (const [text, min, max] of nodeCounts) {
  test(`-N '${text}' is ${min} to ${max}`, () => {
    assert.deepEqual(parseNodeCount(text), { min, max });
    assert.equal(nodeCountComplaint(text), undefined);
  });
}

const nodeComplaints: readonly (readonly [string, string])[] = [
  ['', '"" is not a valid node count'],
  ['a', '"a" is not a valid node count'],
  ['1a', '"1a" is not a valid node count'],
  ['1,2', '"1,2" is not a valid node count'],
  ['1:2', '"1:2" is not a valid node count'],
  ['1-a', '"a" is not a valid node count'],
  ['1-k', '"k" is not a valid node count'],
  ['1-2x', '"2x" is not a valid node count'],
  ['1-2-3', '"2-3" is not a valid node count'],
  ['1-4:2', '"4:2" is not a valid node count'],
  ['2147483648', '"2147483648" is not a valid node count'],
  ['1-', 'Maximum node count -1 is less than minimum node count 1'],
  ['3-1', 'Maximum node count 1 is less than minimum node count 3'],
  // Slurm takes no nodes and keeps the job for ever.
  ['0', '"0" is not a valid node count'],
  ['0-1', '"0" is not a valid node count'],
];

for (const [text, complaint] of nodeComplaints) {
  test(`-N '${text}' is refused`, () => {
    assert.equal(parseNodeCount(text), undefined);
    assert.equal(nodeCountComplaint(text), complaint);
  });
}

test('a range of nodes that is printed parses to what it was', () => {
  const nodes = fc.integer({ min: 1, max: countMax });
  fc.assert(
    fc.property(nodes, nodes, (a, b) => {
      const [min, max] = a < b ? [a, b] : [b, a];
      assert.deepEqual(parseNodeCount(`${min}-${max}`), { min, max });
    }),
  );
});

test('any text gives a count in bounds or nothing', () => {
  fc.assert(
    fc.property(texts('0123456789-+kKmM :,'), (text) => {
      const count = parseCount(text, { min: 0 });
      if (count !== undefined) assert.ok(Number.isSafeInteger(count) && count >= 0 && count <= countMax);
      const nodes = parseNodeCount(text);
      assert.equal(nodes === undefined, nodeCountComplaint(text) !== undefined);
      if (nodes !== undefined) assert.ok(nodes.min >= 1 && nodes.min <= nodes.max && nodes.max <= countMax);
    }),
  );
});
