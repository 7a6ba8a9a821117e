import type { Bell } from '../../src/model/bell.ts';
import type { Bells, Doorbell } from '../../src/ports/bells.ts';
import type { Clock, Ids } from '../../src/ports/clock.ts';
import type { Locks } from '../../src/ports/locks.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Watcher } from '../../src/ports/watch.ts';
import { fakeIds } from '../fakes/clock.ts';
import type { Random } from '../fakes/random.ts';
import type { Actor, Scheduler } from './scheduler.ts';

/** 2026-01-01T00:00:00 UTC. */
export const startSeconds = 1_767_225_600;

export function clockOf(scheduler: Scheduler, actor: Actor): Clock {
  const { machine } = actor;
  return {
    now: () =>
      Math.max(
        0,
        Math.floor(startSeconds + machine.skewSeconds + (scheduler.nowMs / 1000) * (1 + machine.drift)),
      ),
    monotonicMs: () => scheduler.nowMs - machine.bootMs,
    utcOffsetMinutes: () => 0,
    sleep: (ms) => new Promise((resolve) => scheduler.afterFor(actor, ms, resolve)),
  };
}

export function idsOf(random: Random): Ids {
  return fakeIds(Math.floor(random() * 2 ** 31));
}

export interface SimWatcher extends Watcher {
  /** Something changed where it looks; it may be told, and that may take a while. */
  changed(): void;
}

export function watcherOf(scheduler: Scheduler, actor: Actor, random: Random): SimWatcher {
  let isPending = false;
  let wakeUp: (() => void) | undefined;
  const wake = (): void => {
    isPending = true;
    wakeUp?.();
  };
  return {
    wait: (timeoutMs) =>
      new Promise((resolve) => {
        let isOver = false;
        const end = (): void => {
          if (isOver || actor.isDead) return;
          isOver = true;
          isPending = false;
          wakeUp = undefined;
          resolve();
        };
        if (isPending) scheduler.afterFor(actor, 0, end);
        else {
          wakeUp = () => scheduler.afterFor(actor, 0, end);
          scheduler.afterFor(actor, timeoutMs, end);
        }
      }),
    wake,
    add() {},
    changed() {
      if (random() < 0.9) scheduler.afterFor(actor, 1 + random() * actor.machine.callMsMax * 100, wake);
    },
    close: async () => {},
  };
}

/** Where all daemons are, each at a port of its own from this one on. */
export const ownAddress = '10.0.0.1';
export const daemonPort = 7000;
const commandPort = 20_000;

/** A command that waits is rung too, at the place that this gives. */
export function hangOut(bells: SimBells, watcher: SimWatcher): readonly Bell[] {
  const port = commandPort + bells.size;
  bells.set(port, doorbellOf(port, watcher));
  return [{ address: ownAddress, port }];
}

/** The bells of one run: by port, who is woken. */
export type SimBells = Map<number, SimDoorbell>;

export interface SimDoorbell extends Doorbell {
  /** Somebody rang, just now. */
  rung(): void;
}

export function doorbellOf(port: number, watcher: SimWatcher): SimDoorbell {
  let isCalled = false;
  const counts = { rings: 0, looks: 0 };
  return {
    port,
    rung() {
      counts.rings += 1;
      isCalled = true;
      watcher.wake();
    },
    answer() {
      const wasCalled = isCalled;
      isCalled = false;
      if (wasCalled) counts.looks += 1;
      return wasCalled;
    },
    counts: () => counts,
    close: async () => {},
  };
}

/** Datagrams: some are lost, some come twice, and some come when all is over. */
export function bellsOf(scheduler: Scheduler, bells: SimBells, random: Random): Bells {
  return {
    async ring(places) {
      for (const { port } of places) {
        const chance = random();
        const copies = chance < 0.2 ? 0 : chance < 0.3 ? 2 : 1;
        for (let copy = 0; copy < copies; copy += 1) {
          const delayMs = random() < 0.1 ? random() * 60_000 : random() * 20;
          scheduler.after(delayMs, () => bells.get(port)?.rung());
        }
      }
    },
  };
}

const lockStaleMs = 10_000;

/** Advisory locks that go stale, and sometimes have two owners. */
export class SimLocks {
  readonly #held = new Map<string, { readonly actor: Actor; readonly untilMs: number }>();

  /** Who holds what, as one text. */
  text(): string {
    return [...this.#held].map(([path, { actor, untilMs }]) => `${path} ${actor.name} ${untilMs}`).join();
  }

  of(scheduler: Scheduler, actor: Actor, random: Random): Locks {
    return {
      tryLock: (path) =>
        scheduler.call({
          actor,
          op: 'lock',
          path,
          isChange: false,
          effect: () => {
            const holder = this.#held.get(path);
            const isHeld = holder !== undefined && holder.untilMs > scheduler.nowMs;
            if (isHeld && random() > 0.1) return undefined;
            const own = { actor, untilMs: scheduler.nowMs + lockStaleMs };
            this.#held.set(path, own);
            return async () => {
              if (this.#held.get(path) === own) this.#held.delete(path);
            };
          },
        }),
    };
  }
}

export function loggerOf(note: (line: string) => void): Logger {
  const line =
    (level: string): Logger['info'] =>
    (message, facts) =>
      note(`${level}: ${message}${facts === undefined ? '' : ` ${JSON.stringify(facts)}`}`);
  return { error: line('error'), warn: line('warn'), info: line('info'), debug: () => {} };
}
