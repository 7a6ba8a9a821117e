import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  compareHostnames,
  foldHostlist,
  formatHostlist,
  hostsMax,
  parseHostlist,
} from '../../../src/model/hostlist.ts';
import { texts } from './texts.ts';

/** `scontrol show hostnames`, as the real one printed them. */
const expanded: readonly (readonly [string, string])[] = [
  ['', ''],
  ['gpu01', 'gpu01'],
  ['gpu[01-03]', 'gpu01 gpu02 gpu03'],
  ['gpu[1-3,7]', 'gpu1 gpu2 gpu3 gpu7'],
  ['gpu[01-03],cpu01', 'gpu01 gpu02 gpu03 cpu01'],
  ['a[1-2]b[1-2]', 'a1b1 a1b2 a2b1 a2b2'],
  ['x[1-2][3-4]', 'x13 x14 x23 x24'],
  // Of three brackets the second counts slowest (observed).
  ['r[0,1]k[2-3]b[4,5]', 'r0k2b4 r0k2b5 r1k2b4 r1k2b5 r0k3b4 r0k3b5 r1k3b4 r1k3b5'],
  ['x[1-2][1-2][1-2]', 'x111 x112 x211 x212 x121 x122 x221 x222'],
  ['a1,a2,a3,a5', 'a1 a2 a3 a5'],
  ['a,,b', 'a b'],
  [',a', 'a'],
  ['a,', 'a'],
  ['a b', 'a b'],
  [' a ', 'a'],
  ['a[1-2] b[1-2]', 'a1 a2 b1 b2'],
  ['a[01-3]', 'a01 a02 a03'],
  ['a[1-03]', 'a1 a2 a3'],
  ['a[9-010]', 'a9 a10'],
  ['a[09-10]', 'a09 a10'],
  ['a[98-102]', 'a98 a99 a100 a101 a102'],
  ['a[098-102]', 'a098 a099 a100 a101 a102'],
  ['a[2,1,1]', 'a2 a1 a1'],
  ['a[001-003,5]', 'a001 a002 a003 a5'],
  ['a[1-2],a[1-2]', 'a1 a2 a1 a2'],
  ['a[1-1]', 'a1'],
  ['a[00000000000000000001]', 'a00000000000000000001'],
  ['[1-2]', '1 2'],
  ['a.b-c_d[1-2]', 'a.b-c_d1 a.b-c_d2'],
  ['a;b', 'a;b'],
  ['(null)', '(null)'],
];

for (const [text, names] of expanded) {
  test(`hosts '${text}'`, () => assert.deepEqual(parseHostlist(text), names === '' ? [] : names.split(' ')));
}

const refused = [
  ...[
    'a[]',
    'a[-1]',
    'a[3-1]',
    'a[1,,2]',
    'a[1,]',
    'a[1-2]b',
    'a[x]',
    'a[1x]',
    'a[0x1-0x3]',
    'a[[1]]',
    'a[1]]',
    '[1-2]a',
  ],
  ...['a[1-2][x]', 'a[1-2]b[01-02]c', 'a[1/2]', 'a[1-70000]', 'a[1-99999999999]', 'a[1-300]b[1-300]'],
  // Slurm makes something of these, but nothing that was meant.
  ...['a[1-2', 'a1-2]', 'a[1-]', 'a[1 - 2]', 'a[1-2]b[', ']', '['],
  ...['a'.repeat(256), `a[${'0'.repeat(255)}1-9]`, 'a[1-40000],b[1-40000]', 'a,'.repeat(70_000)],
  ...[`a${'[1-9]'.repeat(300)}`, '['.repeat(100_000), ','.repeat(3_000_000)],
];

for (const text of refused) {
  test(`hosts '${text.slice(0, 30)}' are refused`, () => assert.equal(parseHostlist(text), undefined));
}

test('a list may name 65536 hosts', () => {
  const names = parseHostlist(`a[1-${hostsMax}]`) ?? [];
  assert.equal(names.length, hostsMax);
  assert.equal(names.at(-1), 'a65536');
  assert.equal(formatHostlist(names), 'a[1-65536]');
});

