import { statfs } from 'node:fs';
import type { WatchMode } from '../ports/watch.ts';
import { fault } from './files/fault.ts';

/** What lies under a path. */
export interface Mount {
  /** `ext`, `nfs`, `fuse`, ...; `unknown (0x...)` with its number for others. */
  readonly fileSystem: string;
  /** `shared`: other machines may change it, which no event here tells of. Unknown ones count as shared. */
  readonly reach: 'local' | 'shared';
  /** What a user who is not root may still write. */
  readonly freeBytes: number;
  /** How many files may still be made; undefined where there is no such limit. */
  readonly freeFiles: number | undefined;
}

/** How often folders on a shared file system are looked at, in ms. */
const pollIntervalMs = 250;

/** File systems that only this machine can change, by their numbers on Linux (`man 2 statfs`). */
const local: Readonly<Record<number, string>> = {
  61267: 'ext',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  801189825: 'zfs',
  4076150800: 'f2fs',
  3393526350: 'bcachefs',
  827541066: 'jfs',
  1382369651: 'reiserfs',
  16914836: 'tmpfs',
  2240043254: 'ramfs',
  2035054128: 'overlay',
  61791: 'ecryptfs',
  19780: 'vfat',
  538032816: 'exfat',
  1397118030: 'ntfs',
  40864: 'proc',
  1650812274: 'sysfs',
};

/** Those that other machines can change. FUSE may be anything: sshfs, GlusterFS, or a local disk. */
const shared: Readonly<Record<number, string>> = {
  26985: 'nfs',
  1702057286: 'fuse',
  198183888: 'lustre',
  1196443219: 'gpfs',
  20157741: 'gpfs',
  428016422: 'beegfs',
  12805120: 'ceph',
  4283649346: 'cifs',
  4266872130: 'smb2',
  20859: 'smb',
  1397113167: 'afs',
  1799439955: 'afs',
  1937076805: 'coda',
  16914839: '9p',
  1952539503: 'ocfs2',
  18225520: 'gfs2',
  2866260714: 'panfs',
  2020557398: 'vboxsf',
  3133910204: 'vmhgfs',
};

/** What file system a path is on. Throws the system's error, `ENOENT` above all. */
export async function mountOf(path: string): Promise<Mount> {
  const { type, bavail, bsize, files, ffree } = await facts(path);
  return {
    ...fileSystemOf(type),
    freeBytes: bavail * bsize,
    freeFiles: files === 0 ? undefined : ffree,
  };
}

/** The file system that has this number. */
export function fileSystemOf(type: number): Pick<Mount, 'fileSystem' | 'reach'> {
  // A signed number on some machines.
  const magic = type >>> 0;
  return {
    fileSystem: local[magic] ?? shared[magic] ?? `unknown (0x${magic.toString(16)})`,
    reach: magic in local ? 'local' : 'shared',
  };
}

/** How to notice changes there: the kernel tells of those made on this machine, and of no others. */
export function watchModeFor(mount: Mount): WatchMode {
  return mount.reach === 'local' ? { kind: 'events' } : { kind: 'poll', intervalMs: pollIntervalMs };
}

interface StatFs {
  readonly type: number;
  readonly bavail: number;
  readonly bsize: number;
  readonly files: number;
  readonly ffree: number;
}

function facts(path: string): Promise<StatFs> {
  return new Promise((resolve, reject) => {
    statfs(path, (error, found) =>
      error ? reject(fault(path, 'its file system cannot be asked', error)) : resolve(found),
    );
  });
}
