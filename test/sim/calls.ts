import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import type { Calls } from '../../src/system/files/calls.ts';
import type { Random } from '../fakes/random.ts';
import { asFolder, type Inode, type Place } from './disk.ts';
import { type Facts, factsOf, type Mount } from './mount.ts';
import { nameCalls } from './namecalls.ts';
import { type Actor, type Scheduler, systemError } from './scheduler.ts';
import type { OpenName } from './silly.ts';

/*
 * The system calls of one process, each a step of its own. Closing a file and asking about an open one are no
 * steps: nobody else can tell when they happen. Reading is one on a network file system, where a file that
 * is open here cannot be removed from here (see silly.ts), and one that was removed elsewhere not be read.
 */

interface Open {
  readonly path: string;
  readonly inode: Inode;
  /** On a network file system: what was written and not yet sent. */
  unsent: Uint8Array | undefined;
  /** On a network file system, for a file. */
  readonly held: OpenName | undefined;
}

export interface SimCalls extends Calls {
  /** What a shell does for `>`. */
  readonly overwrite: (path: string, content: Uint8Array, exclusive: boolean) => Promise<void>;
}

export interface CallsOptions {
  readonly scheduler: Scheduler;
  readonly actor: Actor;
  readonly mount: Mount;
  readonly uid: number;
  readonly random: Random;
  /** How old a listing may be, in milliseconds. */
  readonly oldListing: () => number;
  /** Told what the process reads of an open file, which is no step. */
  readonly learned?: (inode: Inode) => void;
}

const { O_CREAT, O_DIRECTORY, O_EXCL, O_TRUNC } = constants;
const fdPath = /^\/proc\/self\/fd\/(\d+)(?:\/|$)(.*)$/;

export function callsOf(options: CallsOptions): SimCalls {
  const { scheduler, actor, mount } = options;
  const files = new Map<number, Open>();
  actor.atDeath.push(() => {
    for (const open of files.values()) {
      send(options, open);
      release(options, open);
    }
  });
  const step = <T>(op: string, path: string, isChange: boolean, effect: () => T): Promise<T> =>
    scheduler.call({ actor, op, path: namedPath(files, path), isChange, effect });
  const pathOf = pathsOf(files, mount);
  const change: Change = (changes) => {
    mount.disk.change(actor.machine.name, changes);
    for (const { folder, inode } of changes) {
      mount.changed(folder);
      if (inode !== undefined && mount.isCached(folder)) mount.learn(inode);
    }
  };
  let fdNext = 3;
  const open = (path: string, flags: number, mode: number): number => {
    const place = pathOf(path);
    const inode = openInode({ ...options, change }, place, { path, flags, mode });
    const isHeld = !('kind' in place) && inode.kind === 'file' && mount.isCached(place.folder);
    const held = isHeld ? mount.openNames.hold(place, inode) : undefined;
    fdNext += 1;
    files.set(fdNext, { path: namedPath(files, path), inode, unsent: undefined, held });
    return fdNext;
  };
  const opened = (fd: number): Open => {
    const file = files.get(fd);
    if (file === undefined) throw systemError('EBADF', `${fd}`);
    return file;
  };
  const close = (fd: number): void => {
    const file = opened(fd);
    send(options, file);
    files.delete(fd);
    release(options, file);
  };
  return {
    open: (path, flags, mode) =>
      step('open', path, (flags & (O_CREAT | O_TRUNC)) !== 0, () => open(path, flags, mode)),
    close,
    read: (fd, bytes, { offset, length, position }) => {
      const file = opened(fd);
      const { inode } = file;
      if (inode.kind !== 'file') throw systemError('EISDIR', `${fd}`);
      const read = (): number => {
        refuseStale(file);
        options.learned?.(inode);
        const part = inode.content.subarray(position, position + length);
        bytes.set(part, offset);
        return part.length;
      };
      return file.held === undefined ? read() : step('read', file.path, false, read);
    },
    write: (fd, bytes, offset) => {
      const file = opened(fd);
      return step('write', file.path, true, () => write(options, file, bytes.subarray(offset)));
    },
    fsync: (fd) => {
      const file = opened(fd);
      return step('fsync', file.path, true, () => sync(options, file));
    },
    fchmod: (fd, mode) => {
      opened(fd).inode.mode = mode;
    },
    ftruncate: (fd, sizeBytes) => {
      const { inode } = opened(fd);
      if (inode.kind === 'file')
        mount.disk.write(actor.machine.name, inode, inode.content.slice(0, sizeBytes));
    },
    fstat: (fd) => {
      const { inode } = opened(fd);
      options.learned?.(inode);
      return statOf(factsOf(inode));
    },
    lstat: (path) => step('lstat', path, false, () => lstat(mount, pathOf(path), path)),
    readdir: (path) => step('readdir', path, false, () => readdir(options, pathOf(path), path)),
    ...nameCalls({ ...options, change }, pathOf, step),
    async overwrite(path, content, exclusive) {
      const fd = await step('open', path, true, () =>
        open(path, O_CREAT | (exclusive ? O_EXCL : O_TRUNC), 0o644),
      );
      if (content.length > 0) await step('write', path, true, () => write(options, opened(fd), content));
      close(fd);
    },
  };
}

/** Finds the place of a path, or the open folder that it stands for. */
export type PathOf = (path: string) => Place | Inode;
export type Change = (changes: Parameters<Mount['disk']['change']>[1]) => void;

