import type { Random } from '../fakes/random.ts';
import { systemError } from './scheduler.ts';

/*
 * What the file server has: inodes and names, and of each change whether a sync has made it durable. A
 * machine that goes down takes with it what it changed and nobody synced, as the loss says. The two names of
 * one rename stay together.
 */

interface Common {
  readonly ino: number;
  readonly uid: number;
  mode: number;
  links: number;
  mtime: number;
}
export interface FileInode extends Common {
  readonly kind: 'file';
  content: Uint8Array;
  /** What is durable of it. */
  stable: Uint8Array;
  writer: string;
}
export interface FolderInode extends Common {
  readonly kind: 'folder';
  readonly path: string;
  readonly entries: Map<string, Inode>;
  readonly unsynced: Map<string, Unsynced>;
  /** The last changes, for listings that are old. */
  readonly changes: { readonly atMs: number; readonly name: string; readonly had: boolean }[];
}
export type Inode = FileInode | FolderInode;

interface Unsynced {
  readonly before: Inode | undefined;
  readonly machine: string;
  readonly change: Change;
}
/** The names that one call changed: durable together. */
interface Change {
  isDurable: boolean | undefined;
}

export interface Place {
  readonly folder: FolderInode;
  readonly name: string;
}

/** What becomes of what no sync has made durable when its machine goes down. */
export interface Loss {
  keepsName(): boolean;
  contentOf(file: FileInode): Uint8Array;
}

/** Told of each change of a name that others can see. */
export type OnEntry = (path: string, inode: Inode | undefined, machine: string) => void;

const changesKept = 12;
const empty = new Uint8Array();

export class Disk {
  readonly root: FolderInode;
  nowMs: () => number = () => 0;
  onEntry: OnEntry = () => {};
  /** False: names are durable at once, as on a server that keeps them in stable storage. */
  readonly #losesNames: boolean;
  #ino = 0;

  constructor(options: { readonly losesNames: boolean }) {
    this.#losesNames = options.losesNames;
    this.root = this.folder('', 0, 0o755);
  }

  file(uid: number, mode: number): FileInode {
    return { ...this.#common(uid, mode), kind: 'file', content: empty, stable: empty, writer: '' };
  }

  folder(path: string, uid: number, mode: number): FolderInode {
    const entries = new Map<string, Inode>();
    return { ...this.#common(uid, mode), kind: 'folder', path, entries, unsynced: new Map(), changes: [] };
  }

  #common(uid: number, mode: number): Common {
    this.#ino += 1;
    return { ino: this.#ino, uid, mode, links: 0, mtime: this.nowMs() };
  }

  /** The inode of a path as the server has it. */
  find(path: string): Inode | undefined {
    let node: Inode | undefined = this.root;
    for (const part of partsOf(path)) {
      if (node?.kind !== 'folder') return undefined;
      node = node.entries.get(part);
    }
    return node;
  }

  /** Changes names, as one step. */
  change(machine: string, changes: readonly (Place & { readonly inode: Inode | undefined })[]): void {
    const change: Change = { isDurable: this.#losesNames ? undefined : true };
    for (const { folder, name, inode } of changes) {
      const before = folder.entries.get(name);
      if (this.#losesNames) {
        const first = folder.unsynced.get(name);
        folder.unsynced.set(name, { before: first ? first.before : before, machine, change });
      }
      this.#set(folder, name, inode);
    }
    for (const { folder, name, inode } of changes) this.onEntry(`${folder.path}/${name}`, inode, machine);
  }

  #set(folder: FolderInode, name: string, inode: Inode | undefined): void {
    const before = folder.entries.get(name);
    if (before !== undefined) before.links -= 1;
    if (inode === undefined) folder.entries.delete(name);
    else {
      folder.entries.set(name, inode);
      inode.links += 1;
    }
    folder.mtime += 1;
    folder.changes.push({ atMs: this.nowMs(), name, had: before !== undefined });
    if (folder.changes.length > changesKept) folder.changes.shift();
  }

  write(machine: string, file: FileInode, content: Uint8Array): void {
    file.content = content;
    file.writer = machine;
    file.mtime += 1;
  }

  syncFolder(folder: FolderInode): void {
    for (const { change } of folder.unsynced.values()) change.isDurable = true;
    folder.unsynced.clear();
  }

  /** Another machine looks: what it sees was brought to the server first. */
  touch(inode: Inode, machine: string): void {
    if (inode.kind === 'file') {
      if (inode.writer !== machine) inode.stable = inode.content;
      return;
    }
    for (const [name, { machine: writer, change }] of inode.unsynced) {
      if (writer === machine) continue;
      change.isDurable = true;
      inode.unsynced.delete(name);
    }
  }

  /** The names as they were so long ago, as far as that is known. */
  oldNames(folder: FolderInode, agoMs: number): string[] {
    const names = new Set(folder.entries.keys());
    for (const change of [...folder.changes].reverse()) {
      if (change.atMs < this.nowMs() - agoMs) break;
      if (change.had) names.add(change.name);
      else names.delete(change.name);
    }
    return [...names];
  }

  /** The machine goes down at once. */
  lose(machine: string, loss: Loss): void {
    this.#lose(this.root, machine, loss, new Set());
  }

  /** True if the machine has changed something that no sync has made durable. */
  isUnsynced(machine: string, node: Inode = this.root): boolean {
    if (node.kind === 'file') return node.stable !== node.content && node.writer === machine;
    return (
      [...node.unsynced.values()].some((one) => one.machine === machine && one.change.isDurable !== true) ||
      [...node.entries.values()].some((entry) => this.isUnsynced(machine, entry))
    );
  }

  #lose(node: Inode, machine: string, loss: Loss, seen: Set<Inode>): void {
    if (seen.has(node)) return;
    seen.add(node);
    if (node.kind === 'file') {
      if (node.stable !== node.content && node.writer === machine) node.content = loss.contentOf(node);
      node.stable = node.content;
      return;
    }
    for (const [name, { before, machine: writer, change }] of [...node.unsynced]) {
      if (writer !== machine) continue;
      node.unsynced.delete(name);
      change.isDurable ??= loss.keepsName();
      if (!change.isDurable) this.#set(node, name, before);
    }
    for (const entry of node.entries.values()) this.#lose(entry, machine, loss, seen);
  }
}

/** Names and contents are each lost, kept or (a content) cut short, by chance. */
export function byChance(random: Random): Loss {
  return {
    keepsName: () => random() < 0.5,
    contentOf: ({ content, stable }) => {
      const chance = random();
      if (chance < 0.4) return stable;
      return chance < 0.7 ? content : content.slice(0, Math.floor(random() * content.length));
    },
  };
}

export function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

export function asFolder(inode: Inode | undefined, path: string): FolderInode {
  if (inode === undefined) throw systemError('ENOENT', path);
  if (inode.kind !== 'folder') throw systemError('ENOTDIR', path);
  return inode;
}
