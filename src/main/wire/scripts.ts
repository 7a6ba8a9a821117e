import { accessSync, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { MgpuError } from '../../base/error.ts';
import type { ScriptFile, ScriptSearch } from '../../commands/sbatch/script.ts';
import { limits } from '../../model/limits.ts';
import { tooLongSentence } from '../../services/submit.ts';
import { codeOf, fault } from '../../system/files/fault.ts';

/** Bytes of one read from a pipe. */
const chunkBytes = 65_536;

/**
 * Looks for a batch script as sbatch does: a path from the root or one that starts with a dot is taken as
 * it is; others are looked for in PATH first and in the working directory last (sbatch(1), "script path
 * resolution"). It need not be executable.
 */
export async function findScript(search: ScriptSearch): Promise<ScriptFile | undefined> {
  const path = candidates(search).find(isReadable);
  if (path === undefined) return undefined;
  const bytes = readScript(path);
  return bytes && { path, bytes };
}

function candidates({ name, folder, path }: ScriptSearch): readonly string[] {
  if (name.startsWith('/')) return [name];
  if (name === '') return [];
  const own = `${folder === '/' ? '' : folder}/${name}`;
  if (name.startsWith('.')) return [own];
  const folders = path.split(':').filter((one) => one.startsWith('/'));
  return [...folders.map((one) => `${one}/${name}`), own];
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch (error) {
    if (codeOf(error) !== undefined) return false;
    throw error;
  }
}

/** A script's bytes; none for a folder, which sbatch finds empty. */
function readScript(path: string): Uint8Array | undefined {
  try {
    const fd = openSync(path, 'r');
    try {
      const stat = fstatSync(fd);
      if (stat.isDirectory()) return new Uint8Array();
      if (stat.size > limits.scriptBytes) throw tooLarge(path);
      return readAll(fd, path);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw fault(path, 'cannot be read', error);
  }
}

/** All of standard input. */
export async function readStdin(): Promise<Uint8Array> {
  try {
    return readAll(0, 'standard input');
  } catch (error) {
    // A closed standard input is an empty one.
    if (codeOf(error) === 'EBADF') return new Uint8Array();
    throw fault('standard input', 'cannot be read', error);
  }
}

function readAll(fd: number, name: string): Uint8Array {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const chunk = new Uint8Array(chunkBytes);
    const count = readSome(fd, chunk);
    if (count === 0) return Buffer.concat(chunks, length);
    chunks.push(chunk.subarray(0, count));
    length += count;
    if (length > limits.scriptBytes) throw tooLarge(name);
  }
}

function tooLarge(name: string): MgpuError {
  return new MgpuError('TOO_LARGE', tooLongSentence, {
    hint: `${name}: a batch script may have ${limits.scriptBytes} bytes, and this has more`,
  });
}

/** How long to wait for a standard input that somebody made non-blocking, in ms. */
const emptyPipeWaitMs = 5;

function readSome(fd: number, into: Uint8Array): number {
  for (;;) {
    try {
      return readSync(fd, into, 0, into.length, null);
    } catch (error) {
      if (codeOf(error) === 'EOF') return 0;
      if (codeOf(error) !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, emptyPipeWaitMs);
    }
  }
}
