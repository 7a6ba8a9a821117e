import { MgpuError } from '../base/error.ts';
import { limits } from './limits.ts';

/*
 * What goes over the connection between srun and a step's supervisor: frames, each a head of fixed length
 * and, for data, bytes. Every piece of data names its place in its stream, so that whoever receives one
 * twice, or by the file as well, knows.
 *
 *   kind 1 | stream 1 | zero 2 | number 4 | offset 8 | length 4       big-endian
 *
 *   hello    supervisor  first; number is its part
 *   welcome  srun        the answer; before it the supervisor counts as not connected
 *   data     both        length bytes of a stream at offset; number is the task, 0 for input
 *   ack      both        everything before offset has been dealt with
 *   end      srun        the input is whole at offset
 *   files    srun        the input goes on by the room's file
 *   look     both        something in the room has changed
 */

export type LiveStream = 'in' | 'out' | 'err';
const streams = ['in', 'out', 'err'] as const satisfies readonly LiveStream[];
const kinds = ['hello', 'welcome', 'data', 'ack', 'end', 'files', 'look'] as const;

export interface LiveFrame {
  readonly kind: (typeof kinds)[number];
  readonly stream: LiveStream;
  /** The task; of `hello` the part. */
  readonly number: number;
  readonly offset: number;
  /** Of `data` alone, and not necessarily all of what was sent as one piece. */
  readonly bytes: Uint8Array;
}

export const frameHeadBytes = 20;
/** The most data behind one head. */
export const frameDataBytesMax = 256 * 1024;
const empty = new Uint8Array(0);
/** 2^53 and more are no offsets. */
const highWordMax = 0x1f_ffff;

export type FrameGiven = Pick<LiveFrame, 'kind'> & Partial<LiveFrame>;

/** The pieces of a frame, to be sent one after the other. */
export function encodeFrame({
  kind,
  stream = 'in',
  number = 0,
  offset = 0,
  bytes = empty,
}: FrameGiven): readonly Uint8Array[] {
  const head = new Uint8Array(frameHeadBytes);
  const view = new DataView(head.buffer);
  view.setUint8(0, kinds.indexOf(kind) + 1);
  view.setUint8(1, streams.indexOf(stream));
  view.setUint32(4, number);
  view.setUint32(8, Math.floor(offset / 2 ** 32));
  view.setUint32(12, offset % 2 ** 32);
  view.setUint32(16, bytes.length);
  return bytes.length === 0 ? [head] : [head, bytes];
}

/**
 * Makes frames of what comes, however it is cut into pieces. Data is handed on as it comes, so that nothing
 * but a head is ever held. Throws `FRAME` for what is none; nothing behind that is to be read.
 */
export function createFrameReader(): (chunk: Uint8Array) => readonly LiveFrame[] {
  const head = new Uint8Array(frameHeadBytes);
  let filled = 0;
  let data: { readonly frame: LiveFrame; left: number; offset: number } | undefined;

  return (chunk) => {
    const frames: LiveFrame[] = [];
    for (let at = 0; at < chunk.length; ) {
      if (data !== undefined) {
        const bytes = chunk.subarray(at, at + data.left);
        frames.push({ ...data.frame, offset: data.offset, bytes });
        at += bytes.length;
        data.left -= bytes.length;
        data.offset += bytes.length;
        if (data.left === 0) data = undefined;
        continue;
      }
      const part = chunk.subarray(at, at + frameHeadBytes - filled);
      head.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < frameHeadBytes) break;
      filled = 0;
      const { frame, length } = decodeHead(head);
      if (length === 0) frames.push(frame);
      else data = { frame, left: length, offset: frame.offset };
    }
    return frames;
  };
}

function decodeHead(head: Uint8Array): { readonly frame: LiveFrame; readonly length: number } {
  const view = new DataView(head.buffer, head.byteOffset);
  const kind = kinds[view.getUint8(0) - 1];
  const stream = streams[view.getUint8(1)];
  const number = view.getUint32(4);
  const high = view.getUint32(8);
  const length = view.getUint32(16);
  const isDataFitting = kind === 'data' ? length > 0 && length <= frameDataBytesMax : length === 0;
  const isFitting = isDataFitting && view.getUint16(2) === 0 && number <= limits.tasksPerJob;
  const offset = high * 2 ** 32 + view.getUint32(12);
  const isPlaced = high <= highWordMax && offset + length <= Number.MAX_SAFE_INTEGER;
  if (kind === undefined || stream === undefined || !isFitting || !isPlaced)
    throw new MgpuError('FRAME', 'the connection: something else than a frame came');
  return { frame: { kind, stream, number, offset, bytes: empty }, length };
}
