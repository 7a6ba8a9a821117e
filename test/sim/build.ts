import type { Settings } from '../../src/model/settings.ts';
import { initSpool } from '../../src/store/spool.ts';
import { type Random, randomOf } from '../fakes/random.ts';
import { gpu } from '../unit/builders.ts';
import { settingsText } from './admin.ts';
import { Chaos, type Weather, weatherOf } from './chaos.ts';
import { startClient } from './client.ts';
import { byChance, Disk, type Loss } from './disk.ts';
import { kill, type Machine } from './machine.ts';
import { Mount } from './mount.ts';
import { startDaemon } from './node.ts';
import { idsOf, SimLocks } from './ports.ts';
import { type Call, type Judge, type Order, orderOf, Scheduler } from './scheduler.ts';
import { startStep } from './steps.ts';
import { startPart } from './supervisor.ts';
import { Watchman } from './watchman.ts';
import { newActor, portsFor, type SimNode, type World } from './world.ts';

/**
 * Three kinds of places: one machine with its own disk; machines on a cluster's file system (what one sees of
 * another's is durable); machines on a network file system with caches.
 */
export function newWorld(seed: number): World {
  const random = randomOf(seed);
  const kind = (['machine', 'cluster', 'network'] as const)[Math.floor(random() * 3)] ?? 'machine';
  const machines = machinesOf(random, kind);
  const cacheMs = kind === 'network' ? 3000 + random() * 30_000 : 0;
  const nodes = nodesOf(random, machines);
  // Drawn apart: where there are none, a seed's story is what it would be without.
  const apart = randomOf(seed + apartBy);
  const world: World = assemble({
    random,
    order: orderOf(random),
    losesNames: kind !== 'network',
    machines,
    cacheMs,
    nodes,
    cancels: random() * 0.4,
    arrays: random() < 0.5 ? 0.3 : 0,
    changes: random() * 0.5,
    steps: random() < 0.5 ? random() : 0,
    allocations: apart() < 0.5 ? apart() : 0,
    wideJobs: apart() < 0.5 ? 0.1 : 0.5,
    jobsWanted: 3 + Math.floor(random() * 10),
    admins: random() < 0.4 ? 1 + Math.floor(random() * 8) : 0,
    weather: weatherOf(random, kind === 'network'),
    onCrash: (call) => crash(world, call),
    settings,
    quietMs: 60_000,
    restartMs: () => (world.isCalm ? 100 : 10 ** (random() * 4.5)),
    idsFor: () => idsOf(random),
    bells: new Map(),
  });
  world.watchman.note(`seed ${seed}: ${kind}, ${nodes.length} nodes, ${JSON.stringify(world.chaos.weather)}`);
  return world;
}

const apartBy = 1_000_003;

const settings: Settings = {
  heartbeatSeconds: 10,
  nodeTimeoutSeconds: 40,
  killWaitSeconds: 5,
  minJobAgeSeconds: 20,
  gpuProbeSeconds: 15,
};

/** What one world has and another has not. */
type Parts = Pick<
  World,
  | 'random'
  | 'bells'
  | 'machines'
  | 'nodes'
  | 'cancels'
  | 'arrays'
  | 'changes'
  | 'steps'
  | 'allocations'
  | 'wideJobs'
  | 'jobsWanted'
  | 'admins'
  | 'settings'
  | 'quietMs'
  | 'restartMs'
  | 'idsFor'
  | 'learned'
> & {
  readonly order: Order;
  readonly losesNames: boolean;
  readonly cacheMs: number;
  readonly weather: Weather;
  readonly onCrash: (call: Call) => void;
  /** What becomes of each call; if not given, the weather says. */
  readonly judge?: Judge;
};

/** A world of these parts, with an empty disk. */
export function assemble(parts: Parts): World {
  const { random, machines, cacheMs } = parts;
  const scheduler = new Scheduler(random, parts.order);
  const disk = new Disk({ losesNames: parts.losesNames });
  disk.nowMs = () => scheduler.nowMs;
  const root = '/spool';
  const watchman = new Watchman(disk, root);
  const mounts = new Map(machines.map((machine) => [machine, new Mount(disk, machine, cacheMs)]));
  const chaos: Chaos = new Chaos(random, parts.weather, {
    nowMs: disk.nowMs,
    onCrash: parts.onCrash,
    onUnread: (jobId) => watchman.steps.unread(jobId),
    onSlowStart: ({ actor }) => killDaemonSoon(world, actor.machine),
  });
  const world: World = {
    ...parts,
    root,
    scheduler,
    watchman,
    disk,
    chaos,
    judge: parts.judge ?? chaos,
    locks: new SimLocks(),
    isCalm: false,
    clients: 0,
    waiting: 0,
    clientsBegun: 0,
    mountOf: (machine) => mounts.get(machine) ?? new Mount(disk, machine, cacheMs),
    ended: (machine) => wake(world, machine),
    makeStep: (script) => startStep(world, script),
    startPart: (launched) => startPart(world, launched),
  };
  const onEntry = disk.onEntry;
  disk.onEntry = (path, inode, machine) => {
    onEntry(path, inode, machine);
    if (inode !== undefined && /^\/spool\/(log|inbox)\/[^.]/.test(path)) wake(world);
  };
  return world;
}

