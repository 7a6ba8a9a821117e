import { isMgpuError, MgpuError } from '../base/error.ts';
import { checked } from '../base/schema.ts';
import { refusalOf } from '../core/admit.ts';
import { idsAfter } from '../model/cluster.ts';
import type { JobId } from '../model/ids.ts';
import { rangesHas } from '../model/ranges.ts';
import { type JobSpec, jobSpecSchema } from '../model/spec.ts';
import { sendRequest } from '../store/inbox.ts';
import { furnishRoom, makeRooms, type RoomContent } from '../store/rooms.ts';
import { refuseOthers, type Store } from '../store/spool.ts';
import type { Present } from './present.ts';

export { defaultPartition } from '../core/admit.ts';

export interface Submission extends RoomContent {
  readonly spec: JobSpec;
}

/** What Slurm says of a script, a name or a path beyond its bounds. */
export const tooLongSentence =
  'Batch job submission failed: Pathname of a file, directory or other parameter too long';

const idsTriedMax = 1000;

/**
 * Submits a job; when this returns, the job is durable in the spool and will be seen by every daemon and
 * command. Killed at any instant it leaves a whole job or, at most, a room that nobody uses. Throws `REFUSED`
 * with Slurm's sentence when the cluster as it is cannot ever run the job.
 */
export async function submit(store: Store, present: Present, submission: Submission): Promise<JobId> {
  const { checkpointBytes, bytes } = present.journal.tail();
  const refusal = refusalOf(present.journal.cluster(), submission.spec, checkpointBytes + bytes);
  if (refusal !== undefined) throw new MgpuError('REFUSED', refusal.message, { hint: refusal.detail });
  refuseLong(submission.spec);
  await refuseOthers(store, submission.spec.uid);
  const id = await freshRoom(store, present);
  const requestId = store.ids.next();
  try {
    await furnishRoom(store, id, submission);
    const request = { name: 'submit', jobId: id, spec: submission.spec } as const;
    await sendRequest(store, request, submission.spec.submitHost, requestId);
  } catch (error) {
    throw await withdrawn(store, { id, requestId }, error);
  }
  return id;
}

/** What no daemon would take in must not be acknowledged. */
function refuseLong(spec: JobSpec): void {
  try {
    checked(jobSpecSchema, spec, 'the job');
  } catch (cause) {
    if (!isMgpuError(cause, 'SCHEMA')) throw cause;
    throw new MgpuError('REFUSED', tooLongSentence, { hint: cause.message, cause });
  }
}

/**
 * What to say of a submission that failed (a full disk, above all), after taking its room away again. A
 * request that is there all the same, because only the reply got lost, keeps its room.
 */
async function withdrawn(
  store: Store,
  { id, requestId }: { readonly id: JobId; readonly requestId: string },
  cause: unknown,
): Promise<unknown> {
  if (!(cause instanceof MgpuError)) return cause;
  const { files, layout } = store;
  const room = layout.job(id);
  const hint = `the room of the job, ${room.path}, could not be removed`;
  try {
    // In this order: a daemon that takes the request out moves it from the first place to the second.
    const isSent =
      (await files.stat(`${layout.inbox}/${requestId}.json`)) !== undefined ||
      (await files.stat(room.request)) !== undefined;
    if (isSent) {
      const message = `${cause.message}: job ${id} may have been submitted all the same`;
      return new MgpuError(cause.code, message, { hint: `look with squeue -j ${id}`, cause });
    }
    await files.removeTree(room.path);
    return cause;
  } catch (error) {
    // A file server that fails here as well: the first error says what happened.
    return error instanceof MgpuError ? new MgpuError(cause.code, cause.message, { hint, cause }) : error;
  }
}

/**
 * A room whose id was never used: rooms of old jobs are removed only after their ids are closed in the log.
 */
async function freshRoom(store: Store, present: Present): Promise<JobId> {
  for (let tries = 0; tries < idsTriedMax; tries += 1) {
    const [id = 0] = await makeRooms(store, idsAfter(present.journal.cluster()), 1);
    const { closed } = await present.journal.refresh();
    if (!rangesHas(closed, id)) return id;
    await store.files.removeTree(store.layout.job(id).path);
  }
  throw new MgpuError('NO_JOB_ID', `${store.layout.jobs}: every free id was used before`);
}
