import type { NodeGpu } from '../../src/model/node.ts';
import type { Settings } from '../../src/model/settings.ts';
import type { Bells } from '../../src/ports/bells.ts';
import type { Clock, Ids } from '../../src/ports/clock.ts';
import type { Files } from '../../src/ports/files.ts';
import type { Journal } from '../../src/store/journal.ts';
import { filesOver } from '../../src/system/files.ts';
import { callsOf } from './calls.ts';
import type { Chaos } from './chaos.ts';
import type { Disk, Inode } from './disk.ts';
import type { Machine } from './machine.ts';
import { bellsOf, clockOf, type SimBells, type SimLocks, type SimWatcher } from './ports.ts';
import type { ProcessWorld } from './proctable.ts';
import type { Actor, ActorKind, Judge } from './scheduler.ts';

/** Who owns the spool, runs the daemons and submits: in a personal cluster they are one. */
export const ownerUid = 2001;

/** A node and the present life of its daemon. */
export interface SimNode {
  readonly name: string;
  readonly machine: Machine;
  readonly gpus: readonly NodeGpu[];
  lives: number;
  actor: Actor | undefined;
  journal: Journal | undefined;
  watcher: SimWatcher | undefined;
  isStopping: boolean;
}

/** What there is in one run: machines, nodes, users, one spool, and what goes wrong with them. */
export interface World extends ProcessWorld {
  readonly root: string;
  readonly disk: Disk;
  readonly chaos: Chaos;
  /** What becomes of each call. */
  readonly judge: Judge;
  /** Told what a process reads of an open file. */
  readonly learned?: (actor: Actor, inode: Inode) => void;
  readonly settings: Settings;
  /** No commit for so long means that nobody has anything to do. */
  readonly quietMs: number;
  /** After how long the daemon that has just ended is started again. */
  restartMs(): number;
  /** The identities that a process makes. */
  idsFor(process: string): Ids;
  readonly machines: readonly Machine[];
  readonly nodes: readonly SimNode[];
  readonly locks: SimLocks;
  /** Missing where nobody rings. */
  readonly bells?: SimBells;
  /** The part of the commands that cancel, and of the jobs that are arrays. */
  readonly cancels: number;
  readonly arrays: number;
  /** The part of the other commands that change a job beside its end. */
  readonly changes: number;
  /** The part of the jobs whose scripts make steps. */
  readonly steps: number;
  /** The part of the other commands that ask for nodes and stay with them. */
  readonly allocations: number;
  /** The part of the jobs that are on several nodes, where there are several. */
  readonly wideJobs: number;
  readonly jobsWanted: number;
  /** How many commands of administrators there are. */
  readonly admins: number;
  isCalm: boolean;
  /** Commands that run now. */
  clients: number;
  /** Those of them that wait for nodes, or have some. */
  waiting: number;
  clientsBegun: number;
}

export interface ActorFacts {
  readonly name: string;
  readonly kind: ActorKind;
  readonly machine: Machine;
}

export function newActor(_world: World, facts: ActorFacts): Actor {
  const actor: Actor = { ...facts, isDead: false, pausedUntilMs: 0, atDeath: [] };
  facts.machine.actors.add(actor);
  return actor;
}

/** What a process of ours gets of its machine. */
export function portsFor(world: World, actor: Actor): Ports {
  return {
    files: filesFor(world, actor),
    clock: clockOf(world.scheduler, actor),
    ids: world.idsFor(actor.name),
    ...(world.bells && { bells: bellsOf(world.scheduler, world.bells, world.random) }),
  };
}

export interface Ports {
  readonly files: Files;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly bells?: Bells;
}

function filesFor(world: World, actor: Actor): Files {
  const { scheduler, random, chaos } = world;
  const oldListing = (): number => (random() < chaos.weather.oldListing ? random() * 3000 : 0);
  const learned = (inode: Inode): void => world.learned?.(actor, inode);
  const mount = world.mountOf(actor.machine);
  return filesOver(callsOf({ scheduler, actor, mount, uid: ownerUid, random, oldListing, learned }));
}
