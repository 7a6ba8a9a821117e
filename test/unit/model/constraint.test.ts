import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Constraint,
  demandsOf,
  type Feature,
  featuresOf,
  formatConstraint,
  meets,
  parseConstraint,
  withoutChoice,
} from '../../../src/model/constraint.ts';
import { texts } from './texts.ts';

const nodes: Readonly<Record<string, ReadonlySet<string>>> = {
  gpu01: new Set(['a100', 'nvlink']),
  gpu02: new Set(['a100']),
  gpu03: new Set(['v100']),
  cpu01: new Set(['cpu']),
};

function isMet(text: string, names: readonly string[]): boolean {
  const sets = names.map((name) => nodes[name] ?? assert.fail());
  return demandsOf(parseConstraint(text) ?? assert.fail(text)).some((demand) => meets(demand, sets));
}

/** Which of gpu01, gpu02, gpu03 and cpu01 a job of one node could take, as `sbatch --test-only -w` had it. */
const single: readonly (readonly [string, string])[] = [
  ['', '++++'],
  ['a100', '++--'],
  ['nvlink', '+---'],
  ['a100&nvlink', '+---'],
  ['a100,nvlink', '+---'],
  ['a100|v100', '+++-'],
  ['a100&nvlink|v100', '+-+-'],
  ['nvlink&a100|cpu', '+--+'],
  ['cpu|v100|nvlink', '+-++'],
  ['a100&v100', '----'],
  // From the left, neither operator before the other.
  ['v100|a100&nvlink', '+---'],
  ['a100|v100&nvlink', '+---'],
  ['cpu|a100|v100&nvlink', '+---'],
  ['a100&nvlink&cpu|v100', '--+-'],
  ['cpu&(a100|v100)|nvlink', '+---'],
  ['(a100|v100)&nvlink', '+---'],
  ['v100|(a100&nvlink)', '+-+-'],
  ['(v100)|(a100&nvlink)', '+-+-'],
  ['(a100&nvlink)|(v100)', '+-+-'],
  ['(a100|v100)&(nvlink|cpu)', '+---'],
  ['(a100&nvlink|v100)', '+-+-'],
  ['[a100|v100]&nvlink', '+---'],
  ['[a100]', '++--'],
];

for (const [text, expected] of single) {
  test(`--constraint='${text}' on one node`, () => {
    const found = Object.keys(nodes).map((name) => (isMet(text, [name]) ? '+' : '-'));
    assert.equal(found.join(''), expected);
  });
}

/** Whether a job had these nodes, as salloc gave them or did not. */
const several: readonly (readonly [string, string, boolean])[] = [
  ['[a100|v100]', 'gpu01 gpu02', true],
  ['[a100|v100]', 'gpu01 gpu02 gpu03', false],
  ['[nvlink|v100]', 'gpu01 gpu03', false],
  ['a100|v100', 'gpu01 gpu02 gpu03', true],
  ['a100*1', 'gpu01', true],
  ['a100*1', 'gpu01 gpu02 gpu03', true],
  ['a100*2', 'gpu01', false],
  ['a100*2', 'gpu01 gpu02', true],
  ['a100*2', 'gpu01 gpu02 gpu03', true],
  ['a100*3', 'gpu01 gpu02 gpu03', false],
  ['(a100&nvlink)*1', 'gpu01 gpu02 gpu03', true],
  ['(a100&nvlink)*2', 'gpu01 gpu02', false],
  ['[a100*1&v100*1]', 'gpu01', false],
  ['[a100*1&v100*1]', 'gpu01 gpu03', true],
  ['[a100*1&v100*1]', 'gpu01 gpu02 gpu03', true],
  ['[a100*2&v100*1]', 'gpu01 gpu03', false],
  ['[a100*2&v100*1]', 'gpu01 gpu02 gpu03', true],
  ['[a100*1&v100*2]', 'gpu01 gpu02 gpu03', false],
  // Without brackets it is one node that is to have both.
  ['a100*1&v100*1', 'gpu01 gpu03', false],
  ['nvlink*1&v100*1', 'gpu01 gpu02 gpu03', false],
];

for (const [text, names, expected] of several) {
  test(`--constraint='${text}' on ${names}`, () => assert.equal(isMet(text, names.split(' ')), expected));
}

