import { isMgpuError, MgpuError } from '../base/error.ts';
import { parentsToKeep } from '../core/depend.ts';
import type { Cluster } from '../model/cluster.ts';
import type { EventOf } from '../model/event.ts';
import type { JobId, Seconds } from '../model/ids.ts';
import type { EndedJob, Job } from '../model/job.ts';
import { limits } from '../model/limits.ts';
import { rangesHas } from '../model/ranges.ts';
import type { Files } from '../ports/files.ts';
import { decodeSegment, encodeSegment } from './codec.ts';
import { type Filed, filed, type Order, putFiled, syncFiled } from './filed.ts';
import type { Store } from './spool.ts';

/*
 * Ended jobs leave the state in two steps: they are written to a segment, an immutable file named by the
 * state's commit number, and then a commit (jobsAccounted) takes them out. A crash in between leaves a
 * segment that the state does not know; the next one to fold finds it and commits it. Two who fold at the
 * same time may write a job to two segments, of which the state takes it from one; so a reader counts each
 * attempt of a job once.
 */

/**
 * The commit that takes these jobs out of the state, their segment written; undefined when there is none to
 * take.
 */
export async function foldIntoSegment(
  store: Store,
  cluster: Cluster,
  ids: readonly JobId[],
): Promise<EventOf<'jobsAccounted'> | undefined> {
  const left = await unknownSegment(store, cluster);
  if (left !== undefined) {
    // Its writer may have died before its name was durable, and from now on it alone tells of these jobs.
    await syncFiled(store, store.layout.accounting, left);
    return adopted(store, cluster, left);
  }
  const needed = parentsToKeep(cluster);
  const jobs = ids.flatMap((id) => (needed.has(id) ? [] : (endedJob(cluster, id) ?? [])));
  if (jobs.length === 0) return undefined;
  const { seq, format } = cluster;
  const content = segmentOf(seq, store.clock.now(), jobs);
  return adopted(store, cluster, await putFiled(store, store.layout.accounting, { seq, format, content }));
}

/** As many of the jobs as one segment takes; the others are left for the next. */
function segmentOf(seq: number, time: Seconds, jobs: readonly Job[]): Uint8Array {
  try {
    return encodeSegment(seq, time, jobs);
  } catch (error) {
    if (!isMgpuError(error, 'TOO_LARGE') || jobs.length < 2) throw error;
    return segmentOf(seq, time, jobs.slice(0, Math.ceil(jobs.length / 2)));
  }
}

/** The oldest of the segments that are newer than the state knows. */
async function unknownSegment(store: Store, cluster: Cluster): Promise<Filed | undefined> {
  let found: Filed | undefined;
  for await (const segment of filed(store, store.layout.accounting, 'newest first')) {
    if (segment.seq <= cluster.segment) break;
    found = segment;
  }
  return found;
}

/** All jobs of all segments, in the order of the segments or against it. */
export async function* accountedJobs(store: Store, order: Order): AsyncIterableIterator<Job> {
  const seen = new Set<string>();
  for await (const segment of filed(store, store.layout.accounting, order)) {
    for (const job of await readSegment(store, segment)) {
      const key = `${job.id}.${job.attempt}`;
      if (!seen.has(key)) yield job;
      seen.add(key);
    }
  }
}

/**
 * Removes the rooms of jobs that left the state: these, or all that are found. Gives those that could not be
 * removed now and may be later: somebody has a file in it open, or the file server is away.
 */
export async function sweepRooms(
  store: Store,
  cluster: Cluster,
  ids: readonly JobId[] | 'all',
): Promise<readonly JobId[]> {
  const { files, layout } = store;
  const left: JobId[] = [];
  for (const id of ids === 'all' ? await roomIds(store) : ids) {
    if (!rangesHas(cluster.closed, id)) continue;
    if (!(await removeRoom(files, layout.job(id).path))) left.push(id);
  }
  return left;
}

/** What does not pass: a room that its owner made so that it cannot be removed. */
const lastingCodes: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'TOO_DEEP']);

/** False for a room that is to be tried again. */
async function removeRoom(files: Files, path: string): Promise<boolean> {
  try {
    await files.removeTree(path);
    return true;
  } catch (error) {
    if (!(error instanceof MgpuError)) throw error;
    return lastingCodes.has(error.code);
  }
}

async function roomIds(store: Store): Promise<readonly JobId[]> {
  const names = (await store.files.list(store.layout.jobs)) ?? [];
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

async function adopted(store: Store, cluster: Cluster, segment: Filed): Promise<EventOf<'jobsAccounted'>> {
  const jobs = await readSegment(store, segment);
  // Somebody may have come to wait for one of them since the segment was written: it stays, and is in both.
  const needed = parentsToKeep(cluster);
  const ids = jobs.flatMap((job) => (isAsWritten(cluster, job) && !needed.has(job.id) ? job.id : []));
  return { name: 'jobsAccounted', segment: segment.seq, ids };
}

async function readSegment({ files }: Store, { path }: Filed): Promise<readonly Job[]> {
  const content = await files.read(path, limits.checkpointBytes);
  return content === undefined ? [] : decodeSegment(content.bytes, path);
}

/** False for a job that ran again, and ended anew, since it was written: that end is still to be told of. */
function isAsWritten(cluster: Cluster, written: Job): boolean {
  const job = endedJob(cluster, written.id);
  return written.state === 'ENDED' && job?.attempt === written.attempt && job.endTime === written.endTime;
}

function endedJob(cluster: Cluster, id: JobId): EndedJob | undefined {
  const job = cluster.jobs.get(id);
  return job?.state === 'ENDED' ? job : undefined;
}
