import { MgpuError } from '../../base/error.ts';
import { freshOf, windowBytesMax } from '../../model/livestream.ts';
import { isThroughSrun, stepRoutes } from '../../model/step.ts';
import type { Files, ReadOptions } from '../../ports/files.ts';
import type { StepRoom } from '../../store/layout.ts';
import { plainBytes, type TaskLines, wholeLines } from './lines.ts';
import type { LiveSide, StreamOf } from './live.ts';

/** Where the output goes. Each call is done when the bytes are; false when nobody reads them any more. */
export interface Outputs {
  out(bytes: Uint8Array): Promise<boolean>;
  err(bytes: Uint8Array): Promise<boolean>;
}

/** Where one stream of all tasks goes in place of srun's own. */
export type SharedOutputs = Partial<Outputs>;

/** Shows what the tasks write, file by file, as far as it has come. */
export interface Relay {
  /** True if there was something. */
  pump(): Promise<boolean>;
  /** What is left, and the unfinished lines, once the tasks have ended. */
  finish(): Promise<void>;
  /** Shows what came by a connection. Throws `FRAME` for what has no place. */
  take(name: StreamOf, offset: number, bytes: Uint8Array): void;
  /** True once nobody reads standard output any more. */
  isBroken(): boolean;
  /** How much there was to be shown so far. */
  shownBytes(): number;
}

/** What was said of the step's streams. */
export interface StepStreams {
  readonly input?: string | undefined;
  readonly output?: string | undefined;
  readonly error?: string | undefined;
  readonly label?: boolean | undefined;
}

export interface RelayOptions {
  readonly files: Files;
  readonly room: StepRoom;
  readonly streams: StepStreams;
  readonly ntasks: number;
  /** -u: parts of lines too, as they come. */
  readonly isUnbuffered: boolean;
  /** Shows only what comes from now on. */
  readonly isFromNow?: boolean;
  /** Shows only what this task writes: to standard output, and to standard error. */
  readonly onlyOutput?: number;
  readonly onlyError?: number;
  readonly shared?: SharedOutputs;
  readonly live?: RelayedLive;
}

/** The connections by which output comes beside the files. */
export interface RelayedLive {
  readonly side: Pick<LiveSide, 'stateOf' | 'fileFrom' | 'look' | 'send'>;
  partOf(task: number): number;
}

interface Cursor extends StreamOf {
  readonly path: string;
  readonly lines: TaskLines;
  /** How far it has been taken, by whatever way. */
  offset: number;
  /** What came by a connection and has not been taken, and how far that has come. */
  arrived: { readonly offset: number; readonly bytes: Uint8Array }[];
  arrivedTo: number;
  /** One after the other. */
  turn: Promise<unknown>;
}

const chunkBytes = 256 * 1024;
/** How many chunks of one file are shown before the next file has its turn. */
const chunksPerTurn = 16;

export function createRelay(options: RelayOptions, outputs: Outputs): Relay {
  const cursors = cursorsOf(options);
  const byName = new Map(cursors.map((cursor) => [`${cursor.task}.${cursor.stream}`, cursor]));
  const broken = new Set<Cursor['stream']>();
  const { shared = {}, live } = options;
  let shownBytes = 0;
  let hasBegun = options.isFromNow !== true;

  const begin = async (): Promise<void> => {
    hasBegun = true;
    for (const cursor of cursors) cursor.offset = (await options.files.stat(cursor.path))?.sizeBytes ?? 0;
  };

  const show = async ({ stream }: Cursor, bytes: Uint8Array): Promise<void> => {
    shownBytes += bytes.length;
    if (bytes.length === 0 || broken.has(stream)) return;
    if (!(await (shared[stream] ?? outputs[stream])(bytes))) broken.add(stream);
  };
  const pumpOne = async (cursor: Cursor, isFresh = false): Promise<boolean> => {
    let hasMoved = false;
    for (let chunks = 0; chunks < chunksPerTurn; chunks += 1) {
      const bytes = await readOn(options, cursor, { isFresh });
      if (bytes.length === 0) break;
      hasMoved = true;
      await show(cursor, cursor.lines.take(bytes));
    }
    return hasMoved;
  };
  const showArrived = async (cursor: Cursor): Promise<void> => {
    if (cursor.arrived.length === 0) return;
    const { offset, bytes } = takeArrived(cursor);
    const fresh = freshOf(cursor.offset, offset, bytes);
    cursor.offset += fresh.length;
    await show(cursor, cursor.lines.take(fresh));
    const { task: number, stream } = cursor;
    live?.side.send(live.partOf(number), { kind: 'ack', stream, number, offset: offset + bytes.length });
  };
  return {
    async pump() {
      if (!hasBegun) await begin();
      await live?.side.look('due');
      let hasMoved = false;
      for (const cursor of cursors) hasMoved = (await inTurn(cursor, () => pumpOne(cursor))) || hasMoved;
      return hasMoved;
    },
    async finish() {
      for (const cursor of cursors) {
        while (cursor.arrived.length > 0) await inTurn(cursor, () => showArrived(cursor));
        // All that was written before the end was noted is to be shown, also where that was just now.
        while (await inTurn(cursor, () => pumpOne(cursor, true)));
        await show(cursor, cursor.lines.rest());
      }
    },
    take(name, offset, bytes) {
      const cursor = byName.get(`${name.task}.${name.stream}`);
      const held = cursor === undefined ? 0 : heldBytes(cursor);
      if (cursor === undefined || offset !== cursor.arrivedTo || held + bytes.length > windowBytesMax)
        throw new MgpuError('FRAME', 'the connection: output came that has no place');
      cursor.arrived.push({ offset, bytes });
      cursor.arrivedTo += bytes.length;
      // The others of this moment are taken with it.
      if (cursor.arrived.length === 1) void inTurn(cursor, () => showArrived(cursor));
    },
    shownBytes: () => shownBytes,
    isBroken: () => broken.has('out') && shared.out === undefined,
  };
}

