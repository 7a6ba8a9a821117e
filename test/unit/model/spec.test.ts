import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatOfSpec, isTriedElsewhere } from '../../../src/model/spec.ts';
import { spec } from '../builders.ts';

test('a job that wants to be kept on its nodes, or not to run again, waits for a lost one', () => {
  assert.equal(isTriedElsewhere(spec({ requeue: true })), true);
  assert.equal(isTriedElsewhere(spec({ requeue: false })), false);
  assert.equal(isTriedElsewhere(spec({ requeue: true, noKill: true })), false);
  assert.equal(isTriedElsewhere(spec({ requeue: true, noKill: false })), true);
  assert.equal(formatOfSpec(spec({ noKill: true })), 3);
});
