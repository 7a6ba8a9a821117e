/**
 * The file system as the store needs it: single steps, each of which a crash can come before or after. How
 * they make a promise together is the store's business. No path's last part is ever followed as a link.
 *
 * Anything that goes wrong is an `MgpuError` whose code is the system's own (`ENOSPC`, `EACCES`, `EIO`, ...)
 * and whose message names the path; what is an answer rather than an error is said at each function.
 */
export interface Files {
  /** The names in a folder, sorted; undefined when it does not exist. */
  list(path: string): Promise<readonly string[] | undefined>;
  /**
   * A whole regular file of at most `bytesMax`; undefined when it does not exist. Else `NOT_REGULAR`,
   * `TOO_LARGE`.
   */
  read(path: string, bytesMax: number): Promise<FileContent | undefined>;
  /** Up to `length` bytes from `offset`; undefined when the file does not exist. */
  readPart(
    path: string,
    offset: number,
    length: number,
    options?: ReadOptions,
  ): Promise<Uint8Array | undefined>;
  /** What a name stands for; undefined when it does not exist. */
  stat(path: string): Promise<FileStat | undefined>;
  /** Makes a new file with this content, synced to disk if asked; `exists` when the name is taken. */
  create(path: string, content: Uint8Array, options: CreateOptions): Promise<'created' | 'exists'>;
  /** Adds to the end of a file, which is made if need be. One writer only. */
  append(path: string, content: Uint8Array, options: CreateOptions): Promise<void>;
  /** A second name for a file; `exists` when the name is taken. */
  link(from: string, to: string): Promise<'linked' | 'exists'>;
  /** Gives a file another name, in place of what had it. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a name; false when it was not there. */
  unlink(path: string): Promise<boolean>;
  /** Makes a folder; `exists` when the name is taken. */
  makeDir(path: string, mode: number): Promise<'created' | 'exists'>;
  /** Removes a folder with all that is in it, not following links. */
  removeTree(path: string): Promise<void>;
  /** Makes a folder's names durable. */
  syncDir(path: string): Promise<void>;
}

export interface ReadOptions {
  /**
   * True: as the file is now. A network file system may show how long it was a second ago, and what another
   * machine has added since is then not to be read. The reader has to own the file; else it is as without.
   */
  readonly isFresh: boolean;
}

export interface CreateOptions {
  readonly mode: number;
  /** True: the content is durable when the call returns (its name is so only after `syncDir`). */
  readonly sync: boolean;
}

export interface FileStat {
  readonly kind: 'file' | 'directory' | 'other';
  readonly sizeBytes: number;
  /** The owner: on a shared file system this says who wrote a request. */
  readonly uid: number;
  readonly links: number;
  readonly mode: number;
  /** Changes when the file is replaced or written; compared for equality only. */
  readonly version: string;
}

export interface FileContent {
  readonly bytes: Uint8Array;
  readonly stat: FileStat;
}
