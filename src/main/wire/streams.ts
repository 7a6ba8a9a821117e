import { fstatSync, writeSync } from 'node:fs';
import { MgpuError } from '../../base/error.ts';

/** An output stream of a command. */
export interface OutStream {
  /** Written when it returns; a reader that has gone away is passed over in silence, as by a signal. */
  write(text: string): void;
}

/** How long to wait when a pipe is full that somebody made non-blocking, in ms. */
const fullPipeWaitMs = 5;

/**
 * Writes straight to a file descriptor: nothing is lost when the process ends, whatever is at the other
 * end, and Node's stream classes need not be loaded.
 */
export function outStream(fd: 1 | 2): OutStream {
  let isClosed = false;
  return {
    write(text) {
      const bytes = new TextEncoder().encode(text);
      for (let written = 0; written < bytes.length && !isClosed; ) {
        try {
          written += writeSync(fd, bytes, written);
        } catch (error) {
          const code = error instanceof Error && 'code' in error ? error.code : undefined;
          if (code === 'EAGAIN') waitMs(fullPipeWaitMs);
          else if (code === 'EPIPE') isClosed = true;
          else if (fd === 2) isClosed = true;
          else
            throw new MgpuError('OUTPUT', `standard output cannot be written: ${String(error)}`, {
              cause: error,
            });
        }
      }
    },
  };
}

function waitMs(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/**
 * Whether a descriptor is a terminal. What is no character device is not asked, for asking takes a library.
 */
export async function isTerminal(fd: 0 | 1 | 2): Promise<boolean> {
  try {
    if (!fstatSync(fd).isCharacterDevice()) return false;
  } catch {
    // The stream is closed.
    return false;
  }
  const { isatty } = await import('node:tty');
  return isatty(fd);
}
