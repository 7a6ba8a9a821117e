import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { completed } from '../../../src/core/complete.ts';
import { plan, planEvents } from '../../../src/core/plan.ts';
import { wholesOf } from '../../../src/core/wholes.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import type { NodeShare, PendingJob } from '../../../src/model/job.ts';
import { partitionsOf } from '../../../src/model/partition.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { spec } from '../builders.ts';
import { configured, factsCluster, factsConfig } from './facts.ts';
import { after, now, released, root } from './world.ts';

/*
 * What a plan may never do, over queues of all kinds of jobs on the cluster of the facts. That nothing is
 * given twice the invariants see, which are looked at after every event.
 */

const wanted: fc.Arbitrary<Partial<JobSpec>> = fc.record(
  {
    partition: fc.constantFrom('gpu', 'cpu', 'debug', 'gpu,debug', 'off', 'cpu,off'),
    ntasks: fc.integer({ min: 1, max: 9 }),
    cpusPerTask: fc.constantFrom(1, 1, 2, 3),
    nodes: fc.constantFrom({ min: 1, max: 1 }, { min: 1, max: 1024 }, { min: 2, max: 2 }, { min: 1, max: 3 }),
    gpus: fc.constantFrom([], [{ count: 1, per: 'node' } as const], [{ count: 3, per: 'job' } as const]),
    memoryPerNodeMb: fc.constantFrom(0, 100, 9000),
    timeLimit: fc.constantFrom(1, 10, 60, 'UNLIMITED' as const),
    constraint: fc.constantFrom('a100', 'v100|cpu', '[a100|v100]', 'a100&nvlink', '[a100*1&v100*1]'),
    exclusive: fc.constantFrom('node' as const, 'user' as const),
    licenses: fc.constantFrom([{ name: 'matlab', count: 1 }], [{ name: 'matlab', count: 2 }]),
    uid: fc.constantFrom(7, 8),
    ntasksPerNode: fc.constantFrom(1, 2),
    ntasksPerCore: fc.constant(1),
    contiguous: fc.constant(true),
    spreadJob: fc.constant(true),
    exclude: fc.constantFrom(['gpu01'], ['cpu01', 'gpu03']),
    nodelist: fc.constantFrom(['gpu01'], ['gpu02', 'gpu03']),
    nice: fc.integer({ min: 0, max: 3 }),
    reservation: fc.constant('r'),
    switches: fc.constantFrom({ count: 1, waitSeconds: 60 }, { count: 1 }, { count: 2 }),
    nodeGpuIds: fc.constantFrom(
      [{ node: 'gpu01', gpus: [0, 2] }],
      [
        { node: 'gpu02', gpus: [1] },
        { node: 'gpu03', gpus: [0, 1] },
      ],
    ),
    beginTime: fc.constantFrom(now - 5, now + 5),
    array: fc.constant({ tasks: [[1, 3]] as const, throttle: 2 }),
    dependency: fc.constantFrom(
      { any: false, clauses: [{ type: 'afterok' as const, jobId: 1 }] },
      { any: true, clauses: [{ type: 'singleton' as const }, { type: 'after' as const, jobId: 2 }] },
    ),
  },
  { requiredKeys: ['partition'], noNullPrototype: true },
);
/** Few wishes at a time: else hardly any job could run. */
const few = fc.tuple(wanted, fc.infiniteStream(fc.boolean())).map(([all, isKept]): Partial<JobSpec> => {
  const kept = Object.entries(all).filter(([key]) => key === 'partition' || isKept.next().value === true);
  return Object.fromEntries(kept.slice(0, 5));
});

/** How nodes are chosen, and what they are plugged into. */
const ways = fc.record({
  policy: fc.constantFrom(undefined, 'fill_first' as const, 'spread' as const),
  plugs: fc.constantFrom([], ['s1', 's1', 's2', 's2'], ['s1', 's2', 's1', 's3']),
});
type Ways = typeof ways extends fc.Arbitrary<infer T> ? T : never;

function queued(jobs: readonly Partial<JobSpec>[], reservedAt: number, { policy, plugs }: Ways): Cluster {
  const names = ['gpu01', 'gpu02', 'gpu03', 'cpu01'];
  const nodes = plugs.map((plug, index) => ({ name: names[index] ?? '', switch: plug }));
  const reservation = { name: 'r', startTime: reservedAt, endTime: reservedAt + 600, nodes: ['gpu02'] };
  const base = factsCluster(
    { name: 'reservationSet', time: now, by: root, reservation },
    configured({ ...factsConfig, nodes, ...(policy !== undefined && { policy }) }),
  );
  return after(
    base,
    ...jobs.map((given, index) => ({
      ...{ name: 'jobSubmitted' as const, time: now, id: index + 1 },
      spec: completed(spec({ partition: '', ...given }), base),
    })),
  );
}

