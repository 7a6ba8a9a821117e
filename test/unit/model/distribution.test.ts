import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checked } from '../../../src/base/schema.ts';
import {
  type Distribution,
  distributionComplaints,
  distributionSchema,
  distributionVariable,
  formatDistribution,
  layoutHosts,
  layoutTasks,
  parseDistribution,
} from '../../../src/model/distribution.ts';
import { texts } from './texts.ts';

const taken: readonly (readonly [string, Distribution])[] = [
  ['block', { nodes: 'block' }],
  ['BLOCK', { nodes: 'block' }],
  ['cyclic', { nodes: 'cyclic' }],
  ['plane=2', { nodes: 'plane', planeSize: 2 }],
  ['arbitrary', { nodes: 'arbitrary' }],
  ['block:cyclic', { nodes: 'block', sockets: 'cyclic' }],
  ['block:fcyclic', { nodes: 'block', sockets: 'fcyclic' }],
  ['block:block:fcyclic', { nodes: 'block', sockets: 'block', cores: 'fcyclic' }],
  ['block:cyclic:fcyclic,Pack', { nodes: 'block', sockets: 'cyclic', cores: 'fcyclic', pack: true }],
  ['cyclic,NoPack', { nodes: 'cyclic', pack: false }],
  ['block,pack', { nodes: 'block', pack: true }],
  ['pack', { pack: true }],
  ['NoPack', { pack: false }],
  ['*', { nodes: 'block' }],
  ['*:block', { nodes: 'block', sockets: 'block' }],
  ['*,Pack', { nodes: 'block', pack: true }],
  ['block:', { nodes: 'block' }],
  [':block', { nodes: 'block' }],
  ['block,', { nodes: 'block' }],
  ['nopack,', { pack: false }],
  ['block:*', { nodes: 'block', sockets: 'cyclic' }],
  ['block:*:*', { nodes: 'block', sockets: 'cyclic', cores: 'cyclic' }],
  ['block:*:block', { nodes: 'block', sockets: 'cyclic', cores: 'block' }],
  ['block::cyclic', { nodes: 'block', sockets: 'cyclic' }],
  ['cyclic:block:*,Pack', { nodes: 'cyclic', sockets: 'block', cores: 'block', pack: true }],
  ['arbitrary,Pack', { nodes: 'arbitrary', pack: true }],
  ['arbitrary:', { nodes: 'arbitrary' }],
  ['PLANE=2', { nodes: 'plane', planeSize: 2 }],
  ['plane= 2', { nodes: 'plane', planeSize: 2 }],
  ['plane=+2', { nodes: 'plane', planeSize: 2 }],
];

for (const [text, expected] of taken) {
  test(`--distribution='${text}'`, () => {
    assert.deepEqual(parseDistribution(text), expected);
    assert.deepEqual(checked(distributionSchema, expected, 'test'), expected);
    assert.deepEqual(distributionComplaints(text), []);
  });
}

const refused = [
  ...['plane', 'plane=0', 'plane=x', 'plane=-1', 'plane=4:cyclic', 'plane=4,Pack', ':', 'foo', 'blo', 'c'],
  ...['fcyclic', 'block:foo', 'block,Pack,NoPack', 'Pack,block', 'block,foo', 'arbitrary:block', 'unknown'],
  ...['block:cyclic:block:cyclic', '', ' block', ',Pack', 'plane=1:'],
  ...['plane=2,', 'plane=99999999999', 'plane=2x', 'arbitrary:*'],
];

for (const text of refused) {
  test(`--distribution='${text}' is refused`, () => {
    assert.equal(parseDistribution(text), undefined);
    assert.deepEqual(distributionComplaints(text), [
      ...(text.startsWith('plane') ? ['Invalid plane size or size not specified'] : []),
      'Invalid --distribution specification',
    ]);
  });
}

