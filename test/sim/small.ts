import type { Settings } from '../../src/model/settings.ts';
import { randomOf } from '../fakes/random.ts';
import { gpu, spec } from '../unit/builders.ts';
import { assemble, crashMachine, furnish } from './build.ts';
import { calm } from './chaos.ts';
import { type Choice, type Fault, faults } from './choices.ts';
import { submitJob, type Wish } from './client.ts';
import { Digest, diskText } from './digest.ts';
import { Director, type Turn } from './director.ts';
import type { Loss } from './disk.ts';
import { endWith } from './endwith.ts';
import { kill, type Machine } from './machine.ts';
import { startDaemon } from './node.ts';
import { idsOf } from './ports.ts';
import type { Actor, Call } from './scheduler.ts';
import { checkEnd, isBroken, isSettled, unsettled, until } from './seed.ts';
import { BrokenPromise } from './watchman.ts';
import { newActor, ownerUid, portsFor, type SimNode, type World } from './world.ts';

/*
 * A small world in which nothing is left to chance: two machines with a daemon and a GPU each, a third where
 * somebody submits two jobs. The first may run on either node, the second on the first one alone, so that
 * they compete for its GPU. Calls take no time: it passes when all wait.
 */

const settings: Settings = {
  heartbeatSeconds: 5,
  nodeTimeoutSeconds: 10,
  killWaitSeconds: 2,
  minJobAgeSeconds: 1,
  gpuProbeSeconds: 60,
};
/** Longer than any daemon sleeps, and than ended jobs wait for their accounting. */
const quietMs = 6000;
/** Shorter rests are no places to look whether the state was met before. */
const restMsMin = 100;
const soonMs = 1000;
/** Past every time-out: of the node, its lease, the locks. */
const lateMs = 18_000;
const virtualMsMax = 600_000;
/** Many times what any run takes. */
const turnsMax = 10_000;
const linesShown = 60;

const wishes: readonly Wish[] = [
  wish({ ms: 12_000, gpus: [{ count: 1, per: 'job' }] }),
  wish({ ms: 3000, gpus: [{ count: 1, per: 'job', type: 'a100' }] }),
];

function wish({ ms, gpus }: { readonly ms: number; readonly gpus: Wish['wanted']['gpus'] }): Wish {
  return {
    plan: { ms, code: 0, onTerm: 'end', orphanMs: 0 },
    wanted: spec({ uid: ownerUid, gpus }),
  };
}

/** What came of one list of choices. */
export interface SmallOutcome {
  readonly turns: readonly Turn[];
  /** True if it came into a state that was met before, and was left there. */
  readonly isMet: boolean;
  readonly steps: number;
  readonly failure?: { readonly message: string; readonly trace: readonly string[] };
}

/** The states that were met, and how many choices were left there. */
export type Met = Map<string, number>;

/** Runs the small world by these choices, until it comes to rest or into a state that was met before. */
export async function runChoices(
  choices: readonly Choice[],
  known?: { readonly met: Met; readonly left: number },
): Promise<SmallOutcome> {
  const director = new Director(choices, known?.left === 0);
  const small: Small = { director, restartMs: soonMs, isMet: false, shimsStruck: 0, submitted: new Set() };
  const world = smallWorld(small);
  const { chaos, watchman, scheduler } = world;
  let failure: SmallOutcome['failure'];
  try {
    await until(world, furnish(world));
    director.world = {
      machines: world.machines,
      chaos,
      disk: world.disk,
      nowMs: () => scheduler.nowMs,
      strike: (call, fault) => strike(world, small, call, fault),
      onRest() {
        if (known === undefined || !director.isDone || scheduler.nextMs < restMsMin) return;
        const state = stateOf(world, director);
        const left = known.met.get(state);
        if (left !== undefined && left >= known.left) small.isMet = true;
        else known.met.set(state, known.left);
      },
    };
    for (const node of world.nodes) startDaemon(world, node);
    startSubmitter(world, small);
    const isOver = (): boolean =>
      isBroken(world) || small.isMet || isSettled(world) || director.turns.length >= turnsMax;
    await scheduler.run(world.judge, scheduler.nowMs + virtualMsMax, isOver);
    if (!small.isMet) {
      if (!isSettled(world)) throw new BrokenPromise(`it does not come to rest: ${unsettled(world)}`);
      director.world = undefined;
      await checkEnd(world);
      checkRuns(world, small);
    }
  } catch (error) {
    const message = error instanceof BrokenPromise ? error.message : String((error as Error).stack ?? error);
    const chosen = choices.map((choice) => shownChoice(choice, director.turns[choice.turn]));
    const lines = watchman.lines.slice(-linesShown);
    failure = { message, trace: [...chosen, ...lines, '--- last operations', ...chaos.trace()] };
  }
  return { turns: director.turns, isMet: small.isMet, steps: scheduler.steps, ...(failure && { failure }) };
}

function shownChoice({ turn, what }: Choice, was: Turn | undefined): string {
  const call =
    was && `${(was.nowMs / 1000).toFixed(3)} ${was.call.actor.name}: ${was.call.op} ${was.call.path}`;
  const chosen = typeof what === 'string' ? faults[what] : `${what.to} goes first`;
  return `turn ${turn}: ${call ?? 'not reached'}: ${chosen}`;
}

interface Small {
  readonly director: Director;
  /** The next daemon or client that dies is back after so long. */
  restartMs: number;
  isMet: boolean;
  shimsStruck: number;
  /** The wishes that were granted, as far as who wished knows. */
  readonly submitted: Set<Wish>;
}

