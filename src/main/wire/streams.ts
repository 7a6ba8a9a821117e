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
 * Whether a descriptor is a terminal. The kind of the device tells where it can: to ask takes a library that
 * costs more than the rest of a command.
 */
export async function isTerminal(fd: 0 | 1 | 2): Promise<boolean> {
  try {
    const stat = fstatSync(fd);
    if (!stat.isCharacterDevice()) return false;
    const known = process.platform === 'linux' ? terminalByDevice(stat.rdev) : undefined;
    if (known !== undefined) return known;
  } catch {
    // The stream is closed.
    return false;
  }
  const { isatty } = await import('node:tty');
  return isatty(fd);
}

/**
 * By the major number of a Linux device (devices.txt of the kernel); undefined for what it does not settle.
 */
function terminalByDevice(device: number): boolean | undefined {
  const major = (device >> 8) & 0xfff;
  // /dev/null and its like.
  if (major === 1) return false;
  // Pseudo-terminals, as every terminal window and ssh session has.
  return major >= 136 && major <= 143 ? true : undefined;
}
