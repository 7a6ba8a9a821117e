import { MgpuError } from '../base/error.ts';
import type { Files } from '../ports/files.ts';

const stickyBit = 0o1000;
const writableByAll = 0o002;
const writableByGroup = 0o020;

/**
 * Makes a folder of this user's own, with the folders above it that are missing. Throws `UNSAFE` when
 * somebody else could put something in its place: each folder on the way has to be this user's or root's, and
 * not writable by all unless it is sticky, as /var/tmp is. What a daemon keeps there says which processes are
 * its own.
 */
export async function makeOwnFolder(files: Files, path: string, uid: number): Promise<void> {
  const parts = path.split('/').filter((part) => part !== '');
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const folder = `/${parts.slice(0, depth).join('/')}`;
    if ((await files.stat(folder)) === undefined) await files.makeDir(folder, 0o700);
    await refuseUnsafe(files, folder, uid);
  }
  const stat = await files.stat(path);
  if (stat?.uid !== uid) throw unsafe(path, 'it belongs to somebody else');
  if ((stat.mode & (writableByAll | writableByGroup)) !== 0) throw unsafe(path, 'others may write to it');
}

async function refuseUnsafe(files: Files, folder: string, uid: number): Promise<void> {
  const stat = await files.stat(folder);
  if (stat?.kind !== 'directory') throw unsafe(folder, 'it is no folder');
  if (stat.uid !== uid && stat.uid !== 0) throw unsafe(folder, 'it belongs to somebody else');
  if ((stat.mode & writableByAll) !== 0 && (stat.mode & stickyBit) === 0) {
    throw unsafe(folder, 'others may write to it');
  }
}

function unsafe(path: string, why: string): MgpuError {
  return new MgpuError('UNSAFE', `${path}: ${why}`, {
    hint: 'name another folder with --local-dir or MGPU_LOCAL_DIR',
  });
}
