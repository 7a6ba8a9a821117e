import type { Calls } from '../../src/system/files/calls.ts';
import type { CallsOptions, Change, PathOf } from './calls.ts';
import { asFolder, type Inode, type Place } from './disk.ts';
import type { Mount } from './mount.ts';
import { SystemError, systemError } from './scheduler.ts';
import type { OpenName } from './silly.ts';

/** A call of the process: its effect takes place when its turn comes. */
type Step = <T>(op: string, path: string, isChange: boolean, effect: () => T) => Promise<T>;

/** The system calls that change names. */
export function nameCalls(
  { mount, uid, change }: CallsOptions & { readonly change: Change },
  pathOf: PathOf,
  step: Step,
): Pick<Calls, 'link' | 'rename' | 'unlink' | 'mkdir' | 'rmdir'> {
  // What a name stands for on the server: changes are decided there, whatever the machine believes.
  const at = (path: string): { readonly place: Place; readonly inode: Inode | undefined } => {
    const place = placeOf(pathOf(path), path);
    return { place, inode: place.folder.entries.get(place.name) };
  };
  const there = (path: string): { readonly place: Place; readonly inode: Inode } => {
    const { place, inode } = at(path);
    if (inode === undefined) {
      mount.changed(place.folder);
      throw systemError('ENOENT', path);
    }
    return { place, inode };
  };
  const hide = (open: OpenName): void => {
    const before = { folder: open.folder, name: open.name, inode: undefined };
    change([before, { ...mount.openNames.hide(open), inode: open.inode }]);
  };
  const rename = (from: string, to: string): Promise<void> =>
    step('rename', to, true, () => {
      const source = there(from);
      const target = at(to);
      if (source.inode === target.inode) return;
      const open = mount.openNames.at(source.place);
      change([
        { ...source.place, inode: undefined },
        { ...target.place, inode: source.inode },
      ]);
      if (open !== undefined) mount.openNames.moved(open, target.place);
    });
  return {
    link: (from, to) =>
      step('link', to, true, () => {
        const { inode } = there(from);
        const target = at(to);
        if (target.inode !== undefined) throw systemError('EEXIST', to);
        change([{ ...target.place, inode }]);
      }),
    rename(from, to) {
      const isReplacing = isThere(pathOf, from) && openAt(mount, pathOf, to) !== undefined;
      if (!isReplacing) return rename(from, to);
      // Two requests to the server: in between there is nothing under that name.
      const hidden = step('rename', to, true, () => {
        const open = openAt(mount, pathOf, to);
        if (open !== undefined && !open.isSilly) hide(open);
      });
      return hidden.then(() => rename(from, to));
    },
    unlink: (path) =>
      step('unlink', path, true, () => {
        const { place, inode } = there(path);
        if (inode.kind === 'folder') throw systemError('EISDIR', path);
        const open = mount.openNames.at(place);
        if (open?.isSilly === true) throw systemError('EBUSY', path);
        if (open === undefined) change([{ ...place, inode: undefined }]);
        else hide(open);
      }),
    mkdir: (path, mode) =>
      step('mkdir', path, true, () => {
        const { place, inode } = at(path);
        if (inode !== undefined) throw systemError('EEXIST', path);
        const folder = mount.disk.folder(`${place.folder.path}/${place.name}`, uid, mode);
        change([{ ...place, inode: folder }]);
      }),
    rmdir: (path) =>
      step('rmdir', path, true, () => {
        const { place, inode } = there(path);
        if (asFolder(inode, path).entries.size > 0) throw systemError('ENOTEMPTY', path);
        change([{ ...place, inode: undefined }]);
      }),
  };
}

function placeOf(found: Place | Inode, path: string): Place {
  if ('kind' in found) throw systemError('EBUSY', path);
  return found;
}

function isThere(pathOf: PathOf, path: string): boolean {
  const found = foundAt(pathOf, path);
  return found?.folder.entries.has(found.name) === true;
}

/** What is open here under that name, if it is there at all. */
function openAt(mount: Mount, pathOf: PathOf, path: string): OpenName | undefined {
  const found = foundAt(pathOf, path);
  return found && mount.openNames.at(found);
}

/** The place of a path; the call itself says what is wrong with one that has none. */
function foundAt(pathOf: PathOf, path: string): Place | undefined {
  try {
    const found = pathOf(path);
    return 'kind' in found ? undefined : found;
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}
