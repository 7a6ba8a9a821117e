import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partitionsOf } from '../../../src/model/partition.ts';
import { cluster, node } from '../builders.ts';

test('one partition with every node, in sinfo’s order', () => {
  const nodes = [node('n10'), node('n9'), node('cpu1')];
  assert.deepEqual(partitionsOf(cluster(nodes, [])), [
    { name: 'main', isDefault: true, nodes: ['cpu1', 'n9', 'n10'], state: 'up', timeLimit: 'UNLIMITED' },
  ]);
});
