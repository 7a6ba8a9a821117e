import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultPartitionOf, partitionNamed, partitionsOf } from '../../../src/model/partition.ts';
import { cluster, node } from '../builders.ts';

const nodes = [node('n10'), node('n9'), node('cpu1')];

test('one partition with every node, in sinfo’s order', () => {
  const [main, ...others] = partitionsOf(cluster(nodes, []));
  assert.deepEqual(main, {
    name: 'main',
    isDefault: true,
    nodes: ['cpu1', 'n9', 'n10'],
    state: 'up',
    timeLimit: 'UNLIMITED',
    config: { name: 'main', isDefault: true },
  });
  assert.deepEqual(others, []);
});

test('the declared ones in their order, with nodes that never registered', () => {
  const config = {
    nodes: [{ name: 'n11' }],
    partitions: [
      { name: 'long', nodes: ['n11', 'n9', 'nosuch'], maxTime: 600 },
      { name: 'all', isDefault: true },
      { name: 'closed', state: 'down' },
    ],
  } as const;
  const declared = { ...cluster(nodes, []), config, partitionStates: new Map([['all', 'drain']] as const) };
  assert.deepEqual(
    partitionsOf(declared).map(({ name, state, timeLimit, nodes: own }) => [
      name,
      state,
      timeLimit,
      own.join(' '),
    ]),
    [
      ['long', 'up', 600, 'n9 n11'],
      ['all', 'drain', 'UNLIMITED', 'cpu1 n9 n10 n11'],
      ['closed', 'down', 'UNLIMITED', 'cpu1 n9 n10 n11'],
    ],
  );
  assert.equal(defaultPartitionOf(declared)?.name, 'all');
  assert.equal(partitionNamed(declared, 'closed')?.isDefault, false);
  assert.equal(partitionNamed(declared, 'nosuch'), undefined);
  const without = { ...declared, config: { ...config, partitions: [{ name: 'long' }] } };
  assert.equal(defaultPartitionOf(without), undefined);
});
