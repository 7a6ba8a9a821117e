import assert from 'node:assert/strict';
import { test } from 'node:test';
import { switchesOf } from '../../../src/core/topology.ts';
import { wholesOf } from '../../../src/core/wholes.ts';
import { emptyConfig } from '../../../src/model/config.ts';
import { topologyVariables, type Wiring } from '../../../src/model/wiring.ts';
import { configured } from './facts.ts';
import { clusterOf, registered } from './world.ts';

test('switches are next to their nodes, racks above them, and nodes without a label behind none', () => {
  const cluster = clusterOf(
    registered('n1', { rack: 'r1', switch: 's1' }),
    registered('n2', { rack: 'r1', switch: 's2' }),
    registered('n3', { rack: 'r1', switch: 's1' }),
    registered('n4', { rack: 'r2' }),
    registered('n5', { switch: 's5' }),
    registered('n6'),
  );
  const leaf = { level: 0, switches: [] };
  assert.deepEqual(switchesOf(cluster), [
    { name: 's1', ...leaf, nodes: ['n1', 'n3'] },
    { name: 's2', ...leaf, nodes: ['n2'] },
    { name: 'r2', ...leaf, nodes: ['n4'] },
    { name: 's5', ...leaf, nodes: ['n5'] },
    { name: 'r1', level: 1, nodes: ['n1', 'n2', 'n3'], switches: ['s1', 's2'] },
  ]);
  assert.deepEqual(switchesOf(clusterOf(registered('n1'))), []);
});

test('what a daemon was told counts more than the file, which holds for all others', () => {
  const nodes = [
    { name: 'n1', rack: 'file', switch: 'sf' },
    { name: 'n2', rack: 'file' },
    { name: 'n3', switch: 'sf' },
  ];
  const cluster = clusterOf(
    registered('n1', { switch: 'own' }),
    registered('n2'),
    configured({ ...emptyConfig, nodes }),
  );
  const wiring = [...wholesOf(cluster).values()].map((one) => one.wiring);
  assert.deepEqual(wiring, [{ rack: 'file', switch: 'own' }, { rack: 'file' }, { switch: 'sf' }]);
});

test('a task is told its switches from the outside to its node, a rack of the same name once', () => {
  const told = (wiring: Wiring): string => Object.values(topologyVariables(wiring, 'n1')).join(' ');
  assert.equal(told({}), 'n1 node');
  assert.equal(told({ switch: 's1' }), 's1.n1 switch.node');
  assert.equal(told({ rack: 'r1', switch: 's1' }), 'r1.s1.n1 switch.switch.node');
  assert.equal(told({ rack: 'r1', switch: 'r1' }), 'r1.n1 switch.node');
});