const refused = [
  ...['[a100&nvlink]', '(a100', 'a100)', '[a100', 'a100]', '&a100', 'a100||v100', ' a100', 'a100 & nvlink'],
  ...['a100 ', 'a100*', 'a100*0', 'a100*x', '((a100))', '[[a100]]', '(a100*2)&nvlink', '[a100|v100]*2'],
  ...['[a100*2|v100*1]', '()', '[]', '(a100)(nvlink)', 'a100(nvlink)', '[a100][v100]', '[a100|v100&nvlink]'],
  ...['[a100*2&v100]', 'a100*100000', Array(2000).fill('a').join('&')],
  // Slurm takes these, and reads less than is written.
  ...['a100&', 'a100|', 'a100,', '(a100)nvlink', '[a|b]&[c|d]'],
];

for (const text of refused) {
  test(`--constraint='${text.slice(0, 30)}' is refused`, () =>
    assert.equal(parseConstraint(text), undefined));
}

test('a comma is an and, and is printed as one', () => {
  assert.equal(formatConstraint(parseConstraint('a100,nvlink') ?? []), 'a100&nvlink');
});

test('the features that are named', () => {
  const names = (text: string): readonly string[] => featuresOf(parseConstraint(text) ?? assert.fail());
  assert.deepEqual(names('a|(b&c)*2|a'), ['a', 'b', 'c']);
  assert.deepEqual(names('[a|(b&c)]&d'), ['a', 'b', 'c', 'd']);
  assert.deepEqual(names('[a*1&b*2]'), ['a', 'b']);
});

const plain: fc.Arbitrary<Feature> = fc
  .constantFrom('a100', 'v100', 'nvlink', 'x-1.y')
  .map((name) => ({ kind: 'feature' as const, name }));
const count = fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined });
const operator = fc.constantFrom('&' as const, '|' as const);

function chain<T>(term: fc.Arbitrary<T>): fc.Arbitrary<{ operator: '&' | '|'; term: T }[]> {
  return fc
    .array(fc.record({ operator, term }, { noNullPrototype: true }), { minLength: 1, maxLength: 4 })
    .map(([first, ...rest]) => (first === undefined ? [] : [{ ...first, operator: '&' }, ...rest]));
}

const feature = fc.tuple(plain, count).map(([one, times]) => ({ ...one, ...(times && { count: times }) }));
const group = fc
  .tuple(chain(plain), count)
  .map(([features, times]) => ({ kind: 'group' as const, features, ...(times && { count: times }) }));
const unit = fc.oneof(feature, group);
const bare = fc.oneof(
  plain,
  chain(plain).map((features) => ({ kind: 'group' as const, features })),
);
const brackets = fc.oneof(
  fc.array(bare, { minLength: 1, maxLength: 3 }).map((choices) => ({ kind: 'choice' as const, choices })),
  fc
    .array(
      plain.map((one) => ({ ...one, count: 2 })),
      { minLength: 1, maxLength: 3 },
    )
    .map((features) => ({ kind: 'counts' as const, features })),
);
const constraint: fc.Arbitrary<Constraint> = fc.oneof(
  chain(unit),
  fc
    .tuple(chain(unit), operator, brackets)
    .map(([units, before, term]) => [...units, { operator: before, term }]),
  brackets.map((term) => [{ operator: '&' as const, term }]),
);

test('names in brackets can be taken as any of them, and nothing else can', () => {
  const taken = (text: string): string | undefined => {
    const any = withoutChoice(parseConstraint(text) ?? assert.fail(text));
    return any && formatConstraint(any);
  };
  assert.equal(taken('[a100|v100]'), '(a100|v100)');
  assert.equal(taken('cpu|[a100|v100]&nvlink'), 'cpu|(a100|v100)&nvlink');
  for (const text of ['', 'a100|v100', '[a100*1&v100*2]', '[(a100&nvlink)|v100]']) {
    assert.equal(taken(text), undefined, text);
  }
});

test('what is printed parses to what it was', () => {
  fc.assert(fc.property(constraint, (one) => assert.deepEqual(parseConstraint(formatConstraint(one)), one)));
});

test('any text can be asked of nodes, or is refused', () => {
  fc.assert(
    fc.property(texts('a1&|(),[]*2 '), (text) => {
      const read = parseConstraint(text);
      if (read === undefined) return;
      assert.deepEqual(parseConstraint(formatConstraint(read)), read);
      for (const demand of demandsOf(read)) meets(demand, Object.values(nodes));
    }),
  );
});
