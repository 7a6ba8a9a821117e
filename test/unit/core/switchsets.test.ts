import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { freeNow, freeWhenEmpty } from '../../../src/core/free.ts';
import { place } from '../../../src/core/place.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import type { NodeShare } from '../../../src/model/job.ts';
import { limits } from '../../../src/model/limits.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { leafOf } from '../../../src/model/wiring.ts';
import { share, spec } from '../builders.ts';
import { after, allocated, clusterOf, gpus, registered, submitted } from './world.ts';

/** Two racks: a1 and a2 on switch s1, a3 to a5 on s2; b1 and b2 on s3, b3 on s4; and one of no rack. */
const wired = clusterOf(
  ...['a1', 'a2'].map((name) => registered(name, { rack: 'ra', switch: 's1', gpus: gpus(2) })),
  ...['a3', 'a4', 'a5'].map((name) => registered(name, { rack: 'ra', switch: 's2', gpus: gpus(2) })),
  ...['b1', 'b2'].map((name) => registered(name, { rack: 'rb', switch: 's3', gpus: gpus(2) })),
  registered('b3', { rack: 'rb', switch: 's4', gpus: gpus(2) }),
  registered('c1', { gpus: gpus(2) }),
);

const on = (count: number, given: Partial<JobSpec> = {}): JobSpec =>
  spec({ nodes: { min: count, max: count }, ntasks: count, ...given });
const names = (shares: readonly NodeShare[] | undefined): string | undefined =>
  shares?.map(({ node }) => node).join(' ');
const placed = (cluster: Cluster, wish: JobSpec): string | undefined => names(place(wish, freeNow(cluster)));

/** The node is full. */
function busy(cluster: Cluster, ...nodes: readonly string[]): Cluster {
  const shares = nodes.map((node) => share(node, { cpus: 8 }));
  return after(cluster, submitted(99, { nodes: { min: 1, max: 9 } }), allocated(99, shares));
}

describe('place: switches and racks', () => {
  it('keeps a job behind the smallest switch that holds it', () => {
    assert.equal(placed(wired, on(2)), 'a1 a2');
    assert.equal(placed(wired, on(3)), 'a3 a4 a5');
    assert.equal(placed(busy(wired, 'a2'), on(2)), 'b1 b2');
    assert.equal(placed(busy(wired, 'a2', 'b1'), on(2)), 'a3 a4');
  });

  it('takes the fewest switches that hold it, in one rack before two', () => {
    assert.equal(placed(wired, on(4)), 'a1 a2 a3 a4');
    assert.equal(placed(wired, on(5)), 'a1 a2 a3 a4 a5');
    assert.equal(placed(busy(wired, 'a1', 'a3', 'a4', 'a5'), on(3)), 'b1 b2 b3');
    assert.equal(placed(wired, on(9)), 'a1 a2 a3 a4 a5 b1 b2 b3 c1');
  });

  it('holds on to nodes that are named, and to what lies side by side', () => {
    assert.equal(placed(wired, on(2, { nodelist: ['b1'] })), 'b1 b2');
    assert.equal(placed(wired, on(2, { nodelist: ['b3'] })), 'b2 b3');
    assert.equal(placed(wired, on(2, { nodelist: ['a1', 'c1'] })), 'a1 c1');
    assert.equal(placed(wired, on(3, { contiguous: true })), 'a3 a4 a5');
  });

  it('a range of nodes would rather have more nodes than fewer switches, within what it allows', () => {
    const range = { nodes: { min: 2, max: 4 }, ntasks: 2 };
    const free = { nodes: { min: 2, max: 4 }, ntasks: 4 };
    assert.equal(placed(wired, spec(free)), 'a1 a2 a3 a4');
    assert.equal(placed(wired, spec({ ...free, switches: { count: 1 } })), 'a3 a4 a5');
    assert.equal(placed(wired, spec({ ...range, useMinNodes: true })), 'a1 a2');
  });

  it('--switches is a bound, and no bound to a job of one node', () => {
    assert.equal(placed(wired, on(4, { switches: { count: 1 } })), undefined);
    assert.equal(placed(wired, on(4, { switches: { count: 2 } })), 'a1 a2 a3 a4');
    assert.equal(placed(wired, on(6, { switches: { count: 3 } })), 'a1 a2 a3 a4 a5 b3');
    assert.equal(placed(wired, on(6, { switches: { count: 2 } })), undefined);
    assert.equal(placed(wired, on(2, { nodelist: ['a1', 'b1'], switches: { count: 1 } })), undefined);
    assert.equal(placed(wired, on(1, { switches: { count: 1 } })), 'a1');
    assert.equal(placed(wired, on(9, { switches: { count: 0 } }))?.split(' ').length, 9);
  });

  it('--spread-job leaves switches out of account', () => {
    assert.equal(
      placed(wired, spec({ spreadJob: true, ntasks: 3, nodes: { min: 1, max: 1024 } })),
      'a1 a2 a3',
    );
    assert.equal(placed(wired, on(2, { spreadJob: true, nodelist: ['b3'] })), 'b3 c1');
  });

  it('without labels all nodes are behind one', () => {
    const plain = clusterOf(...['n1', 'n2', 'n3'].map((name) => registered(name)));
    assert.equal(placed(plain, on(3, { switches: { count: 1 } })), 'n1 n2 n3');
  });
});

