import { isMgpuError, MgpuError } from '../base/error.ts';
import { type Cluster, emptyCluster } from '../model/cluster.ts';
import type { ClusterEvent } from '../model/event.ts';
import { limits } from '../model/limits.ts';
import type { FileContent } from '../ports/files.ts';
import { type Commit, decodeCheckpoint, decodeCommit, encodeCommit } from './codec.ts';
import { seqName, seqOfName } from './layout.ts';
import { putIfAbsent } from './put.ts';
import type { Store } from './spool.ts';

/*
 * The log: one file a commit, numbered without gaps. A commit is made by linking a whole file to the next
 * number; the file system lets one writer win. Entries well before the older of the two newest checkpoints
 * are pruned, and that must not make a number free again in anybody's eyes:
 *   - a writer, after its link, makes sure that its number is not among those that may have been pruned; if
 *     it is, it slept through a pruning: outcome unknown;
 *   - a reader, after reading, makes sure of the same for the first entry that it read; if not, that may be
 *     such a late one, and it begins again at the newest checkpoint.
 * Both list the folder of checkpoints for it: a listing is fresh where a cached attribute of the entry before
 * would not be, and it tells late entries from others even if two writers slept.
 */

const checkpointsKept = 2;
/** Entries kept before the older checkpoint, for readers and writers that are a little behind. */
const entriesKept = 64;

/** What checkpoints make needless: all of them before `checkpoint`, and all entries before `entry`. */
export interface PruneMark {
  readonly checkpoint: number;
  readonly entry: number;
}

/** How far anybody may have pruned by now; undefined when nobody may have. */
export async function pruneMark(store: Store): Promise<PruneMark | undefined> {
  const kept = (await seqs(store, store.layout.checkpoints)).slice(-checkpointsKept);
  const [checkpoint] = kept;
  if (kept.length < checkpointsKept || checkpoint === undefined) return undefined;
  return { checkpoint, entry: checkpoint - entriesKept };
}

async function mayBePruned(store: Store, seq: number): Promise<boolean> {
  const mark = await pruneMark(store);
  return mark !== undefined && seq < mark.entry;
}

/** `unknown`: the entry may or may not count; load the newest checkpoint and decide again. */
export type AppendOutcome = 'won' | 'lost' | 'unknown';

/** What is to be added to the log. */
export interface Entry {
  readonly seq: number;
  /** The format of the state with these events. */
  readonly format: number;
  readonly events: readonly ClusterEvent[];
  readonly nonce: string;
}

/** The log as the rest of the store sees it; another engine with compare-and-swap could stand behind it. */
export interface CommitLog {
  /**
   * The state as of the newest checkpoint (the empty state if there is none), with the checkpoint's bytes.
   */
  checkpoint(): Promise<{ readonly cluster: Cluster; readonly bytes: number }>;
  /** All commits after `seq`; `gone` when some of them are pruned already. */
  readAfter(seq: number): Promise<readonly StoredCommit[] | 'gone'>;
  /** Adds a commit, durable when this returns `won`. */
  append(entry: Entry): Promise<AppendOutcome>;
  /** The entry that readers at `seq` miss, for people. */
  missingAfter(seq: number): Promise<string>;
  /** Where the entry numbered `seq` lies, for people. */
  nameOf(seq: number): string;
  /** Makes durable what is in the log. */
  sync(): Promise<void>;
}

export interface StoredCommit extends Commit {
  readonly bytes: number;
}

export function fileLog(store: Store, writer: string): CommitLog {
  /** Up to where this writer itself has made the log durable. */
  let durableSeq = 0;
  const sync = async (): Promise<void> => {
    if (store.spool.durable) await store.files.syncDir(store.layout.log);
  };
  return {
    checkpoint: () => newestCheckpoint(store),
    readAfter: (seq) => readAfter(store, seq),
    missingAfter: (seq) => missingAfter(store, seq),
    nameOf: (seq) => entryPath(store, seq),
    async append(entry) {
      const { seq } = entry;
      // The entry before may be of a writer that died before its name was durable: a power cut that lost it
      // and kept ours would leave a gap that stops every reader.
      if (durableSeq < seq - 1) await sync();
      const outcome = await append(store, entry, writer);
      if (outcome === 'won') durableSeq = seq;
      return outcome;
    },
    sync,
  };
}

