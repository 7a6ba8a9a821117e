import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freeNow, freeWhenEmpty } from '../../../src/core/free.ts';
import { place } from '../../../src/core/place.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import { limits } from '../../../src/model/limits.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { gpu, share, spec } from '../builders.ts';
import { after, allocated, clusterOf, gpus, now, registered, submitted } from './world.ts';

/** The shares as `node:gpus` texts, or undefined. */
function placed(cluster: Cluster, given: Partial<JobSpec>): string | undefined {
  const shares = place(spec(given), freeNow(cluster));
  return shares?.map((one) => `${one.node}:${one.gpus.join('+')}`).join(' ');
}

const perNode = (count: number, type?: string) =>
  [{ count, per: 'node', ...(type !== undefined && { type }) }] as const;

const mixed = clusterOf(
  registered('large', { cpus: 64, gpus: gpus(8), memoryMb: 500_000 }),
  registered('old', { cpus: 16, gpus: gpus(2, 'v100') }),
  registered('small', { cpus: 8, gpus: gpus(2) }),
  registered('plain', { cpus: 32 }),
);

describe('place: which nodes', () => {
  it('a job of one node takes the one with the fewest CPUs that are enough, of twins the first', () => {
    assert.equal(placed(mixed, {}), 'small:');
    assert.equal(placed(mixed, { gpus: perNode(1) }), 'small:0');
    assert.equal(placed(mixed, { gpus: perNode(3) }), 'large:0+1+2');
    assert.equal(placed(mixed, { cpusPerTask: 9 }), 'old:');
    assert.equal(placed(mixed, { cpusPerTask: 40 }), 'large:');
    const twins = clusterOf(registered('b'), registered('a'));
    assert.equal(placed(twins, {}), 'a:');
  });

  it('keeps to the nodes that are asked for, and off those that are excluded', () => {
    assert.equal(placed(mixed, { nodelist: ['large'] }), 'large:');
    assert.equal(placed(mixed, { nodelist: ['plain', 'old'], nodes: { min: 1, max: 2 } }), 'old: plain:');
    assert.equal(placed(mixed, { nodelist: ['plain'], nodes: { min: 2, max: 2 } }), 'plain: small:');
    assert.equal(placed(mixed, { exclude: ['plain', 'small', 'old'] }), 'large:');
    assert.equal(placed(mixed, { exclude: ['plain', 'small', 'old', 'large'] }), undefined);
    assert.equal(placed(mixed, { nodelist: ['plain'], exclude: ['plain'] }), undefined);
    assert.equal(placed(mixed, { nodelist: ['nowhere'] }), undefined);
    assert.equal(placed(mixed, { nodelist: ['plain', 'old'] }), undefined, 'two nodes named, one allowed');
  });

  it('takes all nodes of a job or none', () => {
    assert.equal(placed(mixed, { nodes: { min: 4, max: 4 } })?.split(' ').length, 4);
    assert.equal(placed(mixed, { nodes: { min: 5, max: 9 } }), undefined);
    assert.equal(
      placed(mixed, { nodes: { min: 3, max: 3 }, gpus: perNode(2) }),
      'large:0+1 old:0+1 small:0+1',
    );
    assert.equal(placed(mixed, { nodes: { min: 4, max: 4 }, gpus: perNode(2) }), undefined);
  });

  it('takes more nodes than the least when the tasks need them, up to the most', () => {
    const two = clusterOf(registered('a', { cpus: 4 }), registered('b', { cpus: 4 }));
    assert.equal(placed(two, { ntasks: 6, nodes: { min: 1, max: 2 } }), 'a: b:');
    assert.equal(placed(two, { ntasks: 6, nodes: { min: 1, max: 1 } }), undefined);
    assert.equal(placed(two, { ntasks: 9, nodes: { min: 1, max: 2 } }), undefined);
    assert.equal(placed(two, { ntasks: 4, ntasksPerNode: 2, nodes: { min: 1, max: 2 } }), 'a: b:');
  });
});

describe('place: a range of nodes', () => {
  it('is filled with fewer nodes where more would be of no use', () => {
    const one = clusterOf(
      registered('n1', { cpus: 2 }),
      registered('n2', { cpus: 2, gpus: gpus(4) }),
      registered('n3', { cpus: 2 }),
    );
    const wish = { nodes: { min: 2, max: 4 }, gpus: [{ count: 4, per: 'job' }] } as const;
    assert.equal(placed(one, wish), 'n1: n2:0+1+2+3');
    assert.equal(placed(one, { nodes: { min: 2, max: 4 } }), 'n1: n2: n3:');
  });
});

