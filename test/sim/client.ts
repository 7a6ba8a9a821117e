import type { Dependency } from '../../src/model/dependency.ts';
import type { Request } from '../../src/model/request.ts';
import type { JobSpec } from '../../src/model/spec.ts';
import { cancelJobs } from '../../src/services/cancel.ts';
import { openPresent } from '../../src/services/present.ts';
import { submit } from '../../src/services/submit.ts';
import { sendRequest } from '../../src/store/inbox.ts';
import { openSpool } from '../../src/store/spool.ts';
import type { Random } from '../fakes/random.ts';
import { spec } from '../unit/builders.ts';
import { allocate } from './allocations.ts';
import { callsOf } from './calls.ts';
import type { Inode } from './disk.ts';
import { endWith } from './endwith.ts';
import { kill, type Machine } from './machine.ts';
import { startSeconds } from './ports.ts';
import type { JobPlan } from './proctable.ts';
import { type Actor, SystemError } from './scheduler.ts';
import { newActor, ownerUid, type Ports, portsFor, type World } from './world.ts';

/** One command of a user: a submission, or a cancel of some job that is known. */
export function startClient(world: World, machine: Machine, wish: 'any' | 'cancel' | 'free'): void {
  if (!machine.isUp) return;
  world.clientsBegun += 1;
  const actor = newActor(world, { name: `client ${world.clientsBegun}`, kind: 'client', machine });
  const isCancel =
    world.watchman.acknowledged.size > 0 && (wish === 'cancel' || world.random() < world.cancels);
  world.clients += 1;
  actor.atDeath.push(() => {
    world.clients -= 1;
  });
  const ports = portsFor(world, actor);
  const work = workOf(world, { actor, ports }, wish === 'free' ? 'free' : isCancel ? 'cancel' : 'any');
  endWith(world, actor, work);
}

interface Commanding {
  readonly actor: Actor;
  readonly ports: Ports;
}

function workOf(world: World, { actor, ports }: Commanding, wish: 'any' | 'cancel' | 'free'): Promise<void> {
  if (wish === 'free') return freeAll(world, ports);
  if (wish === 'cancel') return cancel(world, ports);
  if (world.allocations > 0 && world.random() < world.allocations) return allocate(world, actor);
  const isChange = world.watchman.acknowledged.size > 0 && world.random() < world.changes;
  return isChange ? change(world, ports) : submitJob(world, ports, () => wishOf(world));
}

/** How long somebody looks at a file at most, in ms. */
const lookMsMax = 60_000;

export const readerName = 'reader';

/**
 * Somebody looks at a file of the spool, as with less(1): it is open all the while, so that on a network file
 * system what removes it leaves a hidden name in its folder.
 */
export function startReader(world: World, machine: Machine): void {
  const { scheduler, random, disk } = world;
  const path = someFile(disk.find(world.root), random);
  if (!machine.isUp || path === undefined) return;
  const actor = newActor(world, { name: readerName, kind: 'client', machine });
  const mount = world.mountOf(machine);
  const calls = callsOf({ scheduler, actor, mount, uid: ownerUid, random, oldListing: () => 0 });
  const look = async (): Promise<void> => {
    await calls.open(path, 0, 0);
    await new Promise<void>((resolve) => scheduler.afterFor(actor, random() * lookMsMax, resolve));
  };
  // Whatever happens to the file meanwhile, it is closed when its reader ends.
  look().then(
    () => kill(actor),
    (error: unknown) => {
      if (!(error instanceof SystemError)) scheduler.fail(error);
      kill(actor);
    },
  );
}

/** A file of the spool, by chance: each folder on the way is as likely as its neighbours. */
function someFile(inode: Inode | undefined, random: Random): string | undefined {
  if (inode?.kind !== 'folder') return undefined;
  const entries = [...inode.entries];
  const [name, entry] = entries[Math.floor(random() * entries.length)] ?? [];
  return entry?.kind === 'file' ? `${inode.path}/${name}` : someFile(entry, random);
}

/** A job to submit, and what its script does. */
export interface Wish {
  readonly plan: JobPlan;
  readonly wanted: JobSpec;
}

function wishOf(world: World): Wish {
  const { random } = world;
  const plan: JobPlan = {
    ms: 10 ** (random() * 5.2),
    code: random() < 0.2 ? 3 : 0,
    onTerm: random() < 0.2 ? 'ignore' : 'end',
    orphanMs: random() < 0.1 ? random() * 10_000 : 0,
    ...(world.steps > 0 && random() < world.steps && { stepsAtMs: [random() * 500, random() * 2000] }),
  };
  return { plan, wanted: specOf(world, random) };
}

/** One submission, as sbatch does it; who it is for learns of it only when all is done. */
export async function submitJob(world: World, ports: Ports, wish: () => Wish): Promise<void> {
  const store = await openSpool(ports, world.root);
  const present = await openPresent(store);
  const { plan, wanted } = wish();
  const script = new TextEncoder().encode(JSON.stringify(plan));
  const jobId = await submit(store, present, { spec: wanted, script, args: [], environment: {} });
  const { gpus, gpuIds, nodeGpuIds, nodes, array } = wanted;
  const shown = JSON.stringify([gpus, gpuIds, nodeGpuIds, nodes, array]);
  world.watchman.note(`job ${jobId} wants ${shown}`);
  world.watchman.acknowledge(jobId);
}

