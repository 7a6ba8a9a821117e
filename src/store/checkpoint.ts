import type { Cluster } from '../model/cluster.ts';
import { limits } from '../model/limits.ts';
import { encodeCheckpoint } from './codec.ts';
import { type Filed, filed, putFiled, syncFiled } from './filed.ts';
import type { Saved, Tail } from './journal.ts';
import { seqName } from './layout.ts';
import { joined } from './linefile.ts';
import { type PruneMark, pruneMark, seqs } from './log.ts';
import { putIfAbsent, temporaryPrefix } from './put.ts';
import type { Store } from './spool.ts';

const tailCommitsMin = 64;
const tailBytesMin = 128 * 1024;
const tailCommitsMax = 1000;
/** What a reader pays for an entry besides its bytes: to open a file costs as much as to read so many. */
const entryBytes = 4096;
const shrinkBytesMin = 64 * 1024;

/** True when a checkpoint would spare readers more than it costs to write. */
export function isCheckpointDue(tail: Tail, jobs: number): boolean {
  if (tail.commits >= tailCommitsMax) return true;
  // Many jobs went into accounting: readers need not load them any longer.
  const isShrunken = tail.checkpointBytes > shrinkBytesMin && jobs * 2 < tail.checkpointJobs;
  if (isShrunken && tail.commits > 0) return true;
  const isLong = tail.commits >= tailCommitsMin || tail.bytes >= tailBytesMin;
  return isLong && (tail.bytes + tail.commits * entryBytes) * 4 >= tail.checkpointBytes;
}

/** The newest checkpoint that is there, whoever wrote it. */
export async function newestSaved(store: Store): Promise<Saved | undefined> {
  const { files, layout } = store;
  const seq = (await seqs(store, layout.checkpoints)).at(-1);
  const stat = seq === undefined ? undefined : await files.stat(`${layout.checkpoints}/${seqName(seq)}`);
  return seq === undefined || stat === undefined ? undefined : { seq, bytes: stat.sizeBytes };
}

/**
 * Saves the state, then takes away what the older of the two newest checkpoints makes needless. Throws
 * `TOO_LARGE` for a state that readers could not load.
 */
export async function writeCheckpoint(store: Store, cluster: Cluster): Promise<Saved> {
  const { files, layout, clock, ids, spool } = store;
  const options = { mode: 0o644, durable: spool.durable, nonce: ids.next() };
  const bytes = encodeCheckpoint(cluster, clock.now());
  await putIfAbsent(files, layout.checkpoints, seqName(cluster.seq), bytes, options);
  const mark = await pruneMark(store);
  if (mark !== undefined) await prune(store, mark, cluster.format);
  return { seq: cluster.seq, bytes: bytes.length };
}

/** Folds needless entries into the history and removes them, oldest first. */
async function prune(store: Store, mark: PruneMark, format: number): Promise<void> {
  const { files, layout, spool } = store;
  // The checkpoints that make entries needless may be of a writer that died before it had made their names
  // durable.
  if (spool.durable) await files.syncDir(layout.checkpoints);
  const old = withoutGap((await seqs(store, layout.log)).filter((seq) => seq < mark.entry));
  if (!(await writeHistory(store, old, format))) return;
  for (const seq of old) await files.unlink(`${layout.log}/${seqName(seq)}`);
  for (const seq of await seqs(store, layout.checkpoints)) {
    if (seq < mark.checkpoint) await files.unlink(`${layout.checkpoints}/${seqName(seq)}`);
  }
  await removeTemporaries(store);
}

/** Up to the first that is missing: a listing may leave out what is there. */
function withoutGap(numbers: readonly number[]): readonly number[] {
  const [first = 0] = numbers;
  const gap = numbers.findIndex((seq, index) => seq !== first + index);
  return gap < 0 ? numbers : numbers.slice(0, gap);
}

/**
 * One file for each pruned stretch, or more for a very long one, holding its entries as they were: the audit
 * trail. False when somebody else is pruning: his history may end before ours, so nothing may go yet.
 */
async function writeHistory(store: Store, pruned: readonly number[], format: number): Promise<boolean> {
  const { files, layout } = store;
  const newest = await newestHistory(store);
  // Its writer may have died before its name was durable, and what it holds goes from the log now.
  if (newest !== undefined) await syncFiled(store, layout.history, newest);
  const covered = newest?.seq ?? 0;
  const fresh = pruned.filter((seq) => seq > covered);
  let parts: Uint8Array[] = [];
  let bytes = 0;
  for (const seq of fresh) {
    const content = await files.read(`${layout.log}/${seqName(seq)}`, limits.commitBytes);
    if (content === undefined) return false;
    parts.push(content.bytes);
    bytes += content.bytes.length;
    if (seq !== fresh.at(-1) && bytes < limits.filedBytes / 2) continue;
    await putFiled(store, layout.history, { seq, format, content: joined(parts) });
    parts = [];
    bytes = 0;
  }
  return true;
}

async function newestHistory(store: Store): Promise<Filed | undefined> {
  for await (const newest of filed(store, store.layout.history, 'newest first')) return newest;
  return undefined;
}

/**
 * Temporaries of writers that died. One that is in use may go too: its writer's link then fails, and it tries
 * again.
 */
async function removeTemporaries(store: Store): Promise<void> {
  const { files, layout } = store;
  for (const folder of [layout.log, layout.checkpoints, layout.accounting, layout.history]) {
    for (const name of (await files.list(folder)) ?? []) {
      if (name.startsWith(temporaryPrefix)) await files.unlink(`${folder}/${name}`);
    }
  }
}
