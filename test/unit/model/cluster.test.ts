import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyCluster, lastJobId } from '../../../src/model/cluster.ts';
import { cluster, pending } from '../builders.ts';

test('the largest id is that of any job seen so far, open or closed', () => {
  assert.equal(lastJobId(emptyCluster), 0);
  assert.equal(lastJobId(cluster([], [pending(7), pending(3)])), 7);
  const closed = [
    [1, 2],
    [9, 12],
  ] as const;
  assert.equal(lastJobId({ ...cluster([], [pending(7)]), closed }), 12);
  assert.equal(lastJobId({ ...cluster([], [pending(20)]), closed }), 20);
});
