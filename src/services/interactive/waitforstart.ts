import type { JobId } from '../../model/ids.ts';
import type { ActiveJob, EndedJob } from '../../model/job.ts';
import { rangesHas } from '../../model/ranges.ts';
import { askCluster } from '../askcluster.ts';
import { patienceOf } from '../immediate.ts';
import { waitingText } from '../waitingtext.ts';
import type { FollowingSession } from './follow.ts';
import type { Interrupts } from './interrupts.ts';

export interface Starting {
  readonly session: FollowingSession;
  readonly interrupts: Interrupts;
  readonly jobId: JobId;
  /** Seconds after which to give up (--immediate); undefined waits for ever. */
  readonly immediateSeconds: number | undefined;
  /** The same for --max-wait-time, which tells of waiting before. */
  readonly maxWaitSeconds: number | undefined;
  /** Of the submitter. */
  readonly host: string;
  inform(line: string): void;
  complain(line: string): Promise<void>;
}

/** After how long a job counts as one that has to wait, in ms. */
const promptMs = 300;
const pauseMsMin = 20;
const pauseMsMax = 1000;

/**
 * Waits until a job that srun submitted has its nodes, in Slurm's words where it has to wait. Undefined when
 * it never will; that was said then.
 */
export async function waitForStart(starting: Starting): Promise<ActiveJob | EndedJob | undefined> {
  const { session, interrupts, jobId, inform, complain, immediateSeconds, maxWaitSeconds, host } = starting;
  const { clock } = session.store;
  const revoked = `srun: Job allocation ${jobId} has been revoked`;
  const sinceMs = clock.monotonicMs();
  const asked = patienceOf(immediateSeconds);
  const maxWaitMs = maxWaitSeconds === undefined ? Number.POSITIVE_INFINITY : maxWaitSeconds * 1000;
  const patience = { ...asked, ms: Math.min(asked.ms, maxWaitMs) };
  const words = patience.isAtOnce ? 'Requested nodes are busy' : 'Connection timed out';
  let isTold = false;
  for (let pauseMs = pauseMsMin; ; pauseMs = Math.min(pauseMsMax, 2 * pauseMs)) {
    if (interrupts.isRevoked()) return void inform(revoked);
    const { cluster, reasons } = await session.present.view();
    const job = cluster.jobs.get(jobId);
    if (job === undefined && rangesHas(cluster.closed, jobId)) {
      return void (await complain(`srun: error: job ${jobId} has ended and is not known any more`));
    }
    if (job !== undefined && job.state !== 'PENDING') {
      if (job.state === 'ENDED' && job.allocation === undefined) return void inform(revoked);
      if (isTold) inform(`srun: job ${jobId} has been allocated resources`);
      return job;
    }
    // Only when it is to be said: it takes a plan of all that waits before this job.
    const reasonText = (): string | undefined =>
      waitingText(job?.held === undefined ? reasons.get(jobId) : 'held');
    const waitedMs = clock.monotonicMs() - sinceMs;
    if (waitedMs >= patience.ms) {
      await askCluster(session, { request: { name: 'cancel', targets: [{ job: jobId }] }, host });
      const why = (patience.isAtOnce && reasonText()) || words;
      return void (await complain(`srun: error: Unable to allocate resources: ${why}`));
    }
    if (!isTold && !patience.isAtOnce && waitedMs >= promptMs) {
      isTold = true;
      const why = reasonText();
      if (why !== undefined) inform(`srun: ${why}`);
      inform(`srun: job ${jobId} queued and waiting for resources`);
    }
    const nextMs = waitedMs < promptMs ? promptMs : patience.ms;
    await session.watcher.wait(Math.min(pauseMs, nextMs - waitedMs));
  }
}