/** `scontrol show hostlist`, then `show hostlistsorted`, as the real one printed them. */
const folded: readonly (readonly [string, string, string])[] = [
  ['gpu1,gpu2,gpu3,gpu5', 'gpu[1-3,5]', 'gpu[1-3,5]'],
  ['gpu01,gpu02,gpu03,cpu01', 'gpu[01-03],cpu01', 'cpu01,gpu[01-03]'],
  ['n9,n10,n11', 'n[9-11]', 'n[9-11]'],
  ['n09,n10,n11', 'n[09-11]', 'n[09-11]'],
  ['gpu3,gpu1,gpu2', 'gpu[3,1-2]', 'gpu[1-3]'],
  ['a1,b1,a2', 'a1,b1,a2', 'a[1-2],b1'],
  ['a1,a1,a2', 'a[1,1-2]', 'a[1,1-2]'],
  ['rack1n1,rack1n2,rack2n1', 'rack1n[1-2],rack2n1', 'rack1n[1-2],rack2n1'],
  ['n1-1,n1-2,n2-1', 'n1-[1-2],n2-1', 'n1-[1-2],n2-1'],
  ['n9,n010', 'n[9,010]', 'n[9,010]'],
  ['n1,n01', 'n[1,01]', 'n[1,01]'],
  ['n01,n1,n2', 'n[01,1-2]', 'n[1-2,01]'],
  ['n1,n02', 'n[1,02]', 'n[1,02]'],
  ['n099,n100', 'n[099-100]', 'n[099-100]'],
  ['n99,n100', 'n[99-100]', 'n[99-100]'],
  ['n099,n101', 'n[099,101]', 'n[099,101]'],
  ['n001,n2,n3', 'n[001,2-3]', 'n[2-3,001]'],
  ['n0,n00', 'n[0,00]', 'n[0,00]'],
  ['a,a', 'a,a', 'a,a'],
  ['a1', 'a1', 'a1'],
  ['a,b,a1', 'a,b,a1', 'a,a1,b'],
  ['a1,a', 'a1,a', 'a,a1'],
  ['a1b,a2b', 'a1b,a2b', 'a1b,a2b'],
  ['a1b1,a1b2,a2b1,a2b2', 'a1b[1-2],a2b[1-2]', 'a1b[1-2],a2b[1-2]'],
  ['1,2,3', '[1-3]', '[1-3]'],
  ['01,02', '[01-02]', '[01-02]'],
  ['a1,a2,b1,a3', 'a[1-2],b1,a3', 'a[1-3],b1'],
  ['n1,n3,n5', 'n[1,3,5]', 'n[1,3,5]'],
  ['n5,n3,n1', 'n[5,3,1]', 'n[1,3,5]'],
  ['n1,n2,n2,n3', 'n[1-2,2-3]', 'n[1-2,2-3]'],
  ['n1,n2,n1', 'n[1-2,1]', 'n[1,1-2]'],
  ['n10,n9', 'n[10,9]', 'n[9-10]'],
  ['n999999999,n1000000000', 'n[999999999-1000000000]', 'n[999999999-1000000000]'],
  ['n1,m1', 'n1,m1', 'm1,n1'],
  ['n01,n02,n3,n4', 'n[01-02,3-4]', 'n[3-4,01-02]'],
  ['n9,n10,n011', 'n[9-10,011]', 'n[9-10,011]'],
  ['n000,n01', 'n[000,01]', 'n[01,000]'],
  ['n01,n02,n2', 'n[01-02,2]', 'n[2,01-02]'],
  ['n10,n09', 'n[10,09]', 'n[09-10]'],
  ['n09,n10,n8', 'n[09-10,8]', 'n[8,09-10]'],
  ['x1y01,x1y02,x1y3', 'x1y[01-02,3]', 'x1y[3,01-02]'],
];

for (const [list, inOrder, sorted] of folded) {
  test(`folding ${list}`, () => {
    const names = list.split(',');
    assert.equal(formatHostlist(names), inOrder);
    assert.equal(foldHostlist(list, 'given'), inOrder);
    assert.equal(foldHostlist(list, 'sorted'), sorted);
  });
}

