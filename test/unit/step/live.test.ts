import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MgpuError } from '../../../src/base/error.ts';
import { encodeFrame, type FrameGiven } from '../../../src/model/liveframe.ts';
import { windowOf } from '../../../src/model/livestream.ts';
import type { LiveOffer } from '../../../src/model/steplive.ts';
import type { Files } from '../../../src/ports/files.ts';
import type { LiveLink } from '../../../src/ports/live.ts';
import { inputByLink } from '../../../src/services/interactive/input.ts';
import { createLiveSide } from '../../../src/services/interactive/live.ts';
import { createRelay } from '../../../src/services/interactive/relay.ts';
import { openLive } from '../../../src/step/live.ts';
import type { InputSource } from '../../../src/step/liveinput.ts';
import { jobRoom } from '../../../src/store/layout.ts';
import { fakePipe, linkPair, type TickingClock, tickingClock } from '../../fakes/link.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';
import { randomOf } from '../../fakes/random.ts';

/*
 * Both ends of the connection, as srun and a supervisor have them, over a connection that is cut after any
 * number of bytes: whatever was cut, every byte of every stream arrives once and in its order.
 */

const room = jobRoom('/room').firstStep;
const offer: LiveOffer = {
  mgpu: 'step-live',
  format: 1,
  mode: 'auto',
  addresses: ['10.0.0.1'],
  port: 1,
  key: '0'.repeat(64),
  bootId: 'elsewhere',
  seconds: 5,
};
const names = [
  { task: 0, stream: 'out' },
  { task: 0, stream: 'err' },
] as const;

interface World {
  readonly clock: TickingClock;
  readonly files: Files;
}

async function withWorld<T>(body: (world: World) => Promise<T>): Promise<T> {
  const clock = tickingClock();
  const files = memoryDisk().actor();
  await files.makeDir('/room', 0o755);
  try {
    return await body({ clock, files });
  } finally {
    clock.stop();
  }
}

interface Run {
  readonly seed: number;
  /** After so many bytes. */
  readonly cutAt?: number;
  /** How much each stream carries, in pieces. */
  readonly pieces: number;
  readonly pieceBytes: number;
  readonly isAttached?: boolean;
  /** What a task gets. */
  readonly inputPieces?: number;
}

/** Runs a step whose tasks write random bytes; gives what went in and what came out. */
function runStep({ seed, cutAt, pieces, pieceBytes, isAttached, inputPieces = 0 }: Run) {
  return withWorld(async ({ clock, files }) => {
    const random = randomOf(seed);
    const bytes = (): Uint8Array =>
      Uint8Array.from({ length: 1 + Math.floor(random() * pieceBytes) }, () => Math.floor(random() * 256));
    const pair = linkPair(clock, random, cutAt);
    const pipes = names.map(() => fakePipe(clock));
    const base = { files, clock, room, wake: () => {} };
    const live = await openLive(
      {
        ...{ ...base, offer, part: 0, nonce: 'test', warn: () => {} },
        net: { connect: async () => pair.ends[0] },
        pipes: { make: async () => pipes },
      },
      names,
    );
    const onLink = (handler: (link: LiveLink) => void): (() => void) => {
      handler(pair.ends[1]);
      return () => {};
    };
    const side = createLiveSide({ ...base, parts: [{ tasks: [0] }], offered: { offer, onLink } });
    const shown = { out: [] as number[], err: [] as number[] };
    const show = (name: 'out' | 'err') => async (shownBytes: Uint8Array) => {
      await clock.sleep(random() * 3);
      shown[name].push(...shownBytes);
      return true;
    };
    const relay = createRelay(
      { files, room, ntasks: 1, streams: {}, isUnbuffered: false, live: { side, partOf: () => 0 } },
      { out: show('out'), err: show('err') },
    );
    const way = inputByLink({ files, clock, room, live: side, parts: [0], connectMsMax: 8000, nonce: 'in' });
    side.begin({
      take: relay.take,
      inputTaken(part, offset) {
        if (!way.taken(part, offset)) throw new MgpuError('FRAME', 'never sent');
      },
      changed: () => way.settle(),
    });
    const written: number[][] = names.map(() => []);
    const given: number[] = [];
    const sending = (async () => {
      for (let piece = 0; piece < inputPieces; piece += 1) {
        const more = bytes();
        given.push(...more);
        await way.send(more);
        await clock.sleep(random() * 3);
      }
      await way.end();
    })();
    // The connection may be there before the tasks are.
    await clock.sleep(random() * 40);
    const sources = [live.input.source(), live.input.source()];
    live.input.opened();
    const readers = sources.map((source) => readAll(clock, source, random));
    if (isAttached === true)
      await files.create(room.attached, new Uint8Array(0), { mode: 0o644, sync: false });
    let isOver = false;
    const following = (async () => {
      while (!isOver) {
        await relay.pump();
        way.settle();
        await clock.sleep(20);
      }
    })();
    await Promise.all(
      pipes.map(async (pipe, index) => {
        for (let piece = 0; piece < pieces; piece += 1) {
          const more = bytes();
          written[index]?.push(...more);
          await pipe.fill(more);
          await clock.sleep(random() * 5);
        }
      }),
    );
    await sending;
    const read = await Promise.all(readers);
    const isHanded = await live.finish();
    isOver = true;
    await following;
    live.close();
    await side.look(isHanded ? [0] : []);
    await relay.finish();
    side.close();
    return { written, shown, given, read, isHanded, sent: pair.bytesSent() };
  });
}

