import type { Chaos } from './chaos.ts';
import type { Choice, Fault } from './choices.ts';
import { Digest, inodeText, shown } from './digest.ts';
import type { Disk, Inode } from './disk.ts';
import type { Machine } from './machine.ts';
import type { Actor, Call, Fate, Judge } from './scheduler.ts';

/*
 * Who goes on next, and what goes wrong, by a list of choices. The default: who goes on does so until it
 * waits, then whoever has waited longest, and nothing goes wrong. Each time that a call is about to happen is
 * a turn, counted from 0; at a turn the list may say otherwise.
 */

/** A turn as it was: what was about to happen, and who else there was. */
export interface Turn {
  readonly call: Call;
  readonly nowMs: number;
  readonly others: readonly string[];
  /** True if its machine has something to lose in a power cut. */
  readonly isUnsynced: boolean;
}

/** A process that stands still until another has gone on and waits again. */
interface Hold {
  readonly actor: Actor;
  readonly until: Actor;
  hasBegun: boolean;
}

interface DirectedWorld {
  readonly machines: readonly Machine[];
  readonly chaos: Chaos;
  readonly disk: Disk;
  nowMs(): number;
  /** The process is struck: it dies or stands still. */
  strike(call: Call, fault: Fault): void;
  /** All wait, and time is about to pass. */
  onRest(): void;
}

export class Director implements Judge {
  readonly turns: Turn[] = [];
  /** What each process has seen so far; two that saw the same are in the same state. */
  readonly seen = new Map<Actor, Digest>();
  holds: readonly Hold[] = [];
  world: DirectedWorld | undefined;
  readonly #choices: ReadonlyMap<number, Choice['what']>;
  #current: Actor | undefined;
  #fault: Fault | undefined;

  readonly #lastTurn: number;
  readonly #isLast: boolean;

  /** `isLast`: no further choice will be made, and nobody asks among what. */
  constructor(choices: readonly Choice[], isLast: boolean) {
    this.#isLast = isLast;
    this.#lastTurn = choices.at(-1)?.turn ?? -1;
    this.#choices = new Map(choices.map(({ turn, what }) => [turn, what]));
  }

  /** True when all that was chosen has been done. */
  get isDone(): boolean {
    return this.turns.length > this.#lastTurn;
  }

  /** As the scheduler asks: who is next. */
  readonly next = (ready: readonly Call[]): number | undefined => {
    const { world } = this;
    this.#fault = undefined;
    if (world === undefined) return ready.length === 0 ? undefined : oldest(ready);
    const idle = ready.findIndex(({ actor }) => actor.isDead || actor.pausedUntilMs > world.nowMs());
    if (idle >= 0) return idle;
    for (;;) {
      const at = this.#default(ready);
      const call = at === undefined ? undefined : ready[at];
      if (call === undefined) {
        world.onRest();
        return undefined;
      }
      const what = this.#choices.get(this.turns.length);
      this.#note(world, call);
      if (typeof what !== 'object') {
        this.#current = call.actor;
        this.#fault = what;
        return at;
      }
      this.#hold(world, call.actor, what.to);
    }
  };

  #default(ready: readonly Call[]): number | undefined {
    const isReady = (actor: Actor): boolean => ready.some((call) => call.actor === actor);
    for (const hold of this.holds) hold.hasBegun ||= isReady(hold.until);
    this.holds = this.holds.filter(({ until, hasBegun }) => !until.isDead && (!hasBegun || isReady(until)));
    const free = ready.filter(({ actor }) => !this.holds.some((hold) => hold.actor === actor));
    const begun = this.holds.flatMap(({ until }) => free.filter(({ actor }) => actor === until));
    const own = free.filter(({ actor }) => actor === this.#current);
    const [first] = [begun, own, free].find((calls) => calls.length > 0) ?? [];
    return first && oldest(ready, first.actor);
  }

  #note(world: DirectedWorld, call: Call): void {
    const turn = { call, nowMs: world.nowMs() };
    if (!this.#isLast && this.isDone) {
      const others = world.machines.flatMap(({ actors }) => [...actors]).filter((one) => one !== call.actor);
      const isUnsynced = world.disk.isUnsynced(call.actor.machine.name);
      this.turns.push({ ...turn, others: others.map(({ name }) => wordOf(name)), isUnsynced });
    } else this.turns.push({ ...turn, others: [], isUnsynced: true });
  }

  #hold(world: DirectedWorld, actor: Actor, to: string): void {
    const all = world.machines.flatMap(({ actors }) => [...actors]);
    const until = all.find(({ name }) => wordOf(name) === to);
    if (until === undefined || until === actor) throw new Error(`nobody to go first: ${to}`);
    this.holds = [...this.holds.filter((hold) => hold.actor !== until), { actor, until, hasBegun: false }];
  }

  fateOf(call: Call): Fate {
    const fault = this.#fault;
    if (fault === undefined) return { kind: 'go' };
    if (fault === 'pause') {
      this.world?.strike(call, fault);
      return { kind: 'delay', ms: 0 };
    }
    return { kind: fault.endsWith('-after') ? 'crash-after' : 'crash-before' };
  }

  crash(call: Call): void {
    if (this.#fault !== undefined) this.world?.strike(call, this.#fault);
  }

  record(call: Call, fate: Fate): void {
    this.world?.chaos.record(call, fate);
  }

  settled(call: Call, result: unknown): void {
    this.#observed(call.actor, `${call.op} ${call.path} ${shown(result)}`);
  }

  /** As the world tells: what a process read of an open file. */
  readonly learned = (actor: Actor, inode: Inode): void => this.#observed(actor, inodeText(inode));

  #observed(actor: Actor, what: string): void {
    const digest = this.seen.get(actor) ?? new Digest();
    digest.add(`${what} ${this.world?.nowMs()}`);
    this.seen.set(actor, digest);
  }
}

/** The call that has waited longest, of all or of one process. */
function oldest(ready: readonly Call[], actor?: Actor): number {
  let best = -1;
  ready.forEach((call, at) => {
    if (actor !== undefined && call.actor !== actor) return;
    const known = ready[best];
    if (known === undefined || call.turn < known.turn) best = at;
  });
  return best;
}

/** A process's name as one word. */
function wordOf(name: string): string {
  return name.replaceAll(' ', '-');
}
