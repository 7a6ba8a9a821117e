import { MgpuError } from '../../src/base/error.ts';
import type { FileStat } from '../../src/ports/files.ts';
import type { Random } from './random.ts';

/*
 * A file system as the kernel and the disk see it: inodes with what is in memory, and beside it what an fsync
 * brought to the disk. A power cut leaves the latter, and of the rest whatever chance decides.
 */

interface Common {
  readonly ino: number;
  readonly uid: number;
  readonly mode: number;
  /** How many names it has. */
  links: number;
}
export interface FileNode extends Common {
  readonly kind: 'file';
  content: Uint8Array;
  contentOnDisk: Uint8Array;
  writes: number;
}
export interface FolderNode extends Common {
  readonly kind: 'directory';
  entries: Map<string, Inode>;
  entriesOnDisk: ReadonlyMap<string, Inode>;
  /** The name that changed last, and whether it was there before. */
  lastChange: { readonly name: string; readonly wasThere: boolean } | undefined;
}
/** A symbolic link, a FIFO or the like, none of which the port follows or opens. */
interface OtherNode extends Common {
  readonly kind: 'other';
}
export type Inode = FileNode | FolderNode | OtherNode;

export type InodeFacts = Pick<Common, 'uid' | 'mode'>;

export class Tree {
  readonly root: FolderNode;
  #inodes = 0;

  constructor(original?: Tree) {
    this.root = original ? copyOf(original.root, new Map()) : this.folder({ uid: 0, mode: 0o755 });
    if (original) this.#inodes = original.#inodes;
  }

  file(facts: InodeFacts): FileNode {
    const empty = new Uint8Array();
    return { ...this.#common(facts), kind: 'file', content: empty, contentOnDisk: empty, writes: 0 };
  }

  folder(facts: InodeFacts): FolderNode {
    const entries = new Map<string, Inode>();
    return {
      ...this.#common(facts),
      kind: 'directory',
      entries,
      entriesOnDisk: new Map(),
      lastChange: undefined,
    };
  }

  other(facts: InodeFacts): Inode {
    return { ...this.#common(facts), kind: 'other' };
  }

  #common({ uid, mode }: InodeFacts): Common {
    this.#inodes += 1;
    return { ino: this.#inodes, uid, mode, links: 0 };
  }

  /** What a path stands for; undefined when it is not there. */
  find(path: string): Inode | undefined {
    const parts = partsOf(path);
    let node: Inode | undefined = this.root;
    for (const part of parts) {
      if (node === undefined) return undefined;
      if (node.kind !== 'directory') throw fault('ENOTDIR', path);
      node = node.entries.get(part);
    }
    return node;
  }

  /** The folder that a path's last part is in, and that part. */
  place(path: string): Place {
    const parts = partsOf(path);
    const name = parts.pop();
    const folder = this.find(parts.join('/'));
    if (folder === undefined || name === undefined) throw fault('ENOENT', path);
    if (folder.kind !== 'directory') throw fault('ENOTDIR', path);
    return { folder, name, node: folder.entries.get(name) };
  }

  /**
   * The machine goes down at once. Without `random` all that was not synced is lost; with it each name that
   * changed and each content that was written is lost, kept or (a content) cut short, one by one.
   */
  cutPower(random?: Random): void {
    restore(this.root, random);
    countLinks(this.root, new Set());
  }
}

export interface Place {
  readonly folder: FolderNode;
  readonly name: string;
  readonly node: Inode | undefined;
}

export function statOf(node: Inode): FileStat {
  const { kind, uid, mode, ino, links } = node;
  const sizeBytes = node.kind === 'file' ? node.content.length : 0;
  return { kind, sizeBytes, uid, links, mode, version: `${ino}.${node.kind === 'file' ? node.writes : 0}` };
}

/** The names in a folder, sorted; or those that it had before its last change. */
export function namesIn({ entries, lastChange }: FolderNode, isOld: boolean): readonly string[] {
  const names = new Set(entries.keys());
  if (isOld && lastChange?.wasThere) names.add(lastChange.name);
  if (isOld && lastChange?.wasThere === false) names.delete(lastChange.name);
  return [...names].sort();
}

/** Puts a name into a folder or, without an inode, takes it out. */
export function setEntry({ folder, name }: Omit<Place, 'node'>, node: Inode | undefined): void {
  const old = folder.entries.get(name);
  folder.lastChange = { name, wasThere: old !== undefined };
  if (old !== undefined) old.links -= 1;
  if (node === undefined) {
    folder.entries.delete(name);
    return;
  }
  folder.entries.set(name, node);
  node.links += 1;
}

export function fault(code: string, path: string, what = 'cannot be used'): MgpuError {
  return new MgpuError(code, `${path}: ${what} (${code})`);
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

/** The same inode with all below it; one with several names is copied once. */
function copyOf<N extends Inode>(node: N, copies: Map<Inode, Inode>): N {
  const known = copies.get(node);
  if (known !== undefined) return known as N;
  const copy: N = { ...node };
  copies.set(node, copy);
  if (copy.kind === 'directory') {
    const copied = (entries: ReadonlyMap<string, Inode>): Map<string, Inode> =>
      new Map([...entries].map(([name, entry]) => [name, copyOf(entry, copies)]));
    copy.entries = copied(copy.entries);
    copy.entriesOnDisk = copied(copy.entriesOnDisk);
  }
  return copy;
}

function restore(node: Inode, random: Random | undefined): void {
  if (node.kind === 'file') {
    node.content = contentAfter(node, random);
    node.contentOnDisk = node.content;
  }
  if (node.kind !== 'directory') return;
  const entries = new Map(node.entriesOnDisk);
  for (const name of new Set([...node.entries.keys(), ...node.entriesOnDisk.keys()])) {
    const now = node.entries.get(name);
    if (now === node.entriesOnDisk.get(name) || random === undefined || random() < 0.5) continue;
    if (now === undefined) entries.delete(name);
    else entries.set(name, now);
  }
  node.entries = entries;
  node.entriesOnDisk = new Map(entries);
  node.lastChange = undefined;
  for (const entry of entries.values()) restore(entry, random);
}

function contentAfter({ content, contentOnDisk }: FileNode, random: Random | undefined): Uint8Array {
  if (content === contentOnDisk || random === undefined) return contentOnDisk;
  const chance = random();
  if (chance < 0.4) return contentOnDisk;
  return chance < 0.7 ? content : content.slice(0, Math.floor(random() * content.length));
}

function countLinks(folder: FolderNode, seen: Set<Inode>): void {
  for (const node of folder.entries.values()) {
    node.links = seen.has(node) ? node.links + 1 : 1;
    if (node.kind === 'directory' && !seen.has(node)) countLinks(node, seen);
    seen.add(node);
  }
}