function inTurn<T>(cursor: Cursor, work: () => Promise<T>): Promise<T> {
  const done = cursor.turn.then(work);
  // Whoever asked hears of a fault; the next one has its turn all the same.
  cursor.turn = done.catch(() => {});
  return done;
}

function heldBytes({ arrived, arrivedTo }: Cursor): number {
  return arrivedTo - (arrived[0]?.offset ?? arrivedTo);
}

/** What has come lies together, and is shown at once: few calls for much. */
function takeArrived(cursor: Cursor): { readonly offset: number; readonly bytes: Uint8Array } {
  const { arrived } = cursor;
  const offset = arrived[0]?.offset ?? cursor.arrivedTo;
  const bytes = new Uint8Array(cursor.arrivedTo - offset);
  for (const piece of arrived) bytes.set(piece.bytes, piece.offset - offset);
  cursor.arrived = [];
  return { offset, bytes };
}

function cursorsOf({
  room,
  streams,
  ntasks,
  isUnbuffered,
  onlyOutput,
  onlyError,
  shared = {},
}: RelayOptions): readonly Cursor[] {
  const routes = stepRoutes(streams);
  const width = String(ntasks - 1).length;
  const cursors: Cursor[] = [];
  for (let task = 0; task < ntasks; task += 1) {
    const label = streams.label === true ? `${String(task).padStart(width)}: ` : '';
    const isPlain = label === '' && (ntasks === 1 || isUnbuffered);
    for (const stream of ['out', 'err'] as const) {
      const route = stream === 'out' ? routes.output : routes.error;
      const only = stream === 'out' ? onlyOutput : onlyError;
      if (only !== undefined && only !== task) continue;
      const isShown = shared[stream] !== undefined || (route !== 'output' && isThroughSrun(route, task));
      if (!isShown) continue;
      const lines = isPlain ? plainBytes() : wholeLines(label);
      const places = { offset: 0, arrived: [], arrivedTo: 0, turn: Promise.resolve() };
      cursors.push({ task, stream, path: room.stream(task, stream), lines, ...places });
    }
  }
  return cursors;
}

/**
 * The next bytes of a file; none when there are no more now. Of a stream that came by a connection the file
 * begins somewhere within it, once it is known where. The byte before a task's own file is read again: one
 * that has become shorter, as `> /dev/stderr` in a task makes it, has none there, and is begun anew.
 */
async function readOn(
  { files, live }: RelayOptions,
  cursor: Cursor,
  options: ReadOptions,
): Promise<Uint8Array> {
  const part = live?.partOf(cursor.task) ?? 0;
  if (live !== undefined && live.side.stateOf(part) !== 'never') {
    const from = live.side.fileFrom(part, cursor);
    if (from === undefined) return nothing;
    if (from > cursor.offset)
      throw new MgpuError('FRAME', `${cursor.path}: what came before it is not known`);
    const more = await files.readPart(cursor.path, cursor.offset - from, chunkBytes, options);
    cursor.offset += more?.length ?? 0;
    return more ?? nothing;
  }
  const before = cursor.offset > 0 ? 1 : 0;
  const bytes = await files.readPart(cursor.path, cursor.offset - before, chunkBytes + before, options);
  if (bytes === undefined) return nothing;
  if (bytes.length < before) cursor.offset = 0;
  const fresh = bytes.subarray(before);
  cursor.offset += fresh.length;
  return fresh;
}

const nothing = new Uint8Array(0);
