import assert from 'node:assert/strict';
import fc from 'fast-check';
import { accountable } from '../../../src/core/accountable.ts';
import { decideWithin } from '../../../src/core/decide.ts';
import { activeJobs } from '../../../src/core/free.ts';
import { plan, planEvents } from '../../../src/core/plan.ts';
import { type Cluster, emptyCluster, lastJobId } from '../../../src/model/cluster.ts';
import type { PartitionConfig } from '../../../src/model/config.ts';
import type { ClusterEvent, EndReport } from '../../../src/model/event.ts';
import type { ActiveJob } from '../../../src/model/job.ts';
import type { JobChange, Request, SentRequest } from '../../../src/model/request.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { spec } from '../builders.ts';
import { after, alice, bob, gpus, presence, registered, root, now as start } from './world.ts';

/*
 * A cluster that lives at random: nodes come and go, users of all kinds ask for things, schedulers claim,
 * jobs end. Each command becomes one commit, as the daemons would make it.
 */

export const nodeNames = ['node1', 'node2', 'node3'] as const;
const nodeName = fc.constantFrom(...nodeNames);
const uid = fc.constantFrom(alice, alice, bob, root);
const pick = fc.nat(30);

const gpuNeed = fc.record(
  {
    count: fc.integer({ min: 1, max: 3 }),
    per: fc.constantFrom('job' as const, 'node' as const, 'task' as const),
    type: fc.constantFrom('a100', 'v100'),
  },
  { requiredKeys: ['count', 'per'], noNullPrototype: true },
);
const anySpec: fc.Arbitrary<Partial<JobSpec>> = fc.record(
  {
    ntasks: fc.integer({ min: 1, max: 5 }),
    cpusPerTask: fc.integer({ min: 1, max: 5 }),
    nodes: fc.constantFrom({ min: 1, max: 1 }, { min: 1, max: 3 }, { min: 2, max: 2 }),
    gpus: fc.array(gpuNeed, { maxLength: 2 }),
    gpuIds: fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 2 }),
    memoryPerNodeMb: fc.constantFrom(0, 1000, 30_000),
    timeLimit: fc.constantFrom(1, 10, 1000),
    nodelist: fc.uniqueArray(nodeName, { minLength: 1, maxLength: 2 }),
    exclude: fc.uniqueArray(nodeName, { minLength: 1, maxLength: 2 }),
    hold: fc.constant(true),
    array: fc.record(
      {
        tasks: fc.constantFrom(
          [[0, 0]] as const,
          [[1, 3]] as const,
          [
            [1, 2],
            [5, 6],
          ] as const,
        ),
        throttle: fc.nat(2),
      },
      { noNullPrototype: true },
    ),
  },
  { requiredKeys: [], noNullPrototype: true },
);

/** Most jobs ask for little; else hardly any could run. */
const smallSpec: fc.Arbitrary<Partial<JobSpec>> = fc.record({
  cpusPerTask: fc.integer({ min: 1, max: 3 }),
  nodes: fc.constantFrom({ min: 1, max: 1 }, { min: 2, max: 2 }),
  gpus: fc.constantFrom([], [{ count: 1, per: 'node' } as const]),
});
/** What format 3 brings that hangs on more than the nodes. */
const timedSpec: fc.Arbitrary<Partial<JobSpec>> = fc.record(
  {
    timeLimit: fc.constantFrom(10, 1000, 'UNLIMITED' as const),
    timeMin: fc.constantFrom(1, 5, 10),
    cpusPerTask: fc.integer({ min: 1, max: 4 }),
    deadline: fc.constantFrom(start + 300, start + 3000),
    memoryPerNodeMb: fc.constantFrom(100, 3000),
    partition: fc.constantFrom('main', 'other', 'main,other'),
    nodes: fc.constantFrom({ min: 1, max: 1 }, { min: 1, max: 3 }),
    overcommit: fc.constant(true),
    useMinNodes: fc.constant(true),
    spreadJob: fc.constant(true),
    ntasksPerCore: fc.constantFrom(1, 2),
    minCpusPerNode: fc.constantFrom(2, 4),
    exclusive: fc.constantFrom('node' as const, 'user' as const),
  },
  { requiredKeys: ['timeLimit'], noNullPrototype: true },
);
const specGiven = fc.oneof({ weight: 2, arbitrary: smallSpec }, anySpec);

const job = fc.integer({ min: 1, max: 5 });
const target = fc.oneof(
  { weight: 3, arbitrary: fc.record({ job }, { noNullPrototype: true }) },
  fc.record({ job, task: fc.nat(6) }, { noNullPrototype: true }),
);
const targets = fc.array(target, { minLength: 1, maxLength: 4 });
const plain: fc.Arbitrary<Request> = fc
  .record({
    name: fc.constantFrom('cancel' as const, 'signal' as const, 'hold' as const, 'unhold' as const),
    targets,
  })
  .map(({ name, targets }) =>
    name === 'signal' ? { name, targets, signal: 10, scope: 'full' as const } : { name, targets },
  );
