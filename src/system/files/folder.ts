import { constants, existsSync } from 'node:fs';
import { MgpuError } from '../../base/error.ts';
import type { Calls } from './calls.ts';
import { codeOf } from './fault.ts';
import { grantMode } from './write.ts';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** How deep a tree may be that is removed: each level holds a file descriptor. */
const treeDepthMax = 200;

/** How often a folder is gone through that turns out not to be empty. */
const emptyTriesMax = 3;

export async function listFolder(calls: Calls, path: string): Promise<readonly string[] | undefined> {
  const names = await ifThere(() => withFolder(calls, path, ({ inside }) => calls.readdir(inside)));
  return names?.sort();
}

export async function makeFolder(calls: Calls, path: string, mode: number): Promise<'created' | 'exists'> {
  try {
    await calls.mkdir(path, mode);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return 'exists';
    throw error;
  }
  await withFolder(calls, path, ({ fd }) => grantMode(calls, fd, mode));
  return 'created';
}

export async function syncFolder(calls: Calls, path: string): Promise<void> {
  await withFolder(calls, path, async ({ fd }) => {
    try {
      await calls.fsync(fd);
    } catch (error) {
      // Some file systems sync names by themselves and have no such call for folders.
      if (codeOf(error) !== 'EINVAL' && codeOf(error) !== 'ENOTSUP') throw error;
    }
  });
}

/**
 * Removes a tree. Each level is entered by its open folder and not by its name: the owner of a folder in it
 * who puts a link in its place meanwhile does not lead us elsewhere.
 *
 * On NFS a file that somebody on this machine has open lives on under a hidden name (`.nfs...`), which goes
 * when it is closed; a listing may also be old. So a folder that is not empty is gone through again, for each
 * look gives the server time. Throws `ENOTEMPTY`, with all else removed, if somebody keeps a file open.
 */
export async function removeTree(calls: Calls, path: string): Promise<void> {
  await ifThere(() => removeBelow(calls, path, 1));
}

async function removeBelow(calls: Calls, path: string, depth: number): Promise<void> {
  if (depth > treeDepthMax)
    throw new MgpuError('TOO_DEEP', `${path}: more than ${treeDepthMax} folders deep`);
  if (!(await calls.lstat(path)).isDirectory()) return calls.unlink(path);
  for (let tries = 1; ; tries += 1) {
    await withFolder(calls, path, async ({ inside }) => {
      for (const name of await calls.readdir(inside)) {
        await unlessHeld(name, async () => {
          await ifThere(() => removeBelow(calls, `${inside}/${name}`, depth + 1));
        });
      }
    });
    try {
      return await calls.rmdir(path);
    } catch (error) {
      if (codeOf(error) !== 'ENOTEMPTY' || tries === emptyTriesMax) throw error;
    }
  }
}

/** Passes over what this machine has open: the folder it is in will say whether it is still there. */
async function unlessHeld(name: string, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    const code = codeOf(error);
    const isHeld = code === 'ENOTEMPTY' || (code === 'EBUSY' && name.startsWith('.nfs'));
    if (!isHeld) throw error;
  }
}

interface OpenFolder {
  readonly fd: number;
  /** A path of this very folder, whatever happens to its name. */
  readonly inside: string;
}

async function withFolder<T>(
  calls: Calls,
  path: string,
  use: (folder: OpenFolder) => T | Promise<T>,
): Promise<T> {
  const fd = await calls.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK, 0);
  try {
    return await use({ fd, inside: descriptorsHavePaths() ? `/proc/self/fd/${fd}` : path });
  } finally {
    await calls.close(fd);
  }
}

let descriptorsHavePathsKnown: boolean | undefined;

function descriptorsHavePaths(): boolean {
  descriptorsHavePathsKnown ??= existsSync('/proc/self/fd');
  return descriptorsHavePathsKnown;
}

async function ifThere<T>(step: () => Promise<T>): Promise<T | undefined> {
  try {
    return await step();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
