import fs, { type BigIntStats } from 'node:fs';
import { mayBeOdd, nameText, systemPath as raw } from './names.ts';

/** At once, or later. */
type Reply<T> = T | Promise<T>;

/** The system calls that the Files port is made of. A failed one throws Node's error with its `code`. */
export interface Calls {
  readonly open: (path: string, flags: number, mode: number) => Reply<number>;
  readonly close: (fd: number) => Reply<void>;
  /** Reads from `place.position` of the file to `place.offset` of `bytes`; 0 at the file's end. */
  readonly read: (fd: number, bytes: Uint8Array, place: ReadPlace) => Reply<number>;
  /** Writes a part of `bytes` where the file stands; may write less. */
  readonly write: (fd: number, bytes: Uint8Array, offset: number) => Reply<number>;
  readonly fsync: (fd: number) => Reply<void>;
  readonly fchmod: (fd: number, mode: number) => Reply<void>;
  readonly ftruncate: (fd: number, sizeBytes: number) => Reply<void>;
  readonly fstat: (fd: number) => Reply<BigIntStats>;
  readonly lstat: (path: string) => Reply<BigIntStats>;
  /** Names as texts; bytes that are no UTF-8 as `names.ts` says. */
  readonly readdir: (path: string) => Reply<string[]>;
  readonly link: (from: string, to: string) => Reply<void>;
  readonly rename: (from: string, to: string) => Reply<void>;
  readonly unlink: (path: string) => Reply<void>;
  readonly mkdir: (path: string, mode: number) => Reply<void>;
  readonly rmdir: (path: string) => Reply<void>;
}

export interface ReadPlace {
  readonly offset: number;
  readonly length: number;
  readonly position: number;
}

// Whole numbers as the system has them: an inode of a network file system may be larger than a double holds.
const exact = { bigint: true } as const;

const inBytes = { encoding: 'buffer' } as const;

/** On this thread, which stands still meanwhile: the least time for a command that has nothing else to do. */
export const syncCalls: Calls = {
  open: (path, flags, mode) => fs.openSync(raw(path), flags, mode),
  close: fs.closeSync,
  read: (fd, bytes, { offset, length, position }) => fs.readSync(fd, bytes, offset, length, position),
  write: (fd, bytes, offset) => fs.writeSync(fd, bytes, offset, bytes.length - offset, null),
  fsync: fs.fsyncSync,
  fchmod: fs.fchmodSync,
  ftruncate: fs.ftruncateSync,
  fstat: (fd) => fs.fstatSync(fd, exact),
  lstat: (path) => fs.lstatSync(raw(path), exact),
  readdir: (path) => {
    const names = fs.readdirSync(raw(path));
    return names.some(mayBeOdd) ? fs.readdirSync(raw(path), inBytes).map(nameText) : names;
  },
  link: (from, to) => fs.linkSync(raw(from), raw(to)),
  rename: (from, to) => fs.renameSync(raw(from), raw(to)),
  unlink: (path) => fs.unlinkSync(raw(path)),
  mkdir: (path, mode) => void fs.mkdirSync(raw(path), mode),
  rmdir: (path) => fs.rmdirSync(raw(path)),
};

/** On Node's thread pool: a file server that hangs does not stop the process. */
export const asyncCalls: Calls = {
  open: (path, flags, mode) => reply((done) => fs.open(raw(path), flags, mode, done)),
  close: (fd) => reply((done) => fs.close(fd, done)),
  read: (fd, bytes, { offset, length, position }) =>
    reply((done) => fs.read(fd, bytes, offset, length, position, done)),
  write: (fd, bytes, offset) =>
    reply((done) => fs.write(fd, bytes, offset, bytes.length - offset, null, done)),
  fsync: (fd) => reply((done) => fs.fsync(fd, done)),
  fchmod: (fd, mode) => reply((done) => fs.fchmod(fd, mode, done)),
  ftruncate: (fd, sizeBytes) => reply((done) => fs.ftruncate(fd, sizeBytes, done)),
  fstat: (fd) => reply((done) => fs.fstat(fd, exact, done)),
  lstat: (path) => reply((done) => fs.lstat(raw(path), exact, done)),
  readdir: async (path) => {
    const names = await reply<string[]>((done) => fs.readdir(raw(path), done));
    if (!names.some(mayBeOdd)) return names;
    return (await reply<Buffer[]>((done) => fs.readdir(raw(path), inBytes, done))).map(nameText);
  },
  link: (from, to) => reply((done) => fs.link(raw(from), raw(to), done)),
  rename: (from, to) => reply((done) => fs.rename(raw(from), raw(to), done)),
  unlink: (path) => reply((done) => fs.unlink(raw(path), done)),
  mkdir: (path, mode) => reply((done) => fs.mkdir(raw(path), mode, done)),
  rmdir: (path) => reply((done) => fs.rmdir(raw(path), done)),
};

type Done<T> = (error: Error | null, value: T) => void;

function reply<T = void>(call: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => (error ? reject(error) : resolve(value)));
  });
}
