import type { Files } from '../../src/ports/files.ts';
import { bounded, type Figure } from './report.ts';

/** What was done in one folder of the spool. */
export interface FolderCounts {
  listings: number;
  /** The longest listing: how many names it gave. */
  namesMax: number;
  /** Files that were made, temporaries among them, and their bytes. */
  creates: number;
  bytesCreated: number;
  largestBytes: number;
  reads: number;
  bytesRead: number;
  /** Names that were put if absent, and those that somebody else had taken. */
  won: number;
  lost: number;
  syncs: number;
}

/** Counts what all who use a spool ask of its file system, by folder. */
export interface Meter {
  /** The counts of a folder, by its path below the spool; the rooms of all jobs together are `jobs/*`. */
  of(folder: string): FolderCounts;
  /** Begins all counts anew. */
  reset(): void;
}

export interface Metering {
  readonly meter: Meter;
  /** The same files, counted. */
  over(files: Files): Files;
}

/** Counts below `root`; `changed` is told of each name that appears in `log/` and `inbox/`. */
export function metering(root: string, changed: () => void): Metering {
  const counts = new Map<string, FolderCounts>();
  const of = (folder: string): FolderCounts => {
    const known = counts.get(folder) ?? noCounts();
    counts.set(folder, known);
    return known;
  };
  const at = (path: string): FolderCounts => of(kindOf(root, path));
  const parentOf = (path: string): FolderCounts => at(path.slice(0, path.lastIndexOf('/')));
  const appeared = (path: string): void => {
    if (/^\/(log|inbox)\/[^.]/.test(path.slice(root.length))) changed();
  };
  const over = (files: Files): Files => ({
    ...files,
    async list(path) {
      const names = await files.list(path);
      const folder = at(path);
      folder.listings += 1;
      folder.namesMax = Math.max(folder.namesMax, names?.length ?? 0);
      return names;
    },
    async read(path, bytesMax) {
      const content = await files.read(path, bytesMax);
      const folder = parentOf(path);
      folder.reads += 1;
      folder.bytesRead += content?.bytes.length ?? 0;
      return content;
    },
    async create(path, content, options) {
      const made = await files.create(path, content, options);
      const folder = parentOf(path);
      folder.creates += 1;
      folder.bytesCreated += content.length;
      folder.largestBytes = Math.max(folder.largestBytes, content.length);
      return made;
    },
    async link(from, to) {
      const outcome = await files.link(from, to);
      if (outcome === 'linked') parentOf(to).won += 1;
      else parentOf(to).lost += 1;
      appeared(to);
      return outcome;
    },
    async rename(from, to) {
      await files.rename(from, to);
      appeared(to);
    },
    // No power is cut here, and to keep what a disk in memory has would copy all its names each time.
    async syncDir(path) {
      at(path).syncs += 1;
    },
  });
  return { meter: { of, reset: () => counts.clear() }, over };
}

function noCounts(): FolderCounts {
  return {
    listings: 0,
    namesMax: 0,
    creates: 0,
    bytesCreated: 0,
    largestBytes: 0,
    reads: 0,
    bytesRead: 0,
    won: 0,
    lost: 0,
    syncs: 0,
  };
}

/** The folder's path below the spool, what is one of very many written as a star. */
function kindOf(root: string, path: string): string {
  if (!path.startsWith(root)) return 'elsewhere';
  return path
    .slice(root.length + 1)
    .replace(/^(jobs|nodes|accounting\/history|accounting(?!\/history))\/.+/, '$1/*');
}

/** The longest listing of each folder whose names could become ever more, and what bounds it. */
export function listings(meter: Meter, requestsAtOnce: number): readonly Figure[] {
  const most = {
    log: 2200,
    checkpoints: 5,
    inbox: requestsAtOnce,
    accounting: 1000,
    'accounting/*': 1000,
    'accounting/history': 1000,
    'accounting/history/*': 1000,
  };
  return Object.entries(most).map(([folder, names]) =>
    bounded(`${folder}/: names in a listing`, meter.of(folder).namesMax, names),
  );
}
