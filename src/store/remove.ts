import { isMgpuError } from '../base/error.ts';
import type { Files } from '../ports/files.ts';

/** What keeps a folder there until somebody closes a file in it: on NFS such a file has a hidden name. */
const heldCodes: ReadonlySet<string> = new Set(['ENOTEMPTY', 'EBUSY', 'EEXIST']);

/** True for a folder that cannot be removed while somebody has a file in it open. */
function isHeldOpen(error: unknown): boolean {
  return isMgpuError(error) && heldCodes.has(error.code);
}

/** A name of the file server's own, for a file that was removed while it was open somewhere. */
export function isHidden(name: string): boolean {
  return name.startsWith('.nfs');
}

/** Removes a tree as far as it goes; false if something in it is held open, and its folder is left. */
export async function removeLoose(files: Pick<Files, 'removeTree'>, path: string): Promise<boolean> {
  try {
    await files.removeTree(path);
    return true;
  } catch (error) {
    if (!isHeldOpen(error)) throw error;
    return false;
  }
}
