import { MgpuError } from '../../base/error.ts';
import type { Cluster } from '../../model/cluster.ts';
import type { JobId } from '../../model/ids.ts';
import { limits } from '../../model/limits.ts';
import { rangesHas, rangesNumbers } from '../../model/ranges.ts';
import { decodeCommit, decodeSegment } from '../codec.ts';
import { isShelf, placesOf } from '../filed.ts';
import { seqOfName } from '../layout.ts';
import { advise, type Flaw, misplaced } from './flaw.ts';
import { type Bad, givenUpIn, type LogLook, listed, type Read, readFacts } from './history.ts';
import { type Inspection, shownPath, strangers } from './inspection.ts';

/** The jobs of a segment, and those among them that have not ended. */
type SegmentFacts =
  | Bad
  | { readonly is: 'whole'; readonly ids: readonly JobId[]; readonly alive: readonly JobId[] };
type HistoryFacts = Bad | { readonly is: 'whole'; readonly givenUp: readonly JobId[] };

/**
 * The segments of accounting and the files of history. The log was read before: what left its state lies in a
 * segment, or was given up.
 */
export async function lookAtArchive(
  inspection: Inspection,
  { cluster, givenUp }: Pick<LogLook, 'cluster' | 'givenUp'>,
): Promise<readonly Flaw[]> {
  const { layout } = inspection.store;
  const segments = await readFiled(inspection, layout.accounting, readSegment, layout.history);
  const history = await readFiled(inspection, layout.history, readHistory);
  const flaws: Flaw[] = [...segments.flaws, ...history.flaws];
  for (const { seq, path, facts } of segments.files)
    flaws.push(...segmentFlaws(path, facts, { segment: seq, cluster }));
  for (const { path, facts } of history.files) {
    if (facts.is === 'whole') continue;
    const what = `${facts.why}: the cluster does not read it; what it held is lost to the history`;
    flaws.push(misplaced(path, what));
  }
  const held = [
    ...givenUp,
    ...segments.files.flatMap(({ facts }) => (facts.is === 'whole' ? facts.ids : [])),
    ...history.files.flatMap(({ facts }) => (facts.is === 'whole' ? facts.givenUp : [])),
  ];
  return cluster === undefined ? flaws : [...flaws, ...lostRecords(cluster, held)];
}

interface ReadFile<T> {
  readonly seq: number;
  /** From the spool's folder. */
  readonly path: string;
  readonly facts: T;
}

/** The numbered files of a folder and of the folders that they are filed in, and what else lies there. */
async function readFiled<T>(
  inspection: Inspection,
  root: string,
  read: (inspection: Inspection, path: string, seq: number) => Promise<Read<T> | undefined>,
  own?: string,
): Promise<{ readonly files: readonly ReadFile<T>[]; readonly flaws: readonly Flaw[] }> {
  const { store } = inspection;
  const files: ReadFile<T>[] = [];
  const flaws: Flaw[] = [];
  const walk = async (folder: string, level: number): Promise<void> => {
    const others: string[] = [];
    for (const name of (await store.files.list(folder)) ?? []) {
      const path = `${folder}/${name}`;
      const seq = seqOfName(name);
      if (seq !== undefined && placesOf(root, seq).includes(path)) {
        const found = await read(inspection, path, seq);
        if (found === undefined) continue;
        files.push({ seq, path: shownPath(store, path), facts: found.facts });
        flaws.push(...found.flaws);
      } else if (isShelf(name, level) && (await store.files.stat(path))?.kind === 'directory') {
        await walk(path, level + 1);
      } else if (path !== own) others.push(name);
    }
    flaws.push(...(await strangers(inspection, folder, others, 'daemon')));
  };
  await walk(root, 0);
  return { files, flaws };
}

function readSegment(inspection: Inspection, path: string): Promise<Read<SegmentFacts> | undefined> {
  return readFacts<SegmentFacts>(inspection, path, limits.checkpointBytes, (bytes) => {
    const jobs = decodeSegment(bytes, path);
    const alive = jobs.filter((job) => job.state !== 'ENDED').map((job) => job.id);
    return { is: 'whole', ids: jobs.map((job) => job.id), alive };
  });
}

function readHistory(
  inspection: Inspection,
  path: string,
  seq: number,
): Promise<Read<HistoryFacts> | undefined> {
  return readFacts<HistoryFacts>(inspection, path, limits.checkpointBytes, (bytes) => {
    let last = 0;
    const givenUp: JobId[] = [];
    for (const part of commitsIn(bytes)) {
      const { head, events } = decodeCommit(part, path);
      last = head.seq;
      givenUp.push(...givenUpIn(events));
    }
    if (last > seq) throw new MgpuError('DAMAGED', `${path}: it goes on to commit ${last}`);
    return { is: 'whole', givenUp };
  });
}

const footStart = new TextEncoder().encode('\n{"lines":');
const lineFeed = 0x0a;

/** The commits that stand one after the other: each ends with its foot. */
function* commitsIn(bytes: Uint8Array): IterableIterator<Uint8Array> {
  let start = 0;
  for (let at = 0; start < bytes.length; ) {
    at = bytes.indexOf(lineFeed, at);
    const isFoot = at >= 0 && footStart.every((byte, index) => bytes[at + index] === byte);
    if (at >= 0 && !isFoot) {
      at += 1;
      continue;
    }
    const end = at < 0 ? bytes.length : bytes.indexOf(lineFeed, at + 1) + 1 || bytes.length;
    yield bytes.subarray(start, end);
    start = end;
    at = end;
  }
}

function segmentFlaws(
  path: string,
  facts: SegmentFacts,
  { segment, cluster }: { readonly segment: number; readonly cluster: Cluster | undefined },
): readonly Flaw[] {
  if (facts.is === 'bad') {
    const isKnown = cluster === undefined || segment <= cluster.segment;
    const loss = isKnown
      ? 'the record of the jobs in it is lost to accounting, which stops at it'
      : 'daemons stop when they take it in; the state still has its jobs';
    return [misplaced(path, `${facts.why}: ${loss}`, { severity: 'error' })];
  }
  if (facts.alive.length > 0) {
    const what = `it accounts for jobs that have not ended: ${listed(facts.alive)}`;
    return [advise('error', path, what, 'keep a copy of the spool and report this')];
  }
  if (cluster === undefined || segment > cluster.segment) return [];
  // Of two who folded at once the slower one wrote what the state still has: it may have been requeued.
  const open = facts.ids.filter((id) => !rangesHas(cluster.closed, id) && !cluster.jobs.has(id));
  if (open.length === 0) return [];
  const what = `it accounts for jobs whose ids the log has not closed: ${listed(open)}`;
  return [advise('error', path, what, 'keep a copy of the spool and report this')];
}

/** Jobs that left the state and are in no segment: one was taken away. */
function lostRecords(cluster: Cluster, held: readonly JobId[]): readonly Flaw[] {
  const known = new Set(held);
  const lost = [...rangesNumbers(cluster.closed)].filter((id) => !known.has(id));
  if (lost.length === 0) return [];
  const what = `no segment has the record of these accounted jobs: ${listed(lost)}`;
  return [advise('note', 'accounting', what, 'restore the segment from a backup, if there is one')];
}
