import { isMgpuError } from '../../base/error.ts';
import { frameDataBytesMax } from '../../model/liveframe.ts';
import { createKept, type Kept, keptBytes, windowOf } from '../../model/livestream.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Files } from '../../ports/files.ts';
import type { StepRoom } from '../../store/layout.ts';
import { writeStepFile } from '../../store/steps.ts';
import type { LiveSide } from './live.ts';

/** How standard input reaches the tasks. */
export interface InputWay {
  /** Done when there is room for more. */
  send(bytes: Uint8Array): Promise<void>;
  /** Says that there is no more input. */
  end(): Promise<void>;
}

export interface InputSending {
  readonly way: InputWay;
  /** Standard input, read piece by piece as it is asked for. */
  readonly input: AsyncIterable<Uint8Array>;
  readonly isOver: () => boolean;
  complain(message: string): void;
}

const options = { mode: 0o600, sync: false } as const;

/** Puts standard input where the step's supervisor finds it, as it comes, and says when it is whole. */
export async function sendInput({ way, input, isOver, complain }: InputSending): Promise<void> {
  try {
    for await (const bytes of input) {
      if (isOver()) return;
      await way.send(bytes);
    }
    if (!isOver()) await way.end();
  } catch (error) {
    if (!isMgpuError(error)) throw error;
    // The tasks would wait for ever for what cannot come.
    complain(`standard input was cut off: ${error.message}`);
    await way.end();
  }
}

/** Says that there is no more input. */
export async function endInput(files: Files, room: StepRoom): Promise<void> {
  await files.create(room.stdinEnd, new Uint8Array(0), options);
}

/** By the room's file alone. */
export function inputByFile(files: Files, room: StepRoom): InputWay {
  return {
    send: (bytes) => files.append(room.stdin, bytes, options),
    end: () => endInput(files, room),
  };
}

export interface LiveInputWay extends InputWay {
  /** Looks whether the connections that are needed are there, or will not be. */
  settle(): void;
  /** A part has everything before this place; false for what was never sent. */
  taken(part: number, offset: number): boolean;
  /** Puts all that was not taken into the room's file, and what follows as well. */
  goToFile(): Promise<void>;
}

export interface LiveInputSources {
  readonly files: Files;
  readonly clock: Clock;
  readonly room: StepRoom;
  readonly live: Pick<LiveSide, 'stateOf' | 'isHanded' | 'send'>;
  /** Those that have a task which gets input. */
  readonly parts: readonly number[];
  /** How long to wait for their connections. */
  readonly connectMsMax: number;
  readonly nonce: string;
}

const lookMs = 10;
/** A task that takes nothing for so long, in ms, must not keep the others waiting: a file holds all. */
const stallMs = 500;
const filePieceBytes = 2 ** 20;

/**
 * By connections, once all parts that need it have one; by the room's file from the first place on that one
 * of them has not acknowledged, as soon as one of them has none any more, or does not read.
 */
export function inputByLink(sources: LiveInputSources): LiveInputWay {
  const { files, clock, room, live, parts } = sources;
  const kept = createKept();
  const window = windowOf(1);
  const taken = new Map(parts.map((part) => [part, 0]));
  const startMs = clock.monotonicMs();
  let sent = 0;
  let isLinked = false;
  let isEnded = false;
  let hasToldEnd = false;
  let going: Promise<void> | undefined;

  const flow = (): void => {
    if (!isLinked || going !== undefined) return;
    for (let bytes = kept.at(sent); bytes !== undefined; bytes = kept.at(sent)) {
      const piece = bytes.subarray(0, frameDataBytesMax);
      for (const part of parts) live.send(part, { kind: 'data', offset: sent, bytes: piece });
      sent += piece.length;
    }
    if (!isEnded || hasToldEnd) return;
    hasToldEnd = true;
    for (const part of parts) live.send(part, { kind: 'end', offset: sent });
  };
  const goToFile = (): Promise<void> => {
    going ??= putRest();
    return going;
  };
  const putRest = async (): Promise<void> => {
    await putKept(sources, kept);
    if (isEnded) await endInput(files, room);
    for (const part of parts) live.send(part, { kind: 'files' });
  };
  const settle = (): void => {
    if (going !== undefined) return;
    const states = parts.map((part) => live.stateOf(part));
    isLinked ||= states.every((state) => state === 'linked');
    const isLost = states.includes('lost') || parts.some((part) => live.isHanded(part));
    const isLate = !isLinked && clock.monotonicMs() - startMs > sources.connectMsMax;
    // What keeps the file from being written is told where more is to be put there.
    if (isLost || isLate) goToFile().catch(() => {});
    else flow();
  };
  return {
    settle,
    goToFile,
    taken(part, offset) {
      if (offset > sent || !taken.has(part)) return false;
      taken.set(part, Math.max(taken.get(part) ?? 0, offset));
      // What goes into the file stays.
      if (going === undefined) kept.acknowledge(Math.min(...taken.values()));
      return true;
    },
    async send(bytes) {
      if (going === undefined) {
        kept.add(bytes);
        settle();
      } else {
        await going;
        await files.append(room.stdin, bytes, options);
        return;
      }
      let fullMs = clock.monotonicMs();
      for (
        let from = kept.from();
        kept.to() - kept.from() > window - frameDataBytesMax && going === undefined;
      ) {
        await clock.sleep(lookMs);
        if (kept.from() > from || !isLinked) fullMs = clock.monotonicMs();
        from = kept.from();
        if (clock.monotonicMs() - fullMs > stallMs) await goToFile();
      }
    },
    async end() {
      isEnded = true;
      if (going === undefined) return settle();
      await going;
      await endInput(files, room);
    },
  };
}

/** What was not acknowledged, with the place in the stream at which the file then begins. */
async function putKept({ files, room, nonce }: LiveInputSources, kept: Kept): Promise<void> {
  const from = kept.from();
  const input = { mgpu: 'step-input', format: 1, from } as const;
  await writeStepFile(files, room.inputFrom, input, `${nonce}-input`);
  for (let at = from; at < kept.to(); ) {
    const bytes = keptBytes(kept, at, filePieceBytes);
    await files.append(room.stdin, bytes, options);
    at += bytes.length;
  }
}