describe('place: laws of switches and policies', () => {
  const node = fc.record(
    {
      cpus: fc.constantFrom(2, 4, 8),
      gpus: fc.nat(4),
      rack: fc.constantFrom('r1', 'r2'),
      switch: fc.constantFrom('s1', 's2', 's3'),
      weight: fc.constantFrom(1, 1, 1, 2),
    },
    { requiredKeys: ['cpus', 'gpus'], noNullPrototype: true },
  );
  const wish = fc.record(
    {
      nodes: fc.constantFrom({ min: 1, max: limits.nodesPerJob }, { min: 2, max: 2 }, { min: 2, max: 4 }),
      ntasks: fc.integer({ min: 1, max: 6 }),
      cpusPerTask: fc.constantFrom(1, 2, 3),
      gpus: fc.constantFrom(
        [],
        [{ count: 1, per: 'node' } as const],
        [{ count: 4, per: 'job' } as const],
        [{ count: 1, per: 'task' } as const],
      ),
      ntasksPerNode: fc.constantFrom(1, 2),
      exclusive: fc.constant('node' as const),
      cpusPerGpu: fc.constantFrom(1, 3),
      switches: fc.constantFrom({ count: 1 }, { count: 2 }),
    },
    { requiredKeys: ['nodes', 'ntasks'], noNullPrototype: true },
  );
  const made = fc.tuple(fc.array(node, { minLength: 1, maxLength: 7 }), wish);
  const clusterWith = (nodes: readonly (typeof node extends fc.Arbitrary<infer T> ? T : never)[]): Cluster =>
    clusterOf(
      ...nodes.map(({ gpus: count, ...given }, index) =>
        registered(`n${index}`, { ...given, sockets: 1, coresPerSocket: given.cpus, gpus: gpus(count) }),
      ),
    );

  it('nobody gets more than there is, each question has one answer, and all orders find nodes', () => {
    let found = 0;
    fc.assert(
      fc.property(made, ([nodes, given]) => {
        const free = freeWhenEmpty(clusterWith(nodes));
        const answers = (['fill_first', 'spread', undefined] as const).map((policy) => {
          const shares = place(spec(given), free, { policy });
          assert.deepEqual(place(spec(given), free, { policy }), shares);
          for (const one of shares ?? []) {
            const whole = free.get(one.node) ?? assert.fail(one.node);
            assert.ok(one.cpus <= whole.cpus && one.memoryMb <= whole.memoryMb);
            assert.ok(one.gpus.every((index) => whole.gpus.some((gpu) => gpu.index === index)));
            assert.equal(new Set(one.gpus).size, one.gpus.length);
          }
          return shares;
        });
        const [filled, spread, slurms] = answers;
        assert.equal(filled === undefined, spread === undefined);
        if (slurms !== undefined) assert.ok(filled !== undefined);
        found += filled === undefined ? 0 : 1;
      }),
      { numRuns: 300 },
    );
    assert.ok(found > 50, `${found} placed`);
  });

  it('no more switches than it allows, and one where one would hold it', () => {
    fc.assert(
      fc.property(made, ([nodes, given]) => {
        const free = freeWhenEmpty(clusterWith(nodes.map(({ weight: _, ...one }) => one)));
        const leaf = (name: string): string => leafOf(free.get(name)?.whole.wiring ?? {}) ?? '';
        const shares = place(spec(given), free);
        const used = new Set((shares ?? []).map((one) => leaf(one.node)));
        if (given.switches !== undefined) assert.ok(used.size <= given.switches.count);
        const { switches: _, ...unbound } = given;
        const alone = [...new Set([...free.keys()].map(leaf))].some((one) => {
          const allowed = new Set([...free.keys()].filter((name) => leaf(name) === one));
          return place(spec({ ...unbound, nodes: { ...given.nodes, max: given.nodes.min } }), free, {
            allowed,
          });
        });
        if (alone && given.nodes.max === given.nodes.min) assert.equal(used.size, 1);
        if (alone && given.switches !== undefined) assert.ok(shares !== undefined);
      }),
      { numRuns: 300 },
    );
  });
});

describe('place: policies', () => {
  const three = clusterOf(
    registered('n1', { gpus: gpus(4) }),
    registered('n2', { gpus: gpus(4) }),
    registered('n3', { gpus: gpus(4) }),
  );
  const used = after(
    three,
    submitted(1),
    allocated(1, [share('n1', { gpus: [0] })]),
    submitted(2),
    allocated(2, [share('n2', { gpus: [0, 1] })]),
  );
  const gpu = (count: number): Partial<JobSpec> => ({ gpus: [{ count, per: 'node' }] });
  const by = (policy: 'fill_first' | 'spread', wish: JobSpec): string | undefined =>
    names(place(wish, freeNow(used), { policy }));

  it('fill_first takes the node with the least left that is enough, spread the emptiest', () => {
    assert.equal(by('fill_first', spec(gpu(1))), 'n2');
    assert.equal(by('fill_first', spec(gpu(3))), 'n1');
    assert.equal(by('fill_first', spec(gpu(4))), 'n3');
    assert.equal(by('spread', spec(gpu(1))), 'n3');
    assert.equal(by('spread', spec()), 'n3');
    assert.equal(by('fill_first', on(2, gpu(1))), 'n1 n2');
    assert.equal(by('spread', on(2, gpu(1))), 'n1 n3');
    assert.equal(by('spread', on(1, { nodelist: ['n2'] })), 'n2');
  });

  it('where its own order does not lead to nodes, another does', () => {
    const wish = on(2, { gpus: [{ count: 7, per: 'job' }] });
    assert.equal(by('fill_first', wish), 'n1 n3');
    assert.equal(by('spread', wish), 'n1 n3');
  });
});
