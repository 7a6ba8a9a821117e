import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plan } from '../../../src/core/plan.ts';
import { wholesOf } from '../../../src/core/wholes.ts';
import { after, clusterOf, now, registered, root, submitted } from './world.ts';

test('of the features of a node those count that are active', () => {
  const cluster = after(
    clusterOf(registered('node1', { features: ['a100', 'nvlink'] })),
    submitted(1, { constraint: 'nvlink' }),
    submitted(2, { constraint: 'a100' }),
  );
  const starts = (one: typeof cluster): readonly number[] => plan(one, now).starts.map(({ job }) => job.id);
  assert.deepEqual(starts(cluster), [1, 2]);
  const admin = { activeFeatures: ['a100'] };
  const less = after(cluster, { name: 'nodeUpdated', time: now, node: 'node1', admin, by: root });
  assert.deepEqual([...(wholesOf(less).get('node1')?.features ?? [])], ['a100']);
  assert.deepEqual(starts(less), [2]);
});
