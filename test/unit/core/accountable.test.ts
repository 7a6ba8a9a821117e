import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountable, noteEnds } from '../../../src/core/accountable.ts';
import { reduce } from '../../../src/core/reduce.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import { share } from '../builders.ts';
import {
  after,
  allocated,
  cancelled,
  clusterOf,
  completed,
  registered,
  released,
  submitted,
} from './world.ts';

const base = clusterOf(registered('node1', { cpus: 64 }));

test('jobs may leave when their end was seen long enough ago', () => {
  const running = after(base, submitted(1), submitted(2), submitted(3), cancelled(2));
  const first = noteEnds(new Map(), running, 1000);
  const cluster = after(running, cancelled(3));
  const seen = noteEnds(first, cluster, 5000);
  assert.deepEqual(
    [...seen],
    [
      [2, 1000],
      [3, 5000],
    ],
  );
  assert.deepEqual(accountable(cluster, seen, 999), []);
  assert.deepEqual(accountable(cluster, seen, 1000), [2]);
  assert.deepEqual(accountable(cluster, seen, 5000), [2, 3]);
});

test('what left the state is forgotten, what was not seen to end stays', () => {
  const cluster = after(base, submitted(1), submitted(2), cancelled(2));
  assert.deepEqual([...noteEnds(new Map([[9, 1]]), cluster, 7)], [[2, 7]]);
  assert.deepEqual(accountable(cluster, new Map(), 10 ** 9), []);
});

test('an array’s own record stays until its other tasks have left: its room holds the script of all', () => {
  const array = { tasks: [[1, 2]] as const, throttle: 0 };
  const task = (id: number, number: number) =>
    allocated(id, [share('node1')], { array: { job: 10, task: number } });
  const both = after(base, submitted(10, { array }), task(11, 1), task(10, 2));
  const report = { report: completed };
  const ownFirst = after(both, released(10, 'node1', report));
  assert.deepEqual(allEnded(ownFirst), []);
  const ended = after(ownFirst, released(11, 'node1', report));
  assert.deepEqual(allEnded(ended), [11]);
  const left = after(ended, { name: 'jobsAccounted', segment: 1, ids: [11] });
  assert.deepEqual(allEnded(left), [10]);
  const ownLast = after(both, released(11, 'node1', report));
  assert.deepEqual(allEnded(ownLast), [11]);
  const waitingPartCancelled = after(base, submitted(10, { array }), task(11, 1), cancelled(10));
  assert.deepEqual(allEnded(waitingPartCancelled), []);
});

test('at most so many leave at a time', () => {
  const ids = Array.from({ length: 5100 }, (_, index) => index + 1);
  const cluster = ids.flatMap((id) => [submitted(id), cancelled(id)]).reduce(reduce, base);
  assert.deepEqual(allEnded(cluster), ids.slice(0, 5000));
});

function allEnded(cluster: Cluster): readonly number[] {
  return accountable(cluster, noteEnds(new Map(), cluster, 0), 0);
}
