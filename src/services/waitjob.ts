import type { Cluster } from '../model/cluster.ts';
import type { JobId } from '../model/ids.ts';
import type { Job } from '../model/job.ts';
import { rangesCount, rangesHas } from '../model/ranges.ts';
import type { Watcher } from '../ports/watch.ts';
import { accountedJobs } from '../store/accounting.ts';
import { readInbox } from '../store/inbox.ts';
import type { Session } from './session.ts';

/** How long one wait may take before the log is looked at anyway, in ms. */
const lookMs = 2000;

/**
 * Waits until a job has ended, or all tasks of an array, and gives the exit code that `sbatch --wait` ends
 * with: the job's own, 1 for a signal, the highest one of an array (captures 'beh.wait*').
 */
export async function waitForJob(session: Session, watcher: Watcher, id: JobId): Promise<number> {
  const ended = new Map<JobId, number>();
  let expected = 1;
  for (;;) {
    const cluster = await session.present.journal.refresh();
    for (const job of cluster.jobs.values()) {
      if (!belongsTo(job, id)) continue;
      if (job.spec.array !== undefined) expected = rangesCount(job.spec.array.tasks);
      if (job.state === 'ENDED') ended.set(job.id, waitCode(job));
    }
    if (await isOver(session, cluster, id)) {
      if (ended.size < expected && cluster.segment > 0) await addAccounted(session, id, { ended, expected });
      return Math.max(0, ...ended.values());
    }
    await watcher.wait(lookMs);
  }
}

/** The exit code that stands for how a job ended. One that never ran did not fail. */
export function waitCode(job: Job): number {
  if (job.state !== 'ENDED' || job.endState === 'COMPLETED') return 0;
  if (job.startTime === undefined) return 0;
  return job.exitCode.signal === 0 && job.exitCode.code !== 0 ? job.exitCode.code : 1;
}

function belongsTo(job: Job, id: JobId): boolean {
  return job.id === id || job.arrayJobId === id;
}

async function isOver({ store }: Session, cluster: Cluster, id: JobId): Promise<boolean> {
  let isKnown = rangesHas(cluster.closed, id);
  for (const job of cluster.jobs.values()) {
    if (!belongsTo(job, id)) continue;
    if (job.state !== 'ENDED') return false;
    isKnown = true;
  }
  if (isKnown) return true;
  // Its request waits in the inbox, or was taken out between the two looks.
  const { requests } = await readInbox(store, 'all');
  const isSent = requests.some(({ request }) => request.name === 'submit' && request.jobId === id);
  return !isSent && (await store.files.stat(store.layout.job(id).path)) === undefined;
}

/** Tasks that left the state while nobody looked are found in the accounting. */
async function addAccounted(
  { store }: Session,
  id: JobId,
  { ended, expected }: { readonly ended: Map<JobId, number>; readonly expected: number },
): Promise<void> {
  for await (const job of accountedJobs(store, 'newest first')) {
    if (belongsTo(job, id) && !ended.has(job.id)) ended.set(job.id, waitCode(job));
    if (ended.size >= expected) return;
  }
}
