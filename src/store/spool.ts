import type { Checksum } from '../base/checksum.ts';
import { MgpuError } from '../base/error.ts';
import { bool, checked, type Infer, int, object, oneOf, text } from '../base/schema.ts';
import { nonceSchema, secondsSchema } from '../model/ids.ts';
import { limits } from '../model/limits.ts';
import { formatVersion, refuseNewer } from '../model/version.ts';
import type { Bells } from '../ports/bells.ts';
import type { Clock, Ids } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import { type Layout, layoutOf, spoolFolders } from './layout.ts';
import { decodeText, encodeText, putIfAbsent, replace } from './put.ts';

const spoolSchema = object({
  mgpu: oneOf('spool'),
  format: int(1),
  clusterId: nonceSchema,
  clusterName: text(limits.nameLength),
  created: secondsSchema,
  /** False: nothing is synced to disk; for spools that may be lost with the machine. */
  durable: bool,
});
export type SpoolFile = Infer<typeof spoolSchema>;

/** All that a part of the store works with. */
export interface Store {
  readonly files: Files;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The system's own way to make a checksum, where it has one. */
  readonly checksum?: Checksum;
  /** Rings others; missing where nobody is to be rung. */
  readonly bells?: Bells;
  readonly layout: Layout;
  readonly spool: SpoolFile;
  /** Whose the spool is: the owner of `spool.json`. */
  readonly ownerUid: number;
}

export interface StorePorts {
  readonly files: Files;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The system's own way to make a checksum, where it has one. */
  readonly checksum?: Checksum;
  readonly bells?: Bells;
}

/** Opens a spool. Throws `NO_SPOOL`, `NEWER_FORMAT`, `DAMAGED` or the file system's error. */
export async function openSpool(ports: StorePorts, root: string): Promise<Store> {
  const layout = layoutOf(root);
  const content = await ports.files.read(layout.spoolFile, limits.smallFileBytes);
  if (content === undefined) {
    throw new MgpuError('NO_SPOOL', `${root}: no spool here (there is no spool.json)`, {
      hint: `make one with: mgpu init ${root}`,
    });
  }
  const spool = decodeSpoolFile(content.bytes, layout.spoolFile);
  return { ...ports, layout, spool, ownerUid: content.stat.uid };
}

/** Throws `DAMAGED`, `SCHEMA` or `NEWER_FORMAT`. */
export function decodeSpoolFile(bytes: Uint8Array, path: string): SpoolFile {
  const json = parse(decodeText(bytes), path);
  refuseNewer(json, path);
  return checked(spoolSchema, json, path);
}

/** Makes a spool in a folder that is new or empty of one; an existing spool is left as it is. */
export async function initSpool(
  ports: StorePorts,
  root: string,
  options: { readonly clusterName: string; readonly durable: boolean; readonly format?: number },
): Promise<{ readonly store: Store; readonly isNew: boolean }> {
  const layout = layoutOf(root);
  await ports.files.makeDir(root, 0o755);
  for (const folder of spoolFolders(layout)) await ports.files.makeDir(folder, 0o755);
  if (options.durable) {
    for (const folder of [layout.accounting, root, parentOf(root)]) await ports.files.syncDir(folder);
  }
  const spool: SpoolFile = {
    mgpu: 'spool',
    format: options.format ?? formatVersion,
    clusterId: ports.ids.next(),
    clusterName: options.clusterName,
    created: ports.clock.now(),
    durable: options.durable,
  };
  const outcome = await writeSpoolFile({ files: ports.files, layout, spool });
  return { store: await openSpool(ports, root), isNew: outcome === 'put' };
}

/** Makes a folder a spool, if it is not one yet. */
export function writeSpoolFile({
  files,
  layout,
  spool,
}: Pick<Store, 'files' | 'layout' | 'spool'>): Promise<'put' | 'exists'> {
  const options = { mode: 0o644, durable: spool.durable, nonce: spool.clusterId };
  return putIfAbsent(files, layout.root, 'spool.json', spoolText(spool), options);
}

/** Says in `spool.json` that all who open the spool have to know this format. It never gets lower. */
export async function raiseFormat(store: Store, format: number): Promise<void> {
  const { files, ids, layout } = store;
  const { spool } = await openSpool(store, layout.root);
  if (spool.format >= format) return;
  const options = { mode: 0o644, durable: spool.durable, nonce: ids.next() };
  await replace(files, layout.root, 'spool.json', spoolText({ ...spool, format }), options);
}

function spoolText(spool: SpoolFile): Uint8Array {
  return encodeText(`${JSON.stringify(spool, undefined, 2)}\n`);
}

/** The folders that a relative path lies in, the outermost first: `a`, `a/b` for `a/b/c`. */
export function foldersOver(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** The folder that a path lies in. */
export function parentOf(path: string): string {
  return path.replace(/\/+[^/]*\/*$/, '') || '/';
}

/**
 * Throws `NOT_OWNER` unless the spool is this user's: in this format one user owns the spool, its daemons and
 * its jobs, and what others put into it could not be read, or would run as somebody else.
 */
export async function refuseOthers({ files, layout }: Store, uid: number): Promise<void> {
  const owner = (await files.stat(layout.spoolFile))?.uid;
  if (owner === undefined || owner === uid) return;
  throw new MgpuError('NOT_OWNER', `${layout.root}: the cluster belongs to another user (uid ${owner})`, {
    hint: 'run this as that user, or make a cluster of your own with: mgpu init DIR',
  });
}

/**
 * What a look finds, where to find nothing has consequences. A file system that is not mounted (any more)
 * looks like an empty one: nothing is believed while the spool itself cannot be seen. Throws `OUT_OF_REACH`
 * then.
 */
export async function surely<T>(store: Store, look: () => Promise<T | undefined>): Promise<T | undefined> {
  const found = await look();
  if (found !== undefined) return found;
  await assertThere(store);
  const again = await look();
  if (again === undefined) await assertThere(store);
  return again;
}

async function assertThere({ files, layout }: Store): Promise<void> {
  if ((await files.stat(layout.spoolFile)) !== undefined) return;
  throw new MgpuError('OUT_OF_REACH', `${layout.spoolFile}: it is not there: is its file system mounted?`);
}

function parse(json: string, path: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new MgpuError('DAMAGED', `${path}: it is no JSON`, { cause });
  }
}
