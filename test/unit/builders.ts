import { MgpuError } from '../../src/base/error.ts';
import { IdMap } from '../../src/base/idmap.ts';
import type { CommandIo } from '../../src/commands/io.ts';
import { cpuIdsOn } from '../../src/core/cpuids.ts';
import { largestIn, nodesNeeded } from '../../src/core/nodesneeded.ts';
import { type Cluster, emptyCluster } from '../../src/model/cluster.ts';
import type { CompletingJob, EndedJob, Job, NodeShare, PendingJob, RunningJob } from '../../src/model/job.ts';
import type { Node, NodeGpu, NodeRecord } from '../../src/model/node.ts';
import type { Ranges } from '../../src/model/ranges.ts';
import type { JobSpec } from '../../src/model/spec.ts';
import type { Reason } from '../../src/model/states.ts';
import type { StepStarter } from '../../src/services/innerstep.ts';
import type { ClusterView } from '../../src/services/view.ts';

/** Clusters as values, for tests of what is printed. The clock stands at the instant of the captures. */

/** 2026-11-22T20:43:49 UTC. */
export const now = 1_795_380_229;

export function spec(given: Partial<JobSpec> = {}): JobSpec {
  return {
    name: 'wrap',
    user: 'alice',
    uid: 2001,
    group: 'alice',
    gid: 2001,
    account: 'proj',
    partition: 'main',
    kind: 'batch',
    nodes: { min: 1, max: 1 },
    ntasks: 1,
    cpusPerTask: 1,
    gpus: [],
    timeLimit: 'UNLIMITED',
    workDir: '/home/alice/w',
    command: '',
    submitHost: 'login',
    requeue: true,
    ...given,
  };
}

export function share(node: string, given: Partial<NodeShare> = {}): NodeShare {
  return { node, cpus: 1, memoryMb: 0, gpus: [], tasks: 1, ...given };
}

interface Given {
  readonly spec?: Partial<JobSpec>;
  readonly submitTime?: number;
}

function base(id: number, given: Given) {
  const submitTime = given.submitTime ?? now - 3;
  return { id, spec: spec(given.spec), submitTime, eligibleTime: submitTime };
}

export function pending(
  id: number,
  given: Given & { readonly tasks?: Ranges; readonly held?: 'user' | 'admin' } = {},
): PendingJob {
  const { tasks, held } = given;
  return {
    ...base(id, given),
    state: 'PENDING',
    attempt: 0,
    reason: held === undefined ? 'None' : 'JobHeldUser',
    ...(tasks && { tasks }),
    ...(held && { held }),
  };
}

interface GivenActive extends Given {
  readonly shares: readonly NodeShare[];
  readonly startTime?: number;
  readonly array?: readonly [job: number, task: number];
}

function active(id: number, given: GivenActive) {
  const [arrayJobId, arrayTaskId] = given.array ?? [];
  return {
    ...base(id, given),
    attempt: 1,
    startTime: given.startTime ?? now - 3,
    allocation: given.shares,
    holders: given.shares.map(({ node }) => node),
    ...(arrayJobId !== undefined && arrayTaskId !== undefined && { arrayJobId, arrayTaskId }),
  };
}

export function running(id: number, given: GivenActive): RunningJob {
  return { ...active(id, given), state: 'RUNNING' };
}

interface GivenEnd {
  readonly endState: EndedJob['endState'];
  readonly reason?: Reason;
  readonly exitCode?: EndedJob['exitCode'];
  readonly endTime?: number;
}

function end({ endState, reason = 'None', exitCode = { code: 0, signal: 0 }, endTime = now - 1 }: GivenEnd) {
  return { endState, reason, exitCode, endTime };
}

export function completing(id: number, given: GivenActive & GivenEnd): CompletingJob {
  return { ...active(id, given), ...end(given), state: 'COMPLETING' };
}

export function ended(id: number, given: GivenActive & GivenEnd): EndedJob {
  const { holders: _holders, ...job } = active(id, given);
  return { ...job, ...end(given), state: 'ENDED' };
}

/** A job that was cancelled while it waited. */
export function neverStarted(id: number, given: Given & GivenEnd): EndedJob {
  return { ...base(id, given), ...end(given), attempt: 0, state: 'ENDED' };
}

export function gpu(index: number, given: Partial<NodeGpu> = {}): NodeGpu {
  return { index, type: 'a100', model: 'NVIDIA A100-SXM4-80GB', ...given };
}

export function node(
  name: string,
  given: Partial<NodeRecord> = {},
  state: Partial<Omit<Node, 'record'>> = {},
): Node {
  const record: NodeRecord = {
    name,
    hostName: `${name}.example.org`,
    addresses: ['192.0.2.1'],
    bootId: 'b0071d00-0000-4000-8000-000000000001',
    incarnation: 'incarnation-1',
    cpus: 8,
    sockets: 2,
    coresPerSocket: 4,
    threadsPerCore: 1,
    memoryMb: 32_000,
    gpus: [],
    architecture: 'x86_64',
    osRelease: 'Linux 6.1.0',
    version: '0.1.0',
    ...given,
  };
  return { record, presence: 'up', since: now - 100, registered: now - 200, gpuTroubles: [], ...state };
}

export function cluster(nodes: readonly Node[], jobs: readonly Job[]): Cluster {
  return {
    ...emptyCluster,
    nodes: new Map(nodes.map((one) => [one.record.name, one])),
    jobs: IdMap.of(jobs.map((job) => [job.id, job])),
  };
}

export function view(
  nodes: readonly Node[],
  jobs: readonly Job[],
  reasons: Readonly<Record<number, Reason>> = {},
): ClusterView {
  const made = cluster(nodes, jobs);
  return {
    cluster: made,
    clusterName: 'lab',
    reasons: new Map(Object.entries(reasons).map(([id, reason]) => [Number(id), reason])),
    reasonTexts: new Map(),
    plannedStarts: () => new Map(),
    dependencyOf: () => '',
    cpuIdsOn: (node) => cpuIdsOn(made, node),
    nodesNeeded: (job) => (job.state === 'PENDING' ? nodesNeeded(made, job) : undefined),
    largestFor: (job) => largestIn(made, job.spec),
    now: now,
    utcOffsetMinutes: 0,
  };
}

/** A command's surroundings that keep what is printed. */
export interface FakeIo extends CommandIo {
  readonly printed: { out: string; err: string };
}

export function fakeIo(given: Partial<CommandIo> = {}): FakeIo {
  const printed = { out: '', err: '' };
  return {
    program: 'mgpu_command',
    environment: {},
    workDir: '/home/alice/w',
    out: (text) => {
      printed.out += text;
    },
    err: (text) => {
      printed.err += text;
    },
    isTerminal: false,
    isColoured: false,
    ...given,
    printed,
  };
}

/** Whoever starts no supervisor and sees nobody. */
export function fakeStarter(): StepStarter {
  return {
    client: { pid: 1000, startTicks: 1, bootId: 'boot', space: 'pid:[1]' },
    isWithin: () => false,
    start: async () => {},
    isAlive: async () => undefined,
  };
}

/** A machine on which nobody can listen. */
export const fakeLive = {
  bootId: 'boot',
  net: {
    listen: async () => {
      throw new MgpuError('EADDRNOTAVAIL', 'nobody listens in this test');
    },
  },
};
