import type { CreateOptions, Files } from '../../src/ports/files.ts';
import type { Random } from './random.ts';
import { type FileNode, fault, type Inode, namesIn, setEntry, statOf, Tree } from './tree.ts';

/** The process died. Nothing catches this; whoever tries to go on dies again. */
export class CrashError extends Error {}

/**
 * What goes wrong at an actor's mutation number `at` (the first is 1), before it took effect or after: a
 * crash, or the system's error of that code.
 */
export interface Fault {
  readonly at: number;
  readonly when: 'before' | 'after';
  readonly what: 'crash' | 'EIO' | 'ENOSPC' | 'ESTALE';
}

export interface ActorOptions {
  readonly uid?: number;
  readonly fault?: Fault | undefined;
  /** True: this listing of a folder is as it was before the folder's last change. */
  readonly isListingOld?: () => boolean;
  /** Awaited before each call, so that somebody decides who is next. */
  readonly turn?: () => Promise<void>;
}

/** A process that uses the disk. */
export interface Actor extends Files {
  /** How many mutations it has begun. */
  mutations(): number;
  /** Makes what the port itself does not make: a symbolic link, a FIFO. */
  makeOther(path: string): void;
}

/** One file system in memory that many actors share. */
export interface MemoryDisk {
  readonly tree: Tree;
  actor(options?: ActorOptions): Actor;
  /** See `Tree.cutPower`. */
  cutPower(random?: Random): void;
  /** A second disk that is as this one is now. */
  copy(): MemoryDisk;
}

export function memoryDisk(tree: Tree = new Tree()): MemoryDisk {
  return {
    tree,
    actor: (options = {}) => actorOn(tree, options),
    cutPower: (random) => tree.cutPower(random),
    copy: () => memoryDisk(new Tree(tree)),
  };
}

/** Does a step that changes the disk, with the actor's fault before or after it. */
type Mutate = (path: string, step: () => void) => void;

function actorOn(tree: Tree, options: ActorOptions): Actor {
  const { uid = 1000, turn } = options;
  let mutations = 0;
  let isDead = false;
  const fail = (path: string): never => {
    isDead = options.fault?.what === 'crash';
    if (isDead) throw new CrashError(`crashed at mutation ${mutations}: ${path}`);
    throw fault(options.fault?.what ?? 'EIO', path, 'failed as the test wants it');
  };
  const mutate: Mutate = (path, step) => {
    mutations += 1;
    const when = options.fault?.at === mutations ? options.fault.when : undefined;
    if (when === 'before') fail(path);
    step();
    if (when === 'after') fail(path);
  };
  const pause = async (): Promise<void> => {
    await turn?.();
    if (isDead) throw new CrashError('dead already');
  };
  const call: Call =
    (step) =>
    async (...args) => {
      await pause();
      return step(...args);
    };
  const using: Using = { tree, mutate, pause, uid, isListingOld: options.isListingOld ?? (() => false) };
  return {
    ...readers(using, call),
    ...writers(using, call),
    mutations: () => mutations,
    makeOther: (path) => setEntry(tree.place(path), tree.other({ uid, mode: 0o777 })),
  };
}

interface Using {
  readonly tree: Tree;
  readonly mutate: Mutate;
  /** Between two mutations of one call: others may come in between. */
  readonly pause: () => Promise<void>;
  readonly uid: number;
  readonly isListingOld: () => boolean;
}

type Call = <A extends readonly unknown[], R>(
  step: (...args: A) => R | Promise<R>,
) => (...args: A) => Promise<R>;

function readers(
  { tree, isListingOld }: Using,
  call: Call,
): Pick<Files, 'list' | 'read' | 'readPart' | 'stat'> {
  return {
    list: call((path: string) => {
      const node = tree.find(path);
      if (node === undefined) return undefined;
      if (node.kind !== 'directory') throw fault('ENOTDIR', path);
      return namesIn(node, isListingOld());
    }),
    read: call((path: string, bytesMax: number) => {
      const file = regularFile(tree, path);
      if (file === undefined) return undefined;
      if (file.content.length > bytesMax) throw fault('TOO_LARGE', path, `has ${file.content.length} bytes`);
      return { bytes: file.content.slice(), stat: statOf(file) };
    }),
    readPart: call((path: string, offset: number, length: number) =>
      regularFile(tree, path)?.content.slice(offset, offset + length),
    ),
    stat: call((path: string) => {
      const node = tree.find(path);
      return node && statOf(node);
    }),
  };
}

function regularFile(tree: Tree, path: string): FileNode | undefined {
  const node = tree.find(path);
  if (node === undefined || node.kind === 'file') return node;
  throw fault('NOT_REGULAR', path, 'is not a regular file');
}

