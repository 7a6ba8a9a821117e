import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  activeJobs,
  activeJobsOn,
  freeNow,
  freeWhenEmpty,
  heldShares,
  holdingsOf,
  takeAll,
  withBack,
  without,
} from '../../../src/core/free.ts';
import { share, spec } from '../builders.ts';
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
    const [holding] = holdingsOf(spec(), [node1]);
    assert.ok(holding);
    assert.deepEqual(withBack(left, holding), whole);
    assert.deepEqual(without(whole, holding), left);
  });

  it('many holdings of a node are taken at once, and those of other nodes passed over', () => {
    const free = new Map(freeWhenEmpty(cluster));
    const two = [share('node1', { cpus: 2, gpus: [0] }), share('node1', { cpus: 1, gpus: [2] })];
    takeAll(free, holdingsOf(spec(), [...two, share('node9', { cpus: 8 })]));
    assert.deepEqual(shown(free), ['node1 5 32000 1', 'node2 8 32000 0,1']);
  });

  it('who holds something is counted, and who wants to be alone', () => {
    const tenants = (state: typeof cluster): unknown => [
      ...(freeNow(state).get('node1')?.tenants ?? assert.fail()),
    ];
    const alone = after(
      cluster,
      submitted(2, { exclusive: 'user' }),
      allocated(2, [share('node1')]),
      submitted(3, { uid: 7 }),
      allocated(3, [share('node1')]),
    );
    assert.deepEqual(tenants(alone), [
      [2001, { jobs: 2, alone: 1 }],
      [7, { jobs: 1, alone: 0 }],
    ]);
  });

  it('nothing is on nodes that were taken out of service', () => {
    const admin = (change: object): typeof cluster =>
      after(cluster, { name: 'nodeUpdated', time: now, node: 'node2', admin: change, by: 0 });
    assert.deepEqual(shown(freeNow(admin({ isDrained: true }))), ['node1 5 31000 0,2']);
    assert.deepEqual(shown(freeNow(admin({ isDown: true }))), ['node1 5 31000 0,2']);
  });
});