function smallWorld(small: Small): World {
  const random = (): number => 0.5;
  // Their clocks are an hour apart.
  const machines = ['machine1', 'machine2', 'login'].map((name, index) => machineOf(name, index * 3600));
  const [first, second] = machines;
  if (first === undefined || second === undefined) throw new Error('no machines');
  return assemble({
    random,
    order: small.director.next,
    judge: small.director,
    learned: small.director.learned,
    losesNames: true,
    machines,
    cacheMs: 0,
    nodes: [nodeOf('node1', first, 'a100'), nodeOf('node2', second, 'v100')],
    cancels: 0,
    arrays: 0,
    changes: 0,
    steps: 0,
    allocations: 0,
    wideJobs: 0,
    jobsWanted: wishes.length,
    admins: 0,
    weather: calm,
    onCrash() {},
    settings,
    quietMs,
    restartMs: () => small.restartMs,
    idsFor: (process) => idsOf(randomOf(numberOf(process))),
  });
}

function numberOf(text: string): number {
  return [...text].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), 7);
}

function machineOf(name: string, skewSeconds: number): Machine {
  return {
    name,
    fileSystem: 'local',
    callMsMax: 0,
    skewSeconds,
    drift: 0,
    isUp: true,
    bootId: `boot-${name}-1`,
    bootMs: 0,
    pidNext: 100,
    processes: new Map(),
    actors: new Set(),
  };
}

function nodeOf(name: string, machine: Machine, type: string): SimNode {
  return {
    name,
    machine,
    gpus: [gpu(0, { type })],
    lives: 0,
    actor: undefined,
    journal: undefined,
    watcher: undefined,
    isStopping: false,
  };
}

/** Submits what is not known to be submitted, and does so again when it was killed. */
function startSubmitter(world: World, small: Small): void {
  const machine = world.machines.at(-1);
  if (machine === undefined || wishes.every((one) => small.submitted.has(one))) return;
  const again = (): void =>
    world.scheduler.after(small.restartMs, () => {
      world.clients -= 1;
      startSubmitter(world, small);
    });
  // It counts until the next one has begun: the world is not at rest before.
  world.clients += 1;
  if (!machine.isUp) {
    again();
    return;
  }
  world.clientsBegun += 1;
  const actor = newActor(world, { name: `client ${world.clientsBegun}`, kind: 'client', machine });
  actor.atDeath.push(again);
  endWith(world, actor, submitAll(world, small, actor));
}

async function submitAll(world: World, small: Small, actor: Actor): Promise<void> {
  const ports = portsFor(world, actor);
  for (const one of wishes) {
    if (small.submitted.has(one)) continue;
    await submitJob(world, ports, () => one);
    small.submitted.add(one);
  }
}

const allLost: Loss = { keepsName: () => false, contentOf: ({ stable }) => stable };
const namesKept: Loss = { ...allLost, keepsName: () => true };

/** One name is kept, the next one is not, as they come. */
function everyOther(): Loss {
  let isKept = false;
  const keepsName = (): boolean => {
    isKept = !isKept;
    return isKept;
  };
  return { ...allLost, keepsName };
}

const losses: Partial<Record<Fault, () => Loss>> = {
  cut: () => allLost,
  'cut-after': () => allLost,
  'cut-names': () => namesKept,
  'cut-some': everyOther,
};

/** Nobody cancels anything: what was acknowledged has run, unless its shim was struck down. */
function checkRuns({ watchman }: World, { shimsStruck }: Small): void {
  const ran = new Set([...watchman.startedAttempts].map((key) => Number(key.split('.')[0])));
  for (const id of watchman.acknowledged)
    if (!ran.has(id) && shimsStruck === 0) throw new BrokenPromise(`job ${id} has ended and never ran`);
}

function strike(world: World, small: Small, { actor }: Call, fault: Fault): void {
  const { scheduler, watchman } = world;
  watchman.note(`${actor.name}: ${fault}`);
  if (actor.kind === 'shim') small.shimsStruck += 1;
  if (fault === 'pause') {
    actor.pausedUntilMs = scheduler.nowMs + lateMs;
    return;
  }
  const loss = losses[fault]?.();
  if (loss !== undefined) {
    crashMachine(world, actor.machine, { loss, downMs: () => lateMs });
    return;
  }
  small.restartMs = fault === 'leave' ? lateMs : soonMs;
  kill(actor);
  small.restartMs = soonMs;
}

/** All that the future depends on, as one fingerprint. */
function stateOf(world: World, director: Director): string {
  const { scheduler, disk, machines, watchman, locks } = world;
  const digest = new Digest();
  digest.add(diskText(disk));
  for (const { name, isUp, bootId, bootMs, pidNext, processes, actors } of machines) {
    digest.add(`${name} ${isUp} ${bootId} ${bootMs} ${pidNext}`);
    for (const process of processes.values()) digest.add(`${process.pid} ${process.mark} ${process.startMs}`);
    for (const actor of [...actors].sort(byName))
      digest.add(`${actor.name} ${actor.pausedUntilMs} ${director.seen.get(actor)?.value}`);
  }
  for (const { actor, until: target } of director.holds) digest.add(`${actor.name} ${target.name}`);
  digest.add(`${scheduler.nowMs} ${scheduler.alarms().join()}`);
  digest.add(locks.text());
  digest.add(watchman.text());
  return digest.value;
}

function byName(a: Actor, b: Actor): number {
  return a.name < b.name ? -1 : 1;
}
