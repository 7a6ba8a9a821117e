import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { median } from '../../bench/table.ts';
import type { Agent } from '../../src/agent/agent.ts';
import { serve } from '../../src/agent/daemon.ts';
import { IdMap } from '../../src/base/idmap.ts';
import { plan, planStarts } from '../../src/core/plan.ts';
import { reduceCommit } from '../../src/core/reduce.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import type { Job } from '../../src/model/job.ts';
import { rangesCount } from '../../src/model/ranges.ts';
import type { JobSpec } from '../../src/model/spec.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/store/codec.ts';
import { openJournal } from '../../src/store/journal.ts';
import { fileLog } from '../../src/store/log.ts';
import { type FolderCounts, listings } from './meter.ts';
import { bounded, type Figure, ratio, shown } from './report.ts';
import { type LoadWorld, loadWorld } from './world.ts';

/*
 * Very many jobs on one spool, and the daemons of many nodes: what a submission, a pass of the scheduler, the
 * end of a job and a checkpoint come to.
 */

export interface CrowdSize {
  readonly nodes: number;
  readonly gpusPerNode: number;
  /** Jobs that wait: so many submissions, and so many tasks of each of so many arrays. */
  readonly separate: number;
  readonly arrays: number;
  readonly tasksPerArray: number;
  /** How many jobs are to end while it is counted what that costs. */
  readonly ends: number;
}

export const fullCrowd: CrowdSize = {
  nodes: 64,
  gpusPerNode: 40,
  separate: 62_000,
  arrays: 41,
  tasksPerArray: 1000,
  ends: 200,
};
export const shortCrowd: CrowdSize = {
  nodes: 8,
  gpusPerNode: 8,
  separate: 1500,
  arrays: 2,
  tasksPerArray: 1000,
  ends: 30,
};

/** So many are submitted at once, before the daemons look. */
const burst = 1000;
const clients = 10;
const joinSeconds = 300;
/** How long a call takes when all daemons are there, as on a file server that is near. */
const callMs = 0.3;

export async function crowd(size: CrowdSize): Promise<readonly Figure[]> {
  const world = await loadWorld(() => [600, 6000]);
  const agents: Agent[] = [];
  const join = async (count: number): Promise<void> => {
    while (agents.length < count) {
      const made = world.agent(`node${agents.length + 1}`, size.gpusPerNode);
      await world.until(made);
      const agent = await made;
      agents.push(agent);
      serve(agent, { isAsked: () => false }).catch((error: unknown) => world.scheduler.fail(error));
    }
    await world.pass(5);
  };
  await join(1);
  const cluster = (): Cluster => {
    const [agent] = agents;
    if (agent === undefined) throw new Error('no daemon');
    return agent.journal.cluster();
  };
  const taken = await taking(world, cluster, size);
  world.slowDown(callMs);
  await join(size.nodes);
  await world.pass(joinSeconds, () => countOf(cluster(), 'RUNNING') > 0.8 * size.nodes * size.gpusPerNode);
  await world.pass(5);
  const state = cluster();
  const head = [
    { what: 'nodes, each with its daemon', figure: shown(agents.length) },
    {
      what: 'jobs that wait',
      figure: `${shown(waiting(state))}, in ${shown(countOf(state, 'PENDING'))} records`,
    },
    { what: 'jobs that run', figure: shown(countOf(state, 'RUNNING')) },
  ];
  const turned = await turnover(world, cluster, size.ends);
  const late = await arrival(world, cluster, size);
  world.slowDown(0);
  const memory = await stateFigures(world, cluster());
  const rooms = ((await world.files.list((await world.open('lister')).layout.jobs)) ?? []).length;
  const names = [
    ...listings(world.meter, burst),
    bounded('jobs/: names for each record', rooms / cluster().jobs.size, 1.1),
  ];
  const complaints = bounded('complaints of daemons', world.complaints.length, 0);
  return [...head, ...taken, ...turned, ...late, ...memory, ...names, complaints];
}

/** Most want one GPU, and some so many that room has to be kept for them; for how long differs. */
function wishOf(job: number): Partial<JobSpec> {
  const count = job % 40 === 0 ? 8 : 1;
  return { gpus: [{ count, per: 'job' }], timeLimit: [120, 240, 720, 1440][job % 4] ?? 'UNLIMITED' };
}

/** Submits all that is to wait, to the one daemon that is there. */
async function taking(
  world: LoadWorld,
  cluster: () => Cluster,
  { separate, arrays, tasksPerArray }: CrowdSize,
): Promise<readonly Figure[]> {
  const before = cluster().seq;
  const submit = await world.client('login');
  for (let done = 1; done <= separate; done += 1) {
    await submit({ name: `train-${done}`, ...wishOf(done) });
    if (done % burst === 0) await world.pass(1);
  }
  const array = { tasks: [[0, tasksPerArray - 1]] as const, throttle: 0 };
  for (let done = 0; done < arrays; done += 1) await submit({ name: 'sweep', array });
  await world.pass(5);
  const { log, checkpoints } = countsOf(world);
  const submitted = separate + arrays;
  return [
    bounded('submissions: commits for each', (cluster().seq - before) / submitted, 0.1),
    bounded('submissions: bytes in the log for each', log.bytesCreated / submitted, 1000),
    bounded(
      'submissions: bytes of checkpoints for each byte of the log',
      checkpoints.bytesCreated / log.bytesCreated,
      5,
    ),
    bounded('submissions: the largest commit in bytes', log.largestBytes, burst * 1000),
  ];
}

