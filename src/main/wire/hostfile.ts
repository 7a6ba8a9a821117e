import { open } from 'node:fs/promises';
import { hostlistTextMax } from '../../model/hostlist.ts';
import { codeOf } from '../../system/files/fault.ts';

/**
 * The text of a file with host names, cut where a list is too long anyway; undefined for what cannot be
 * opened or is no file.
 */
export async function readHostFile(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      if (!(await file.stat()).isFile()) return undefined;
      const bytes = Buffer.alloc(hostlistTextMax + 1);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
      return bytes.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    // Whatever the reason is, there are no names; a fault of this program has no code.
    if (codeOf(error) !== undefined) return undefined;
    throw error;
  }
}
