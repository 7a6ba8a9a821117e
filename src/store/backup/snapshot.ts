import { MgpuError } from '../../base/error.ts';
import { reduceCommit } from '../../core/reduce.ts';
import type { Cluster } from '../../model/cluster.ts';
import type { JobId } from '../../model/ids.ts';
import { limits } from '../../model/limits.ts';
import { rangesHas } from '../../model/ranges.ts';
import type { RequestFile } from '../../model/request.ts';
import { decodeRequest } from '../inbox.ts';
import { openJournal } from '../journal.ts';
import { fileLog } from '../log.ts';
import type { Store } from '../spool.ts';

/** The cluster as of one commit, and what waits for it. */
export interface Snapshot {
  readonly cluster: Cluster;
  /** The requests that this state does not know of, as they lay in the inbox. */
  readonly waiting: readonly WaitingRequest[];
}

export interface WaitingRequest {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly request: RequestFile;
}

/**
 * Reads the inbox between two looks at the log. What lay there and was decided in between is known by the
 * commits in between, also if its identity was forgotten again. Gives `changed` where these were pruned.
 */
export async function takeSnapshot(store: Store, uid: number): Promise<Snapshot | 'changed'> {
  const log = fileLog(store, 'backup');
  const earlier = (await openJournal(log, store)).cluster();
  const requests = await readRequests(store, uid);
  const commits = await log.readAfter(earlier.seq);
  if (commits === 'gone') return 'changed';
  const handled = new Set(earlier.handled);
  let cluster = earlier;
  for (const { head, events } of commits) {
    cluster = reduceCommit(cluster, head.seq, events);
    for (const event of events) if (event.name === 'requestHandled') handled.add(event.requestId);
  }
  return { cluster, waiting: requests.filter((one) => isWaiting(one, { cluster, handled })) };
}

function isWaiting(
  { request: { requestId, request } }: WaitingRequest,
  { cluster, handled }: { readonly cluster: Cluster; readonly handled: ReadonlySet<string> },
): boolean {
  if (request.name !== 'submit') return !handled.has(requestId);
  // Its srun is of the cluster that is backed up, and would never hear of it.
  if (request.spec.kind === 'interactive') return false;
  return !cluster.jobs.has(request.jobId) && !rangesHas(cluster.closed, request.jobId);
}

/** Those of the owner: who asks is told by the owner of the file, which would be another one in the copy. */
async function readRequests({ files, layout }: Store, uid: number): Promise<readonly WaitingRequest[]> {
  const requests: WaitingRequest[] = [];
  for (const name of (await files.list(layout.inbox)) ?? []) {
    if (name.startsWith('.')) continue;
    try {
      const path = `${layout.inbox}/${name}`;
      const content = await files.read(path, limits.requestBytes);
      if (content === undefined || content.stat.links !== 1 || content.stat.uid !== uid) continue;
      const request = decodeRequest(content.bytes, path);
      if (name === `${request.requestId}.json`) requests.push({ name, bytes: content.bytes, request });
    } catch (error) {
      // What is no request is set aside by daemons.
      if (!(error instanceof MgpuError)) throw error;
    }
  }
  return requests;
}

/**
 * The jobs whose rooms are needed: those that have not ended, and of an array the one with the script that
 * its tasks run. A task's own room has nothing that cannot be made anew.
 */
export function neededRooms({ cluster, waiting }: Snapshot): readonly JobId[] {
  const ids = new Set<JobId>();
  for (const job of cluster.jobs.values()) {
    if (job.state === 'ENDED') continue;
    ids.add(job.arrayJobId ?? job.id);
  }
  for (const { request } of waiting) if (request.request.name === 'submit') ids.add(request.request.jobId);
  return [...ids].sort((a, b) => a - b);
}
