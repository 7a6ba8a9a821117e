import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyExport, needsLoginEnvironment, parseExport } from '../../../src/model/exportspec.ts';
import { texts } from './texts.ts';

const environment = { FOO: 'bar', BAZ: 'q r', SLURM_FOO: '1' };
const all = { ...environment };
const slurm = { SLURM_FOO: '1' };

/** --export and the variables that a batch job got of those above, as the real one gave them. */
const given: readonly (readonly [string, Record<string, string>])[] = [
  ['ALL', all],
  ['all', all],
  ['NONE', slurm],
  ['none', slurm],
  ['NIL', slurm],
  ['nil', slurm],
  ['', slurm],
  [',', slurm],
  ['FOO', { ...slurm, FOO: 'bar' }],
  ['BAZ', { ...slurm, BAZ: 'q r' }],
  ['FOO,X=1', { ...slurm, FOO: 'bar', X: '1' }],
  ['NOSUCH', slurm],
  ['ALL,X=1', { ...all, X: '1' }],
  ['X=1,ALL', { ...all, X: '1' }],
  ['all,X=1', { ...all, X: '1' }],
  ['ALL,FOO=2', { ...all, FOO: '2' }],
  ['ALL,NONE', all],
  ['NONE,X=1', { ...slurm, X: '1' }],
  ['NIL,X=1', { ...slurm, X: '1' }],
  ['X=', { ...slurm, X: '' }],
  ['X=a b', { ...slurm, X: 'a b' }],
  ['X=a=b', { ...slurm, X: 'a=b' }],
  ['X=1,X=2', { ...slurm, X: '2' }],
  ['X=1,', { ...slurm, X: '1' }],
  [',X=1', { ...slurm, X: '1' }],
  ['X=1,,Y=2', { ...slurm, X: '1', Y: '2' }],
  ['X=1,X', { ...slurm, X: '1' }],
  ['FOO=2', { ...slurm, FOO: '2' }],
  ['FOO=2,FOO', { ...slurm, FOO: 'bar' }],
  ['FOO,FOO=2', { ...slurm, FOO: '2' }],
  ['FOO=$BAZ', { ...slurm, FOO: '$BAZ' }],
  // Names are taken as they stand.
  [' FOO', slurm],
  ['FOO, BAZ', { ...slurm, FOO: 'bar' }],
  ['FOO;BAZ', slurm],
  ['1A=1', { ...slurm, '1A': '1' }],
  ['NONEX=1', { ...slurm, NONEX: '1' }],
  ['ALLX', slurm],
  // Quotes within a value stay, quotes around an item go.
  ['X="a,b"', { ...slurm, X: '"a,b"' }],
  ["X='a,b',Y=2", { ...slurm, X: "'a,b'", Y: '2' }],
  ['X=a"b,c"d', { ...slurm, X: 'a"b,c"d' }],
  ["X=a'b,c'd", { ...slurm, X: "a'b,c'd" }],
  ["X=''", { ...slurm, X: "''" }],
  ['X=a\\,b', { ...slurm, X: 'a\\' }],
  ["'FOO'", { ...slurm, FOO: 'bar' }],
  ["'X=1,2'", { ...slurm, X: '1,2' }],
  ['"X=1,2"', { ...slurm, X: '1,2' }],
  // What the submitter has of Slurm's wins.
  ['SLURM_FOO=9', slurm],
  ['ALL,SLURM_FOO=9', all],
  ['SLURM_NEW=4', { ...slurm, SLURM_NEW: '4' }],
];

for (const [text, expected] of given) {
  test(`--export=${text}`, () => {
    const spec = parseExport(text);
    assert.ok(spec !== undefined);
    assert.deepEqual(applyExport(spec, environment), expected);
  });
}

for (const text of ["X='a", 'X=",', "X=a'b", '"', '=1', 'X=1,=2', "''"]) {
  test(`--export=${text} is refused`, () => assert.equal(parseExport(text), undefined));
}

test('the login environment lies beneath everything but a plain ALL', () => {
  for (const [text, expected] of [
    ['ALL', false],
    ['ALL,X=1', true],
    ['NONE', true],
    ['NIL', true],
    ['FOO', true],
  ] as const) {
    const spec = parseExport(text);
    assert.ok(spec !== undefined);
    assert.equal(needsLoginEnvironment(spec), expected, text);
  }
});

test('names of an object are names like any other', () => {
  const own: Record<string, string> = Object.fromEntries([['__proto__', 'x']]);
  const spec = parseExport('__proto__,toString,constructor=1');
  assert.ok(spec !== undefined);
  assert.deepEqual(Object.entries(applyExport(spec, own)), [
    ['__proto__', 'x'],
    ['constructor', '1'],
  ]);
});

const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,8}$/).filter((one) => !/^(ALL|NONE|NIL)$/.test(one));
const value = fc.stringMatching(/^[^,"']{0,12}$/);

test('every variable that a list sets is set', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key }), (pairs) => {
      const spec = parseExport(pairs.map(([key, text]) => `${key}=${text}`).join(','));
      assert.ok(spec !== undefined);
      assert.deepEqual(applyExport(spec, {}), Object.fromEntries(pairs));
    }),
  );
});

test('any text gives the submitter’s variables, those it sets, or is refused', () => {
  fc.assert(
    fc.property(texts('FOALNEX=,\'"\\ 1'), (text) => {
      const spec = parseExport(text);
      if (spec === undefined) return;
      const result = applyExport(spec, environment);
      assert.equal(result['SLURM_FOO'], '1');
      const set = new Set('items' in spec ? spec.items.map((item) => item.name) : []);
      assert.ok(Object.keys(result).every((key) => Object.hasOwn(environment, key) || set.has(key)));
    }),
  );
});
