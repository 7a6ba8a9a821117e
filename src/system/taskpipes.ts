import { closeSync, constants, openSync, readSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TaskPipe, TaskPipes } from '../ports/live.ts';
import { codeOf } from './files/fault.ts';
import { mkfifos } from './pipes.ts';

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** The pipes of this machine; they have no names any more once they are handed out. */
export function systemTaskPipes(): TaskPipes {
  return { make };
}

async function make(count: number): Promise<readonly TaskPipe[]> {
  if (count === 0) return [];
  const folder = await mkdtemp(join(tmpdir(), 'mgpu-'));
  try {
    const paths = Array.from({ length: count }, (_, index) => join(folder, String(index)));
    await mkfifos(paths);
    return paths.map(openPipe);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const pieceBytes = 64 * 1024;
/** The most that a pipe holds, as the kernel allows it to anybody (pipe-max-size). */
const pipeBytesMax = 2 ** 20;

/** A writer can be opened without waiting once there is a reader; a task must get an end that waits. */
function openPipe(path: string): TaskPipe {
  const reader = openSync(path, O_RDONLY | O_NONBLOCK);
  const writer = openSync(path, O_WRONLY);
  const socket = new Socket({ fd: reader, readable: true, writable: false });
  socket.pause();
  let handler: (chunk: Uint8Array) => void = () => {};
  // A fault of a pipe is its end.
  socket.on('error', () => socket.destroy());
  return {
    fd: writer,
    closeWriter: async () => closeSync(writer),
    listen(given) {
      handler = given;
      socket.on('data', (chunk) => handler(chunk));
      socket.pause();
    },
    resume: () => void socket.resume(),
    pause: () => void socket.pause(),
    drain() {
      socket.pause();
      // What is read so is handed over by its listener.
      while (socket.read() !== null);
      // What a task wrote before it ended lies within what a pipe holds; who writes on is not waited for.
      for (let left = pipeBytesMax; left > 0 && !socket.destroyed; ) {
        const chunk = readNow(reader);
        if (chunk.length === 0) return;
        handler(chunk);
        left -= chunk.length;
      }
    },
    close: () => void socket.destroy(),
  };
}

function readNow(fd: number): Uint8Array {
  const chunk = Buffer.allocUnsafe(pieceBytes);
  try {
    return chunk.subarray(0, readSync(fd, chunk));
  } catch (error) {
    if (codeOf(error) !== 'EAGAIN') throw error;
    return chunk.subarray(0, 0);
  }
}
