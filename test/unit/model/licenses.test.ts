import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatLicenses, type LicenseCount, parseLicenses } from '../../../src/model/licenses.ts';
import { texts } from './texts.ts';

const taken: readonly (readonly [string, readonly LicenseCount[]])[] = [
  ['', []],
  ['foo', [{ name: 'foo', count: 1 }]],
  [
    'foo:2,bar',
    [
      { name: 'foo', count: 2 },
      { name: 'bar', count: 1 },
    ],
  ],
  [
    'foo:2;bar',
    [
      { name: 'foo', count: 2 },
      { name: 'bar', count: 1 },
    ],
  ],
  ['foo:0', [{ name: 'foo', count: 0 }]],
  ['foo:+2', [{ name: 'foo', count: 2 }]],
  ['foo,', [{ name: 'foo', count: 1 }]],
  [
    ',foo,,bar',
    [
      { name: 'foo', count: 1 },
      { name: 'bar', count: 1 },
    ],
  ],
  ['foo,foo', [{ name: 'foo', count: 2 }]],
  ['foo:2,foo:3', [{ name: 'foo', count: 5 }]],
  ['foo@srv', [{ name: 'foo@srv', count: 1 }]],
];

for (const [text, expected] of taken) {
  test(`--licenses='${text}'`, () => assert.deepEqual(parseLicenses(text), expected));
}

const refused = [
  ...['foo:x', 'foo:2x', 'foo=2', 'foo:-1', 'foo:2, bar', ' foo', 'foo:2:3', 'foo*2', 'foo|bar', 'foo:1k'],
  // Slurm takes the first one for no licenses at all.
  ...['foo:', 'foo:2147483648', 'foo:2147483647,foo'],
];

for (const text of refused) {
  test(`--licenses='${text}' is refused`, () => assert.equal(parseLicenses(text), undefined));
}

test('what is printed parses to what it was', () => {
  const license = fc.record(
    { name: fc.stringMatching(/^[A-Za-z][\w.@-]{0,9}$/), count: fc.nat(9999) },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.uniqueArray(license, { selector: ({ name }) => name }), (list) => {
      assert.deepEqual(parseLicenses(formatLicenses(list)), list);
    }),
  );
});

test('any text is a list of whole counts, or none', () => {
  fc.assert(
    fc.property(texts('foba:12,;@ '), (text) => {
      for (const { count } of parseLicenses(text) ?? []) assert.ok(Number.isSafeInteger(count) && count >= 0);
    }),
  );
});
