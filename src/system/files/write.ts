import { constants } from 'node:fs';
import type { CreateOptions } from '../../ports/files.ts';
import type { Calls } from './calls.ts';
import { codeOf } from './fault.ts';

const { O_APPEND, O_CREAT, O_EXCL, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;

const writing = O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

/** Makes a file with all its content or, when that fails, none. */
export async function createFile(
  calls: Calls,
  path: string,
  content: Uint8Array,
  options: CreateOptions,
): Promise<'created' | 'exists'> {
  const fd = await openNew(calls, path, options.mode);
  if (fd === undefined) return 'exists';
  try {
    await closing(calls, fd, async () => {
      await grantMode(calls, fd, options.mode);
      await writeAll(calls, fd, content);
      if (options.sync) await calls.fsync(fd);
    });
  } catch (error) {
    await attempt(() => calls.unlink(path));
    throw error;
  }
  return 'created';
}

/** Adds all of the content or, when that fails and the system lets us, nothing. */
export async function appendTo(
  calls: Calls,
  path: string,
  content: Uint8Array,
  options: CreateOptions,
): Promise<void> {
  const fd = await openToAppend(calls, path, options.mode);
  await closing(calls, fd, async () => {
    const sizeBefore = Number((await calls.fstat(fd)).size);
    try {
      await writeAll(calls, fd, content);
      if (options.sync) await calls.fsync(fd);
    } catch (error) {
      await attempt(() => calls.ftruncate(fd, sizeBefore));
      throw error;
    }
  });
}

/**
 * Adds the permissions that the process's umask took away: files of the spool are shared, whatever the umask
 * of who makes them. Nothing is taken away, for a folder may pass its group on.
 */
export async function grantMode(calls: Calls, fd: number, mode: number): Promise<void> {
  const has = Number((await calls.fstat(fd)).mode & 0o7777n);
  if ((has & mode) !== mode) await calls.fchmod(fd, has | mode);
}

async function openNew(calls: Calls, path: string, mode: number): Promise<number | undefined> {
  try {
    return await calls.open(path, writing | O_CREAT | O_EXCL, mode);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined;
    throw error;
  }
}

async function openToAppend(calls: Calls, path: string, mode: number): Promise<number> {
  try {
    return await calls.open(path, writing | O_APPEND, 0);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  // There is one writer: nobody makes it at the same time.
  const fd = await calls.open(path, writing | O_APPEND | O_CREAT | O_EXCL, mode);
  await grantMode(calls, fd, mode);
  return fd;
}

async function writeAll(calls: Calls, fd: number, content: Uint8Array): Promise<void> {
  for (let written = 0; written < content.length; ) written += await calls.write(fd, content, written);
}

/**
 * Closes in any case; an error of the close counts, for a network file system may tell only then of a full
 * disk.
 */
async function closing(calls: Calls, fd: number, use: () => Promise<void>): Promise<void> {
  try {
    await use();
  } catch (error) {
    await attempt(() => calls.close(fd));
    throw error;
  }
  await calls.close(fd);
}

/** Tidies up after an error; that this fails too is of no interest beside the error. */
async function attempt(step: () => void | Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
}
