import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatHints, type Hint, hintComplaint, parseHints } from '../../../src/model/hint.ts';
import { texts } from './texts.ts';

const taken: readonly (readonly [string, readonly Hint[]])[] = [
  ['compute_bound', ['compute_bound']],
  ['COMPUTE_BOUND', ['compute_bound']],
  ['nomultithread,memory_bound', ['nomultithread', 'memory_bound']],
  ['multithread,multithread', ['multithread']],
];

for (const [text, expected] of taken) {
  test(`--hint='${text}'`, () => {
    assert.deepEqual(parseHints(text), expected);
    assert.equal(hintComplaint(text), undefined);
  });
}

for (const text of ['', 'foo', 'none', 'help', 'multithread,', 'multithread,foo']) {
  test(`--hint='${text}' is refused`, () => {
    assert.equal(parseHints(text), undefined);
    assert.equal(hintComplaint(text), `unrecognized --hint argument "${text}", see --hint=help`);
  });
}

test('what is printed parses to what it was', () => {
  const hints: readonly Hint[] = ['compute_bound', 'memory_bound', 'multithread', 'nomultithread'];
  fc.assert(
    fc.property(fc.subarray([...hints], { minLength: 1 }), (chosen) => {
      assert.deepEqual(parseHints(formatHints(chosen)), chosen);
    }),
  );
});

test('any text is a list of hints, or is complained about', () => {
  fc.assert(
    fc.property(texts('computemry_bndlih,'), (text) => {
      assert.equal(parseHints(text) === undefined, hintComplaint(text) !== undefined);
    }),
  );
});