/** Lets jobs end and others start in their places. */
async function turnover(world: LoadWorld, cluster: () => Cluster, ends: number): Promise<readonly Figure[]> {
  world.meter.reset();
  const [seqBefore, endsBefore] = [cluster().seq, endsOf(cluster())];
  await world.pass(6000, () => endsOf(cluster()) - endsBefore >= ends);
  const done = endsOf(cluster()) - endsBefore;
  const commits = cluster().seq - seqBefore;
  const { log, checkpoints } = countsOf(world);
  return [
    { what: 'jobs that ended', figure: shown(done) },
    bounded('ended jobs: commits for each, with the start of the next', commits / done, 2),
    bounded('ended jobs: tries for each commit', (log.won + log.lost) / log.won, 3),
    bounded('ended jobs: bytes in the log for each', log.bytesCreated / done, 2500),
    bounded(
      'ended jobs: checkpoints that were written',
      checkpoints.won + checkpoints.lost,
      1 + commits / 64,
    ),
  ];
}

/** More jobs come, from many clients at once, while all daemons are there. */
async function arrival(
  world: LoadWorld,
  cluster: () => Cluster,
  { nodes }: CrowdSize,
): Promise<readonly Figure[]> {
  const opening = Promise.all(Array.from({ length: clients }, (_, index) => world.client(`login${index}`)));
  await world.until(opening);
  world.meter.reset();
  const before = cluster().seq;
  const working = (await opening).map(async (submit) => {
    for (let done = 0; done < burst / clients; done += 1) await submit({ name: 'late' });
  });
  await world.until(Promise.all(working));
  await world.pass(10);
  const { inbox, jobs } = countsOf(world);
  const of = `late submissions, ${clients} clients, ${nodes} daemons`;
  return [
    bounded(`${of}: commits for each`, (cluster().seq - before) / burst, 1),
    bounded(`${of}: reads of each request`, inbox.reads / burst, 3),
    bounded(`${of}: looks for a free id for each`, jobs.reads / burst, 10),
  ];
}

/** What one process holds, and what the steps of one daemon take, beside a state where a fiftieth waits. */
async function stateFigures(world: LoadWorld, cluster: Cluster): Promise<readonly Figure[]> {
  const store = await world.open('reader');
  const before = heapBytes();
  const reader = await openJournal(fileLog(store, 'reader'), store);
  const bytes = heapBytes() - before;
  const records = reader.cluster().jobs.size;
  const file = encodeCheckpoint(cluster, 0);
  const fewer = [...cluster.jobs.entries()].filter(([id, job]) => job.state !== 'PENDING' || id % 50 === 0);
  const few: Cluster = { ...cluster, jobs: IdMap.of(fewer) };
  const both = (what: string, step: (state: Cluster) => unknown): Figure =>
    ratio(what, timeOf(few, step), timeOf(cluster, step));
  const files = new Map([few, cluster].map((state) => [state.jobs.size, encodeCheckpoint(state, 0)]));
  const time = world.scheduler.nowMs / 1000;
  const held = fewer.findLast(([, job]) => job.state === 'PENDING')?.[0] ?? 0;
  return [
    { what: 'heap of one state', figure: `${shown(bytes / 2 ** 20)} MiB, ${shown(records)} records of jobs` },
    bounded('heap of one state, bytes for each record', bytes / records, 2500),
    { what: 'a checkpoint', figure: `${shown(file.length / 2 ** 20)} MiB` },
    bounded('a checkpoint, bytes for each record', file.length / cluster.jobs.size, 800),
    both('a pass of the scheduler that starts nothing', (state) => planStarts(state, time)),
    both('why jobs wait', (state) => plan(state, time)),
    both('a commit applied', (state) =>
      reduceCommit(state, state.seq + 1, [{ name: 'jobHeld', time, id: held, by: 'user' }]),
    ),
    both('a checkpoint made', (state) => encodeCheckpoint(state, 0)),
    both('a checkpoint read', (state) =>
      decodeCheckpoint(files.get(state.jobs.size) ?? file, 'a checkpoint'),
    ),
  ];
}

function countsOf({ meter }: LoadWorld): Record<'log' | 'checkpoints' | 'inbox' | 'jobs', FolderCounts> {
  const [log, checkpoints] = [meter.of('log'), meter.of('checkpoints')];
  return { log, checkpoints, inbox: meter.of('inbox'), jobs: meter.of('jobs') };
}

/** It is asked at every step: as long as nothing was committed the answer is the same. */
const counted = new WeakMap<Cluster, Map<Job['state'], number>>();

function countOf(cluster: Cluster, state: Job['state']): number {
  const known = counted.get(cluster) ?? new Map<Job['state'], number>();
  if (!counted.has(cluster)) {
    for (const job of cluster.jobs.values()) known.set(job.state, (known.get(job.state) ?? 0) + 1);
    counted.set(cluster, known);
  }
  return known.get(state) ?? 0;
}

/** Tasks of arrays counted one by one. */
function waiting(cluster: Cluster): number {
  let count = 0;
  for (const job of cluster.jobs.values()) {
    if (job.state === 'PENDING') count += job.tasks === undefined ? 1 : rangesCount(job.tasks);
  }
  return count;
}

function endsOf(cluster: Cluster): number {
  return rangesCount(cluster.closed) + countOf(cluster, 'ENDED');
}

const rounds = 5;

/** After a change, as in life: what is known of the state before is known no more. */
function timeOf(state: Cluster, step: (state: Cluster) => unknown): number {
  let { jobs } = state;
  const times = Array.from({ length: rounds + 1 }, () => {
    const [job] = jobs.values();
    if (job !== undefined) jobs = jobs.set(job.id, { ...job });
    const changed = { ...state, jobs };
    const start = performance.now();
    step(changed);
    return performance.now() - start;
  });
  // The first one is slower than any in life.
  return median(times.slice(1));
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
