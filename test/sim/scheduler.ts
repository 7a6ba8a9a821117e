import { getSystemErrorName } from 'node:util';
import { errnoOf } from '../../src/system/errnowords.ts';
import type { Random } from '../fakes/random.ts';
import type { Machine } from './machine.ts';

/*
 * Who goes on next. Every call of every actor into a port is parked here; an order (by a seed, or by given
 * choices) says which of them happens, and then its effect takes place at once. A dead actor's calls never
 * return. Time passes by a little at each call, and by as much as is needed when all wait.
 */

export type ActorKind = 'daemon' | 'client' | 'shim' | 'job';

/** A process. */
export interface Actor {
  readonly name: string;
  readonly kind: ActorKind;
  readonly machine: Machine;
  isDead: boolean;
  /** Until when it is stopped, as by SIGSTOP. */
  pausedUntilMs: number;
  /** The kernel tidies up after the process: called once when it dies and its machine does not. */
  readonly atDeath: (() => void)[];
}

/** A call that has not happened yet. */
export interface Call {
  readonly actor: Actor;
  readonly op: string;
  readonly path: string;
  readonly isChange: boolean;
  /** Rises from call to call: who has waited longest has the least. */
  readonly turn: number;
  readonly effect: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** What becomes of a call, besides its effect. */
export type Fate =
  | { readonly kind: 'go' | 'replay' | 'crash-before' | 'crash-after' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'error'; readonly code: string; readonly takesEffect: boolean };

export interface Judge {
  fateOf(call: Call): Fate;
  crash(call: Call, fate: Fate): void;
  record(call: Call, fate: Fate): void;
  /** What the caller learned: a result, or the code of an error. */
  settled(call: Call, result: unknown): void;
}

/** Which of the calls that wait happens next, as its place; undefined: none before time has passed. */
export type Order = (ready: readonly Call[]) => number | undefined;

/** Any of them, by chance. */
export function orderOf(random: Random): Order {
  return (ready) => (ready.length === 0 ? undefined : Math.floor(random() * ready.length));
}

/** A pause may be cut short: who waits for its end looks so often. */
const pauseLookMs = 1000;

interface Timer {
  readonly atMs: number;
  /** Who is told; nobody in particular if not given. */
  readonly actor: Actor | undefined;
  readonly fire: () => void;
}

export class Scheduler {
  nowMs = 0;
  steps = 0;
  /** The first promise that was broken; the run ends with it. */
  failure: unknown;
  readonly #random: Random;
  readonly #order: Order;
  readonly #ready: Call[] = [];
  readonly #timers: Timer[] = [];
  readonly #late = new Set<Call>();
  #turn = 0;

  constructor(random: Random, order: Order) {
    this.#random = random;
    this.#order = order;
  }

  /** Parks a call; its effect takes place when its turn comes. */
  call<T>(
    call: Omit<Call, 'resolve' | 'reject' | 'turn' | 'effect'> & { readonly effect: () => T },
  ): Promise<T> {
    this.#turn += 1;
    const turn = this.#turn;
    return new Promise<T>((resolve, reject) => {
      this.#ready.push({ ...call, turn, resolve: resolve as (value: unknown) => void, reject });
    });
  }

  after(ms: number, fire: () => void): void {
    this.#at(this.nowMs + Math.max(0, ms), undefined, fire);
  }

  #at(atMs: number, actor: Actor | undefined, fire: () => void): void {
    if (Number.isNaN(atMs)) throw new Error('a wait of no length');
    const timer = { atMs, actor, fire };
    const timers = this.#timers;
    let at = timers.length;
    // Soonest last, so that taking one is cheap.
    for (; at > 0; at -= 1) {
      const other = timers[at - 1];
      if (other === undefined || other.atMs > timer.atMs) break;
    }
    timers.splice(at, 0, timer);
  }

  /** Fires for a living actor that is not stopped; later for one that is. */
  afterFor(actor: Actor, ms: number, fire: () => void): void {
    this.#atFor(actor, this.nowMs + Math.max(0, ms), fire);
  }

