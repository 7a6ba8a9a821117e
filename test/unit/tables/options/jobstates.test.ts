import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compactStates } from '../../../../src/model/states.ts';
import { jobStateNames, parseJobState } from '../../../../src/tables/options/jobstates.ts';

test('a state is known by name and code, in either case', () => {
  for (const text of ['RUNNING', 'running', 'R', 'r']) assert.equal(parseJobState(text), 'RUNNING');
  for (const text of ['run', '', ' R', 'all', 'UNKNOWN']) assert.equal(parseJobState(text), undefined, text);
  assert.equal(jobStateNames.length, 24);
});

test('the codes are those that the cluster prints', () => {
  for (const [name, code] of Object.entries(compactStates)) assert.equal(parseJobState(code), name);
});
