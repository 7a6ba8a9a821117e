import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initSpool } from '../../src/store/spool.ts';
import { systemClock } from '../../src/system/clock.ts';
import { asyncFiles } from '../../src/system/files.ts';
import { systemIds } from '../../src/system/ids.ts';
import { root } from '../e2e/tools/cluster.ts';
import { type Random, randomOf } from '../fakes/random.ts';
import { type Submissions, submitUntilOver } from './clients.ts';
import { type Fault, inTurn, machineFaults, nodeTimeoutSeconds, sharedFaults } from './faults.ts';
import type { FaultFigure, Figures } from './figures.ts';
import { fitnessOf } from './fitness.ts';
import { glusterMounts } from './gluster.ts';
import { type Machine, machineOf } from './machine.ts';
import { stepScript, witnessScript } from './scripts.ts';
import { type Aftermath, settle } from './settle.ts';
import { localFolder, type Shared } from './shared.ts';
import { openTestimony, type Testimony } from './testimony.ts';
import { pause, uptimeSeconds } from './time.ts';

export interface ChaosOptions {
  readonly minutes: number;
  readonly seed: number;
  /** Why there are no mounts to harm; undefined where there are. */
  readonly whyLocal: string | undefined;
}

export interface ChaosOutcome extends Aftermath {
  readonly kind: string;
  readonly figures: Figures;
  readonly submissions: Submissions;
  readonly selfEnds: number;
  /** What two doctors said of the file system before it was harmed. */
  readonly fitness: readonly string[];
  /** Where the logs are. */
  readonly folder: string;
}

const machineNames = ['node1', 'node2', 'node3', 'node4'];
const login = 'login';
const gpusEach = 4;
/** Clients stop while so many jobs wait. */
const waitingMax = 60;
const recoveryMsMax = 8000;

/** Everything of a run. */
interface World {
  readonly folder: string;
  readonly work: string;
  readonly shared: Shared;
  readonly machines: readonly Machine[];
  readonly testimony: Testimony;
  readonly environment: Readonly<Record<string, string>>;
  readonly random: Random;
  readonly fitness: readonly string[];
  readonly isOver: () => boolean;
}

/**
 * Runs jobs on four machines and does harm to them for that long; then lets all be well, waits until every
 * job has ended, and judges. Takes down what it has put up, also when it fails or is interrupted.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'mgpu-chaos-'));
  const names = [...machineNames, login];
  const shared = options.whyLocal === undefined ? await glusterMounts(folder, names) : localFolder(folder);
  let machines: readonly Machine[] = [];
  const takeDown = async (): Promise<void> => {
    for (const machine of machines) await machine.kill();
    await shared.close();
  };
  const interrupted = (): void => void takeDown().finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const world = await makeWorld(folder, shared, options);
    machines = world.machines;
    return await inWorld(world);
  } finally {
    await takeDown();
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  }
}

async function makeWorld(folder: string, shared: Shared, { minutes, seed }: ChaosOptions): Promise<World> {
  const work = join(folder, 'work');
  mkdirSync(work);
  const spool = join(shared.pathOf(login), 'spool');
  const ports = { files: asyncFiles(), clock: systemClock(), ids: systemIds() };
  await initSpool(ports, spool, { clusterName: 'chaos', durable: true });
  const networking = { heartbeat_interval: 1, timeout: nodeTimeoutSeconds };
  writeFileSync(join(spool, 'cluster.yaml'), JSON.stringify({ networking, jobs: { kill_wait: 2 } }));
  const witness = join(folder, 'witness');
  const steps = { srun: join(root, 'bin/mgpu_srun'), script: join(work, 'step.sh') };
  writeFileSync(join(work, 'job.sh'), witnessScript(witness, steps), { mode: 0o755 });
  writeFileSync(steps.script, stepScript(witness), { mode: 0o755 });
  const { PATH = '' } = process.env;
  const environment = { PATH, HOME: folder, MGPU_SPOOL: spool, MGPU_LOCAL_DIR: join(folder, 'local') };
  const [one = login, two = login] = machineNames.map((name) => join(shared.pathOf(name), 'spool'));
  const fitness = await fitnessOf([one, two], environment);
  const endMs = performance.now() + minutes * 60_000;
  return {
    folder,
    work,
    shared,
    machines: machineNames.map((name) => machineOf({ name, folder, shared, gpus: gpusEach, environment })),
    testimony: openTestimony(witness),
    environment,
    random: randomOf(seed),
    fitness,
    isOver: () => performance.now() >= endMs,
  };
}

async function inWorld(world: World): Promise<ChaosOutcome> {
  const { shared, machines, testimony, fitness } = world;
  const figures = new Map<string, FaultFigure>();
  const submissions: Submissions = {
    acknowledged: [],
    cancelled: new Set(),
    killed: 0,
    followed: 0,
    refused: 0,
    complaints: new Map(),
  };
  for (const machine of machines) machine.start();
  await Promise.all([
    ...machines.map((machine) => harm(world, machineFaults(machine, shared, world.random), figures)),
    harm(world, sharedFaults(shared, world.environment['MGPU_SPOOL'] ?? '', world.random), figures),
    submit(world, submissions),
    submit(world, submissions),
  ]);
  for (const machine of machines) machine.start();
  const spool = world.environment['MGPU_SPOOL'] ?? '';
  const aftermath = await settle({ spool, testimony, submissions });
  const selfEnds = machines.reduce((sum, machine) => sum + machine.selfEnds(), 0);
  return { ...aftermath, kind: shared.kind, figures, submissions, selfEnds, fitness, folder: world.folder };
}

function submit(world: World, submissions: Submissions): Promise<void> {
  const { environment, work, random, isOver, testimony } = world;
  const isWanted = (): boolean => {
    const { acknowledged, cancelled } = submissions;
    const left = acknowledged.filter(({ id, isFollowed }) => !isFollowed && !cancelled.has(id));
    const asked = left.reduce((sum, { tasks }) => sum + tasks, 0);
    return asked - testimony.ends() < waitingMax;
  };
  const script = join(work, 'job.sh');
  const stepProgram = join(work, 'step.sh');
  return submitUntilOver({ environment, work, script, stepProgram, random, isWanted, isOver }, submissions);
}

/** One fault after the other, with a rest in between in which work goes on. */
async function harm(
  world: World,
  faults: readonly Fault[],
  figures: Map<string, FaultFigure>,
): Promise<void> {
  const { random, isOver } = world;
  const turns = inTurn(faults, random);
  await pause(3000 + random() * 3000);
  while (!isOver()) {
    const fault = turns.next().value as Fault;
    const figure = figures.get(fault.name) ?? { count: 0, longestSeconds: 0, unseen: 0 };
    figures.set(fault.name, figure);
    figure.count += 1;
    await fault.strike();
    await recover(world, fault, figure);
    await pause(random() * 3000);
  }
}

/** Waits until a job starts where the harm was done, and notes how long that took. */
async function recover({ testimony }: World, { machine }: Fault, figure: FaultFigure): Promise<void> {
  const over = uptimeSeconds();
  const endMs = performance.now() + recoveryMsMax;
  while (testimony.lastStart(machine) < over) {
    if (performance.now() > endMs) {
      figure.unseen += 1;
      return;
    }
    await pause(50);
  }
  figure.longestSeconds = Math.max(figure.longestSeconds, testimony.lastStart(machine) - over);
}
