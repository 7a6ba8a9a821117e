import { execFile } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from './files/fault.ts';

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

export interface Pipe {
  /** The end to hand to a process, and to close then. */
  readonly reader: FileHandle;
  readonly writer: Socket;
}

/**
 * A pipe of the kernel. What Node gives a child as a pipe is a socket, and programs cannot open /dev/stdin
 * on one. Node has no call for a pipe, so it is made by its name, which is then taken away. Undefined where
 * that fails.
 */
export async function makePipe(): Promise<Pipe | undefined> {
  for (const base of new Set([tmpdir(), '/tmp'])) {
    const pipe = await makePipeIn(base);
    if (pipe !== undefined) return pipe;
  }
  return undefined;
}

async function makePipeIn(base: string): Promise<Pipe | undefined> {
  let folder: string | undefined;
  try {
    folder = await mkdtemp(join(base, 'mgpu-'));
    const path = join(folder, 'pipe');
    await mkfifos([path]);
    return await openBoth(path);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return undefined;
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** Makes pipes that have names. Throws with the code of `mkfifo`. */
export function mkfifos(paths: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('mkfifo', ['-m', '600', ...paths], { env: { PATH: '/usr/bin:/bin' } }, (error) => {
      if (error === null) resolve();
      else reject(Object.assign(error, { code: String(error.code) }));
    });
  });
}

/** Each end can be opened without waiting once the other one is. A task must get an end that waits. */
async function openBoth(path: string): Promise<Pipe> {
  const first = await open(path, O_RDONLY | O_NONBLOCK);
  try {
    const fd = openSync(path, O_WRONLY | O_NONBLOCK);
    return {
      reader: await open(path, O_RDONLY),
      writer: new Socket({ fd, readable: false, writable: true }),
    };
  } finally {
    await first.close();
  }
}
