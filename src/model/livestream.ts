import { MgpuError } from '../base/error.ts';

/*
 * One stream of bytes on its way from the supervisor to srun, or the other way. The sender keeps what was not
 * acknowledged; when the connection breaks, it writes that, and all that follows, into a file, and says at
 * which place in the stream the file begins. The receiver knows how far it has come. What reaches it twice,
 * by the connection and by the file, it takes once; a gap cannot come, and is an error.
 *
 *   acknowledged <= taken by the receiver <= sent <= kept by the sender
 */

/** What a sender still has of a stream. */
export interface Kept {
  /** Everything before it was acknowledged. */
  readonly from: () => number;
  /** Everything before it has been given to `add`. */
  readonly to: () => number;
  add(bytes: Uint8Array): void;
  /** The bytes from this place on, as far as they lie together. */
  at(offset: number): Uint8Array | undefined;
  /** False for a place that was never sent. */
  acknowledge(offset: number): boolean;
}

export function createKept(): Kept {
  let chunks: Chunk[] = [];
  let from = 0;
  let to = 0;
  return {
    from: () => from,
    to: () => to,
    add(bytes) {
      if (bytes.length === 0) return;
      chunks.push({ offset: to, bytes });
      to += bytes.length;
    },
    at(offset) {
      if (offset < from || offset >= to) return undefined;
      const chunk = chunks[indexAt(chunks, offset)];
      return chunk?.bytes.subarray(offset - chunk.offset);
    },
    acknowledge(offset) {
      if (offset > to) return false;
      if (offset <= from) return true;
      from = offset;
      chunks = offset === to ? [] : chunks.slice(indexAt(chunks, offset));
      return true;
    },
  };
}

interface Chunk {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** The place of the last chunk that begins there or before. */
function indexAt(chunks: readonly Chunk[], offset: number): number {
  let low = 0;
  for (let high = chunks.length - 1; low < high; ) {
    const middle = Math.ceil((low + high) / 2);
    if ((chunks[middle]?.offset ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The bytes from this place on in one piece, at most so many. */
export function keptBytes(kept: Kept, offset: number, bytesMax: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  while (length < bytesMax) {
    const piece = kept.at(offset + length)?.subarray(0, bytesMax - length);
    if (piece === undefined) break;
    pieces.push(piece);
    length += piece.length;
  }
  if (pieces.length === 1 && pieces[0] !== undefined) return pieces[0];
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** What is new of bytes that lie at an offset, to a receiver that has come so far. */
export function freshOf(taken: number, offset: number, bytes: Uint8Array): Uint8Array {
  if (offset > taken) throw new MgpuError('FRAME', `a stream has a gap: from ${taken} to ${offset}`);
  return bytes.subarray(Math.min(bytes.length, taken - offset));
}

/** How much of each stream may be on its way: the streams of a connection share what memory it may take. */
export function windowOf(streamCount: number): number {
  return Math.max(windowBytesMin, Math.min(windowBytesMax, Math.floor(windowsBytes / streamCount)));
}

const windowsBytes = 16 * 2 ** 20;
const windowBytesMin = 64 * 1024;
export const windowBytesMax = 4 * 2 ** 20;
