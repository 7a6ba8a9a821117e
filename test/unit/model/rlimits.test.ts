import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatRlimits,
  parseRlimits,
  type RlimitName,
  rlimitComplaints,
} from '../../../src/model/rlimits.ts';
import { texts } from './texts.ts';

const taken: readonly (readonly [string, readonly RlimitName[]])[] = [
  ['NONE', []],
  ['', []],
  ['CORE', ['CORE']],
  ['RLIMIT_CORE', ['CORE']],
  ['CORE,NOFILE', ['CORE', 'NOFILE']],
  ['CORE, AS', ['AS', 'CORE']],
  [' CORE', ['CORE']],
  [',CORE,,AS,', ['AS', 'CORE']],
  ['CPU,CPU', ['CPU']],
];

for (const [text, expected] of taken) {
  test(`--propagate='${text}'`, () => {
    assert.deepEqual(parseRlimits(text), expected);
    assert.deepEqual(rlimitComplaints(text), []);
  });
}

test('ALL is every limit', () => {
  const all = 'AS,CORE,CPU,DATA,FSIZE,MEMLOCK,NOFILE,NPROC,RSS,STACK';
  assert.deepEqual(parseRlimits('ALL'), parseRlimits(all));
  assert.equal(formatRlimits(parseRlimits(all) ?? []), 'ALL');
});

const refused: readonly (readonly [string, string])[] = [
  ['core', 'core'],
  ['FOO', 'FOO'],
  ['CORE,FOO', 'FOO'],
  ['ALL,NONE', 'ALL'],
  ['NONE,CORE', 'NONE'],
  ['all', 'all'],
  ['none', 'none'],
  ['RLIMIT_ALL', 'ALL'],
  ['rlimit_core', 'rlimit_core'],
  ['NICE', 'NICE'],
  ['CORE:AS', 'CORE:AS'],
];

for (const [text, bad] of refused) {
  test(`--propagate='${text}' is refused`, () => {
    assert.equal(parseRlimits(text), undefined);
    assert.deepEqual(rlimitComplaints(text), [
      `Bad rlimit name: ${bad}`,
      `--propagate=${text} is not valid.`,
    ]);
  });
}

test('what is printed parses to what it was', () => {
  fc.assert(
    fc.property(fc.subarray([...(parseRlimits('ALL') ?? [])]), (chosen) => {
      assert.deepEqual(parseRlimits(formatRlimits(chosen)), chosen);
    }),
  );
});

test('any text is a list of limits, or is complained about', () => {
  fc.assert(
    fc.property(texts('COREASRLIMIT_, '), (text) => {
      assert.equal(parseRlimits(text) === undefined, rlimitComplaints(text).length === 2);
    }),
  );
});