async function newestCheckpoint(store: Store): Promise<{ cluster: Cluster; bytes: number }> {
  const { layout } = store;
  for (let tries = 0; tries < 10; tries += 1) {
    const newest = (await seqs(store, layout.checkpoints)).at(-1);
    if (newest === undefined) return { cluster: emptyCluster, bytes: 0 };
    const path = `${layout.checkpoints}/${seqName(newest)}`;
    const found = await readWhole(store, {
      path,
      bytesMax: limits.checkpointBytes,
      decode: (bytes, name) => decodeCheckpoint(bytes, name, store.checksum),
    });
    if (found !== undefined) return { cluster: found.value, bytes: found.bytes };
  }
  throw new MgpuError(
    'UNSTABLE',
    `${layout.checkpoints}: the newest checkpoint vanishes each time it is read`,
  );
}

async function readAfter(store: Store, seq: number): Promise<readonly StoredCommit[] | 'gone'> {
  const names = await seqs(store, store.layout.log);
  // A listing may be older than what this reader has seen by other ways: then it brings nothing new.
  if (seq > 0 && !names.includes(seq) && !(await isThere(store, seq))) return 'gone';
  const newer = names.filter((name) => name > seq);
  const commits: StoredCommit[] = [];
  for (const [index, next] of newer.entries()) {
    if (next !== seq + 1 + index) return 'gone';
    const path = entryPath(store, next);
    const found = await readWhole(store, { path, bytesMax: limits.commitBytes, decode: decodeCommit });
    if (found === undefined) return 'gone';
    const { value, bytes } = found;
    if (value.head.seq !== next)
      throw new MgpuError('DAMAGED', `${path}: it says that it is ${value.head.seq}`);
    commits.push({ ...value, bytes });
  }
  if (newer.length > 0 && (await mayBePruned(store, seq + 1))) return 'gone';
  return commits;
}

/** How often a file is read before it counts as damaged, and how long it is left alone in between. */
const readsMax = 3;
const readPauseMs = 300;

interface Whole<T> {
  readonly path: string;
  readonly bytesMax: number;
  readonly decode: (bytes: Uint8Array, path: string) => T;
}

/**
 * What the file holds, and its length; undefined where it is gone. A file server that is going down may give
 * a part of a file for all of it (seen on GlusterFS), and damage that is none would end every daemon.
 */
async function readWhole<T>(
  store: Store,
  { path, bytesMax, decode }: Whole<T>,
): Promise<{ readonly value: T; readonly bytes: number } | undefined> {
  for (let reads = 1; ; reads += 1) {
    const content = await readEntry(store, path, bytesMax);
    if (content === undefined) return undefined;
    try {
      return { value: decode(content.bytes, path), bytes: content.bytes.length };
    } catch (error) {
      if (reads === readsMax || !isMgpuError(error, 'DAMAGED')) throw error;
      await store.clock.sleep(readPauseMs);
    }
  }
}

/** What no writer of the log puts there does not pass by waiting: nobody goes on from it. */
async function readEntry({ files }: Store, path: string, bytesMax: number): Promise<FileContent | undefined> {
  try {
    return await files.read(path, bytesMax);
  } catch (cause) {
    if (!isMgpuError(cause, 'NOT_REGULAR') && !isMgpuError(cause, 'TOO_LARGE')) throw cause;
    throw new MgpuError('DAMAGED', cause.message, {
      hint: 'keep a copy of the spool, then see docs/format.md, "Damage"',
      cause,
    });
  }
}

async function missingAfter(store: Store, seq: number): Promise<string> {
  const names = new Set(await seqs(store, store.layout.log));
  let missing = Math.max(1, seq);
  while (names.has(missing)) missing += 1;
  return entryPath(store, missing);
}

function entryPath({ layout }: Store, seq: number): string {
  return `${layout.log}/${seqName(seq)}`;
}

async function append(store: Store, entry: Entry, writer: string): Promise<AppendOutcome> {
  const { files, layout, spool } = store;
  const { seq, nonce, format } = entry;
  const bytes = encodeCommit({ format, seq, time: store.clock.now(), writer, nonce }, entry.events);
  const options = { mode: 0o644, durable: spool.durable, nonce };
  if ((await putIfAbsent(files, layout.log, seqName(seq), bytes, options)) === 'exists') return 'lost';
  return (await mayBePruned(store, seq)) ? 'unknown' : 'won';
}

async function isThere(store: Store, seq: number): Promise<boolean> {
  return (await store.files.stat(entryPath(store, seq))) !== undefined;
}

/** The numbers of a folder's entries, in order. */
export async function seqs(store: Store, folder: string): Promise<readonly number[]> {
  const names = await store.files.list(folder);
  if (names === undefined) {
    throw new MgpuError('MISSING', `${folder}: the folder is missing`, {
      hint: 'is the file system mounted?',
    });
  }
  return names.flatMap((name) => seqOfName(name) ?? []).sort((a, b) => a - b);
}