const readMsMax = 200_000;

async function readAll(clock: TickingClock, source: InputSource, random: () => number): Promise<number[]> {
  const all: number[] = [];
  for (;;) {
    const bytes = await source.next();
    if (bytes === 'whole') return all;
    assert.ok(clock.monotonicMs() < readMsMax, 'the input never ends');
    await clock.sleep(1 + random() * 3);
    if (bytes === undefined) continue;
    all.push(...bytes);
    source.took(bytes.length);
  }
}

async function assertWhole(run: Run): Promise<Awaited<ReturnType<typeof runStep>>> {
  const ran = await runStep(run);
  assert.deepEqual(ran.shown.out, ran.written[0]);
  assert.deepEqual(ran.shown.err, ran.written[1]);
  for (const read of ran.read) assert.deepEqual(read, ran.given);
  return ran;
}

describe('output and input by a connection', () => {
  it('arrive once and in order, and need no file', async () => {
    const { isHanded, written } = await assertWhole({ seed: 1, pieces: 30, pieceBytes: 40, inputPieces: 20 });
    assert.equal(isHanded, false);
    assert.ok((written[0]?.length ?? 0) > 300);
  });

  it('arrive once and in order wherever it is cut', async () => {
    const whole = { seed: 2, pieces: 3, pieceBytes: 12, inputPieces: 3 };
    const { sent } = await assertWhole(whole);
    assert.ok(sent > 300, `${sent} bytes were sent`);
    for (let cutAt = 0; cutAt < sent; cutAt += 1 + (cutAt % 7)) {
      await assertWhole({ ...whole, cutAt }).catch((cause: unknown) => {
        throw new Error(`cut after ${cutAt} bytes`, { cause });
      });
    }
  });

  it('arrive once and in order whatever is written, read along and cut', () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.integer(),
          cutAt: fc.option(fc.nat(6000), { nil: undefined as never }),
          pieces: fc.nat(20),
          pieceBytes: fc.integer({ min: 1, max: 300 }),
          isAttached: fc.boolean(),
          inputPieces: fc.nat(12),
        }),
        async (run) => void (await assertWhole(run)),
      ),
      { numRuns: 60 },
    ));
});

const noFrames: readonly (readonly [string, FrameGiven])[] = [
  ['an acknowledgement of what was never sent', { kind: 'ack', stream: 'out', offset: 1 }],
  ['one of a task that is not there', { kind: 'ack', stream: 'out', number: 7, offset: 0 }],
  ['input that leaves a gap', { kind: 'data', offset: 5, bytes: new Uint8Array(1) }],
  ['input of a task', { kind: 'data', number: 1, bytes: new Uint8Array(1) }],
  ['output', { kind: 'data', stream: 'out', bytes: new Uint8Array(1) }],
  ['a second welcome', { kind: 'welcome' }],
  ['an end elsewhere', { kind: 'end', offset: 3 }],
];

/** A supervisor that is told these frames; gives whether it kept the connection. */
function told(frames: readonly FrameGiven[]): Promise<boolean> {
  return withWorld(async ({ clock, files }) => {
    const pair = linkPair(clock, randomOf(3));
    const live = await openLive(
      {
        ...{ files, clock, room, offer, part: 0, nonce: 'test', warn: () => {}, wake: () => {} },
        net: { connect: async () => pair.ends[0] },
        pipes: { make: async () => [fakePipe(clock), fakePipe(clock)] },
      },
      names,
    );
    let hasEnded = false;
    pair.ends[1].listen({
      bytes: () => {},
      end: () => {
        hasEnded = true;
      },
    });
    for (const frame of frames) pair.ends[1].send(encodeFrame(frame));
    await clock.sleep(500);
    await live.finish();
    live.close();
    return !hasEnded;
  });
}

describe('a supervisor', () => {
  for (const [title, frame] of noFrames) {
    it(`ends a connection that brings ${title}`, async () => {
      assert.equal(await told([{ kind: 'welcome' }]), true);
      assert.equal(await told([{ kind: 'welcome' }, frame]), false);
    });
  }

  it('ends one that does not say welcome first, or says nothing', async () => {
    assert.equal(await told([{ kind: 'look' }]), false);
  });

  it('lets a task wait whose reader is slow, and keeps no more than a window', () =>
    withWorld(async ({ clock, files }) => {
      const pair = linkPair(clock, () => 0.99);
      const pipe = fakePipe(clock);
      const live = await openLive(
        {
          ...{ files, clock, room, offer, part: 0, nonce: 'test', warn: () => {}, wake: () => {} },
          net: { connect: async () => pair.ends[0] },
          pipes: { make: async () => [pipe] },
        },
        [{ task: 0, stream: 'out' }],
      );
      pair.ends[1].listen({ bytes: () => {}, end: () => {} });
      pair.ends[1].send(encodeFrame({ kind: 'welcome' }));
      assert.equal(await live.linked, true);
      const piece = new Uint8Array(2 ** 18);
      let count = 0;
      for (; !pipe.isPaused() && count < 1000; count += 1) await pipe.fill(piece);
      assert.equal(count * piece.length, windowOf(1));
      pair.ends[1].send(encodeFrame({ kind: 'ack', stream: 'out', offset: piece.length }));
      await clock.sleep(50);
      assert.equal(pipe.isPaused(), false);
      live.close();
    }));
});
