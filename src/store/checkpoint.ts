import type { Cluster } from '../model/cluster.ts';
import { limits } from '../model/limits.ts';
import { encodeCheckpoint } from './codec.ts';
import type { Tail } from './journal.ts';
import { seqName, seqOfName } from './layout.ts';
import { seqs } from './log.ts';
import { putIfAbsent, temporaryPrefix } from './put.ts';
import type { Store } from './spool.ts';

const tailCommitsMin = 64;
const tailCommitsMax = 1000;
const checkpointsKept = 2;
/** Entries kept before the older checkpoint, for readers and writers that are a little behind. */
const entriesKept = 64;

/** True when a checkpoint would spare readers more than it costs to write. */
export function isCheckpointDue(tail: Tail): boolean {
  if (tail.commits >= tailCommitsMax) return true;
  return tail.commits >= tailCommitsMin && tail.bytes * 4 >= tail.checkpointBytes;
}

/** Saves the state, then takes away what the older of the two newest checkpoints makes needless. */
export async function writeCheckpoint(store: Store, cluster: Cluster): Promise<void> {
  const { files, layout, clock, ids, spool } = store;
  const options = { mode: 0o644, durable: spool.durable, nonce: ids.next() };
  await putIfAbsent(
    files,
    layout.checkpoints,
    seqName(cluster.seq),
    encodeCheckpoint(cluster, clock.now()),
    options,
  );
  const kept = (await seqs(store, layout.checkpoints)).slice(-checkpointsKept);
  const oldest = kept[0];
  if (kept.length < checkpointsKept || oldest === undefined) return;
  await prune(store, oldest);
}

/** Folds entries well before `checkpoint` into the history and removes them, oldest first. */
async function prune(store: Store, checkpoint: number): Promise<void> {
  const { files, layout } = store;
  const old = (await seqs(store, layout.log)).filter((seq) => seq < checkpoint - entriesKept);
  await writeHistory(store, old);
  for (const seq of old) await files.unlink(`${layout.log}/${seqName(seq)}`);
  for (const seq of await seqs(store, layout.checkpoints)) {
    if (seq < checkpoint) await files.unlink(`${layout.checkpoints}/${seqName(seq)}`);
  }
  await removeTemporaries(store);
}

/** One file for each pruned stretch, holding its entries as they were: the audit trail. */
async function writeHistory(store: Store, pruned: readonly number[]): Promise<void> {
  const { files, layout, ids, spool } = store;
  const names = (await files.list(layout.history)) ?? [];
  const covered = names.reduce((last, name) => Math.max(last, seqOfName(name) ?? 0), 0);
  const fresh = pruned.filter((seq) => seq > covered);
  const last = fresh.at(-1);
  if (last === undefined) return;
  const parts: Uint8Array[] = [];
  for (const seq of fresh) {
    const content = await files.read(`${layout.log}/${seqName(seq)}`, limits.commitBytes);
    // Somebody else prunes the same stretch, and wrote its history before.
    if (content === undefined) return;
    parts.push(content.bytes);
  }
  const options = { mode: 0o644, durable: spool.durable, nonce: ids.next() };
  await putIfAbsent(files, layout.history, seqName(last), joined(parts), options);
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

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