/** What administrators say of partitions. */
const partitionChange: fc.Arbitrary<Request> = fc.record({
  name: fc.constant('updatePartition' as const),
  partition: fc.constantFrom('main', 'other'),
  set: fc.constantFrom<Partial<PartitionConfig>>(
    { maxTime: 4 },
    { isDefault: true },
    { nodes: ['node2'] },
    { overSubscribe: 'exclusive' },
    { maxCpusPerNode: 2, priorityTier: 5 },
  ),
  clear: fc.constantFrom([], ['maxTime' as const], ['nodes' as const, 'maxCpusPerNode' as const]),
});
/** Partitions that are made and taken away. */
const partitionLife: fc.Arbitrary<Request> = fc.oneof(
  fc.record({
    name: fc.constant('updatePartition' as const),
    partition: fc.constantFrom('main', 'other', 'made'),
    isNew: fc.constant(true),
    set: fc.constantFrom<Partial<PartitionConfig>>({}, { nodes: ['node1'] }, { isDefault: true }),
  }),
  fc.record({
    name: fc.constant('deletePartition' as const),
    partition: fc.constantFrom('main', 'other', 'made'),
  }),
);
/** What is done to jobs beside their end. */
const change: fc.Arbitrary<Request> = fc.oneof(
  fc.record(
    { name: fc.constant('requeue' as const), targets, hold: fc.boolean() },
    { noNullPrototype: true },
  ),
  fc.record(
    { name: fc.constantFrom('suspend' as const, 'resume' as const, 'top' as const), targets },
    { noNullPrototype: true },
  ),
  fc.record(
    {
      name: fc.constant('update' as const),
      targets,
      change: fc.constantFrom<JobChange>(
        { set: { comment: 'x', nice: 3 } },
        { clear: ['comment'] },
        { set: { timeLimit: 5, cpusPerTask: 2 } },
        { throttle: 1 },
        { priority: 0 },
        { priority: 7 },
      ),
    },
    { noNullPrototype: true },
  ),
);

const basic = [
  fc.record({ do: fc.constant('register' as const), node: nodeName, gpus: fc.integer({ min: 2, max: 4 }) }),
  fc.record({
    do: fc.constant('presence' as const),
    node: nodeName,
    value: fc.constantFrom('up' as const, 'stopped' as const, 'lost' as const),
  }),
  fc.record({ do: fc.constant('trouble' as const), node: nodeName, indexes: fc.uniqueArray(fc.nat(3)) }),
  { weight: 4, arbitrary: fc.record({ do: fc.constant('submit' as const), uid, given: specGiven }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('ask' as const), uid, request: plain }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('schedule' as const), ids: fc.nat(4) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('end' as const), pick, fails: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('timeOut' as const), pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lose' as const), pick }) },
  fc.record({ do: fc.constant('again' as const), pick }),
  fc.record({ do: fc.constant('clear' as const), node: nodeName }),
  fc.record({ do: fc.constant('deliver' as const), pick }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('tidy' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), seconds: fc.nat(400) }) },
] as const;
/** What partitions may say, each of something else. */
const partitionsGiven = fc.constantFrom<readonly PartitionConfig[]>(
  [],
  [{ name: 'main', isDefault: true, maxCpusPerNode: 3 }, { name: 'other' }],
  [
    { name: 'main', overSubscribe: 'exclusive' },
    { name: 'other', maxMemPerNodeMb: 1000, maxTime: 20 },
  ],
  [
    { name: 'main', maxTime: 5, nodes: ['node1'] },
    { name: 'other', priorityTier: 3, maxCpusPerNode: 4 },
  ],
);
/** Some of it is an administrator's. */
const changer = fc.constantFrom(alice, bob, root, root);
const changing = [
  fc.record({ do: fc.constant('raise' as const), format: fc.constantFrom(2, 3, 3) }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant('submitNewer' as const), uid, given: timedSpec }) },
  fc.record({ do: fc.constant('configure' as const), partitions: partitionsGiven }),
  { weight: 5, arbitrary: fc.record({ do: fc.constant('ask' as const), uid: changer, request: change }) },
  fc.record({
    do: fc.constant('ask' as const),
    uid: changer,
    request: fc.oneof(partitionChange, partitionLife),
  }),
] as const;
const command = fc.oneof(...basic, ...changing);
export type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

const firstNodes: readonly Command[] = [
  { do: 'register', node: 'node1', gpus: 4 },
  { do: 'register', node: 'node2', gpus: 3 },
];
export const commands = livesOf(command);
/** Without what changes jobs beside their end: what the simple scheduler knows of. */
export const plainCommands = livesOf(fc.oneof(...basic));

