import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldRow } from '../../../src/tables/format.ts';
import { parseOrder, sorted } from '../../../src/tables/sort.ts';

interface Thing {
  readonly name: string;
  readonly size: number;
}

const fields: readonly FieldRow<Thing>[] = [
  { name: 'Name', letter: 'n', head: 'NAME', get: ({ name }) => name },
  { name: 'Size', letter: 's', head: 'SIZE', get: ({ size }) => String(size), sortKey: ({ size }) => size },
];
const things: readonly Thing[] = [
  { name: 'b', size: 9 },
  { name: 'a', size: 10 },
  { name: 'c', size: 9 },
];

function order(text: string): string {
  const parsed = parseOrder(text, fields);
  assert.ok('order' in parsed, text);
  return sorted(things, parsed.order)
    .map(({ name }) => name)
    .join('');
}

test('the first letter counts most, a minus turns one around, and equals keep their order', () => {
  assert.equal(order('n'), 'abc');
  assert.equal(order('-n'), 'cba');
  assert.equal(order('s'), 'bca');
  assert.equal(order('-s,n'), 'abc');
  assert.equal(order('s-n'), 'cba');
  assert.equal(order('+s,-n'), 'cba');
  assert.equal(order(''), 'bac');
});

test('a letter that no column has is given back', () => {
  assert.deepEqual(parseOrder('n,x', fields), { unknown: 'x' });
});
