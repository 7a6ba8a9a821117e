import { MgpuError } from '../base/error.ts';
import { createKept, windowOf } from '../model/livestream.ts';
import type { Files } from '../ports/files.ts';
import type { StepRoom } from '../store/layout.ts';
import { readLiveInput } from '../store/steps.ts';
import type { SendFrame } from './liveoutput.ts';

/*
 * Standard input as a supervisor gets it: from the room's file, or by the connection, and when that is lost
 * or a task does not read, on from the file. srun keeps what was not acknowledged, and begins the file with
 * that; so all tasks find there what they have not had yet. What came by the connection is acknowledged when
 * the slowest task has it.
 */

/** What one task reads, on its own. */
export interface InputSource {
  /** The next bytes; `whole` when there are no more, undefined when there are none yet. */
  next(): Promise<Uint8Array | 'whole' | undefined>;
  /** So many of them went to the task. */
  took(length: number): void;
  /** The task reads no more. */
  done(): void;
}

export interface LiveInput {
  /** To be asked for once for each task that gets input; then `opened` says that there are no others. */
  source(): InputSource;
  opened(): void;
  /** Settles when there may be more. */
  arrival(): Promise<void>;
  link(send: SendFrame): void;
  /** Throws `FRAME` for what does not belong there. */
  add(offset: number, bytes: Uint8Array): void;
  end(offset: number): void;
  /** The rest comes by the file. */
  goToFile(): void;
}

const inputPieceBytes = 256 * 1024;

/** Standard input that lies in the room, from `from` on. */
async function readInput(
  { files, room }: { readonly files: Files; readonly room: StepRoom },
  offset: number,
): Promise<Uint8Array | 'whole' | undefined> {
  // Asked before the reading: what was there when the end was made is then read.
  const isWhole = (await files.stat(room.stdinEnd)) !== undefined;
  const bytes = await files.readPart(room.stdin, offset, inputPieceBytes, { isFresh: isWhole });
  if (bytes !== undefined && bytes.length > 0) return bytes;
  return isWhole ? 'whole' : undefined;
}

/** The input of a step that has no connection. */
export function fileInput(at: { readonly files: Files; readonly room: StepRoom }): InputSource {
  let offset = 0;
  return {
    next: () => readInput(at, offset),
    took(length) {
      offset += length;
    },
    done() {},
  };
}

export function createLiveInput(at: { readonly files: Files; readonly room: StepRoom }): LiveInput {
  const kept = createKept();
  const window = windowOf(1);
  const places = new Set<{ offset: number }>();
  let send: SendFrame | undefined;
  let endOffset: number | undefined;
  let isFile = false;
  let isOpen = false;
  let fileFrom: number | undefined;
  let arrive: () => void = () => {};
  let arrival = new Promise<void>((resolve) => {
    arrive = resolve;
  });

  const tell = (): void => {
    arrive();
    arrival = new Promise((resolve) => {
      arrive = resolve;
    });
  };
  const acknowledge = (): void => {
    // Input may come before it is known who reads it.
    if (!isOpen) return;
    const offset = Math.min(kept.to(), ...[...places].map((place) => place.offset));
    if (offset <= kept.from()) return;
    kept.acknowledge(offset);
    send?.({ kind: 'ack', offset });
  };
  const nextOf = async (offset: number): Promise<Uint8Array | 'whole' | undefined> => {
    const bytes = kept.at(offset);
    if (bytes !== undefined) return bytes;
    if (offset === endOffset) return 'whole';
    if (!isFile) return undefined;
    // Where nothing was ever sent by a connection, the file has all of it.
    fileFrom ??= send === undefined ? 0 : (await readLiveInput(at.files, at.room.inputFrom))?.from;
    return fileFrom === undefined ? undefined : readInput(at, offset - fileFrom);
  };
  return {
    source() {
      const place = { offset: 0 };
      places.add(place);
      return {
        next: () => nextOf(place.offset),
        took(length) {
          place.offset += length;
          acknowledge();
        },
        done() {
          places.delete(place);
          acknowledge();
        },
      };
    },
    opened() {
      isOpen = true;
      acknowledge();
    },
    arrival: () => arrival,
    link(given) {
      send = given;
    },
    add(offset, bytes) {
      const isFitting = offset === kept.to() && endOffset === undefined && !isFile;
      if (!isFitting || kept.to() + bytes.length - kept.from() > window)
        throw new MgpuError('FRAME', 'the connection: input came that has no place');
      kept.add(bytes);
      acknowledge();
      tell();
    },
    end(offset) {
      if (offset !== kept.to()) throw new MgpuError('FRAME', 'the connection: the input ends elsewhere');
      endOffset = offset;
      tell();
    },
    goToFile() {
      isFile = true;
      tell();
    },
  };
}
