import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ColumnField, columnHeads, columnLine, parseColumns } from '../../../src/tables/columns.ts';

interface Item {
  readonly name: string;
}

const fields: readonly ColumnField<Item>[] = [
  { name: 'JobID', width: 12, side: 'left', get: () => '1' },
  { name: 'JobName', width: 10, get: ({ name }) => name },
  { name: 'State', width: 10, get: () => 'CANCELLED by 0' },
];

function line(format: string): string {
  const read = parseColumns(format, fields);
  return 'columns' in read ? columnLine(read.columns, { name: 'wrap' }, {}) : `unknown ${read.unknown}`;
}

/** As a real sacct printed it. */
const captured: readonly (readonly [string, string])[] = [
  ['jobid', '1            '],
  ['JobID%5', '    1 '],
  ['JobID%-5,JobName%-3,State', '1     wr+ CANCELLED+ '],
  ['jobname%3', 'wr+ '],
  ['jobname%0', ' '],
  ['jobname%-0', ' '],
  ['jobname%x', ' '],
  ['jobname%5x', ' wrap '],
  ['jobname%', ' '],
  ['jobname%+5', ' wrap '],
  ['jobname% 5', ' wrap '],
  ['jobname%5%6', ' wrap '],
  ['job', '1            '],
  ['jobna%4', 'wrap '],
  ['jobid,,state', '1            '],
  [',jobid', ''],
  ['jobid,', '1            '],
  [' jobid', '1            '],
  ['jobid%5 ,state', '    1 CANCELLED+ '],
  ['JOBID%8', '       1 '],
  ['state%-16|', 'CANCELLED by 0   '],
  // The last width that is said for a column holds for all of its places.
  ['state%22,state%19', '     CANCELLED by 0      CANCELLED by 0 '],
  ['jobname%-9,jobname%6,jobname', '  wrap   wrap   wrap '],
  ['foo', 'unknown foo'],
  ['jobid,foo', 'unknown foo'],
  ['jobid , state', 'unknown jobid '],
  ['jobid jobname', 'unknown jobid jobname'],
];

for (const [format, expected] of captured) {
  test(`--format='${format}'`, () => assert.equal(line(format), expected));
}

test('heads are as wide as their columns, with dashes below', () => {
  const read = parseColumns('jobid%4,state%-6', fields);
  assert.ok('columns' in read);
  assert.deepEqual(columnHeads(read.columns, {}), ['JobI State  ', '---- ------ ']);
  assert.deepEqual(columnHeads(read.columns, { delimiter: '|', endsLines: true }), ['JobID|State|']);
});
