import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AssertionError } from '../../../src/base/assert.ts';
import { invariants } from '../../../src/core/invariants.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import type { Job } from '../../../src/model/job.ts';
import { cluster, gpu, node, pending, running, share } from '../builders.ts';

const node1 = node('node1', { cpus: 4, memoryMb: 1000, gpus: [gpu(0), gpu(1)] });

function of(...jobs: readonly Job[]): Cluster {
  return cluster([node1], jobs);
}

function broken(state: Cluster, message: RegExp): void {
  assert.throws(
    () => invariants(state),
    (error) => {
      assert.ok(error instanceof AssertionError);
      assert.match(error.message, message);
      return true;
    },
  );
}

const shares = [share('node1', { gpus: [0] })];

test('a sound state passes', () => {
  invariants(of());
  invariants(of(pending(1), running(2, { shares }), running(3, { shares: [share('node1', { gpus: [1] })] })));
});

test('a GPU has one owner', () => {
  broken(of(running(1, { shares }), running(2, { shares })), /GPU 0 of node1 is held by jobs 1 and 2/);
  broken(of(running(1, { shares: [share('node1', { gpus: [0, 0] })] })), /held by jobs 1 and 1/);
  invariants(of({ ...running(1, { shares }), state: 'RUNNING' }));
});

test('no more is held than there is', () => {
  broken(of(running(1, { shares: [share('node1', { cpus: 5 })] })), /5 CPUs of node1 are held, it has 4/);
  broken(of(running(1, { shares: [share('node1', { memoryMb: 1001 })] })), /1001 MiB of node1 are held/);
  broken(of(running(1, { shares: [share('node9')] })), /unknown node node9/);
});

test('a node that came back smaller may hold more than it has', () => {
  const jobs = [running(1, { shares: [share('node1', { cpus: 8 })], startTime: node1.registered - 1 })];
  invariants(of(...jobs));
});

test('an active job has an attempt, holders and one share of a node', () => {
  broken(of({ ...running(1, { shares }), attempt: 0 }), /active without an attempt/);
  broken(of({ ...running(1, { shares }), holders: [] }), /nobody holds it/);
  broken(of({ ...running(1, { shares }), holders: ['node2'] }), /a node that it was not given/);
  broken(of(running(1, { shares: [share('node1'), share('node1')] })), /two shares of one node/);
});

test('a task is there once', () => {
  const task = (id: number) => running(id, { shares: [share('node1')], array: [10, 1] });
  broken(of(task(11), task(12)), /task 10_1 is there twice/);
  broken(of(task(11), pending(10, { tasks: [[1, 2]] })), /task 10_1 waits and has started/);
  invariants(of(task(11), pending(10, { tasks: [[2, 2]] })));
});

test('a closed id is no job’s', () => {
  broken({ ...of(pending(3)), closed: [[1, 5]] }, /job 3 lives and is closed/);
});
