import { isMgpuError } from '../../src/base/error.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { shownState } from '../../src/model/job.ts';
import { rangesHas } from '../../src/model/ranges.ts';
import { accountedJobs } from '../../src/store/accounting.ts';
import { openSpool } from '../../src/store/spool.ts';
import { adminName, mendSettings, startAdmin, takeCare } from './admin.ts';
import { furnish, newWorld } from './build.ts';
import { calm } from './chaos.ts';
import { readerName, startClient, startReader } from './client.ts';
import { backUp, examine } from './examine.ts';
import { kill } from './machine.ts';
import { startDaemon } from './node.ts';
import type { OpenNames } from './silly.ts';
import { areSame, BrokenPromise } from './watchman.ts';
import { newActor, portsFor, type World } from './world.ts';

/** What came of one seed. */
export interface Outcome {
  readonly seed: number;
  readonly virtualMs: number;
  readonly steps: number;
  readonly commits: number;
  readonly jobs: number;
  readonly runs: number;
  readonly operations: readonly string[];
  readonly crashPoints: ReadonlyMap<string, number>;
  readonly faults: ReadonlyMap<string, number>;
  /** The promise that was broken, and what led to it. */
  readonly failure?: { readonly message: string; readonly trace: readonly string[] };
}

/** Everything ends within so much virtual time once nothing goes wrong any more. */
const calmMsMax = 3_600_000;
/** In one of so many worlds a backup is made. */
const keptEvery = 3;

/** Runs one world from its seed to its end. */
export async function runSeed(seed: number): Promise<Outcome> {
  const world = newWorld(seed);
  const { scheduler, chaos, watchman } = world;
  let failure: Outcome['failure'];
  try {
    await live(world, seed);
  } catch (error) {
    const message = error instanceof BrokenPromise ? error.message : String((error as Error).stack ?? error);
    failure = { message, trace: [...watchman.lines.slice(-120), '--- last operations', ...chaos.trace()] };
  }
  const { operations, crashPoints, faults } = chaos.counts;
  return {
    seed,
    virtualMs: scheduler.nowMs,
    steps: scheduler.steps,
    commits: watchman.commits,
    jobs: watchman.acknowledged.size,
    runs: watchman.startedAttempts.size,
    operations: [...operations],
    crashPoints,
    faults: new Map([
      ...faults,
      ['attempt lost, job tried again', watchman.triedAgain],
      ['removed while open on NFS', sum(world, ({ sillyRenames }) => sillyRenames)],
      ['.nfs file left by a machine that went down', sum(world, ({ leftBehind }) => leftBehind)],
    ]),
    ...(failure && { failure }),
  };
}

function sum(world: World, count: (names: OpenNames) => number): number {
  const counts = world.machines.map((machine) => count(world.mountOf(machine).openNames));
  return counts.reduce((all, one) => all + one, 0);
}

async function live(world: World, seed: number): Promise<void> {
  const { scheduler, chaos, random } = world;
  const weather = chaos.weather;
  chaos.weather = calm;
  await until(world, furnish(world));
  chaos.weather = weather;
  for (const node of world.nodes) scheduler.after(random() * 3000, () => startDaemon(world, node));
  const stormMs = 20_000 + random() * 200_000;
  for (let number = 1; number <= world.jobsWanted; number += 1) {
    const machine = world.machines[Math.floor(random() * world.machines.length)];
    scheduler.after(random() * stormMs, () => machine && startClient(world, machine, 'any'));
  }
  scheduleStops(world, stormMs);
  scheduleCuts(world, stormMs);
  scheduleReaders(world, stormMs);
  scheduleAdmins(world, stormMs);
  const atMs = scheduler.nowMs;
  await scheduler.run(chaos, atMs + stormMs, () => isBroken(world));
  calmDown(world);
  if (world.admins > 0) await mend(world);
  if (seed % keptEvery === 0) await keep(world);
  await scheduler.run(chaos, scheduler.nowMs + calmMsMax, () => isBroken(world) || isSettled(world));
  if (!isSettled(world)) throw new BrokenPromise(`it does not come to rest: ${unsettled(world)}`);
  await checkEnd(world);
}

