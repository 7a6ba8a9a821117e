import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freeNow, freeWhenEmpty } from '../../../src/core/free.ts';
import { place } from '../../../src/core/place.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { gpu, share, spec } from '../builders.ts';
import { after, allocated, clusterOf, gpus, now, registered, submitted } from './world.ts';

/** The shares as `node:gpus` texts, or undefined. */
function placed(cluster: Cluster, given: Partial<JobSpec>): string | undefined {
  const shares = place(spec(given), freeNow(cluster), freeWhenEmpty(cluster));
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
  it('fills first: the fewest free GPUs, then CPUs, then the name', () => {
    assert.equal(placed(mixed, {}), 'plain:');
    assert.equal(placed(mixed, { gpus: perNode(1) }), 'small:0');
    assert.equal(placed(mixed, { gpus: perNode(3) }), 'large:0+1+2');
    assert.equal(placed(mixed, { cpusPerTask: 40 }), 'large:');
    const twins = clusterOf(registered('b'), registered('a'));
    assert.equal(placed(twins, {}), 'a:');
  });

  it('keeps to the nodes that are asked for, and off those that are excluded', () => {
    assert.equal(placed(mixed, { nodelist: ['large'] }), 'large:');
    assert.equal(placed(mixed, { nodelist: ['plain', 'old'], nodes: { min: 1, max: 2 } }), 'plain: old:');
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
      'small:0+1 old:0+1 large:0+1',
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
    const shares = place(
      spec({ memoryPerNodeMb: 0, nodelist: ['small'] }),
      freeNow(used),
      freeWhenEmpty(used),
    );
    assert.equal(shares?.[0]?.memoryMb, 32_000);
  });
});