function livesOf(one: fc.Arbitrary<Command>): fc.Arbitrary<readonly Command[]> {
  return fc.array(one, { minLength: 5, maxLength: 50, size: 'max' }).map((all) => [...firstNodes, ...all]);
}

export interface Life {
  readonly cluster: Cluster;
  /** What each commit held, from the first on. */
  readonly commits: readonly (readonly ClusterEvent[])[];
}

/** Lives through the commands from an empty cluster, looking after every event that the state is possible. */
export function live(all: readonly Command[]): Life {
  const life = new LifeSoFar();
  for (const one of all) life.go(one);
  return life;
}

export class LifeSoFar implements Life {
  cluster: Cluster = emptyCluster;
  commits: (readonly ClusterEvent[])[] = [];
  #time = start;
  #requests = 0;
  #ended = new Set<number>();

  get time(): number {
    return this.#time;
  }

  go(one: Command): void {
    if (one.do === 'pass') this.#time += one.seconds;
    this.commit(this.#eventsOf(one));
  }

  commit(events: readonly ClusterEvent[]): void {
    if (events.length === 0) return;
    this.cluster = { ...after(this.cluster, ...events), seq: this.cluster.seq + 1 };
    this.commits.push(events);
    for (const event of events) if (event.name === 'jobRequeued') this.#ended.delete(event.id);
    this.#checkEnds();
  }

  #eventsOf(one: Command): readonly ClusterEvent[] {
    const { cluster } = this;
    const time = this.#time;
    switch (one.do) {
      case 'register':
        return [
          { ...registered(one.node, { gpus: gpus(one.gpus, one.gpus === 3 ? 'v100' : 'a100') }), time },
        ];
      case 'presence':
        return cluster.nodes.has(one.node) ? [presence(one.node, one.value)] : [];
      case 'trouble': {
        const troubles = one.indexes.map((index) => ({ index, kind: 'busy', reason: 'x' }) as const);
        return cluster.nodes.has(one.node) ? [{ name: 'gpuTroubles', time, node: one.node, troubles }] : [];
      }
      case 'submitNewer':
      case 'submit': {
        if (one.do === 'submitNewer' && cluster.format < 3) return [];
        const jobId = lastJobId(cluster) + 1;
        return this.decided(one.uid, { name: 'submit', jobId, spec: spec({ ...one.given, uid: one.uid }) });
      }
      case 'ask':
        return this.decided(one.uid, one.request);
      case 'schedule':
        return this.scheduled(one.ids);
      case 'end':
        return endOf(this.#active(one.pick), time, one.fails);
      case 'timeOut':
      case 'deliver':
        return byHolder(this.#active(one.pick), time, one.do);
      case 'lose':
        return this.#inFormat2(lossOf(cluster, this.#active(one.pick), time));
      case 'again':
        return this.#inFormat2(
          endOf(this.#active(one.pick), time, true).map((event) => ({ ...event, requeue: true })),
        );
      case 'clear': {
        const [remnant] = cluster.nodes.get(one.node)?.remnants ?? [];
        const { id, attempt } = remnant ?? {};
        return id && attempt ? [{ name: 'nodeReleased', time, id, attempt, node: one.node }] : [];
      }
      case 'configure': {
        const config = { partitions: one.partitions, nodes: [] };
        return cluster.format < 3 ? [] : [{ name: 'clusterConfigured', time, config }];
      }
      case 'raise':
        return cluster.format < one.format ? [{ name: 'formatRaised', time, format: one.format }] : [];
      case 'tidy':
        return this.#tidied(time);
      case 'pass':
        return [];
      default:
        return one satisfies never;
    }
  }

  /** What a request leads to, and that it does so once. */
  decided(by: number, request: Request): readonly ClusterEvent[] {
    this.#requests += 1;
    const requestId = `REQUEST-${String(this.#requests).padStart(8, '0')}`;
    const one: SentRequest = { requestId, uid: by, time: this.#time, request };
    const within = { now: this.#time, textMax: Number.POSITIVE_INFINITY, formatMax: this.cluster.format };
    const { events } = decideWithin(this.cluster, [one], within);
    const again = decideWithin(after(this.cluster, ...events), [one], within);
    assert.deepEqual(again.events, [], 'decided twice');
    return events;
  }

  /** The claims that a plan leads to with so many ids in hand. */
  scheduled(idCount: number): readonly ClusterEvent[] {
    const { cluster } = this;
    const planned = plan(cluster, this.#time);
    assert.deepEqual(plan(cluster, this.#time), planned, 'planned twice');
    const last = lastJobId(cluster);
    const ids = Array.from({ length: idCount }, (_, index) => last + 1 + index);
    const { events } = planEvents(cluster, this.#time, ids);
    for (const event of events) if (event.name === 'jobAllocated') claimIsSound(cluster, event);
    return events;
  }

  #inFormat2(events: readonly ClusterEvent[]): readonly ClusterEvent[] {
    const isRaised = this.cluster.format >= 2 || events.length === 0;
    return isRaised ? events : [{ name: 'formatRaised', time: this.#time, format: 2 }, ...events];
  }

  #active(which: number): ActiveJob | undefined {
    const active = [...activeJobs(this.cluster)];
    return active[which % Math.max(1, active.length)];
  }

  #tidied(time: number): readonly ClusterEvent[] {
    const { cluster } = this;
    const ids = accountable(cluster, endsOf(cluster), time - 300);
    const requestIds = [...cluster.handled];
    return [
      ...(ids.length > 0 ? [{ name: 'jobsAccounted', segment: cluster.seq, ids } as const] : []),
      ...(requestIds.length > 0 ? [{ name: 'requestsForgotten', requestIds } as const] : []),
      // A room was made for the next id, and is given up.
      ...this.#inFormat2([{ name: 'idsClosed', time, ids: [lastJobId(cluster) + 1] }]),
    ];
  }

  /** What has ended stays so, unless somebody asked for it to run again. */
  #checkEnds(): void {
    for (const id of this.#ended) {
      const state = this.cluster.jobs.get(id)?.state ?? 'ENDED';
      assert.equal(state, 'ENDED', `job ${id} had ended`);
    }
    for (const job of this.cluster.jobs.values()) if (job.state === 'ENDED') this.#ended.add(job.id);
  }
}

/** A node of the job is lost, and the job with it. */
function lossOf(cluster: Cluster, job: ActiveJob | undefined, time: number): readonly ClusterEvent[] {
  const node = job?.holders[0];
  const incarnation = node && cluster.nodes.get(node)?.record.incarnation;
  if (job === undefined || node === undefined || incarnation === undefined) return [];
  const { id, attempt } = job;
  return [
    { name: 'nodePresence', time, node, incarnation, presence: 'lost' },
    { name: 'attemptLost', time, id, attempt, node, incarnation },
  ];
}

function endOf(
  job: ActiveJob | undefined,
  time: number,
  fails: boolean,
): readonly Extract<ClusterEvent, { readonly name: 'nodeReleased' }>[] {
  const node = job?.holders[0];
  if (job === undefined || node === undefined) return [];
  const exitCode = { code: fails ? 1 : 0, signal: 0 };
  const report: EndReport = fails
    ? { endState: 'FAILED', reason: 'NonZeroExitCode', exitCode }
    : { endState: 'COMPLETED', reason: 'None', exitCode };
  return [{ name: 'nodeReleased', time, id: job.id, attempt: job.attempt, node, report }];
}

function byHolder(
  job: ActiveJob | undefined,
  time: number,
  what: 'timeOut' | 'deliver',
): readonly ClusterEvent[] {
  if (job?.state !== 'RUNNING') return [];
  const { id, attempt } = job;
  const requestIds = (job.signals ?? []).map((signal) => signal.requestId);
  return what === 'timeOut'
    ? [{ name: 'jobEndRequested', time, id, attempt, endState: 'TIMEOUT', reason: 'TimeLimit' }]
    : [{ name: 'jobSignalsDelivered', time, id, attempt, requestIds }];
}

function claimIsSound(
  cluster: Cluster,
  claim: Extract<ClusterEvent, { readonly name: 'jobAllocated' }>,
): void {
  const job = cluster.jobs.get(claim.array?.job ?? claim.id);
  assert.ok(job?.state === 'PENDING' && job.held === undefined, `job ${claim.id} may start`);
  const { nodelist = [], exclude = [], nodes: wanted } = job.spec;
  const names = claim.allocation.map((share) => share.node);
  for (const { node: name, gpus: indexes } of claim.allocation) {
    const node = cluster.nodes.get(name);
    assert.equal(node?.presence, 'up', name);
    const ill = node?.gpuTroubles.map((trouble) => trouble.index) ?? [];
    assert.ok(!indexes.some((index) => ill.includes(index)), 'a GPU in trouble was claimed');
    assert.ok(!exclude.includes(name), 'an excluded node was claimed');
  }
  assert.ok(
    nodelist.every((name) => names.includes(name)),
    'a node that was asked for was not claimed',
  );
  assert.ok(names.length >= wanted.min && names.length <= wanted.max, 'so many nodes were not asked for');
}

/** When the jobs of a cluster ended, as an observer whose clock is the cluster's has seen it. */
function endsOf(cluster: Cluster): ReadonlyMap<number, number> {
  const ends = [...cluster.jobs.values()].flatMap((job) => (job.state === 'ENDED' ? [job] : []));
  return new Map(ends.map((job) => [job.id, job.endTime]));
}
