import type { Clock } from '../../src/ports/clock.ts';
import type { LiveHandlers, LiveLink, TaskPipe } from '../../src/ports/live.ts';
import type { Random } from './random.ts';

/** A clock that goes on by a millisecond at each turn of the event loop. */
export interface TickingClock extends Clock {
  stop(): void;
}

export function tickingClock(): TickingClock {
  let elapsedMs = 0;
  let isOver = false;
  let sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];
  const tick = (): void => {
    elapsedMs += 1;
    const due = sleepers.filter(({ atMs }) => atMs <= elapsedMs);
    if (due.length > 0) sleepers = sleepers.filter(({ atMs }) => atMs > elapsedMs);
    for (const { wake } of due) wake();
    if (!isOver) setImmediate(tick);
  };
  setImmediate(tick);
  return {
    now: () => 1_767_225_600 + Math.floor(elapsedMs / 1000),
    monotonicMs: () => elapsedMs,
    utcOffsetMinutes: () => 0,
    sleep: (ms) => new Promise((wake) => void sleepers.push({ atMs: elapsedMs + Math.max(1, ms), wake })),
    stop() {
      isOver = true;
    },
  };
}

/** The two ends of a connection, and how much has gone through it. */
export interface LinkPair {
  readonly ends: readonly [LiveLink, LiveLink];
  bytesSent(): number;
}

interface End {
  handlers?: LiveHandlers;
  isOver: boolean;
  /** What has come and nobody has listened to yet. */
  readonly early: Uint8Array[];
}

/**
 * Connects two ends. What is sent arrives in pieces of any size, some time later. After `cutAt` bytes, of
 * both directions together, nothing arrives any more, and each end hears of it some time later.
 */
export function linkPair(clock: Clock, random: Random, cutAt: number = Number.POSITIVE_INFINITY): LinkPair {
  const sides: readonly [End, End] = [
    { isOver: false, early: [] },
    { isOver: false, early: [] },
  ];
  let sent = 0;
  let arrived = 0;
  const finish = (end: End): void => {
    if (end.isOver) return;
    end.isOver = true;
    end.handlers?.end();
  };
  const finishLater = (end: End): void => void clock.sleep(random() * 30).then(() => finish(end));
  const arrive = (end: End, bytes: Uint8Array): void => {
    const fitting = bytes.subarray(0, Math.max(0, cutAt - arrived));
    arrived += bytes.length;
    if (fitting.length > 0 && !end.isOver) {
      if (end.handlers === undefined) end.early.push(fitting);
      else end.handlers.bytes(fitting);
    }
    if (fitting.length < bytes.length) for (const side of sides) finishLater(side);
  };
  const linkOf = (own: End, other: End): LiveLink => {
    let last = Promise.resolve();
    return {
      send(pieces) {
        if (own.isOver) return;
        for (const piece of pieces) {
          sent += piece.length;
          for (let at = 0; at < piece.length; ) {
            const part = piece.slice(at, at + 1 + Math.floor(random() * piece.length));
            at += part.length;
            last = last.then(() => clock.sleep(random() * 2)).then(() => arrive(other, part));
          }
        }
      },
      listen(handlers) {
        own.handlers = handlers;
        for (const bytes of own.early.splice(0)) handlers.bytes(bytes);
        if (own.isOver) handlers.end();
      },
      close() {
        own.isOver = true;
        last = last.then(() => finishLater(other));
      },
    };
  };
  const [first, second] = sides;
  return { ends: [linkOf(first, second), linkOf(second, first)], bytesSent: () => sent };
}

/** A pipe that a test fills. */
export interface FakePipe extends TaskPipe {
  /** Done when there is room for more. */
  fill(bytes: Uint8Array): Promise<void>;
  isPaused(): boolean;
}

export function fakePipe(clock: Clock): FakePipe {
  let handler: (bytes: Uint8Array) => void = () => {};
  let isPaused = true;
  let held: Uint8Array[] = [];
  const flow = (): void => {
    while (!isPaused && held.length > 0) handler(held.shift() ?? new Uint8Array(0));
  };
  return {
    fd: -1,
    closeWriter: async () => {},
    listen(given) {
      handler = given;
    },
    resume() {
      isPaused = false;
      flow();
    },
    pause() {
      isPaused = true;
    },
    drain() {
      for (const bytes of held.splice(0)) handler(bytes);
    },
    close() {
      held = [];
    },
    async fill(bytes) {
      while (isPaused) await clock.sleep(1);
      held.push(bytes);
      flow();
    },
    isPaused: () => isPaused,
  };
}
