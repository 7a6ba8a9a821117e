import { MgpuError } from '../base/error.ts';
import { type FrameGiven, frameDataBytesMax } from '../model/liveframe.ts';
import { createKept, type Kept, keptBytes, windowOf } from '../model/livestream.ts';
import type { LiveHanded } from '../model/steplive.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { TaskPipe } from '../ports/live.ts';
import type { StepRoom } from '../store/layout.ts';

/*
 * The output of a part's tasks, from their pipes to srun, to files, or to both. A stream keeps what is not
 * yet where it has to go, up to a window; then its pipe is not read, and its task waits.
 */

/** A stream of one task. */
export interface StreamName {
  readonly task: number;
  readonly stream: 'out' | 'err';
}

export interface OutputSources {
  readonly files: Files;
  readonly clock: Clock;
  readonly room: StepRoom;
  warn(message: string): void;
}

export type SendFrame = (frame: FrameGiven) => void;

export interface LiveOutputs {
  /** What a task writes to, and what the supervisor itself adds to a stream. */
  pipe(name: StreamName): TaskPipe | undefined;
  say(name: StreamName, bytes: Uint8Array): boolean;
  /** From now on all of it goes to srun; undefined: not any more. */
  link(send: SendFrame | undefined): void;
  /** False for what was never sent. */
  acknowledge(name: StreamName, offset: number): boolean;
  /** Keeps what srun has not acknowledged, for files that begin there; gives these places, ever the same. */
  pin(): LiveHanded['streams'];
  /** From now on all from these places on goes into files. */
  file(): void;
  /** Takes what lies in the pipes; they are read no more. */
  drain(): void;
  /** True when everything is where it has to go. */
  isThrough(): boolean;
}

interface Output extends StreamName {
  readonly pipe: TaskPipe;
  readonly kept: Kept;
  /** Everything before it was sent; was acknowledged; is in the file. */
  sent: number;
  acknowledged: number;
  filed: number;
  /** The place in the stream at which the file begins. */
  fileFrom: number;
  isWriting: boolean;
}

const fileOptions = { mode: 0o600, sync: false } as const;
const filePieceBytes = 2 ** 20;
const retryMs = 1000;

export function createOutputs(
  sources: OutputSources,
  names: readonly StreamName[],
  pipes: readonly TaskPipe[],
): LiveOutputs {
  const window = windowOf(names.length);
  const outputs = new Map<string, Output>();
  let send: SendFrame | undefined;
  let isPinned = false;
  let isFiling = false;
  let isDrained = false;

  const flow = (output: Output): void => {
    if (send !== undefined) sendRest(output, send);
    if (isFiling && !output.isWriting) void fileRest(sources, output, () => flow(output));
    const { kept, pipe } = output;
    kept.acknowledge(doneTo(output));
    if (isDrained) return;
    if (kept.to() - kept.from() >= window) pipe.pause();
    else pipe.resume();
  };
  /** In front of it nothing is needed any more. */
  const doneTo = ({ filed, acknowledged }: Output): number => {
    if (!isPinned) return acknowledged;
    return send === undefined ? filed : Math.min(filed, acknowledged);
  };
  for (const [index, pipe] of pipes.entries()) {
    const name = names[index];
    if (name === undefined) break;
    const places = { sent: 0, acknowledged: 0, filed: 0, fileFrom: 0, isWriting: false };
    const output: Output = { ...name, pipe, kept: createKept(), ...places };
    outputs.set(keyOf(name), output);
    pipe.listen((bytes) => {
      output.kept.add(bytes);
      flow(output);
    });
    pipe.resume();
  }
  const flowAll = (): void => {
    for (const output of outputs.values()) flow(output);
  };
  return {
    pipe: (name) => outputs.get(keyOf(name))?.pipe,
    say(name, bytes) {
      const output = outputs.get(keyOf(name));
      output?.kept.add(bytes);
      if (output !== undefined) flow(output);
      return output !== undefined;
    },
    link(given) {
      send = given;
      flowAll();
    },
    acknowledge(name, offset) {
      const output = outputs.get(keyOf(name));
      if (output === undefined || offset > output.sent) return false;
      output.acknowledged = Math.max(output.acknowledged, offset);
      flow(output);
      return true;
    },
    pin() {
      for (const output of outputs.values()) {
        if (!isPinned) output.fileFrom = output.acknowledged;
        if (!isPinned) output.filed = output.acknowledged;
      }
      isPinned = true;
      return [...outputs.values()].map(({ task, stream, fileFrom: from }) => ({ task, stream, from }));
    },
    file() {
      isFiling = true;
      flowAll();
    },
    drain() {
      isDrained = true;
      for (const { pipe } of outputs.values()) {
        pipe.drain();
        pipe.close();
      }
    },
    isThrough: () => [...outputs.values()].every((output) => doneTo(output) === output.kept.to()),
  };
}

function keyOf({ task, stream }: StreamName): string {
  return `${task}.${stream}`;
}

/** What is on its way is bounded by what is kept. */
function sendRest(output: Output, send: SendFrame): void {
  const { kept, task, stream } = output;
  for (let bytes = kept.at(output.sent); bytes !== undefined; bytes = kept.at(output.sent)) {
    const piece = bytes.subarray(0, frameDataBytesMax);
    send({ kind: 'data', stream, number: task, offset: output.sent, bytes: piece });
    output.sent += piece.length;
  }
}

/** One at a time for each file. What the file server does not take now it is given again. */
async function fileRest(sources: OutputSources, output: Output, flow: () => void): Promise<void> {
  const { files, clock, room, warn } = sources;
  const { kept, task, stream } = output;
  const path = room.stream(task, stream);
  output.isWriting = true;
  for (let hasWarned = false; output.filed < kept.to(); ) {
    const bytes = keptBytes(kept, output.filed, filePieceBytes);
    try {
      // An earlier attempt of the job may have left one.
      if (output.filed === output.fileFrom) await files.unlink(path);
      await files.append(path, bytes, fileOptions);
      output.filed += bytes.length;
    } catch (error) {
      if (!(error instanceof MgpuError)) throw error;
      if (!hasWarned) warn(`${error.message}: trying again`);
      hasWarned = true;
      await clock.sleep(retryMs);
      await findPlace(sources, path, output);
    }
    flow();
  }
  output.isWriting = false;
}

/** A part of what was refused may have been written. */
async function findPlace({ files }: OutputSources, path: string, output: Output): Promise<void> {
  try {
    const size = (await files.stat(path))?.sizeBytes ?? 0;
    output.filed = Math.min(output.kept.to(), output.fileFrom + size);
  } catch (error) {
    // It is asked again with the next piece, which fails as well.
    if (!(error instanceof MgpuError)) throw error;
  }
}