describe('place: which GPUs', () => {
  it('takes the first free ones of the type', () => {
    assert.equal(placed(mixed, { gpus: perNode(1, 'v100') }), 'old:0');
    assert.equal(placed(mixed, { gpus: perNode(1, 'h100') }), undefined);
    const busy = after(mixed, submitted(1), allocated(1, [share('small', { gpus: [0] })]));
    assert.equal(placed(busy, { gpus: perNode(1, 'a100') }), 'small:1');
  });

  it('leaves an untyped wish what the typed ones do not need', () => {
    const both = clusterOf(registered('n', { gpus: [gpu(0, { type: 'a' }), gpu(1, { type: 'b' })] }));
    const wish = [
      { count: 1, per: 'node' },
      { count: 1, per: 'node', type: 'a' },
    ] as const;
    assert.equal(placed(both, { gpus: wish }), 'n:0+1');
    assert.equal(placed(both, { gpus: [...perNode(2), ...perNode(1, 'a')] }), undefined);
  });

  it('takes exactly the devices that are named', () => {
    assert.equal(placed(mixed, { gpuIds: [1] }), 'small:1');
    assert.equal(placed(mixed, { gpuIds: [5, 2] }), 'large:5+2');
    assert.equal(placed(mixed, { gpuIds: [8] }), undefined);
    const busy = after(mixed, submitted(1), allocated(1, [share('large', { gpus: [5] })]));
    assert.equal(placed(busy, { gpuIds: [5] }), undefined);
  });

  it('takes the named devices of each of several nodes, or of none', () => {
    const two = { nodes: { min: 2, max: 2 }, ntasks: 2 };
    assert.equal(placed(mixed, { ...two, gpuIds: [0, 1] }), 'large:0+1 old:0+1');
    assert.equal(placed(mixed, { ...two, gpuIds: [1], nodelist: ['small', 'old'] }), 'old:1 small:1');
    assert.equal(placed(mixed, { ...two, gpuIds: [4], nodelist: ['large', 'old'] }), undefined);
    const busy = after(mixed, submitted(1), allocated(1, [share('old', { gpus: [1] })]));
    assert.equal(placed(busy, { ...two, gpuIds: [1], nodelist: ['small', 'old'] }), undefined);
    assert.equal(placed(busy, { ...two, gpuIds: [0, 1] }), 'large:0+1 small:0+1');
  });

  it('takes other devices of each node where they are named so', () => {
    const wish = {
      nodes: { min: 2, max: 2 },
      ntasks: 2,
      nodelist: ['small', 'large'],
      gpus: [{ count: 3, per: 'job' }],
      nodeGpuIds: [
        { node: 'small', gpus: [1] },
        { node: 'large', gpus: [5, 7] },
      ],
    } as const;
    assert.equal(placed(mixed, wish), 'large:5+7 small:1');
    const busy = after(mixed, submitted(1), allocated(1, [share('large', { gpus: [7] })]));
    assert.equal(placed(busy, wish), undefined);
    const beside = after(mixed, submitted(1), allocated(1, [share('large', { gpus: [0, 1, 2, 3, 4, 6] })]));
    assert.equal(placed(beside, wish), 'large:5+7 small:1');
  });

  it('takes none that is in trouble', () => {
    const troubles = [0, 1, 2, 3, 4, 5].map((index) => ({ index, kind: 'busy', reason: 'x' }) as const);
    const ill = after(mixed, { name: 'gpuTroubles', time: now, node: 'large', troubles });
    assert.equal(placed(ill, { gpus: perNode(2), nodelist: ['large'] }), 'large:6+7');
    assert.equal(placed(ill, { gpus: perNode(3) }), undefined);
    assert.equal(placed(ill, { gpuIds: [3] }), undefined);
  });
});

describe('place: memory', () => {
  it('is taken as it is asked for, and all of it when all is asked for', () => {
    const used = after(mixed, submitted(1), allocated(1, [share('plain', { memoryMb: 31_000 })]));
    assert.equal(placed(used, { memoryPerNodeMb: 1000, nodelist: ['plain'] }), 'plain:');
    assert.equal(placed(used, { memoryPerNodeMb: 1001, nodelist: ['plain'] }), undefined);
    assert.equal(placed(used, { memoryPerNodeMb: 0, nodelist: ['plain'] }), undefined);
    const shares = place(spec({ memoryPerNodeMb: 0, nodelist: ['small'] }), freeNow(used));
    assert.equal(shares?.[0]?.memoryMb, 32_000);
  });
});

