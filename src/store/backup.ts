import { MgpuError } from '../base/error.ts';
import type { JobId } from '../model/ids.ts';
import { limits } from '../model/limits.ts';
import { rangesHas } from '../model/ranges.ts';
import type { FileContent } from '../ports/files.ts';
import { inBatches } from './backup/batches.ts';
import { type BackupFile, backupFile, encodeManifest, manifestName } from './backup/manifest.ts';
import { neededRooms, type Snapshot, takeSnapshot } from './backup/snapshot.ts';
import { decodeCheckpoint } from './codec.ts';
import { filed } from './filed.ts';
import { openJournal } from './journal.ts';
import { seqName } from './layout.ts';
import { fileLog, pruneMark, seqs } from './log.ts';
import { removeLoose } from './remove.ts';
import { foldersOver, parentOf, type Store } from './spool.ts';

export interface BackupReport {
  readonly seq: number;
  readonly jobs: number;
  /** Requests that were not decided yet. */
  readonly requests: number;
  readonly files: number;
  readonly bytes: number;
}

/** What daemons do meanwhile may make a try worthless: something that it needs was tidied away. */
const triesMax = 20;

/**
 * Copies the cluster as of one commit into a folder that does not exist or is empty, while daemons and
 * commands go on. The folder gets its name when it is whole. Links are not followed.
 */
export async function takeBackup(store: Store, target: string, uid: number): Promise<BackupReport> {
  const { files, ids, layout } = store;
  if (`${target}/`.startsWith(`${layout.root}/`))
    throw new MgpuError('USAGE', `${target}: a backup cannot lie in the cluster's own directory`);
  await refuseFull(store, target);
  const partial = `${target}.partial.${ids.next()}`;
  try {
    for (let tries = 1; tries <= triesMax; tries += 1) {
      const snapshot = await takeSnapshot(store, uid);
      const out = snapshot === 'changed' ? undefined : await copyAll(store, partial, snapshot);
      if (snapshot !== 'changed' && out !== undefined) {
        const report = await finish(store, { out, snapshot, uid });
        await files.rename(partial, target);
        await files.syncDir(parentOf(target));
        return report;
      }
      await removeLoose(files, partial);
    }
  } catch (error) {
    await removeLoose(files, partial);
    throw error;
  }
  throw new MgpuError('UNSTABLE', `${layout.root}: it changed too much while it was copied`, {
    hint: 'try again',
  });
}

/** Throws `NOT_EMPTY` for a folder with something in it, and for what is no folder. */
export async function refuseFull({ files }: Pick<Store, 'files'>, target: string): Promise<void> {
  const stat = await files.stat(target);
  const isFree =
    stat === undefined || (stat.kind === 'directory' && ((await files.list(target)) ?? []).length === 0);
  if (isFree) return;
  throw new MgpuError('NOT_EMPTY', `${target}: there is something there already`, {
    hint: 'name a directory that is new or empty',
  });
}

/** A backup that is being written. */
interface Out {
  readonly store: Store;
  readonly root: string;
  readonly folders: Set<string>;
  readonly files: BackupFile[];
}

/** Copies what the state needs; undefined when something of it was tidied away meanwhile. */
async function copyAll(store: Store, root: string, snapshot: Snapshot): Promise<Out | undefined> {
  const { layout, files } = store;
  const out: Out = { store, root, folders: new Set(), files: [] };
  await files.makeDir(root, 0o700);
  for (const path of [layout.spoolFile, layout.settingsFile])
    await copy(out, path, await files.read(path, limits.smallFileBytes));
  const isCopied =
    (await copyLog(out, snapshot.cluster.seq)) &&
    (await copyArchive(out, snapshot)) &&
    (await copyRooms(out, snapshot));
  if (!isCopied) return undefined;
  for (const { name, bytes } of snapshot.waiting) await write(out, `inbox/${name}`, { mode: 0o644, bytes });
  return out;
}

/**
 * The newest checkpoint, and all entries that are there, from the last one down: but none that may have been
 * pruned, for such a name may be of a writer that slept, and the copy has no second checkpoint to tell by.
 */
