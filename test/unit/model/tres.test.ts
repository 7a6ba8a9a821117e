import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatTresCounts, parseTres, type TresCount } from '../../../src/model/tres.ts';
import { texts } from './texts.ts';

const taken: readonly (readonly [string, readonly TresCount[]])[] = [
  ['', []],
  ['cpu=2', [{ name: 'cpu', count: 2 }]],
  [
    'cpu=2,mem=4G,gres/gpu=1',
    [
      { name: 'cpu', count: 2 },
      { name: 'mem', count: 4096 },
      { name: 'gres/gpu', count: 1 },
    ],
  ],
  // As scontrol prints a job's.
  [
    'cpu=4,mem=1500M,node=2,billing=4,gres/gpu=8,gres/gpu:a100=8',
    [
      { name: 'cpu', count: 4 },
      { name: 'mem', count: 1500 },
      { name: 'node', count: 2 },
      { name: 'billing', count: 4 },
      { name: 'gres/gpu', count: 8 },
      { name: 'gres/gpu:a100', count: 8 },
    ],
  ],
  ['mem=1.50G', [{ name: 'mem', count: 1536 }]],
  ['mem=0', [{ name: 'mem', count: 0 }]],
  ['CPU=1k', [{ name: 'cpu', count: 1024 }]],
  ['gres/gpu:3g.20gb=1', [{ name: 'gres/gpu:3g.20gb', count: 1 }]],
  ['license/foo=2', [{ name: 'license/foo', count: 2 }]],
  ['cpu=1,cpu=2', [{ name: 'cpu', count: 2 }]],
];

for (const [text, expected] of taken) {
  test(`TRES '${text}'`, () => assert.deepEqual(parseTres(text), expected));
}

for (const text of [
  'cpu',
  'cpu=',
  '=2',
  'cpu=x',
  'cpu=-1',
  'cpu=2,',
  'foo=2',
  'gres=2',
  'gres/=2',
  'cpu=1.5',
  'cpu=2=3',
]) {
  test(`TRES '${text}' is refused`, () => assert.equal(parseTres(text), undefined));
}

test('what is printed parses to what it was', () => {
  const memory = fc
    .tuple(fc.integer({ min: 1, max: 511 }), fc.constantFrom(1, 512, 1024, 1024 ** 2))
    .map(([amount, unit]) => ({ name: 'mem', count: amount * unit }));
  const other = fc.record(
    { name: fc.constantFrom('cpu', 'node', 'gres/gpu', 'gres/gpu:a100', 'license/x'), count: fc.nat() },
    { noNullPrototype: true },
  );
  const lists = fc.uniqueArray(fc.oneof(memory, other), { selector: ({ name }) => name });
  fc.assert(
    fc.property(lists, (list) => {
      assert.deepEqual(parseTres(formatTresCounts(list)), list);
    }),
  );
});

test('any text is a list of whole counts, or none', () => {
  fc.assert(
    fc.property(texts('cpumegrs/=,:12kGa.0'), (text) => {
      for (const { count } of parseTres(text) ?? []) assert.ok(Number.isSafeInteger(count) && count >= 0);
    }),
  );
});