/** Distribution, room for tasks on the step's nodes, and the node of each task, as steps of srun had it. */
const layouts: readonly (readonly [string, readonly number[], string])[] = [
  ['', [8, 8, 4], '00011122'],
  ['', [8, 8, 4], '012'],
  ['', [8, 8, 4], '00112'],
  ['', [8, 8, 4], '00000000111111112222'],
  ['', [8, 8, 4], '0000000011111112222'],
  ['', [8, 8, 4], '00000001111112222'],
  ['block', [8, 8, 4], '00011122'],
  ['cyclic', [8, 8, 4], '01201201'],
  ['cyclic', [8, 8, 4], '0120120120120101010'],
  ['cyclic', [8, 8, 4], '01201201201201010101'],
  ['plane=2', [8, 8, 4], '00112200'],
  ['plane=3', [8, 8, 4], '00011122'],
  ['plane=4', [8, 8, 4], '0000111122220000111'],
  ['plane=5', [8, 8, 4], '00000111112222000111'],
  ['block,NoPack', [8, 8, 4], '00011122'],
  ['block,Pack', [8, 8, 4], '00000012'],
  ['block,Pack', [8, 8, 4], '00000000111111112'],
  ['Pack', [8, 8, 4], '00000012'],
  ['cyclic,Pack', [8, 8, 4], '01201201'],
  ['cyclic', [4, 4, 2], '01201201'],
  ['block', [4, 4, 2], '00011122'],
  ['block', [4, 4, 2], '0000111122'],
  ['plane=2', [4, 4, 2], '001122001'],
  ['', [8, 8, 4], '0000000000111111111122222'],
  ['cyclic', [8, 8, 4], '0120120120120120120101010'],
  ['plane=2', [8, 8, 4], '0011220011220011200110011'],
  ['block', [8, 8, 4], '000000000000111111111112222222'],
  ['', [8, 8], '00011'],
  ['cyclic', [8, 8], '01010'],
  ['', [8, 8, 4], '01'],
  ['block', [8, 8, 4], '01'],
  ['', [8, 8, 4], '0'],
  ['', [8, 8], '01'],
  ['block:cyclic', [8, 8, 4], '0001122'],
  ['', [8], '000'],
  ['plane=1', [8, 8, 4], '0120120'],
  ['plane=100', [8, 8, 4], '0000012'],
  ['block,Pack', [8, 8, 4], '0000000011111112'],
  ['plane=8', [8, 8, 4], '000000001111111122'],
  ['', [6, 1, 1], '00000012'],
  ['', [3, 1], '0001'],
  ['', [8, 3, 1], '000000001112'],
  ['', [8, 4], '000000001111'],
  ['cyclic', [6, 1, 1], '01200000'],
  ['plane=2', [6, 1, 1], '00120000'],
  ['block', [6, 1, 1], '00000012'],
  ['block,Pack', [6, 1, 1], '00000012'],
  ['cyclic', [8, 8, 1], '01201010101010101'],
  ['', [8, 8, 1], '00000000111111112'],
  ['', [7, 2, 1], '0000000112'],
  ['', [8, 2], '0000000011'],
  ['block,Pack', [8, 8, 4], '0000000000111111111122222'],
  ['block,Pack', [8, 8, 4], '0000000000001111111111112222222'],
  ['plane=3', [8, 8, 4], '00012'],
  ['plane=5', [8, 8, 4], '0012'],
  ['plane=3', [8, 8, 4], '00011122200011122200011120011'],
  ['plane=7', [8, 8, 4], '0000000111111122220001'],
  ['cyclic', [8, 8, 4], '0120120120120120120120120120120120101010'],
  ['block', [8, 8, 4], '0000000000000001111111111111112222222222'],
  ['plane=4', [8, 8, 4], '0000111122220000111122220000111100001111'],
  ['block,Pack', [8, 8, 4], '0000000012'],
  ['plane=6', [8, 8, 4], '0000001111112'],
];

for (const [text, capacities, nodes] of layouts) {
  test(`${nodes.length} tasks by ${text} over ${capacities.join(' ')}`, () => {
    const distribution = text === '' ? {} : (parseDistribution(text) ?? assert.fail());
    const laid = layoutTasks({ tasks: nodes.length, capacities }, distribution);
    assert.equal(laid.join(''), nodes);
  });
}

