import { type BigIntStats, constants } from 'node:fs';
import { MgpuError } from '../../base/error.ts';
import type { FileContent, FileStat } from '../../ports/files.ts';
import type { Calls } from './calls.ts';
import { codeOf } from './fault.ts';

const { O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** How often a read begins again when its handle is of no use any more. */
const staleTriesMax = 5;
/** The file was replaced on the server meanwhile, or the server came back and does not know what was open. */
const staleCodes: ReadonlySet<string | undefined> = new Set(['ESTALE', 'EBADFD']);
/** The room for a file that holds more than its size says, at first, in bytes. */
const growthBytesMin = 4096;

/** Repeats a read that met a file handle which the server no longer knows. */
export async function retryStale<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!staleCodes.has(codeOf(error)) || tries === staleTriesMax) throw error;
    }
  }
}

/** What the port tells of a file. */
export function factsOf(stat: BigIntStats): FileStat {
  return {
    kind: stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : 'other',
    sizeBytes: Number(stat.size),
    uid: Number(stat.uid),
    links: Number(stat.nlink),
    mode: Number(stat.mode & 0o7777n),
    // Not the change time: it moves when a second name is made or removed.
    version: `${stat.ino}.${stat.mtimeNs}.${stat.size}`,
  };
}

export async function readWhole(
  calls: Calls,
  path: string,
  bytesMax: number,
): Promise<FileContent | undefined> {
  return withRegularFile(calls, path, async (fd, stat) => {
    if (stat.sizeBytes > bytesMax) throw tooLarge(path, stat.sizeBytes, bytesMax);
    return { bytes: await readToEnd(calls, fd, { path, bytesMax, sizeBytes: stat.sizeBytes }), stat };
  });
}

export async function readPart(
  calls: Calls,
  path: string,
  part: { readonly offset: number; readonly length: number; readonly isFresh: boolean },
): Promise<Uint8Array | undefined> {
  return withRegularFile(calls, path, async (fd, seen) => {
    const stat = part.isFresh ? await freshFacts(calls, fd, seen) : seen;
    const bytes = new Uint8Array(Math.max(0, Math.min(part.length, stat.sizeBytes - part.offset)));
    const filled = await fill(calls, fd, bytes, { from: 0, position: part.offset });
    return bytes.subarray(0, filled);
  });
}

/**
 * What a file is on its server. The answer to a change of a file's attributes brings them all along, and
 * nothing else that can be asked for does on FUSE: so it is given the mode that it has.
 */
async function freshFacts(calls: Calls, fd: number, seen: FileStat): Promise<FileStat> {
  try {
    await calls.fchmod(fd, seen.mode);
  } catch (error) {
    // Another's file, or one that cannot be written: it is read as it is shown.
    if (codeOf(error) === undefined) throw error;
    return seen;
  }
  return factsOf(await calls.fstat(fd));
}

/** Hands over the open file and what it is. A link, a FIFO or a device is neither followed nor waited for. */
async function withRegularFile<T>(
  calls: Calls,
  path: string,
  use: (fd: number, stat: FileStat) => Promise<T>,
): Promise<T | undefined> {
  const fd = await openToRead(calls, path);
  if (fd === undefined) return undefined;
  try {
    const stat = factsOf(await calls.fstat(fd));
    if (stat.kind !== 'file') throw notRegular(path);
    return await use(fd, stat);
  } finally {
    await calls.close(fd);
  }
}

async function openToRead(calls: Calls, path: string): Promise<number | undefined> {
  try {
    return await calls.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return undefined;
    // A symbolic link (named differently on the BSDs), or a socket.
    if (code === 'ELOOP' || code === 'EMLINK' || code === 'ENXIO') throw notRegular(path, error);
    throw error;
  }
}

interface Whole {
  readonly path: string;
  readonly bytesMax: number;
  readonly sizeBytes: number;
}

/** Reads one byte more than the size, so that one call tells that this was all. */
async function readToEnd(calls: Calls, fd: number, whole: Whole): Promise<Uint8Array> {
  let bytes = new Uint8Array(whole.sizeBytes + 1);
  let filled = 0;
  for (;;) {
    filled = await fill(calls, fd, bytes, { from: filled, position: filled, enough: whole.sizeBytes });
    if (filled > whole.bytesMax) throw tooLarge(whole.path, filled, whole.bytesMax);
    if (filled < bytes.length) return bytes.subarray(0, filled);
    // The file grew since it was opened, or is of the kind whose size is not known.
    const larger = new Uint8Array(Math.min(whole.bytesMax + 1, Math.max(growthBytesMin, 2 * filled)));
    larger.set(bytes);
    bytes = larger;
  }
}

interface Filling {
  /** The first byte to fill. */
  readonly from: number;
  /** Where in the file its content is. */
  readonly position: number;
  /** Ends early with exactly so many bytes filled. */
  readonly enough?: number;
}

/** Reads until the bytes are filled or the file ends. Gives where the filled part ends. */
async function fill(calls: Calls, fd: number, bytes: Uint8Array, filling: Filling): Promise<number> {
  let filled = filling.from;
  while (filled < bytes.length) {
    const position = filling.position + filled - filling.from;
    const count = await calls.read(fd, bytes, { offset: filled, length: bytes.length - filled, position });
    if (count === 0) break;
    filled += count;
    if (filled === filling.enough) break;
  }
  return filled;
}

function notRegular(path: string, cause?: unknown): MgpuError {
  return new MgpuError('NOT_REGULAR', `${path}: is not a regular file`, { cause });
}

function tooLarge(path: string, bytes: number, bytesMax: number): MgpuError {
  return new MgpuError('TOO_LARGE', `${path}: has ${bytes} bytes, more than the ${bytesMax} allowed`);
}
