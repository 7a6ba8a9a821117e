import { checksum } from '../../base/checksum.ts';
import { MgpuError } from '../../base/error.ts';
import { checked, type Infer, int, list, object, oneOf, pattern, text } from '../../base/schema.ts';
import { nonceSchema, secondsSchema, uidSchema } from '../../model/ids.ts';
import { limits } from '../../model/limits.ts';
import { refuseNewer } from '../../model/version.ts';
import { decodeText, encodeText } from '../put.ts';

/*
 * A backup is a folder with files of a spool under their own paths, as they were at one commit, and
 * `backup.json`, which names each of them with its length and checksum. It gets its name when it is whole.
 */

export const manifestName = 'backup.json';

const filesMax = 10_000_000;
/** No part is empty or begins with a dot: what is restored stays within its folder. */
const pathSchema = pattern(/^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/, 'a path');

const fileSchema = object({
  path: pathSchema,
  mode: int(0, 0o777),
  bytes: int(0, limits.checkpointBytes),
  crc32: pattern(/^[0-9a-f]{8}$/, 'eight hexadecimal digits'),
});
export type BackupFile = Infer<typeof fileSchema>;

const manifestSchema = object({
  mgpu: oneOf('backup'),
  format: int(1),
  /** The commit that it holds the state of. */
  seq: int(0),
  time: secondsSchema,
  /** Whose the spool was. */
  uid: uidSchema,
  clusterId: nonceSchema,
  clusterName: text(limits.nameLength),
  files: list(fileSchema, filesMax),
});
export type Manifest = Infer<typeof manifestSchema>;

export function encodeManifest(manifest: Omit<Manifest, 'mgpu' | 'format'>): Uint8Array {
  return encodeText(`${JSON.stringify({ mgpu: 'backup', format: 1, ...manifest }, undefined, 1)}\n`);
}

/** Throws `DAMAGED`, `SCHEMA` or `NEWER_FORMAT`. */
export function decodeManifest(bytes: Uint8Array, path: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(decodeText(bytes));
  } catch (cause) {
    throw new MgpuError('DAMAGED', `${path}: it is no JSON`, { cause });
  }
  refuseNewer(json, path);
  return checked(manifestSchema, json, path);
}

export function backupFile(path: string, mode: number, bytes: Uint8Array): BackupFile {
  return { path, mode: mode & 0o777, bytes: bytes.length, crc32: checksum(bytes) };
}