test('a list of hosts lays tasks out over the nodes that it names', () => {
  const nodes = ['gpu01', 'gpu02', 'gpu03'];
  assert.deepEqual(layoutHosts(['gpu01', 'gpu01', 'gpu02', 'gpu03'], nodes), [0, 0, 1, 2]);
  assert.deepEqual(layoutHosts(['gpu03', 'gpu01', 'gpu03', 'gpu02'], nodes), [2, 0, 2, 1]);
  assert.equal(layoutHosts(['gpu04'], nodes), undefined);
});

const variables: readonly (readonly [string, string])[] = [
  ['block', 'block'],
  ['plane=3', 'plane'],
  ['cyclic:block', 'cyclic:block'],
  ['block:block:fcyclic', 'block:block:fcyclic'],
  ['block:*', 'block:cyclic'],
  ['*:block', 'block:block'],
  ['*:*:*', 'block:cyclic:cyclic'],
  ['*:block:*', 'block:block:block'],
  ['*:*:fcyclic', 'block:cyclic:fcyclic'],
  ['block:fcyclic:cyclic,Pack', 'block:fcyclic:cyclic,pack'],
  ['NoPack', 'nopack'],
  ['*', 'block'],
  ['cyclic:*:block', 'cyclic:cyclic:block'],
];

for (const [text, variable] of variables) {
  test(`SLURM_DISTRIBUTION of ${text}`, () => {
    assert.equal(distributionVariable(parseDistribution(text) ?? assert.fail()), variable);
  });
}

const inner = fc.option(fc.constantFrom('block', 'cyclic', 'fcyclic'), { nil: undefined });
const pack = fc.option(fc.boolean(), { nil: undefined });
const distribution: fc.Arbitrary<Distribution> = fc.oneof(
  fc.integer({ min: 1, max: 1000 }).map((planeSize) => ({ nodes: 'plane' as const, planeSize })),
  fc.constantFrom({ nodes: 'arbitrary' as const }, { pack: true }, { pack: false }),
  fc.record({ nodes: fc.constantFrom('block', 'cyclic'), sockets: inner, cores: inner, pack }).map((one) => ({
    nodes: one.nodes,
    ...(one.sockets !== undefined && { sockets: one.sockets }),
    ...(one.sockets !== undefined && one.cores !== undefined && { cores: one.cores }),
    ...(one.pack !== undefined && { pack: one.pack }),
  })),
);

test('what is printed parses to what it was', () => {
  fc.assert(
    fc.property(distribution, (one) => assert.deepEqual(parseDistribution(formatDistribution(one)), one)),
  );
});

test('any text is a distribution that the cluster can store, or none', () => {
  fc.assert(
    fc.property(texts('blockyfarPpne=14:,*No'), (text) => {
      const read = parseDistribution(text);
      if (read === undefined) return;
      assert.deepEqual(checked(distributionSchema, read, 'test'), read);
      assert.deepEqual(parseDistribution(formatDistribution(read)), read);
    }),
  );
});

const capacitiesOf = fc.array(fc.nat(20), { minLength: 1, maxLength: 12 });

test('every task has a node, and no node is filled over its room while another has some', () => {
  fc.assert(
    fc.property(distribution, fc.integer({ min: 1, max: 200 }), capacitiesOf, (one, tasks, capacities) => {
      const laid = layoutTasks({ tasks, capacities }, one);
      assert.equal(laid.length, tasks);
      const counts = capacities.map((_, node) => laid.filter((each) => each === node).length);
      assert.equal(
        counts.reduce((sum, count) => sum + count, 0),
        tasks,
      );
      const hasRoom = tasks <= capacities.reduce((sum, capacity) => sum + capacity, 0);
      if (!hasRoom || tasks < capacities.length || capacities.includes(0)) return;
      for (const [node, count] of counts.entries()) {
        assert.ok(count >= 1 && count <= (capacities[node] ?? 0), `node ${node} has ${count}`);
      }
    }),
  );
});

test('the tasks of the largest job are laid out at once', () => {
  const capacities = [...Array(1023).fill(1), 1_000_000];
  for (const text of ['block', 'cyclic', 'plane=1', 'plane=3', 'Pack']) {
    const laid = layoutTasks({ tasks: 1_000_000, capacities }, parseDistribution(text) ?? assert.fail());
    assert.equal(laid.length, 1_000_000);
  }
});