describe('laws of a plan', () => {
  it('every start is in its partition, has what it asked for, and disturbs nobody who is alone', () => {
    let starts = 0;
    const queue = fc.array(few, { minLength: 1, maxLength: 25, size: 'max' });
    fc.assert(
      fc.property(queue, fc.constantFrom(now, now + 300), ways, (jobs, reservedAt, way) => {
        let cluster = queued(jobs, reservedAt, way);
        for (let round = 0; round < 4; round += 1) {
          const planned = plan(cluster, now);
          starts += planned.starts.length;
          for (const start of planned.starts) {
            startIsSound(cluster, { ...start, reservedAt });
            assert.ok(!planned.reasons.has(start.job.id) || start.task !== undefined);
          }
          const ids = Array.from({ length: 40 }, (_, index) => 100 + round * 40 + index);
          const { events } = planEvents(cluster, now, ids);
          cluster = after(cluster, ...events);
          licensesHold(cluster);
          cluster = after(cluster, ...ends(cluster, round));
        }
      }),
      { numRuns: 60 },
    );
    assert.ok(starts > 200, `${starts} starts are something to see`);
  });
});

/** Every other job that runs ends. */
function ends(cluster: Cluster, round: number) {
  const running = [...cluster.jobs.values()].filter((job) => job.state === 'RUNNING');
  const report = { endState: 'COMPLETED', reason: 'None', exitCode: { code: 0, signal: 0 } } as const;
  return running
    .filter((_, index) => index % 2 === round % 2)
    .flatMap((job) => job.allocation.map(({ node }) => released(job.id, node, { report })));
}

interface Looked {
  readonly job: PendingJob;
  readonly allocation: readonly NodeShare[];
  readonly partition: string;
  readonly reservedAt: number;
}

function startIsSound(cluster: Cluster, { job, allocation, partition, reservedAt }: Looked): void {
  const { spec } = job;
  const where = partitionsOf(cluster).find(({ name }) => name === partition) ?? assert.fail(partition);
  const nodes = allocation.map(({ node }) => node);
  assert.ok(spec.partition.split(',').includes(partition));
  assert.equal(where.state, 'up');
  if (where.timeLimit !== 'UNLIMITED')
    assert.ok(spec.timeLimit !== 'UNLIMITED' && spec.timeLimit <= where.timeLimit);
  for (const node of nodes) {
    assert.ok(where.nodes.includes(node), `${node} is not of ${partition}`);
    assert.ok(!spec.exclude?.includes(node));
  }
  for (const node of spec.nodelist ?? []) assert.ok(nodes.includes(node));
  assert.ok(nodes.length >= spec.nodes.min && nodes.length <= spec.nodes.max);
  const tasks = allocation.reduce((sum, share) => sum + share.tasks, 0);
  assert.equal(tasks, Math.max(spec.ntasks, nodes.length));
  for (const share of allocation) shareIsSound(cluster, spec, share);
  const features = nodes.map((node) => cluster.nodes.get(node)?.record.features ?? []);
  if (spec.constraint === 'a100') assert.ok(features.every((has) => has.includes('a100')));
  if (spec.constraint === '[a100|v100]')
    assert.ok(['a100', 'v100'].some((one) => features.every((has) => has.includes(one))));
  if (spec.reservation !== undefined) assert.deepEqual([nodes, reservedAt], [['gpu02'], now]);
  else if (nodes.includes('gpu02'))
    assert.ok(spec.timeLimit !== 'UNLIMITED' && now + spec.timeLimit * 60 <= reservedAt);
  const leaves = new Set(nodes.map((node) => wholesOf(cluster).get(node)?.wiring.switch));
  if (spec.switches !== undefined) assert.ok(leaves.size <= spec.switches.count);
  assert.ok((spec.beginTime ?? 0) <= now);
  const parent = spec.dependency?.clauses.some(({ type }) => type === 'afterok')
    ? cluster.jobs.get(1)
    : undefined;
  if (job.id > 1 && parent !== undefined) assert.equal(parent.state, 'ENDED');
}

function shareIsSound(cluster: Cluster, spec: JobSpec, share: NodeShare): void {
  const { record } = cluster.nodes.get(share.node) ?? assert.fail(share.node);
  assert.equal(share.cpus % record.threadsPerCore, 0);
  assert.ok(share.cpus >= share.tasks * spec.cpusPerTask);
  assert.ok(share.tasks <= (spec.ntasksPerNode ?? share.tasks));
  if (spec.ntasksPerCore === 1) assert.ok(share.tasks * record.threadsPerCore <= share.cpus);
  if (spec.memoryPerNodeMb !== undefined)
    assert.equal(share.memoryMb, spec.memoryPerNodeMb === 0 ? record.memoryMb : spec.memoryPerNodeMb);
  else assert.equal(share.memoryMb, share.cpus * 1000);
  if (spec.exclusive === 'node') assert.equal(share.cpus, record.cpus);
  else if (spec.nodeGpuIds !== undefined)
    assert.deepEqual(share.gpus, spec.nodeGpuIds.find(({ node }) => node === share.node)?.gpus);
}

/** Never more licenses than there are, and nobody beside who is alone with its user. */
function licensesHold(cluster: Cluster): void {
  const running = [...cluster.jobs.values()].filter((job) => job.state === 'RUNNING');
  const used = running.reduce((sum, { spec }) => sum + (spec.licenses?.[0]?.count ?? 0), 0);
  assert.ok(used <= 2, `${used} licenses are used`);
  for (const job of running) {
    if (job.spec.exclusive === undefined) continue;
    const nodes = new Set(job.allocation.map(({ node }) => node));
    const others = running.filter((one) => one !== job && one.allocation.some(({ node }) => nodes.has(node)));
    const isSame = others.every((one) => job.spec.exclusive === 'user' && one.spec.uid === job.spec.uid);
    assert.ok(isSame, `job ${job.id} wants to be alone`);
  }
}