function specOf(world: World, random: Random): JobSpec {
  const pick = (count: number): number => Math.floor(random() * count);
  const chance = random();
  // Each node has one of that type, and may have a second.
  const count = chance < 0.2 ? 1 : 1 + pick(2);
  const named = random() < 0.05 ? namedGpus(world) : undefined;
  return spec({
    uid: ownerUid,
    gpus: chance < 0.8 ? [{ count, per: 'job', ...(chance < 0.2 && { type: 'a100' }) }] : [],
    ...(named === undefined &&
      chance > 0.7 &&
      chance < 0.8 && { gpus: [{ count: 1, per: 'node' }], gpuIds: [pick(2)] }),
    requeue: random() < 0.8,
    timeLimit: random() < 0.2 ? 1 : 'UNLIMITED',
    ...(random() < world.arrays && { array: { tasks: [[0, pick(3)]], throttle: pick(3) } }),
    ...(random() < world.wideJobs && world.nodes.length > 1 && wideOf(world)),
    ...named,
    ...(random() < 0.25 && { dependency: dependencyOf(world), killOnInvalidDep: true }),
    ...(random() < 0.1 && timesOf(world)),
    ...(random() < 0.1 && { nice: pick(5) }),
  });
}

/** On jobs of which somebody knows that they were submitted. */
function dependencyOf({ watchman, random }: World): Dependency {
  const known = [...watchman.acknowledged];
  const types = ['after', 'afterany', 'afterok', 'afternotok'] as const;
  const clauses = known
    .filter(() => random() < 2 / known.length)
    .map((jobId) => ({ type: types[Math.floor(random() * types.length)] ?? 'afterany', jobId }));
  return { any: random() < 0.3, clauses: random() < 0.2 ? [...clauses, { type: 'singleton' }] : clauses };
}

/** A begin time or a deadline, by a clock that is right; those of the daemons may be far off. */
function timesOf({ random, scheduler }: World): Partial<JobSpec> {
  const soon = startSeconds + Math.floor(scheduler.nowMs / 1000 + random() * 60);
  return random() < 0.5 ? { beginTime: soon } : { deadline: soon + 90, timeLimit: 1 };
}

/** Some wait for nodes behind one switch, for a while. */
function wideOf({ random }: World): Partial<JobSpec> {
  return random() < 0.3 ? { ...twoNodes, switches: { count: 1, waitSeconds: 20 } } : twoNodes;
}

/** Exactly these GPUs of exactly these nodes. */
function namedGpus({ random, nodes }: World): Partial<JobSpec> {
  const wanted = nodes.slice(0, 2).map(({ name }) => ({ node: name, gpus: random() < 0.5 ? [0, 1] : [1] }));
  const nodeGpuIds = random() < 0.5 ? wanted : wanted.slice(-1);
  const count = nodeGpuIds.length;
  return {
    nodeGpuIds,
    nodelist: nodeGpuIds.map(({ node }) => node),
    nodes: { min: count, max: count },
    ntasks: count,
    gpus: [{ count: nodeGpuIds.reduce((sum, { gpus }) => sum + gpus.length, 0), per: 'job' }],
  };
}

const twoNodes: Partial<JobSpec> = {
  nodes: { min: 2, max: 2 },
  ntasks: 2,
  gpus: [{ count: 1, per: 'node' }],
};

/** One of the jobs that somebody knows; late ones more often: those may be about to start. */
function somebodys({ random, watchman }: World): number {
  const known = [...watchman.acknowledged];
  return known[Math.floor(Math.sqrt(random()) * known.length)] ?? 1;
}

/** Something is done to a job, or to a task of it, that it may outlive: as scontrol does it. */
async function change(world: World, ports: Ports): Promise<void> {
  const { random } = world;
  const job = somebodys(world);
  const targets = [random() < 0.3 ? { job, task: Math.floor(random() * 3) } : { job }];
  const nice = Math.floor(random() * 3);
  const requests: readonly Request[] = [
    { name: 'requeue', targets, hold: random() < 0.3 },
    { name: 'requeue', targets, hold: false },
    { name: 'suspend', targets },
    { name: 'resume', targets },
    { name: 'hold', targets },
    { name: 'unhold', targets },
    { name: 'top', targets },
    { name: 'update', targets, change: { set: { nice, timeLimit: 1 + nice } } },
  ];
  const request = requests[Math.floor(random() * requests.length)];
  if (request !== undefined) await send(world, ports, request);
}

/** What is held or stands still would wait for ever, and what was requeued by a wrong clock for very long. */
async function freeAll(world: World, ports: Ports): Promise<void> {
  const jobs = [...world.watchman.cluster.jobs.values()];
  const targets = jobs.map(({ id }) => ({ job: id }));
  for (const name of ['unhold', 'resume'] as const) await send(world, ports, { name, targets });
  const again = jobs.flatMap((job) => (job.state === 'PENDING' && job.attempt > 0 ? [{ job: job.id }] : []));
  const change = { set: { beginTime: 1 } };
  if (again.length > 0) await send(world, ports, { name: 'update', targets: again, change });
}

async function send(world: World, ports: Ports, request: Request): Promise<void> {
  const store = await openSpool(ports, world.root);
  const requestId = await sendRequest(store, request, 'login');
  world.watchman.note(`asked: ${JSON.stringify(request).slice(0, 100)}`);
  world.watchman.acknowledgeRequest(requestId);
}

async function cancel(world: World, ports: Ports): Promise<void> {
  const job = somebodys(world);
  let requestId = '';
  const next = (): string => {
    requestId = ports.ids.next();
    return requestId;
  };
  const store = await openSpool({ ...ports, ids: { ...ports.ids, next } }, world.root);
  const present = await openPresent(store);
  const ask = {
    targets: [{ job }],
    filter: {},
    action: { name: 'cancel' },
    sender: { uid: ownerUid },
    host: 'login',
  } as const;
  const [outcome] = await cancelJobs({ store, present }, ask);
  world.watchman.note(`cancel of ${job}: ${outcome?.outcome}`);
  if (outcome?.outcome === 'sent') world.watchman.acknowledgeRequest(requestId);
}
