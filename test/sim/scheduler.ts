import { getSystemErrorName } from 'node:util';
import { errnoOf } from '../../src/system/errnowords.ts';
import type { Random } from '../fakes/random.ts';
import type { Machine } from './machine.ts';

/*
 * Who goes on next. Every call of every actor into a port is parked here; the seed decides which of them
 * happens, and then its effect takes place at once. A dead actor's calls never return. Time passes by a
 * little at each call, and by as much as is needed when all wait.
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
}

/** A pause may be cut short: who waits for its end looks so often. */
const pauseLookMs = 1000;

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
}

export class Scheduler {
  nowMs = 0;
  steps = 0;
  /** The first promise that was broken; the run ends with it. */
  failure: unknown;
  readonly #random: Random;
  readonly #ready: Call[] = [];
  readonly #timers: Timer[] = [];
  readonly #late = new Set<Call>();
  #order = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Parks a call; its effect takes place when its turn comes. */
  call<T>(call: Omit<Call, 'resolve' | 'reject' | 'effect'> & { readonly effect: () => T }): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#ready.push({ ...call, resolve: resolve as (value: unknown) => void, reject });
    });
  }

  after(ms: number, fire: () => void): void {
    if (Number.isNaN(ms)) throw new Error('a wait of no length');
    this.#order += 1;
    const timer = { atMs: this.nowMs + Math.max(0, ms), order: this.#order, fire };
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
    this.after(ms, () => {
      if (actor.isDead) return;
      const pausedMs = actor.pausedUntilMs - this.nowMs;
      if (pausedMs > 0) this.afterFor(actor, Math.min(pausedMs, pauseLookMs), fire);
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
      const call = this.#pick();
      if (call !== undefined) this.#perform(judge, call);
      else if (this.#ready.length === 0) this.nowMs = Math.min(untilMs, this.#timers.at(-1)?.atMs ?? untilMs);
    }
  }

  /** True if one fired: then somebody may have something to do now. */
  #fireTimers(): boolean {
    const next = this.#timers.at(-1);
    if (next === undefined || next.atMs > this.nowMs) return false;
    this.#timers.pop();
    next.fire();
    return true;
  }

  #pick(): Call | undefined {
    const ready = this.#ready;
    if (ready.length === 0) return undefined;
    const at = Math.floor(this.#random() * ready.length);
    const call = ready[at];
    const last = ready.pop();
    if (last !== undefined && at < ready.length) ready[at] = last;
    if (call === undefined || call.actor.isDead) return undefined;
    const pausedMs = call.actor.pausedUntilMs - this.nowMs;
    if (pausedMs <= 0) return call;
    this.#delay(call, pausedMs);
    return undefined;
  }

  #delay(call: Call, ms: number): void {
    this.#late.add(call);
    this.after(ms, () => {
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
        this.#delay(call, fate.ms);
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
        settle(call);
        return;
      default:
        settle(call);
    }
  }
}

function settle({ effect, resolve, reject }: Call): void {
  try {
    resolve(effect());
  } catch (error) {
    reject(error);
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