/** Lists that have brackets already, folded and then sorted, as the real one printed them. */
const foldedAgain: readonly (readonly [string, string, string])[] = [
  ['a[1-3],a[2-4]', 'a[1-3,2-4]', 'a[1-2,2-3,3-4]'],
  // A number of two brackets stays two numbers.
  ['rack1-[3,70][1,9-10],a4', 'rack1-3[1,9-10],rack1-70[1,9-10],a4', 'a4,rack1-3[1,9-10],rack1-70[1,9-10]'],
  // Numbers of the front sort by what they count, those with a zero first.
  ['r[10,7]b[1-2],r[057]b[1]', 'r10b[1-2],r7b[1-2],r057b1', 'r057b1,r7b[1-2],r10b[1-2]'],
  // Ranges that overlap are joined, unless another one lies between them.
  ['n97,n99,n100,n101,n103,n100', 'n[97,99-101,103,100]', 'n[97,99-100,100-101,103]'],
  [
    'a[9933,1-12],a[00673-00674,109,11-21]',
    'a[9933,1-12,00673-00674,109,11-21]',
    'a[1-11,11-12,12-21,109,9933,00673-00674]',
  ],
  // A range is as wide as its first number.
  ['x93,x92,x99,x100,x101,x096,x100', 'x[93,92,99-101,096,100]', 'x[92-93,99-101,096,100]'],
];

for (const [list, inOrder, sorted] of foldedAgain) {
  test(`folding ${list}`, () => {
    assert.equal(foldHostlist(list, 'given'), inOrder);
    assert.equal(foldHostlist(list, 'sorted'), sorted);
  });
}

test('numbers beyond counting are left alone', () => {
  const names = ['n99999999999999999998', 'n99999999999999999999'];
  assert.equal(formatHostlist(names), names.join(','));
  assert.deepEqual(parseHostlist(formatHostlist(names)), names);
});

const hostname = fc.oneof(
  fc.tuple(fc.constantFrom('n', 'gpu', 'r1-', ''), fc.nat(120), fc.nat(3)).map(([prefix, number, width]) => {
    return prefix + String(number).padStart(width, '0');
  }),
  fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/),
);

test('what is folded expands to what it was', () => {
  fc.assert(
    fc.property(fc.array(hostname, { maxLength: 40 }), (names) => {
      assert.deepEqual(parseHostlist(formatHostlist(names)), names);
    }),
  );
});

test('sorting is a total order', () => {
  fc.assert(
    fc.property(hostname, hostname, hostname, (a, b, c) => {
      assert.equal(Math.sign(compareHostnames(a, b)), -Math.sign(compareHostnames(b, a)) + 0);
      assert.equal(compareHostnames(a, b) === 0, a === b);
      if (compareHostnames(a, b) <= 0 && compareHostnames(b, c) <= 0) assert.ok(compareHostnames(a, c) <= 0);
    }),
  );
});

test('folding keeps every name, sorted or not', () => {
  fc.assert(
    fc.property(fc.array(hostname, { maxLength: 40 }), (names) => {
      const list = names.join(',');
      assert.deepEqual(parseHostlist(foldHostlist(list, 'given') ?? ''), names);
      const sorted = parseHostlist(foldHostlist(list, 'sorted') ?? '') ?? [];
      assert.deepEqual([...sorted].sort(), [...names].sort());
      assert.equal(foldHostlist(list, 'sorted'), foldHostlist(foldHostlist(list, 'sorted') ?? '', 'sorted'));
    }),
  );
});

test('any text gives a bounded list that folds and expands again, or nothing', () => {
  fc.assert(
    fc.property(texts('ab019[]-, '), (text) => {
      const names = parseHostlist(text);
      if (names === undefined) return;
      assert.ok(names.length <= hostsMax && names.every((name) => name.length <= 255));
      assert.deepEqual(parseHostlist(formatHostlist(names)), names);
    }),
  );
});