function machinesOf(random: Random, kind: 'machine' | 'cluster' | 'network'): readonly Machine[] {
  const count = kind === 'machine' ? 1 : 2 + Math.floor(random() * 2);
  return Array.from({ length: count }, (_, index) => ({
    name: `machine${index + 1}`,
    fileSystem: kind === 'network' ? 'nfs' : 'local',
    callMsMax: kind === 'network' ? 1 + random() * 10 : 0.5,
    skewSeconds: random() < 0.5 ? 0 : (random() - 0.5) * 50_000,
    drift: random() < 0.5 ? 0 : (random() - 0.5) * 0.01,
    isUp: true,
    bootId: `boot-${index + 1}-1`,
    bootMs: 0,
    pidNext: 100,
    processes: new Map(),
    actors: new Set(),
  }));
}

function nodesOf(random: Random, machines: readonly Machine[]): readonly SimNode[] {
  const count = machines.length === 1 ? 1 + Math.floor(random() * 2) : machines.length;
  return Array.from({ length: count }, (_, index) => {
    const machine = machines[index % machines.length];
    if (machine === undefined) throw new Error('no machine');
    const gpus = [gpu(0), gpu(1, random() < 0.5 ? {} : { type: 'v100' })];
    return {
      name: `node${index + 1}`,
      machine,
      gpus,
      lives: 0,
      actor: undefined,
      journal: undefined,
      watcher: undefined,
      isStopping: false,
    };
  });
}

const policies = [
  { scheduling: { default_policy: 'fill_first' } },
  { scheduling: { default_policy: 'spread' } },
  {},
];

/** Makes the spool and the machines' own folders, before anything goes wrong. */
export async function furnish(world: World): Promise<void> {
  const [machine] = world.machines;
  if (machine === undefined) throw new Error('no machine');
  const actor = newActor(world, { name: 'init', kind: 'client', machine });
  const ports = portsFor(world, actor);
  const files = ports.files;
  await initSpool(ports, world.root, { clusterName: 'lab', durable: true });
  // In each world one of the policies, in small ones that of Slurm.
  const more = policies[world.jobsWanted % policies.length];
  const text = settingsText(world.settings, more);
  await files.create(`${world.root}/cluster.yaml`, text, { mode: 0o644, sync: true });
  await files.makeDir('/local', 0o755);
  for (const node of world.nodes) {
    await files.makeDir(`/local/${node.name}`, 0o755);
    await files.makeDir(`/local/${node.name}/runs`, 0o755);
    await files.syncDir(`/local/${node.name}`);
  }
  for (const folder of ['/', '/local', world.root]) await files.syncDir(folder);
  kill(actor);
}

function wake(world: World, machine?: Machine): void {
  for (const node of world.nodes) {
    if (machine === undefined || node.machine === machine) node.watcher?.changed();
  }
}

function crash(world: World, { actor }: Call): void {
  const { random, chaos, watchman, scheduler } = world;
  if (random() < (actor.machine.fileSystem === 'nfs' ? 0.2 : 0.5)) {
    crashMachine(world, actor.machine, {
      loss: byChance(random),
      downMs: () => 5000 + random() * 60_000,
    });
    return;
  }
  // Users are at their most impatient when nothing answers.
  if (actor.kind === 'daemon' && random() < 0.3)
    scheduler.after(random() * 1000, () => startClient(world, actor.machine, 'cancel'));
  chaos.count(`${actor.kind} killed`);
  watchman.note(`${actor.name} is killed`);
  kill(actor);
}

function killDaemonSoon(world: World, machine: Machine): void {
  const { scheduler, random, chaos } = world;
  const node = world.nodes.find((one) => one.machine === machine);
  scheduler.after(random() * 500, () => {
    if (world.isCalm || node?.actor === undefined || node.actor.isDead) return;
    chaos.count('daemon killed');
    kill(node.actor);
  });
}

interface PowerCut {
  readonly loss: Loss;
  /** After how long the machine is up again. */
  readonly downMs: () => number;
}

/** The power goes: processes, what was not synced, and the count of process numbers. */
export function crashMachine(world: World, machine: Machine, { loss, downMs }: PowerCut): void {
  const { scheduler, chaos, watchman, disk } = world;
  if (!machine.isUp) return;
  chaos.count('machine down');
  watchman.note(`${machine.name} goes down`);
  machine.isUp = false;
  machine.processes.clear();
  disk.lose(machine.name, loss);
  world.mountOf(machine).forget();
  for (const actor of [...machine.actors]) kill(actor);
  machine.actors.clear();
  machine.processes.clear();
  watchman.machineDown(world.nodes.filter((node) => node.machine === machine).map((node) => node.name));
  watchman.afterLoss();
  scheduler.after(downMs(), () => boot(world, machine));
}

function boot(world: World, machine: Machine): void {
  const [, number, boots] = machine.bootId.split('-');
  machine.isUp = true;
  machine.bootId = `boot-${number}-${Number(boots) + 1}`;
  machine.bootMs = world.scheduler.nowMs;
  machine.pidNext = 100;
  if (!world.isCalm && world.random() < 0.3) machine.skewSeconds += (world.random() - 0.5) * 20_000;
  world.watchman.note(`${machine.name} is up again`);
  for (const node of world.nodes) if (node.machine === machine) startDaemon(world, node);
}
