import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountable } from '../../../src/core/accountable.ts';
import { reduce } from '../../../src/core/reduce.ts';
import { share } from '../builders.ts';
import {
  after,
  allocated,
  cancelled,
  clusterOf,
  completed,
  now,
  registered,
  released,
  submitted,
} from './world.ts';

const base = clusterOf(registered('node1', { cpus: 64 }));

test('jobs may leave when they ended long enough ago', () => {
  const cluster = after(base, submitted(1), submitted(2), submitted(3), cancelled(2), cancelled(3));
  assert.deepEqual(accountable(cluster, now + 2 + 299, 300), []);
  assert.deepEqual(accountable(cluster, now + 2 + 300, 300), [2, 3]);
  assert.deepEqual(accountable(cluster, now - 10 ** 6, 0), [], 'by a clock that is behind, later');
});

test('an array’s own record stays until its last task has ended: its room holds the script of all', () => {
  const array = { tasks: [[1, 2]] as const, throttle: 0 };
  const task = (id: number, number: number) =>
    allocated(id, [share('node1')], { array: { job: 10, task: number } });
  const both = after(base, submitted(10, { array }), task(11, 1), task(10, 2));
  const report = { report: completed };
  const late = now + 1000;
  const ownFirst = after(both, released(10, 'node1', report));
  assert.deepEqual(accountable(ownFirst, late, 300), []);
  assert.deepEqual(accountable(after(ownFirst, released(11, 'node1', report)), late, 300), [10, 11]);
  const ownLast = after(both, released(11, 'node1', report));
  assert.deepEqual(accountable(ownLast, late, 300), [11]);
  const waitingPartCancelled = after(base, submitted(10, { array }), task(11, 1), cancelled(10));
  assert.deepEqual(accountable(waitingPartCancelled, late, 300), []);
});

test('at most so many leave at a time', () => {
  const ids = Array.from({ length: 5100 }, (_, index) => index + 1);
  const cluster = ids.flatMap((id) => [submitted(id), cancelled(id)]).reduce(reduce, base);
  assert.deepEqual(accountable(cluster, now + 1000, 300), ids.slice(0, 5000));
});
