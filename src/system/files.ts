import type { Files } from '../ports/files.ts';
import { asyncCalls, type Calls, syncCalls } from './files/calls.ts';
import { codeOf, fault } from './files/fault.ts';
import { listFolder, makeFolder, removeTree, syncFolder } from './files/folder.ts';
import { factsOf, readPart, readWhole, retryStale } from './files/read.ts';
import { appendTo, createFile } from './files/write.ts';

/** For commands: each call is done when it returns, with the least delay. */
export function syncFiles(): Files {
  return filesOver(syncCalls);
}

/** For the daemon: a call that hangs, hangs alone. */
export function asyncFiles(): Files {
  return filesOver(asyncCalls);
}

/** The port over any system calls, so that tests can let one fail. */
export function filesOver(calls: Calls): Files {
  return {
    list: (path) => named(path, 'cannot be listed', () => retryStale(() => listFolder(calls, path))),
    read: (path, bytesMax) =>
      named(path, cannotRead, () => retryStale(() => readWhole(calls, path, bytesMax))),
    readPart: (path, offset, length, { isFresh } = { isFresh: false }) =>
      named(path, cannotRead, () => retryStale(() => readPart(calls, path, { offset, length, isFresh }))),
    stat: (path) => named(path, cannotRead, () => retryStale(() => stat(calls, path))),
    create: (path, content, options) =>
      named(path, 'cannot be created', () => createFile(calls, path, content, options)),
    append: (path, content, options) =>
      named(path, 'cannot be written', () => appendTo(calls, path, content, options)),
    link: (from, to) => named(to, `cannot be linked from ${from}`, () => link(calls, from, to)),
    rename: (from, to) => named(to, `cannot be renamed from ${from}`, async () => calls.rename(from, to)),
    unlink: (path) => named(path, 'cannot be removed', () => unlink(calls, path)),
    makeDir: (path, mode) => named(path, 'cannot be created', () => makeFolder(calls, path, mode)),
    removeTree: (path) => named(path, 'cannot be removed', () => removeTree(calls, path)),
    syncDir: (path) => named(path, 'cannot be synced', () => syncFolder(calls, path)),
  };
}

const cannotRead = 'cannot be read';

async function named<T>(path: string, what: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw fault(path, what, error);
  }
}

async function stat(calls: Calls, path: string): ReturnType<Files['stat']> {
  try {
    return factsOf(await calls.lstat(path));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * A network file system may make the link and lose the reply, and then answer a second try with an error. So
 * after any error the names themselves are asked: whether they are one file decides.
 */
async function link(calls: Calls, from: string, to: string): Promise<'linked' | 'exists'> {
  try {
    await calls.link(from, to);
    return 'linked';
  } catch (error) {
    if (await areOneFile(calls, from, to)) return 'linked';
    if (codeOf(error) === 'EEXIST') return 'exists';
    throw error;
  }
}

async function areOneFile(calls: Calls, one: string, other: string): Promise<boolean> {
  try {
    const first = await calls.lstat(one);
    const second = await calls.lstat(other);
    return first.ino === second.ino && first.dev === second.dev && first.nlink >= 2n;
  } catch (error) {
    // Whatever keeps the names from being compared, the error of the link itself says more.
    if (codeOf(error) !== undefined) return false;
    throw error;
  }
}

async function unlink(calls: Calls, path: string): Promise<boolean> {
  try {
    await calls.unlink(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** The same files; each call is counted in `counts` under the name of its function. */
export function countingFiles(files: Files, counts: Map<string, number>): Files {
  const counted =
    <A extends unknown[], R>(name: keyof Files, call: (...args: A) => R) =>
    (...args: A): R => {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      return call(...args);
    };
  return {
    list: counted('list', files.list.bind(files)),
    read: counted('read', files.read.bind(files)),
    readPart: counted('readPart', files.readPart.bind(files)),
    stat: counted('stat', files.stat.bind(files)),
    create: counted('create', files.create.bind(files)),
    append: counted('append', files.append.bind(files)),
    link: counted('link', files.link.bind(files)),
    rename: counted('rename', files.rename.bind(files)),
    unlink: counted('unlink', files.unlink.bind(files)),
    makeDir: counted('makeDir', files.makeDir.bind(files)),
    removeTree: counted('removeTree', files.removeTree.bind(files)),
    syncDir: counted('syncDir', files.syncDir.bind(files)),
  };
}
