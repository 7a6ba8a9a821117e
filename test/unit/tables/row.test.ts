import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type OptionRow, ok, sortedRows, validateRows } from '../../../src/tables/row.ts';

interface Values {
  readonly name?: string;
  readonly isOn?: boolean;
}

const name: OptionRow<Values> = {
  long: 'name',
  short: 'n',
  arg: 'required',
  metavar: 'name',
  key: 'name',
  parse: (text) => ok(text),
  help: 'a name',
};
const on: OptionRow<Values> = { long: 'on', arg: 'none', key: 'isOn', value: true, help: 'turn it on' };

test('a sound table has no faults', () => {
  assert.deepEqual(validateRows<Values>([name, on]), []);
  assert.deepEqual(validateRows(sortedRows<Values>([on], [name])), []);
});

test('each fault of a table is named', () => {
  const faults: readonly (readonly [string, readonly OptionRow<Values>[]])[] = [
    ['name: stands after on', [on, name]],
    ['on: n is there twice', [name, { ...on, short: 'n' }]],
    ['on: name is there twice', [name, { ...on, aliases: ['name'] }]],
    ['on: unknown key colour', [{ ...on, colour: 'red' } as OptionRow<Values>]],
    ['on: not a letter', [{ ...on, short: 'xy' }]],
    ['o n: not a long name', [{ ...on, long: 'o n' }]],
    ['on: help is missing or ends in a full stop', [{ ...on, help: ' ' }]],
    ['on: help is missing or ends in a full stop', [{ ...on, help: 'Turns it on.' }]],
    ['on: an argument has a metavar, a switch none', [{ ...on, metavar: 'x' }]],
    ['on: refused without a reason', [{ long: 'on', arg: 'none', help: 'turn it on', refused: ' ' }]],
    ['on: not a variable', [{ ...on, env: { sbatch: ['on'] } }]],
  ];
  for (const [fault, rows] of faults) assert.deepEqual(validateRows(rows), [fault]);
});