/** Links to the file server are cut and heal, some only after every timeout. */
function scheduleCuts({ scheduler, chaos, random, machines }: World, stormMs: number): void {
  for (const machine of machines) {
    for (let atMs = 0; chaos.weather.cuts > 0; ) {
      atMs += (-Math.log(1 - random()) / chaos.weather.cuts) * 60_000;
      if (atMs > stormMs) break;
      scheduler.after(atMs, () => machine.isUp && chaos.cut(machine, 10 ** (3 + random() * 2.2)));
    }
  }
}

/** People look at files on a network file system: see silly.ts. */
function scheduleReaders(world: World, stormMs: number): void {
  const { scheduler, random, machines } = world;
  for (const machine of machines) {
    if (machine.fileSystem !== 'nfs') continue;
    const looks = Math.floor(random() * (stormMs / 2000));
    for (let look = 0; look < looks; look += 1)
      scheduler.after(random() * stormMs, () => startReader(world, machine));
  }
}

/** In some worlds administrators are at work. */
function scheduleAdmins(world: World, stormMs: number): void {
  const { scheduler, random, machines, admins } = world;
  for (let number = 1; number <= admins; number += 1) {
    const machine = machines[Math.floor(random() * machines.length)];
    scheduler.after(random() * stormMs, () => machine && startAdmin(world, machine));
  }
}

/** Daemons are also stopped as they should be, and started again. */
function scheduleStops(world: World, stormMs: number): void {
  const { scheduler, random } = world;
  for (const node of world.nodes) {
    if (random() < 0.7) continue;
    scheduler.after(random() * stormMs, () => {
      node.isStopping = true;
      node.watcher?.wake();
    });
  }
}

export function isBroken(world: World): boolean {
  if (world.watchman.problem !== undefined) throw world.watchman.problem;
  return false;
}

function calmDown(world: World): void {
  world.chaos.weather = calm;
  world.isCalm = true;
  world.watchman.note('from here on nothing goes wrong');
  for (const machine of world.machines) {
    // Somebody sets the clocks right: what is to begin at a time does.
    machine.skewSeconds = 0;
    for (const actor of [...machine.actors]) {
      actor.pausedUntilMs = 0;
      if (actor.name === readerName || actor.name.startsWith(adminName)) kill(actor);
    }
  }
  world.scheduler.hurry();
  freeNowAndThen(world);
}

const freeEveryMs = 30_000;

/**
 * Somebody frees what is held or stands still, for what was asked before may take effect only now; and what
 * was requeued while a clock was ahead by hours.
 */
function freeNowAndThen(world: World): void {
  const { cluster } = world.watchman;
  const isStuck = [...cluster.jobs.values()].some(
    (job) =>
      (job.state !== 'ENDED' && (job.held !== undefined || shownState(job) === 'SUSPENDED')) ||
      (job.state === 'PENDING' && (job.heldTasks !== undefined || job.attempt > 0)),
  );
  const machine = world.machines.find((one) => one.isUp);
  if (isStuck && machine !== undefined) startClient(world, machine, 'free');
  world.scheduler.after(freeEveryMs, () => freeNowAndThen(world));
}

/** The settings are put in order at once, the rest from then on. */
async function mend(world: World): Promise<void> {
  const { scheduler, chaos, machines } = world;
  const isUp = (): boolean => machines[0]?.isUp === true;
  await scheduler.run(chaos, scheduler.nowMs + calmMsMax, isUp);
  const [machine] = machines;
  if (machine !== undefined) mendSettings(world, machine);
  await scheduler.run(chaos, scheduler.nowMs + calmMsMax, () => world.clients === world.waiting);
  takeCare(world);
}

/** Somebody makes a backup and looks after the spool while the daemons recover. */
async function keep(world: World): Promise<void> {
  const [machine] = world.machines;
  if (machine?.isUp !== true) return;
  await until(world, backUp(world, machine));
  await until(world, examine(world, machine));
}

