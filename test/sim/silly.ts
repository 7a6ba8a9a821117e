import type { FolderInode, Inode, Place } from './disk.ts';

/*
 * The files that processes of one machine have open on a network file system, each by the name under which it
 * was opened. The server knows nothing of open files: so a client that is to remove such a name gives the
 * file another one, `.nfs...` in the same folder, and removes that when nobody has it open any more. Until
 * then the folder is not empty, and the name cannot be removed from this machine. Other machines see a file
 * like any other. Nobody removes it if the machine goes down first.
 */

/** A file that is open. */
export interface OpenName {
  readonly inode: Inode;
  folder: FolderInode;
  name: string;
  opens: number;
  isSilly: boolean;
}

export class OpenNames {
  /** How many files were given such a name. */
  sillyRenames = 0;
  /** How many of them nobody removed. */
  leftBehind = 0;
  readonly #open = new Set<OpenName>();
  readonly #silly = new Set<OpenName>();
  #count = 0;

  hold({ folder, name }: Place, inode: Inode): OpenName {
    const known = this.at({ folder, name });
    const open = known ?? { inode, folder, name, opens: 0, isSilly: false };
    open.opens += 1;
    this.#open.add(open);
    return open;
  }

  /** What is open here under a name, and still has it on the server. */
  at({ folder, name }: Place): OpenName | undefined {
    const inode = folder.entries.get(name);
    for (const open of this.#open)
      if (open.folder === folder && open.name === name && open.inode === inode) return open;
    return undefined;
  }

  /** The name that an open file gets in place of its own. */
  hide(open: OpenName): Place {
    this.#count += 1;
    this.sillyRenames += 1;
    const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');
    open.name = `.nfs${hex(open.inode.ino, 16)}${hex(this.#count, 8)}`;
    open.isSilly = true;
    this.#silly.add(open);
    return open;
  }

  /** This machine gave an open file another name, for whatever reason. */
  moved(open: OpenName, { folder, name }: Place): void {
    open.folder = folder;
    open.name = name;
    open.isSilly = false;
    this.#silly.delete(open);
  }

  /** True if nobody here has the file open any more, and its name is to be removed. */
  release(open: OpenName): boolean {
    open.opens -= 1;
    if (open.opens > 0 || !this.#open.delete(open)) return false;
    return open.isSilly;
  }

  /** The place that is to be removed now; undefined if somebody else did, or the machine went down. */
  takeHidden(open: OpenName): Place | undefined {
    if (!this.#silly.delete(open)) return undefined;
    const { folder, name, inode } = open;
    return folder.entries.get(name) === inode ? { folder, name } : undefined;
  }

  /** The machine went down. */
  forget(): void {
    for (const { folder, name, inode } of this.#silly)
      if (folder.entries.get(name) === inode) this.leftBehind += 1;
    this.#open.clear();
    this.#silly.clear();
  }
}
