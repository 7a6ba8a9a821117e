import { MgpuError } from '../base/error.ts';
import { activeJobs } from '../core/free.ts';
import { restoredEvents } from '../core/restored.ts';
import type { JobId } from '../model/ids.ts';
import { limits } from '../model/limits.ts';
import { inBatches } from './backup/batches.ts';
import {
  type BackupFile,
  backupFile,
  decodeManifest,
  type Manifest,
  manifestName,
} from './backup/manifest.ts';
import { refuseFull } from './backup.ts';
import { openJournal } from './journal.ts';
import { layoutOf, spoolFolders } from './layout.ts';
import { fileLog } from './log.ts';
import {
  decodeSpoolFile,
  foldersOver,
  parentOf,
  type SpoolFile,
  type Store,
  type StorePorts,
  writeSpoolFile,
} from './spool.ts';

export interface RestoreReport {
  readonly clusterName: string;
  /** The commit of the backup. */
  readonly seq: number;
  readonly jobs: number;
  /** The jobs that ran when the backup was made: they count as ended here. */
  readonly ended: readonly JobId[];
}

/**
 * Makes a cluster of a backup, in a folder that does not exist or is empty. It has an identity of its own:
 * the daemons and the processes of the cluster that was backed up have nothing to do with it. `spool.json`
 * comes last, and until then the folder is no cluster. Throws `DAMAGED` for a backup that is not whole,
 * before anything is written.
 */
export async function restoreBackup(
  ports: StorePorts,
  backup: string,
  { root, uid }: { readonly root: string; readonly uid: number },
): Promise<RestoreReport> {
  const { files, clock, ids } = ports;
  const manifest = await readManifest(ports, backup);
  if (manifest.uid !== uid) {
    throw new MgpuError(
      'NOT_OWNER',
      `${backup}: the cluster belonged to another user (uid ${manifest.uid})`,
      {
        hint: 'run this as that user',
      },
    );
  }
  await refuseFull(ports, root);
  await inBatches(manifest.files, (file) => readWhole(ports, backup, file).then(() => undefined));
  const layout = layoutOf(root);
  const original = await readSpoolFile(ports, backup, manifest);
  const spool = { ...original, clusterId: ids.next(), created: clock.now() };
  const store: Store = { ...ports, layout, spool, ownerUid: uid };
  await files.makeDir(root, 0o755);
  for (const folder of spoolFolders(layout)) await files.makeDir(folder, 0o755);
  await write(store, backup, manifest);
  const journal = await openJournal(fileLog(store, 'restore'), ports);
  const { jobs } = journal.cluster();
  const ended = [...activeJobs(journal.cluster())].map((job) => job.id);
  await journal.commit((cluster) => restoredEvents(cluster, clock.now()));
  // The room of an array's task holds nothing of its own before it starts.
  for (const job of journal.cluster().jobs.values())
    if (job.state === 'PENDING') await files.makeDir(layout.job(job.id).path, 0o755);
  if (spool.durable) await files.syncDir(layout.jobs);
  await writeSpoolFile(store);
  return { clusterName: spool.clusterName, seq: manifest.seq, jobs: jobs.size, ended };
}

const spoolPath = 'spool.json';

async function readManifest({ files }: StorePorts, backup: string): Promise<Manifest> {
  const path = `${backup}/${manifestName}`;
  const content = await files.read(path, limits.checkpointBytes);
  if (content === undefined) {
    throw new MgpuError('NO_BACKUP', `${backup}: no backup here (there is no ${manifestName})`, {
      hint: 'one that is not whole has no such file',
    });
  }
  return decodeManifest(content.bytes, path);
}

async function readSpoolFile(ports: StorePorts, backup: string, manifest: Manifest): Promise<SpoolFile> {
  const file = manifest.files.find(({ path }) => path === spoolPath);
  if (file === undefined) throw new MgpuError('DAMAGED', `${backup}: ${spoolPath} is not among its files`);
  return decodeSpoolFile(await readWhole(ports, backup, file), `${backup}/${spoolPath}`);
}

/** A file of the backup, which has to be as the manifest says. */
async function readWhole(
  { files }: StorePorts,
  backup: string,
  { path, mode, bytes, crc32 }: BackupFile,
): Promise<Uint8Array> {
  const content = await files.read(`${backup}/${path}`, limits.checkpointBytes);
  const found = content && backupFile(path, mode, content.bytes);
  if (content && found?.bytes === bytes && found.crc32 === crc32) return content.bytes;
  throw new MgpuError('DAMAGED', `${backup}/${path}: it is not what was backed up`, {
    hint: 'take another backup, or make the cluster by hand: see docs/format.md, "Damage"',
  });
}

async function write(store: Store, backup: string, manifest: Manifest): Promise<void> {
  const { files, layout, spool } = store;
  const folders = new Set<string>(spoolFolders(layout));
  await inBatches(manifest.files, async (file) => {
    if (file.path === spoolPath) return;
    const target = `${layout.root}/${file.path}`;
    for (const folder of foldersOver(file.path).map((path) => `${layout.root}/${path}`)) {
      if (!folders.has(folder)) await files.makeDir(folder, 0o755);
      folders.add(folder);
    }
    const bytes = await readWhole(store, backup, file);
    await files.create(target, bytes, { mode: file.mode, sync: spool.durable });
  });
  if (!spool.durable) return;
  await inBatches([...folders, layout.root, parentOf(layout.root)], (folder) => files.syncDir(folder));
}