/** A path may begin at an open folder. */
function pathsOf(files: ReadonlyMap<number, Open>, mount: Mount): PathOf {
  return (path) => {
    const [, fd, rest = ''] = fdPath.exec(path) ?? [];
    if (path === '/') return mount.disk.root;
    if (fd === undefined) return mount.place(path);
    const inode = files.get(Number(fd))?.inode;
    if (inode === undefined) throw systemError('EBADF', path);
    return rest === '' ? inode : mount.place(rest, asFolder(inode, path));
  };
}

/** A path that begins at an open folder, by the name under which that was opened. */
function namedPath(files: ReadonlyMap<number, Open>, path: string): string {
  const [, fd, rest = ''] = fdPath.exec(path) ?? [];
  const folder = files.get(Number(fd))?.path;
  if (folder === undefined) return path;
  const inside = rest === '' ? folder : `${folder}/${rest}`;
  return namedPath(files, inside);
}

interface Opening {
  readonly path: string;
  readonly flags: number;
  readonly mode: number;
}

function openInode(
  { mount, uid, change, actor }: CallsOptions & { readonly change: Change },
  found: Place | Inode,
  { path, flags, mode }: Opening,
): Inode {
  if ('kind' in found) return found;
  const isNew = (flags & O_CREAT) !== 0 && (flags & O_EXCL) !== 0;
  let inode = (flags & O_CREAT) === 0 ? mount.opened(found) : found.folder.entries.get(found.name);
  if (isNew && inode !== undefined) throw systemError('EEXIST', path);
  if (inode === undefined) {
    if ((flags & O_CREAT) === 0) throw systemError('ENOENT', path);
    inode = mount.disk.file(uid, mode);
    change([{ ...found, inode }]);
  }
  if ((flags & O_DIRECTORY) !== 0) {
    const folder = asFolder(inode, path);
    if (mount.isCached(folder)) mount.revalidate(folder);
  }
  mount.disk.touch(inode, actor.machine.name);
  if ((flags & O_TRUNC) !== 0 && inode.kind === 'file' && inode.content.length > 0)
    mount.disk.write(actor.machine.name, inode, new Uint8Array());
  return inode;
}

function write({ mount, actor, random }: CallsOptions, file: Open, bytes: Uint8Array): number {
  const { inode } = file;
  if (inode.kind !== 'file') throw systemError('EISDIR', '');
  refuseStale(file);
  // A call may write less than it was asked to.
  const length = random() < 0.1 ? Math.ceil(bytes.length / 2) : bytes.length;
  const before = file.unsent ?? inode.content;
  const whole = new Uint8Array(before.length + length);
  whole.set(before);
  whole.set(bytes.subarray(0, length), before.length);
  if (actor.machine.fileSystem === 'nfs' && random() < 0.5) file.unsent = whole;
  else {
    file.unsent = undefined;
    mount.disk.write(actor.machine.name, inode, whole);
  }
  return length;
}

/** Close-to-open: what was written is at the server when the file is closed. */
function send({ mount, actor }: CallsOptions, file: Open): void {
  const { inode, unsent } = file;
  if (inode.kind !== 'file' || !actor.machine.isUp) return;
  if (unsent !== undefined) mount.disk.write(actor.machine.name, inode, unsent);
  file.unsent = undefined;
  if (actor.machine.fileSystem === 'nfs') inode.stable = inode.content;
}

function sync(options: CallsOptions, file: Open): void {
  const { inode } = file;
  if (inode.kind === 'folder') {
    options.mount.disk.syncFolder(inode);
    return;
  }
  refuseStale(file);
  send(options, file);
  inode.stable = inode.content;
}

/** The server knows nothing of who has a file open: what another machine removed is gone. */
function refuseStale({ inode, held, path }: Open): void {
  if (held !== undefined && inode.links === 0) throw systemError('ESTALE', path);
}

/** The client asks the server to remove a name that was hidden, and does not wait for it. */
function release({ mount, actor, scheduler, random }: CallsOptions, { held }: Open): void {
  if (held === undefined || !mount.openNames.release(held)) return;
  const { machine } = actor;
  scheduler.after(random() * machine.callMsMax, () => {
    const place = mount.openNames.takeHidden(held);
    if (place === undefined) return;
    mount.disk.change(machine.name, [{ ...place, inode: undefined }]);
    mount.changed(place.folder);
  });
}

function lstat(mount: Mount, found: Place | Inode, path: string): BigIntStats {
  const facts = 'kind' in found ? factsOf(found) : mount.facts(found);
  if (facts === undefined) throw systemError('ENOENT', path);
  return statOf(facts);
}

function readdir({ mount, actor, oldListing }: CallsOptions, found: Place | Inode, path: string): string[] {
  const folder = asFolder('kind' in found ? found : mount.lookup(found), path);
  if (folder.links === 0) throw systemError('ENOENT', path);
  mount.disk.touch(folder, actor.machine.name);
  const agoMs = mount.isCached(folder) ? oldListing() : 0;
  return agoMs > 0 ? mount.disk.oldNames(folder, agoMs) : [...folder.entries.keys()];
}

function statOf({ inode, sizeBytes, links, mode, mtime }: Facts): BigIntStats {
  const stat = {
    ino: BigInt(inode.ino),
    dev: 1n,
    size: BigInt(sizeBytes),
    nlink: BigInt(links),
    mode: BigInt(mode),
    uid: BigInt(inode.uid),
    mtimeNs: BigInt(Math.floor(mtime * 1000)),
    isFile: () => inode.kind === 'file',
    isDirectory: () => inode.kind === 'folder',
  };
  // All that the adapter asks for is there.
  return stat as unknown as BigIntStats;
}