/** The captured cluster, gpu01 and gpu02 with 8 CPUs and 4 GPUs, gpu03 with 4 and 2, cpu01 with threads. */
const captured = clusterOf(
  registered('gpu01', { gpus: gpus(4), features: ['a100', 'nvlink'] }),
  registered('gpu02', { gpus: gpus(4), features: ['a100'] }),
  registered('gpu03', { cpus: 4, sockets: 1, memoryMb: 16_000, gpus: gpus(2, 'v100'), features: ['v100'] }),
  registered('cpu01', { sockets: 1, threadsPerCore: 2, memoryMb: 16_000, features: ['cpu'] }),
);
const gpuNodes = new Set(['gpu01', 'gpu02', 'gpu03']);

describe('place: as the real one did with all nodes idle', () => {
  const open = { min: 1, max: limits.nodesPerJob };
  const job = (count: number) => [{ count, per: 'job' }] as const;
  const cases: readonly (readonly [string, Partial<JobSpec>, string | undefined])[] = [
    ['-c4', { cpusPerTask: 4, nodes: open }, 'gpu03:1'],
    ['-c5', { cpusPerTask: 5, nodes: open }, 'gpu01:1'],
    ['-N2', { ntasks: 2, nodes: { min: 2, max: 2 } }, 'gpu01:1 gpu02:1'],
    ['-N2-4', { ntasks: 2, nodes: { min: 2, max: 4 } }, 'gpu01:1 gpu02:1 gpu03:1'],
    ['-N1-3 -n6', { ntasks: 6, nodes: { min: 1, max: 3 } }, 'gpu01:4 gpu02:1 gpu03:1'],
    ['-N1-3 -n6 --use-min-nodes', { ntasks: 6, nodes: { min: 1, max: 3 }, useMinNodes: true }, 'gpu01:6'],
    ['-N2 -n6', { ntasks: 6, nodes: { min: 2, max: 2 } }, 'gpu01:5 gpu02:1'],
    ['-N3 -n4', { ntasks: 4, nodes: { min: 3, max: 3 } }, 'gpu01:2 gpu02:1 gpu03:1'],
    ['-n9', { ntasks: 9, nodes: open }, 'gpu01:8 gpu02:1'],
    ['-n20', { ntasks: 20, nodes: open }, 'gpu01:8 gpu02:8 gpu03:4'],
    ['-n21', { ntasks: 21, nodes: open }, undefined],
    ['-n3 -c2', { ntasks: 3, cpusPerTask: 2, nodes: open }, 'gpu01:3'],
    ['--ntasks-per-node=2 -n4', { ntasks: 4, ntasksPerNode: 2, nodes: open }, 'gpu01:2 gpu02:2'],
    ['-G 2', { gpus: job(2), nodes: open }, 'gpu03:1'],
    ['-G 6', { gpus: job(6), nodes: open }, 'gpu01:1 gpu02:1'],
    ['-G 10', { gpus: job(10), nodes: open }, 'gpu01:1 gpu02:1 gpu03:1'],
    ['--gres=gpu:1 -n5', { ntasks: 5, gpus: perNode(1), nodes: open }, 'gpu01:5'],
    [
      '--gpus-per-task=1 -n9',
      { ntasks: 9, gpus: [{ count: 1, per: 'task' }], nodes: open },
      'gpu01:4 gpu02:4 gpu03:1',
    ],
    ['--mem=20000', { memoryPerNodeMb: 20_000, nodes: open }, 'gpu01:1'],
    ['--exclusive', { exclusive: 'node', nodes: open }, 'gpu03:1'],
    ['-C a100', { constraint: 'a100', nodes: open }, 'gpu01:1'],
    ['-C a100|v100', { constraint: 'a100|v100', nodes: open }, 'gpu03:1'],
    [
      '-C [a100|v100]',
      { constraint: '[a100|v100]', ntasks: 2, nodes: { min: 2, max: 2 } },
      'gpu01:1 gpu02:1',
    ],
    ['-C v100&nvlink', { constraint: 'v100&nvlink', nodes: open }, undefined],
    [
      '-C [a100*1&v100*1]',
      { constraint: '[a100*1&v100*1]', ntasks: 2, nodes: { min: 2, max: 2 } },
      'gpu01:1 gpu03:1',
    ],
    ['-w gpu02 -N2', { nodelist: ['gpu02'], ntasks: 2, nodes: { min: 2, max: 2 } }, 'gpu02:1 gpu03:1'],
    ['-w gpu01,gpu03 -n5', { nodelist: ['gpu01', 'gpu03'], ntasks: 5, nodes: open }, 'gpu01:4 gpu03:1'],
    ['-x gpu03', { exclude: ['gpu03'], nodes: open }, 'gpu01:1'],
    ['--spread-job -n4', { spreadJob: true, ntasks: 4, nodes: open }, 'gpu01:2 gpu02:1 gpu03:1'],
    ['--contiguous -N2', { contiguous: true, ntasks: 2, nodes: { min: 2, max: 2 } }, 'gpu01:1 gpu02:1'],
    [
      '--contiguous -N2 -x gpu02',
      { contiguous: true, exclude: ['gpu02'], ntasks: 2, nodes: { min: 2, max: 2 } },
      undefined,
    ],
    ['--ntasks-per-socket=1 -n2', { ntasksPerSocket: 1, ntasks: 2, nodes: open }, 'gpu01:2'],
  ];
  for (const [words, given, expected] of cases) {
    it(words, () => {
      const shares = place(spec(given), freeWhenEmpty(captured), { allowed: gpuNodes });
      assert.equal(shares?.map(({ node, tasks }) => `${node}:${tasks}`).join(' '), expected);
    });
  }

  it('arbitrary: each node has as many tasks as it stands in the list, or nobody has any', () => {
    const listed = (taskNodes: string, nodelist: readonly string[]): string | undefined => {
      const ntasks = taskNodes.split(',').length;
      const nodes = { min: nodelist.length, max: nodelist.length };
      const shares = place(spec({ taskNodes, nodelist, ntasks, nodes }), freeWhenEmpty(captured));
      return shares?.map(({ node, tasks, cpus }) => `${node}:${tasks}:${cpus}`).join(' ');
    };
    assert.equal(listed('gpu02,gpu01,gpu02,gpu02', ['gpu02', 'gpu01']), 'gpu01:1:1 gpu02:3:3');
    assert.equal(listed('gpu03,gpu03,gpu03,gpu03,gpu01', ['gpu03', 'gpu01']), 'gpu01:1:1 gpu03:4:4');
    assert.equal(listed('gpu03,gpu03,gpu03,gpu03,gpu03,gpu01', ['gpu03', 'gpu01']), undefined);
  });

  it('the GPUs of a job go to the first nodes, one at least to each', () => {
    const on = (count: number): string | undefined =>
      placed(captured, { gpus: job(count), ntasks: 2, nodes: { min: 2, max: 2 }, exclude: ['cpu01'] });
    assert.deepEqual([on(3), on(6)], ['gpu01:0+1 gpu02:0', 'gpu01:0+1+2+3 gpu02:0+1']);
  });

  it('nodes of a lower weight go first, where they are enough', () => {
    const heavy = clusterOf(registered('a', { weight: 9, cpus: 2 }), registered('b'), registered('c'));
    assert.equal(placed(heavy, { nodes: open }), 'b:');
    assert.equal(placed(heavy, { ntasks: 17, nodes: open }), 'a: b: c:');
  });

  it('small nodes that come first do not keep a job from larger ones', () => {
    const two = { min: 2, max: 2 };
    const rising = clusterOf(
      registered('a', { cpus: 2 }),
      registered('b', { cpus: 4 }),
      registered('c', { cpus: 4 }),
    );
    assert.equal(placed(rising, { ntasks: 8, nodes: two }), 'b: c:');
  });
});

describe('place: nodes that are not shared', () => {
  const two = clusterOf(registered('a'), registered('b'));
  const alone = after(two, submitted(1, { exclusive: 'user' }), allocated(1, [share('a')]));

  it('nobody but the same user comes to one that a user has alone', () => {
    assert.equal(placed(alone, { cpusPerTask: 7 }), 'a:');
    assert.equal(placed(alone, { uid: 7 }), 'b:');
    assert.equal(placed(alone, { uid: 7, nodelist: ['a'] }), undefined);
  });

  it('whoever wants to be alone keeps off where others are', () => {
    const used = after(two, submitted(1), allocated(1, [share('a')]));
    assert.equal(placed(used, { uid: 7, exclusive: 'user' }), 'b:');
    assert.equal(placed(used, { exclusive: 'user' }), 'a:');
    assert.equal(placed(used, { exclusive: 'node' }), 'b:');
    assert.equal(placed(used, { exclusive: 'node', nodes: { min: 2, max: 2 } }), undefined);
  });
});
