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

test('a limit that older programs do not read makes a job one of the newer format', () => {
  assert.equal(formatOfSpec(spec({ timeLimit: 1_000_000_000 })), 1);
  assert.equal(formatOfSpec(spec({ timeLimit: 2 ** 32 - 7199 })), 3);
});