  #atFor(actor: Actor, atMs: number, fire: () => void): void {
    this.#at(atMs, actor, () => {
      if (actor.isDead) return;
      const { pausedUntilMs } = actor;
      if (pausedUntilMs > this.nowMs)
        this.#atFor(actor, Math.min(pausedUntilMs, this.nowMs + pauseLookMs), fire);
      else fire();
    });
  }

  /** What a part of the world that nobody awaits ended with. */
  fail(error: unknown): void {
    this.failure ??= error;
  }

  /** Goes on until `isOver` or that time. Throws what `fail` was told. */
  async run(judge: Judge, untilMs: number, isOver: () => boolean): Promise<void> {
    while (this.nowMs < untilMs) {
      // Everybody goes on until they wait again: only then is it known who can be next.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.failure !== undefined) throw this.failure;
      if (isOver()) return;
      if (this.#fireTimers()) continue;
      const at = this.#order(this.#ready);
      if (at === undefined) this.nowMs = Math.min(untilMs, this.#timers.at(-1)?.atMs ?? untilMs);
      else {
        const call = this.#take(at);
        if (call !== undefined) this.#perform(judge, call);
      }
    }
  }

  /** How long it is until something happens if no call does. */
  get nextMs(): number {
    return (this.#timers.at(-1)?.atMs ?? Number.POSITIVE_INFINITY) - this.nowMs;
  }

  /** When timers of the living, or of nobody in particular, will fire. */
  alarms(): readonly number[] {
    return this.#timers.filter(({ actor }) => actor?.isDead !== true).map(({ atMs }) => atMs);
  }

  /** True if one fired: then somebody may have something to do now. */
  #fireTimers(): boolean {
    const next = this.#timers.at(-1);
    if (next === undefined || next.atMs > this.nowMs) return false;
    this.#timers.pop();
    next.fire();
    return true;
  }

  #take(at: number): Call | undefined {
    const ready = this.#ready;
    const call = ready[at];
    const last = ready.pop();
    if (last !== undefined && at < ready.length) ready[at] = last;
    if (call === undefined || call.actor.isDead) return undefined;
    const { pausedUntilMs } = call.actor;
    if (pausedUntilMs <= this.nowMs) return call;
    // To that very instant: a sum may be a little before it.
    this.#delay(call, pausedUntilMs);
    return undefined;
  }

  #delay(call: Call, untilMs: number): void {
    this.#late.add(call);
    this.#at(untilMs, undefined, () => {
      if (this.#late.delete(call)) this.#ready.push(call);
    });
  }

  /** Lets all calls go on that were to be late. */
  hurry(): void {
    this.#ready.push(...this.#late);
    this.#late.clear();
  }

  #perform(judge: Judge, call: Call): void {
    this.steps += 1;
    this.nowMs += this.#random() * call.actor.machine.callMsMax;
    const fate = judge.fateOf(call);
    judge.record(call, fate);
    switch (fate.kind) {
      case 'delay':
        this.#delay(call, this.nowMs + fate.ms);
        return;
      case 'crash-before':
        judge.crash(call, fate);
        return;
      case 'crash-after':
        attempt(call.effect);
        judge.crash(call, fate);
        return;
      case 'error':
        if (fate.takesEffect) attempt(call.effect);
        call.reject(systemError(fate.code, call.path));
        return;
      case 'replay':
        // A request whose reply was lost is sent again, and the server does it a second time.
        attempt(call.effect);
        settle(judge, call);
        return;
      default:
        settle(judge, call);
    }
  }
}

function settle(judge: Judge, call: Call): void {
  try {
    const value = call.effect();
    judge.settled(call, value);
    call.resolve(value);
  } catch (error) {
    judge.settled(call, error instanceof SystemError ? error.code : String(error));
    call.reject(error);
  }
}

function attempt(effect: () => unknown): void {
  try {
    effect();
  } catch (error) {
    // What the caller would have been told is lost with the reply; a bug of the simulator is not.
    if (!(error instanceof SystemError)) throw error;
  }
}

/** What Node gives for errors that it has no name for. */
const codes = new Map(['ESTALE', 'EDQUOT'].map((name) => [name, getSystemErrorName(-errnoOf(name))]));

/** An error of a system call, as Node throws it. */
export class SystemError extends Error {
  readonly code: string;

  constructor(name: string, path: string) {
    super(`${name}: ${path}`);
    this.code = codes.get(name) ?? name;
  }
}

/** Made so often that the time for a stack would be felt, and nobody looks at it. */
export function systemError(code: string, path: string): SystemError {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const error = new SystemError(code, path);
  Error.stackTraceLimit = before;
  return error;
}
