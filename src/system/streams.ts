import { fstatSync, statSync, write } from 'node:fs';
import { codeOf } from './files/fault.ts';

/** Writes to a descriptor in order, without keeping this process from its signals. */
export interface ByteWriter {
  /** Done when the bytes are with the reader; false when there is no reader any more. */
  write(bytes: Uint8Array): Promise<boolean>;
}

/** How long to wait when a pipe is full that somebody made non-blocking, in ms. */
const fullPipeWaitMs = 5;

export function byteWriter(fd: number): ByteWriter {
  let last: Promise<boolean> = Promise.resolve(true);
  return {
    write(bytes) {
      last = last.then((isOpen) => isOpen && writeAll(fd, bytes));
      return last;
    },
  };
}

async function writeAll(fd: number, bytes: Uint8Array): Promise<boolean> {
  for (let written = 0; written < bytes.length; ) {
    const outcome = await writeSome(fd, bytes.subarray(written));
    if (typeof outcome === 'number') written += outcome;
    else if (outcome === 'full') await new Promise((resolve) => void setTimeout(resolve, fullPipeWaitMs));
    else return false;
  }
  return true;
}

/** The number of bytes written; `gone` for whatever keeps all further ones from being written. */
function writeSome(fd: number, bytes: Uint8Array): Promise<number | 'full' | 'gone'> {
  return new Promise((resolve) => {
    write(fd, bytes, (error, written) => {
      if (error === null) resolve(written);
      else resolve(error.code === 'EAGAIN' ? 'full' : 'gone');
    });
  });
}

/** Standard input, to be read once; undefined when it is closed or /dev/null, so that nothing will come. */
export function standardInput(): (() => AsyncIterable<Uint8Array>) | undefined {
  return isNothing(0) ? undefined : readInput;
}

function isNothing(fd: number): boolean {
  try {
    const own = fstatSync(fd);
    return own.isCharacterDevice() && own.rdev === statSync('/dev/null').rdev;
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return true;
  }
}

async function* readInput(): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of process.stdin) yield chunk;
  } catch (error) {
    // A terminal that went away, a folder as standard input: there is no more.
    if (codeOf(error) === undefined) throw error;
  }
}

const interruptNames = ['INT', 'TERM', 'QUIT', 'HUP', 'USR1', 'USR2'] as const;
const withContinue = [...interruptNames, 'CONT'] as const;

/**
 * Hands over the signals to this process instead of letting them end it, until the function it gives is
 * called.
 */
export function onInterrupts(handler: (signal: (typeof interruptNames)[number]) => void): () => void {
  return listen(interruptNames, handler);
}

/** The same with SIGCONT, which a job that is ended gets first. */
export function onInterruptsAndContinue(
  handler: (signal: (typeof withContinue)[number]) => void,
): () => void {
  return listen(withContinue, handler);
}

function listen<T extends string>(names: readonly T[], handler: (signal: T) => void): () => void {
  const listeners = names.map((name) => [`SIG${name}`, () => handler(name)] as const);
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}