async function copyLog(out: Out, seq: number): Promise<boolean> {
  const { files, layout } = out.store;
  const checkpoint = (await seqs(out.store, layout.checkpoints)).filter((one) => one <= seq).at(-1) ?? 0;
  if (checkpoint > 0) {
    const path = `${layout.checkpoints}/${seqName(checkpoint)}`;
    const content = await files.read(path, limits.checkpointBytes);
    if (!(await copy(out, path, content)) || content === undefined) return false;
    // A backup of what nobody can read would be none.
    decodeCheckpoint(content.bytes, path);
  }
  const first = Math.max(1, (await pruneMark(out.store))?.entry ?? 1);
  for (let entry = seq; entry >= first; entry -= 1) {
    const path = `${layout.log}/${seqName(entry)}`;
    const isThere = await copy(out, path, await files.read(path, limits.commitBytes));
    if (!isThere) return entry < checkpoint;
  }
  return true;
}

async function copyArchive(out: Out, { cluster }: Snapshot): Promise<boolean> {
  const { files, layout } = out.store;
  for (const [folder, last] of [
    [layout.accounting, cluster.segment],
    [layout.history, cluster.seq],
  ] as const) {
    for await (const { seq, path } of filed(out.store, folder, 'oldest first')) {
      if (seq > last) break;
      if (!(await copy(out, path, await files.read(path, limits.checkpointBytes)))) return false;
    }
  }
  return true;
}

/** A room that is gone belongs to a job that has ended meanwhile, or was gone before. */
async function copyRooms(out: Out, snapshot: Snapshot): Promise<boolean> {
  const ids = neededRooms(snapshot);
  const copied = await inBatches(ids, (id) => copyRoom(out, id));
  const roomless = ids.filter((_, index) => copied[index] === false);
  if (roomless.length === 0) return true;
  const { jobs, closed } = (await openJournal(fileLog(out.store, 'backup'), out.store)).cluster();
  return roomless.every((id) => jobs.get(id)?.state !== 'ENDED' && !rangesHas(closed, id));
}

async function copyRoom(out: Out, id: JobId): Promise<boolean> {
  const { files, layout } = out.store;
  const room = layout.job(id);
  let isWhole = false;
  for (const path of [room.launch, room.script, room.request]) {
    const isCopied = await copy(out, path, await regular(() => files.read(path, limits.launchBytes)));
    if (path === room.launch) isWhole = isCopied;
  }
  return isWhole;
}

/** What a job's owner put there and is no file is as good as nothing. */
async function regular(read: () => Promise<FileContent | undefined>): Promise<FileContent | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof MgpuError && ['NOT_REGULAR', 'TOO_LARGE', 'ENOTDIR'].includes(error.code))
      return undefined;
    throw error;
  }
}

/** Copies a file under its own path; false when it was not there. */
async function copy(out: Out, path: string, content: FileContent | undefined): Promise<boolean> {
  if (content === undefined) return false;
  const { bytes, stat } = content;
  await write(out, path.slice(out.store.layout.root.length + 1), { mode: stat.mode, bytes });
  return true;
}

async function write(
  out: Out,
  path: string,
  { mode, bytes }: { readonly mode: number; readonly bytes: Uint8Array },
): Promise<void> {
  const { files } = out.store;
  for (const folder of foldersOver(path)) {
    if (!out.folders.has(folder)) await files.makeDir(`${out.root}/${folder}`, 0o700);
    out.folders.add(folder);
  }
  const file = backupFile(path, mode, bytes);
  await files.create(`${out.root}/${path}`, bytes, { mode: file.mode, sync: true });
  out.files.push(file);
}

interface Whole {
  readonly out: Out;
  readonly snapshot: Snapshot;
  readonly uid: number;
}

async function finish(store: Store, { out, snapshot, uid }: Whole): Promise<BackupReport> {
  const { files, spool, clock } = store;
  const { cluster, waiting } = snapshot;
  const { clusterId, clusterName } = spool;
  const copied = [...out.files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const said = { seq: cluster.seq, time: clock.now(), uid, clusterId, clusterName, files: copied };
  await files.create(`${out.root}/${manifestName}`, encodeManifest(said), { mode: 0o600, sync: true });
  await inBatches([...out.folders], (folder) => files.syncDir(`${out.root}/${folder}`));
  await files.syncDir(out.root);
  return {
    seq: cluster.seq,
    jobs: cluster.jobs.size,
    requests: waiting.length,
    files: out.files.length,
    bytes: out.files.reduce((sum, file) => sum + file.bytes, 0),
  };
}
