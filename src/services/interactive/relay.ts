import { isThroughSrun, stepRoutes } from '../../model/step.ts';
import type { Files, ReadOptions } from '../../ports/files.ts';
import type { StepRoom } from '../../store/layout.ts';
import { plainBytes, type TaskLines, wholeLines } from './lines.ts';

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
  /** The unfinished lines, once the tasks have ended. */
  finish(): Promise<void>;
  /** True once nobody reads standard output any more. */
  isBroken(): boolean;
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
}

interface Cursor {
  readonly path: string;
  readonly name: 'out' | 'err';
  readonly lines: TaskLines;
  offset: number;
}

const chunkBytes = 256 * 1024;
/** How many chunks of one file are shown before the next file has its turn. */
const chunksPerTurn = 16;

export function createRelay(options: RelayOptions, outputs: Outputs): Relay {
  const cursors = cursorsOf(options);
  const broken = new Set<Cursor['name']>();
  const { shared = {} } = options;
  let hasBegun = options.isFromNow !== true;

  const begin = async (): Promise<void> => {
    hasBegun = true;
    for (const cursor of cursors) cursor.offset = (await options.files.stat(cursor.path))?.sizeBytes ?? 0;
  };

  const show = async ({ name }: Cursor, bytes: Uint8Array): Promise<void> => {
    if (bytes.length === 0 || broken.has(name)) return;
    if (!(await (shared[name] ?? outputs[name])(bytes))) broken.add(name);
  };
  const pumpOne = async (cursor: Cursor, isFresh = false): Promise<boolean> => {
    let hasMoved = false;
    for (let chunks = 0; chunks < chunksPerTurn; chunks += 1) {
      const bytes = await readOn(options.files, cursor, { isFresh });
      if (bytes.length === 0) break;
      hasMoved = true;
      await show(cursor, cursor.lines.take(bytes));
    }
    return hasMoved;
  };
  return {
    async pump() {
      if (!hasBegun) await begin();
      let hasMoved = false;
      for (const cursor of cursors) hasMoved = (await pumpOne(cursor)) || hasMoved;
      return hasMoved;
    },
    async finish() {
      for (const cursor of cursors) {
        // All that was written before the end was noted is to be shown, also where that was just now.
        while (await pumpOne(cursor, true));
        await show(cursor, cursor.lines.rest());
      }
    },
    isBroken: () => broken.has('out') && shared.out === undefined,
  };
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
    for (const name of ['out', 'err'] as const) {
      const route = name === 'out' ? routes.output : routes.error;
      const only = name === 'out' ? onlyOutput : onlyError;
      if (only !== undefined && only !== task) continue;
      const isShown = shared[name] !== undefined || (route !== 'output' && isThroughSrun(route, task));
      if (!isShown) continue;
      const lines = isPlain ? plainBytes() : wholeLines(label);
      cursors.push({ path: room.stream(task, name), name, lines, offset: 0 });
    }
  }
  return cursors;
}

/**
 * The next bytes of a file; none when there are no more now. The byte before them is read again: a file
 * that has become shorter, as `> /dev/stderr` in a task makes it, has none there, and is begun anew.
 */
async function readOn(files: Files, cursor: Cursor, options: ReadOptions): Promise<Uint8Array> {
  const before = cursor.offset > 0 ? 1 : 0;
  const bytes = await files.readPart(cursor.path, cursor.offset - before, chunkBytes + before, options);
  if (bytes === undefined) return new Uint8Array(0);
  if (bytes.length < before) cursor.offset = 0;
  const fresh = bytes.subarray(before);
  cursor.offset += fresh.length;
  return fresh;
}
