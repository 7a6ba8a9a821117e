import { isMgpuError, MgpuError } from '../base/error.ts';
import { seqName, seqOfName } from './layout.ts';
import { putIfAbsent } from './put.ts';
import type { Store } from './spool.ts';

/*
 * Files that are numbered by commits and kept for ever: segments of accounting, and the history. Side by side
 * they would be more names each year; so each three digits of a number are a folder of their own, but for the
 * last three, and no folder gets more than a thousand names. In format 1 they lie side by side, and there
 * they stay when a spool is raised.
 */

/** From which format on files are put into folders by their numbers. */
const formatMin = 2;
const depth = 3;

/** One of these files. */
export interface Filed {
  readonly seq: number;
  readonly path: string;
}

/**
 * Puts such a file if it is absent, durable when this returns (what somebody else put there as well). Gives
 * where it lies.
 */
export async function putFiled(
  store: Store,
  folder: string,
  file: { readonly seq: number; readonly format: number; readonly content: Uint8Array },
): Promise<Filed> {
  const { seq, format, content } = file;
  const shelves = format < formatMin ? [] : shelvesOf(seq);
  for (const index of shelves.keys())
    await store.files.makeDir(pathOf(folder, shelves.slice(0, index + 1)), 0o755);
  const options = { mode: 0o644, durable: store.spool.durable, nonce: store.ids.next() };
  await putIfAbsent(store.files, folder, [...shelves, seqName(seq)].join('/'), content, options);
  const filed = { seq, path: pathOf(folder, [...shelves, seqName(seq)]) };
  await syncFiled(store, folder, filed);
  return filed;
}

/** Makes the name of such a file durable: its writer may have died before it was. */
export async function syncFiled({ files, spool }: Store, folder: string, { path }: Filed): Promise<void> {
  if (!spool.durable) return;
  const shelves = path.slice(folder.length + 1).split('/');
  for (let count = shelves.length - 1; count >= 0; count -= 1)
    await files.syncDir(pathOf(folder, shelves.slice(0, count)));
}

/** All such files of a folder, in the order of their numbers; looked for as far as they are asked for. */
export async function* filed(store: Store, folder: string, order: Order): AsyncIterableIterator<Filed> {
  const names = await store.files.list(folder);
  if (names === undefined) {
    throw new MgpuError('MISSING', `${folder}: the folder is missing`, {
      hint: 'is the file system mounted?',
    });
  }
  const loose = [...filesIn(folder, names, order)];
  for await (const file of filesBelow(store, { folder, names, levels: depth }, order)) {
    while (loose[0] !== undefined && loose[0].seq < file.seq === (order === 'oldest first'))
      yield* loose.splice(0, 1);
    yield file;
  }
  yield* loose;
}

export type Order = 'oldest first' | 'newest first';

async function* filesBelow(
  store: Store,
  folder: { readonly folder: string; readonly names: readonly string[]; readonly levels: number },
  order: Order,
): AsyncIterableIterator<Filed> {
  const shelves = folder.names.filter((name) => isShelf(name, depth - folder.levels));
  for (const name of inOrder(shelves, order)) {
    const path = `${folder.folder}/${name}`;
    const names = await namesOfShelf(store, path);
    if (folder.levels === 1) yield* filesIn(path, names, order);
    else yield* filesBelow(store, { folder: path, names, levels: folder.levels - 1 }, order);
  }
}

/** What is no folder files nothing. */
async function namesOfShelf({ files }: Store, path: string): Promise<readonly string[]> {
  try {
    return (await files.list(path)) ?? [];
  } catch (error) {
    if (isMgpuError(error, 'ENOTDIR')) return [];
    throw error;
  }
}

function filesIn(folder: string, names: readonly string[], order: Order): readonly Filed[] {
  return inOrder(names, order).flatMap((name) => {
    const seq = seqOfName(name);
    return seq === undefined ? [] : { seq, path: `${folder}/${name}` };
  });
}

/** Names of equal length sort as their numbers do. */
function inOrder(names: readonly string[], order: Order): readonly string[] {
  return order === 'oldest first' ? [...names].sort() : [...names].sort().reverse();
}

/** Where such a file may lie: side by side with the others, or filed. */
export function placesOf(folder: string, seq: number): readonly string[] {
  return [pathOf(folder, [seqName(seq)]), pathOf(folder, [...shelvesOf(seq), seqName(seq)])];
}

/** True for the name of a folder at that depth below, counted from 0, which holds only such files. */
export function isShelf(name: string, level: number): boolean {
  return level < depth && /^\d{3}$/.test(name);
}

/** The folders that a number stands for: `000`, `000`, `123` for 123456. */
function shelvesOf(seq: number): readonly string[] {
  const digits = seqName(seq);
  return Array.from({ length: depth }, (_, level) => digits.slice(level * 3, level * 3 + 3));
}

function pathOf(folder: string, parts: readonly string[]): string {
  return [folder, ...parts].join('/');
}
