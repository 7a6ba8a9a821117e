import { asFolder, type Disk, type FolderInode, type Inode, type Place, partsOf } from './disk.ts';
import type { Machine } from './machine.ts';
import { systemError } from './scheduler.ts';
import { OpenNames } from './silly.ts';

/*
 * What a machine sees of the server. On a network file system names and attributes are believed for a while
 * after they were fetched: a name may be seen that is gone, or not seen though it is there. As the protocol
 * promises: opening asks again (for a folder what is in it, for a file its attributes), and what the machine
 * itself changes in a folder makes it forget what it knew of it.
 */

export interface Facts {
  readonly inode: Inode;
  readonly sizeBytes: number;
  readonly links: number;
  readonly mode: number;
  readonly mtime: number;
}

interface KnownFolder {
  version: number;
  untilMs: number;
  readonly names: Map<string, Inode | undefined>;
}

export class Mount {
  readonly machine: Machine;
  readonly disk: Disk;
  readonly openNames = new OpenNames();
  readonly #cacheMs: number;
  readonly #folders = new Map<FolderInode, KnownFolder>();
  readonly #facts = new Map<Inode, { readonly facts: Facts; readonly untilMs: number }>();

  constructor(disk: Disk, machine: Machine, cacheMs: number) {
    this.disk = disk;
    this.machine = machine;
    this.#cacheMs = cacheMs;
  }

  /** The machine was booted: nothing is known any more. */
  forget(): void {
    this.#folders.clear();
    this.#facts.clear();
    this.openNames.forget();
  }

  isCached(folder: FolderInode): boolean {
    return this.machine.fileSystem === 'nfs' && !folder.path.startsWith('/local');
  }

  place(path: string, from?: FolderInode): Place {
    const parts = partsOf(path);
    const name = parts.pop();
    if (name === undefined) throw systemError('EBUSY', path);
    let folder = from ?? this.disk.root;
    for (const part of parts) folder = asFolder(this.lookup({ folder, name: part }), path);
    return { folder, name };
  }

  /** What a name stands for, as far as this machine knows. */
  lookup({ folder, name }: Place): Inode | undefined {
    if (!this.isCached(folder)) {
      this.disk.touch(folder, this.machine.name);
      return folder.entries.get(name);
    }
    const now = this.disk.nowMs();
    const known = this.#folders.get(folder);
    if (known !== undefined && now < known.untilMs && known.names.has(name)) return known.names.get(name);
    const fresh = this.revalidate(folder);
    if (!fresh.names.has(name)) fresh.names.set(name, folder.entries.get(name));
    return fresh.names.get(name);
  }

  revalidate(folder: FolderInode): KnownFolder {
    const untilMs = this.disk.nowMs() + this.#cacheMs;
    const known = this.#folders.get(folder);
    if (known !== undefined && known.version === folder.mtime) {
      known.untilMs = untilMs;
      return known;
    }
    const fresh = { version: folder.mtime, untilMs, names: new Map<string, Inode | undefined>() };
    this.#folders.set(folder, fresh);
    return fresh;
  }

  /** Opening asks the server whether the file is still the one that the name stood for. */
  opened(place: Place): Inode | undefined {
    const { folder, name } = place;
    const inode = this.lookup(place);
    if (inode === undefined || !this.isCached(folder)) return inode;
    this.#facts.delete(inode);
    if (inode.links > 0) return inode;
    this.changed(folder);
    return folder.entries.get(name);
  }

  /** This machine changed the folder and has the server's word on it. */
  changed(folder: FolderInode): void {
    this.#folders.delete(folder);
  }

  facts(place: Place): Facts | undefined {
    const inode = this.lookup(place);
    if (inode === undefined) return undefined;
    if (!this.isCached(place.folder)) return factsOf(inode);
    const known = this.#facts.get(inode);
    if (known !== undefined && this.disk.nowMs() < known.untilMs) return known.facts;
    if (inode.links > 0) return this.learn(inode);
    this.changed(place.folder);
    const now = place.folder.entries.get(place.name);
    return now && this.learn(now);
  }

  learn(inode: Inode): Facts {
    const facts = factsOf(inode);
    this.#facts.set(inode, { facts, untilMs: this.disk.nowMs() + this.#cacheMs });
    return facts;
  }
}

export function factsOf(inode: Inode): Facts {
  const { links, mode, mtime } = inode;
  return { inode, sizeBytes: inode.kind === 'file' ? inode.content.length : 0, links, mode, mtime };
}
