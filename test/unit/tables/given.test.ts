import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sbatchTable } from '../../../src/commands/sbatch/options.ts';
import { sinfoTable } from '../../../src/commands/sinfo/options.ts';
import { squeueTable } from '../../../src/commands/squeue/options.ts';
import { allOptions, definedOptions } from '../../../src/tables/given.ts';

test('what was given is told by name, between lines', () => {
  const rule = '-------------------- --------------------';
  assert.deepEqual(definedOptions(sbatchTable, { verbose: 2, partition: 'a,b' }), [
    'defined options',
    rule,
    'partition           : a,b',
    'verbose             : 2',
    rule,
    'end of defined options',
  ]);
});

test('the listings tell every option with what it is', () => {
  for (const lines of [allOptions(squeueTable, { verbose: 1 }), allOptions(sinfoTable, { verbose: 1 })]) {
    assert.ok(lines.includes('iterate     = (null)'), lines.join('\n'));
    assert.ok(lines.includes('verbose     = 1'), lines.join('\n'));
    assert.ok(lines.includes('all         = false'), lines.join('\n'));
  }
});

test('a time limit is told as squeue tells it', () => {
  const lines = definedOptions(sbatchTable, { timeLimit: 3, timeMin: 1441 });
  assert.ok(lines.includes('time                : 00:03:00'), lines.join('\n'));
  assert.ok(lines.includes('time-min            : 1-00:01:00'), lines.join('\n'));
});

test('a range is told as it is written, and anything else that is no text in full', () => {
  const lines = definedOptions(sbatchTable, { nodes: { min: 1, max: 2 } });
  assert.ok(lines.includes('nodes               : 1-2'), lines.join('\n'));
  const one = definedOptions(sbatchTable, { nodes: { min: 3, max: 3 } });
  assert.ok(one.includes('nodes               : 3'), one.join('\n'));
  const exported = definedOptions(sbatchTable, { export: { kind: 'ALL', items: [] } });
  assert.ok(exported.includes('export              : {"kind":"ALL","items":[]}'), exported.join('\n'));
});
