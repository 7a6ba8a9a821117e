import { refusalOf } from '../core/admit.ts';
import { completed } from '../core/complete.ts';
import { earliestStart } from '../core/planned.ts';
import { idsAfter } from '../model/cluster.ts';
import type { JobId, NodeName, Seconds } from '../model/ids.ts';
import { nextJobId } from '../store/rooms.ts';
import type { Store } from '../store/spool.ts';
import type { Present } from './present.ts';
import { refused, refuseNew, type Submission } from './submit.ts';

/** When and where a job would start (sbatch --test-only). */
export interface TestedStart {
  /** The id that it would have if nobody submits a job before. */
  readonly jobId: JobId;
  readonly time: Seconds;
  readonly cpus: number;
  readonly nodes: readonly NodeName[];
  readonly partition: string;
}

const notAvailable = 'Requested node configuration is not available';

/**
 * Tries a submission without making it. Of a partition Slurm asks here who may use it, and neither its state
 * nor its limits. Throws `REFUSED` as a submission does, but without the lines about what no node has.
 */
export async function testedStart(
  store: Store,
  present: Present,
  submission: Pick<Submission, 'spec' | 'groups'>,
): Promise<TestedStart> {
  const { cluster, now } = await present.view();
  const spec = completed(submission.spec, cluster, store.spool.format);
  refuseNew(store, spec);
  const { groups } = submission;
  const refusal = refusalOf(cluster, spec, { now, ...(groups && { groups }) });
  if (refusal !== undefined) {
    throw refused(refusal.reason === notAvailable ? { ...refusal, before: [] } : refusal);
  }
  const start = earliestStart(cluster, spec, now);
  if (start === undefined) {
    const detail = 'its nodes are away, or more is asked for than there is';
    throw refused({ before: [], reason: notAvailable, detail });
  }
  const { time, partition, allocation } = start;
  return {
    jobId: await nextJobId(store, idsAfter(cluster)),
    time,
    cpus: allocation.reduce((sum, { cpus }) => sum + cpus, 0),
    nodes: allocation.map(({ node }) => node),
    partition,
  };
}