function writers(using: Using, call: Call): Omit<Files, 'list' | 'read' | 'readPart' | 'stat'> {
  const { tree, mutate, uid } = using;
  return {
    create: call((path: string, content: Uint8Array, options: CreateOptions) =>
      create(using, path, content, options),
    ),
    append: call(async (path: string, content: Uint8Array, options: CreateOptions) => {
      const place = tree.place(path);
      const file = regularFile(tree, path) ?? tree.file({ uid, mode: options.mode });
      if (place.node === undefined) mutate(path, () => setEntry(place, file));
      await write(using, { path, file, content, options });
    }),
    link: call((from: string, to: string) => link(using, from, to)),
    rename: call((from: string, to: string) => rename(using, from, to)),
    unlink: call((path: string) => {
      const { node, ...place } = tree.place(path);
      if (node?.kind === 'directory') throw fault('EISDIR', path);
      mutate(path, () => setEntry(place, undefined));
      return node !== undefined;
    }),
    makeDir: call((path: string, mode: number) => {
      const place = tree.place(path);
      if (place.node !== undefined) return 'exists' as const;
      mutate(path, () => setEntry(place, tree.folder({ uid, mode })));
      return 'created' as const;
    }),
    removeTree: call((path: string) => removeTree(using, path)),
    syncDir: call((path: string) => {
      const node = tree.find(path);
      if (node === undefined) throw fault('ENOENT', path);
      if (node.kind !== 'directory') throw fault('ENOTDIR', path);
      mutate(path, () => {
        node.entriesOnDisk = new Map(node.entries);
      });
    }),
  };
}

/**
 * The name comes first and is empty, then half of the content. An error takes the name away again, a crash
 * does not.
 */
async function create(
  using: Using,
  path: string,
  content: Uint8Array,
  options: CreateOptions,
): Promise<'created' | 'exists'> {
  const { tree, mutate, uid } = using;
  const place = tree.place(path);
  if (place.node !== undefined) return 'exists';
  const file = tree.file({ uid, mode: options.mode });
  mutate(path, () => setEntry(place, file));
  try {
    await write(using, { path, file, content, options });
  } catch (error) {
    if (!(error instanceof CrashError)) setEntry(place, undefined);
    throw error;
  }
  return 'created';
}

interface Writing {
  readonly path: string;
  readonly file: FileNode;
  readonly content: Uint8Array;
  readonly options: CreateOptions;
}

/** Two mutations: half of the content, then all of it with its sync. */
async function write({ mutate, pause }: Using, writing: Writing): Promise<void> {
  const { path, file, content, options } = writing;
  const before = file.content;
  const grow = (length: number): void => {
    const whole = new Uint8Array(before.length + length);
    whole.set(before);
    whole.set(content.subarray(0, length), before.length);
    file.content = whole;
    file.writes += 1;
  };
  await pause();
  mutate(path, () => grow(Math.floor(content.length / 2)));
  await pause();
  mutate(path, () => {
    grow(content.length);
    if (options.sync) file.contentOnDisk = file.content;
  });
}

function link({ tree, mutate }: Using, from: string, to: string): 'linked' | 'exists' {
  const node = existing(tree, from, to);
  if (node.kind === 'directory') throw fault('EPERM', to, `cannot be linked from ${from}`);
  const place = tree.place(to);
  if (place.node !== undefined) return place.node === node && node.links > 1 ? 'linked' : 'exists';
  mutate(to, () => setEntry(place, node));
  return 'linked';
}

function rename({ tree, mutate }: Using, from: string, to: string): void {
  const node = existing(tree, from, to);
  const source = tree.place(from);
  const target = tree.place(to);
  if (target.node === node) return;
  if (target.node !== undefined) refuseReplacing(target.node, node, to);
  mutate(to, () => {
    setEntry(source, undefined);
    setEntry(target, node);
  });
}

function refuseReplacing(old: Inode, node: Inode, path: string): void {
  if (old.kind === 'directory' && node.kind !== 'directory') throw fault('EISDIR', path);
  if (old.kind !== 'directory' && node.kind === 'directory') throw fault('ENOTDIR', path);
  if (old.kind === 'directory' && old.entries.size > 0) throw fault('ENOTEMPTY', path);
}

function existing(tree: Tree, from: string, to: string): Inode {
  const node = tree.find(from);
  if (node === undefined) throw fault('ENOENT', to, `cannot be made of ${from}`);
  return node;
}

/** One mutation for each name. */
async function removeTree(using: Using, path: string): Promise<void> {
  const { tree, mutate, pause } = using;
  const node = tree.find(path);
  if (node === undefined) return;
  if (node.kind === 'directory') {
    for (const name of namesIn(node, false)) {
      await removeTree(using, `${path}/${name}`);
      await pause();
    }
    if (node.entries.size > 0) throw fault('ENOTEMPTY', path);
  }
  if (tree.find(path) === node) mutate(path, () => setEntry(tree.place(path), undefined));
}
