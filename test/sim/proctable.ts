import type { ShimLaunch } from '../../src/ports/processes.ts';
import type { Random } from '../fakes/random.ts';
import type { Machine, SimProcess } from './machine.ts';
import type { Mount } from './mount.ts';
import type { Actor, Scheduler } from './scheduler.ts';
import type { Script } from './steps.ts';
import type { Watchman } from './watchman.ts';

/** The processes of a machine: who there is, and whose they are. */

export interface ProcessWorld {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly watchman: Watchman;
  mountOf(machine: Machine): Mount;
  /** A script makes a step; missing where none does. */
  readonly makeStep?: (script: Script) => void;
  /** A daemon starts the supervisor of a part of a step. */
  startPart(launch: PartLaunch): SimProcess;
  /** A local file that a watcher of that machine may look at has changed. */
  ended(machine: Machine): void;
}

/** What a script does; it is the script's text. */
export interface JobPlan {
  readonly ms: number;
  readonly code: number;
  readonly onTerm: 'end' | 'ignore';
  /** How much longer a process lives that it leaves behind; 0: none. */
  readonly orphanMs: number;
  /** When it makes steps after its start, in ms; missing: none. */
  readonly stepsAtMs?: readonly number[];
}

/** A part of a step that the daemon of a node launches. */
export interface PartLaunch {
  readonly daemon: Actor;
  readonly node: string;
  readonly launch: ShimLaunch;
}

export const ticksPerMs = 0.1;

export function addProcess(
  world: ProcessWorld,
  machine: Machine,
  given: Pick<SimProcess, 'mark' | 'signal' | 'facts'>,
): SimProcess {
  machine.pidNext += 1;
  const pid = machine.pidNext;
  const startMs = world.scheduler.nowMs;
  const startTicks = Math.floor((startMs - machine.bootMs) * ticksPerMs);
  const { bootId } = machine;
  const process: SimProcess = { pid, startTicks, startMs, bootId, ...given };
  machine.processes.set(pid, process);
  if (given.facts !== undefined) world.watchman.came(given.facts);
  return process;
}

/** A process goes; with the last one of a job the attempt is over on its node. */
export function leave({ watchman }: ProcessWorld, machine: Machine, process: SimProcess): void {
  if (machine.processes.get(process.pid) !== process) return;
  machine.processes.delete(process.pid);
  const { facts, mark } = process;
  if (facts === undefined) return;
  const left = [...machine.processes.values()].some(
    (one) => one.mark === mark && one.facts?.node === facts.node,
  );
  if (!left) watchman.ended(facts);
}

/** True while exactly this process lives. */
export function isRunning(machine: Machine, one: Pick<SimProcess, 'pid' | 'startTicks'>): boolean {
  return machine.processes.get(one.pid)?.startTicks === one.startTicks;
}
