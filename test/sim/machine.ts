import type { Actor } from './scheduler.ts';

/** A host: what its processes share, and what is lost when it goes down. */
export interface Machine {
  readonly name: string;
  readonly fileSystem: 'local' | 'nfs';
  /** A call takes up to so long. */
  readonly callMsMax: number;
  /** How far its wall clock is off, in seconds, and how many seconds it gains in one. */
  skewSeconds: number;
  readonly drift: number;
  isUp: boolean;
  bootId: string;
  bootMs: number;
  pidNext: number;
  /** The living processes by number. */
  readonly processes: Map<number, SimProcess>;
  readonly actors: Set<Actor>;
}

export interface SimProcess {
  readonly pid: number;
  readonly startTicks: number;
  readonly startMs: number;
  readonly bootId: string;
  readonly mark: string;
  /** The attempt that it runs for, and on which node; a shim, and what is of no job, has none. */
  readonly facts?: JobFacts;
  readonly signal: (number: number) => void;
}

/** An attempt that runs. */
export interface JobFacts {
  readonly jobId: number;
  readonly attempt: number;
  readonly node: string;
}

/** Lets a process end; its calls never return. */
export function kill(actor: Actor): void {
  if (actor.isDead) return;
  actor.isDead = true;
  actor.machine.actors.delete(actor);
  for (const tidy of actor.atDeath) tidy();
}
