import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  activeJobs,
  activeJobsOn,
  freeNow,
  freeWhenEmpty,
  heldShares,
  shareFor,
  withShare,
} from '../../../src/core/free.ts';
import { share } from '../builders.ts';
import {
  after,
  allocated,
  clusterOf,
  endRequested,
  gpus,
  jobIn,
  now,
  presence,
  registered,
  released,
  submitted,
} from './world.ts';

const node1 = share('node1', { cpus: 3, memoryMb: 1000, gpus: [1] });
const node2 = share('node2', { cpus: 2, gpus: [0, 1] });
const cluster = after(
  clusterOf(registered('node1', { gpus: gpus(3) }), registered('node2', { gpus: gpus(2) }), submitted(1)),
  allocated(1, [node1, node2]),
);

function shown(free: ReturnType<typeof freeNow>): readonly string[] {
  return [...free.values()].map(
    (node) => `${node.name} ${node.cpus} ${node.memoryMb} ${node.gpus.map((gpu) => gpu.index).join(',')}`,
  );
}

describe('active jobs', () => {
  it('are told apart by the nodes that hold a share of them', () => {
    const ids = (state: typeof cluster, node: string): readonly number[] =>
      activeJobsOn(state, node).map(({ id }) => id);
    const more = after(cluster, submitted(2), allocated(2, [share('node2')]), submitted(3));
    assert.deepEqual([ids(more, 'node1'), ids(more, 'node2'), ids(more, 'node3')], [[1], [1, 2], []]);
    const less = after(more, endRequested(1), released(1, 'node2'));
    assert.deepEqual([ids(less, 'node1'), ids(less, 'node2')], [[1], [2]]);
  });
});

describe('free', () => {
  it('is what nobody holds on the nodes that are up', () => {
    assert.deepEqual(shown(freeNow(cluster)), ['node1 5 31000 0,2', 'node2 6 32000 ']);
    assert.deepEqual(shown(freeNow(after(cluster, presence('node2', 'stopped')))), ['node1 5 31000 0,2']);
    assert.deepEqual(shown(freeWhenEmpty(cluster)), ['node1 8 32000 0,1,2', 'node2 8 32000 0,1']);
  });

  it('a GPU in trouble is not, whoever holds it', () => {
    const troubles = [1, 2].map((index) => ({ index, kind: 'failed', reason: 'x' }) as const);
    const ill = after(cluster, { name: 'gpuTroubles', time: now, node: 'node1', troubles });
    assert.equal(shown(freeNow(ill))[0], 'node1 5 31000 0');
    assert.equal(shown(freeWhenEmpty(ill))[0], 'node1 8 32000 0,1,2');
  });

  it('a share is free when its node gave it back', () => {
    const ending = after(cluster, endRequested(1), released(1, 'node1'));
    assert.deepEqual(shown(freeNow(ending)), ['node1 8 32000 0,1,2', 'node2 6 32000 ']);
    assert.deepEqual(heldShares(jobIn(ending, 1, 'COMPLETING')), [node2]);
    assert.deepEqual(
      [...activeJobs(ending)].map((job) => job.id),
      [1],
    );
    assert.deepEqual([...activeJobs(after(ending, released(1, 'node2')))], []);
  });

  it('giving a share back undoes taking it', () => {
    const whole = freeWhenEmpty(cluster).get('node1') ?? assert.fail();
    const left = freeNow(cluster).get('node1') ?? assert.fail();
    assert.deepEqual(withShare(left, node1, whole), whole);
  });

  it('a share fits or is none', () => {
    const whole = freeWhenEmpty(cluster).get('node1') ?? assert.fail();
    const need = { tasks: 1, cpus: 8, memoryMb: 32_000, gpus: [{ count: 3 }] };
    assert.deepEqual(shareFor(whole, need, whole)?.gpus, [0, 1, 2]);
    for (const more of [{ cpus: 9 }, { memoryMb: 32_001 }, { gpus: [{ count: 4 }] }, { gpuIds: [3] }]) {
      assert.equal(shareFor(whole, { ...need, ...more }, whole), undefined);
    }
  });
});