/** What is still to be done; undefined when all is. */
export function unsettled({ watchman, clients, nodes, scheduler, quietMs }: World): string | undefined {
  const { cluster } = watchman;
  if (scheduler.nowMs - watchman.lastChangeMs < quietMs)
    return `there are commits, the last is ${cluster.seq}`;
  if (clients > 0) return `${clients} commands run`;
  for (const job of cluster.jobs.values()) if (job.state !== 'ENDED') return `job ${job.id} is ${job.state}`;
  if (watchman.inbox().length > 0) return `${watchman.inbox().length} requests wait`;
  for (const { name, journal, machine, actor } of nodes) {
    // What it was about to do comes later.
    if ((actor?.pausedUntilMs ?? 0) > scheduler.nowMs) return `${name} stands still`;
    if (cluster.nodes.get(name)?.record.bootId !== machine.bootId) return `${name} is to register`;
    if (cluster.nodes.get(name)?.presence !== 'up') return `${name} is ${cluster.nodes.get(name)?.presence}`;
    if (journal?.cluster().seq !== cluster.seq)
      return `${name} sees commit ${journal?.cluster().seq} of ${cluster.seq}`;
  }
  return undefined;
}

export function isSettled(world: World): boolean {
  return unsettled(world) === undefined;
}

/** All daemons agree with the history, and each acknowledged job is told of. */
export async function checkEnd(world: World): Promise<void> {
  const { watchman, nodes } = world;
  // What leaves the state while somebody reads here has its room a little longer.
  const goneBefore = watchman.cluster.closed;
  for (const node of nodes) {
    const view = node.journal?.cluster();
    if (view === undefined || !areSame(view, watchman.cluster))
      throw new BrokenPromise(
        `${node.name} sees another state (${view?.seq}) than the history has (${watchman.cluster.seq})`,
      );
  }
  const machine = world.machines[0];
  if (machine === undefined) return;
  const actor = newActor(world, { name: 'accountant', kind: 'client', machine });
  const ports = portsFor(world, actor);
  const told = new Set<number>();
  const read = async (): Promise<void> => {
    const store = await openSpool(ports, world.root);
    for await (const job of accountedJobs(store, 'oldest first')) told.add(job.id);
  };
  await until(world, read());
  kill(actor);
  const { jobs, closed } = watchman.cluster;
  for (const id of watchman.acknowledged) {
    const isTold = told.has(id) ? rangesHas(closed, id) || jobs.has(id) : jobs.has(id);
    if (!isTold) throw new BrokenPromise(`job ${id} is in no account`);
  }
  const areSwept = (): boolean => leftRoom(world, goneBefore) === undefined;
  await world.scheduler.run(world.judge, world.scheduler.nowMs + sweepMsMax, areSwept);
  const left = leftRoom(world, goneBefore);
  if (left !== undefined) throw new BrokenPromise(left);
  await until(world, examine(world, machine));
}

/** A daemon may be about to remove them, or try again after half a minute. */
const sweepMsMax = 120_000;

/** What is in the rooms of jobs that left the state goes; an empty one may be that of somebody who died. */
function leftRoom({ disk, root }: World, goneBefore: Cluster['closed']): string | undefined {
  const rooms = disk.find(`${root}/jobs`);
  if (rooms?.kind !== 'folder') return undefined;
  for (const [name, room] of rooms.entries) {
    if (!/^\d+$/.test(name) || room.kind !== 'folder' || room.entries.size === 0) continue;
    if (rangesHas(goneBefore, Number(name)))
      return `the room of job ${name} is left: ${[...room.entries.keys()].join(', ')}`;
  }
  return undefined;
}

export async function until(world: World, work: Promise<void>): Promise<void> {
  let isOver = false;
  let problem: unknown;
  work.then(
    () => {
      isOver = true;
    },
    (error: unknown) => {
      isOver = true;
      problem = error;
    },
  );
  await world.scheduler.run(world.judge, world.scheduler.nowMs + calmMsMax, () => isOver);
  if (problem !== undefined)
    throw isMgpuError(problem, 'DAMAGED') ? new BrokenPromise(String(problem)) : problem;
}
