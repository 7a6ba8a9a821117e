import type { Cluster } from '../model/cluster.ts';
import type { JobId } from '../model/ids.ts';
import { isActive, type Job } from '../model/job.ts';
import type { StepRecord } from '../model/steprecord.ts';
import { accountedJobs } from '../store/accounting.ts';
import { liveSteps } from './livesteps.ts';
import type { Session } from './session.ts';
import type { ClusterView } from './view.ts';

/** Which jobs of all times are wanted. */
export interface AccountQuery {
  readonly accepts: (job: Job) => boolean;
  /** False when the state alone has all that can be wanted, so that the accounting need not be read. */
  readonly needsHistory: (cluster: Cluster) => boolean;
}

export interface AccountView extends ClusterView {
  /** Those that are wanted, in no order. */
  readonly jobs: readonly Job[];
  /** Of jobs that have not ended: their steps, as they are now. */
  readonly steps?: ReadonlyMap<JobId, readonly StepRecord[]>;
}

/** Jobs that wait, run or have ended, whenever that was: those of the state and those of the accounting. */
export async function viewAccount({ store, present }: Session, query: AccountQuery): Promise<AccountView> {
  const view = await present.view();
  const jobs = new Map<number, Job>();
  for (const job of view.cluster.jobs.values()) if (query.accepts(job)) jobs.set(job.id, job);
  // The state is read first: a job that leaves it meanwhile is in a segment that was there before.
  if (view.cluster.segment > 0 && query.needsHistory(view.cluster)) {
    for await (const job of accountedJobs(store, 'newest first')) {
      if (!jobs.has(job.id) && !view.cluster.jobs.has(job.id) && query.accepts(job)) jobs.set(job.id, job);
    }
  }
  const steps = await liveSteps(store, [...jobs.values()].filter(isActive));
  return { ...view, jobs: [...jobs.values()], steps };
}
