import { isMgpuError, MgpuError } from '../base/error.ts';
import { checked } from '../base/schema.ts';
import { type Refusal, refusalOf } from '../core/admit.ts';
import { completed } from '../core/complete.ts';
import { idsAfter } from '../model/cluster.ts';
import type { JobId } from '../model/ids.ts';
import { rangesHas } from '../model/ranges.ts';
import { formatOfSpec, type JobSpec, jobSpecSchema } from '../model/spec.ts';
import { emptyRoom, furnishRoom, makeRooms, type RoomContent } from '../store/rooms.ts';
import { refuseOthers, type Store } from '../store/spool.ts';
import { askCluster } from './askcluster.ts';
import type { Present } from './present.ts';
import type { Session } from './session.ts';

export interface Submission extends RoomContent {
  /** As it was asked for: `completed` adds what the settings decide. */
  readonly spec: JobSpec;
  /** The names of all groups that the submitter is in; missing: the one of the job alone. */
  readonly groups?: readonly string[];
}

/** What stands before each of Slurm's sentences about a submission that is refused. */
export const refusedPrefix = 'Batch job submission failed: ';

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
  const cluster = await present.settled();
  const spec = completed(submission.spec, cluster, store.spool.format);
  refuseNew(store, spec);
  const refusal = refusalOf(cluster, spec, {
    stateBytes: checkpointBytes + bytes,
    now: store.clock.now(),
    ...(submission.groups && { groups: submission.groups }),
  });
  if (refusal !== undefined) throw refused(refusal);
  refuseLong(spec);
  await refuseOthers(store, spec.uid);
  const id = await freshRoom(store, present, idsAfter(cluster));
  const requestId = store.ids.next();
  try {
    await furnishRoom(store, id, submission);
    const request = { name: 'submit', jobId: id, spec } as const;
    await askCluster({ store, present }, { request, host: spec.submitHost, requestId });
  } catch (error) {
    throw await withdrawn(store, { id, requestId }, error);
  }
  return id;
}

/** The submission of a command that waits for its job: it is rung when something has become of that. */
export function awaited<T extends Submission>({ bells }: Pick<Session, 'bells'>, submission: T): T {
  return bells === undefined ? submission : { ...submission, spec: { ...submission.spec, bells } };
}

/** A refusal as commands print it; what is behind it they tell with -v. */
export function refused({ before, reason, detail }: Refusal): MgpuError {
  return new MgpuError('REFUSED', refusedPrefix + reason, { before, detail });
}

/** A daemon of an older program would not know what is asked. */
export function refuseNew({ spool }: Store, spec: JobSpec): void {
  const format = formatOfSpec(spec);
  if (format <= spool.format) return;
  const hint = 'when all daemons run this version, mgpu upgrade raises the format';
  const what = `this needs a spool of format ${format}, and the spool has format ${spool.format}`;
  throw new MgpuError(
    'REFUSED',
    `${refusedPrefix}Requested operation not supported on this system: ${what}`,
    {
      hint,
    },
  );
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
 * What to say of a submission that failed (a full disk, above all), after emptying its room again. Where the
 * request is there all the same, because only the reply got lost, the room stays as it is.
 */
async function withdrawn(
  store: Store,
  { id, requestId }: { readonly id: JobId; readonly requestId: string },
  cause: unknown,
): Promise<unknown> {
  if (!(cause instanceof MgpuError)) return cause;
  const { files, layout } = store;
  const room = layout.job(id);
  const hint = `the room of the job, ${room.path}, could not be emptied`;
  try {
    // In this order: a daemon that takes the request out moves it from the first place to the second.
    const isSent =
      (await files.stat(`${layout.inbox}/${requestId}.json`)) !== undefined ||
      (await files.stat(room.request)) !== undefined;
    if (isSent) {
      const message = `${cause.message}: job ${id} may have been submitted all the same`;
      return new MgpuError(cause.code, message, { hint: `look with squeue -j ${id}`, cause });
    }
    await emptyRoom(store, id);
    return cause;
  } catch (error) {
    // A file server that fails here as well: the first error says what happened.
    return error instanceof MgpuError ? new MgpuError(cause.code, cause.message, { hint, cause }) : error;
  }
}

/**
 * A room whose id was never used: rooms of old jobs are removed only after their ids are closed in the log.
 */
async function freshRoom(store: Store, present: Present, after: JobId): Promise<JobId> {
  for (let tries = 0; tries < idsTriedMax; tries += 1) {
    const last = Math.max(after, idsAfter(present.journal.cluster()));
    const [id = 0] = await makeRooms(store, last, 1);
    const { closed } = await present.journal.refresh();
    if (!rangesHas(closed, id)) return id;
    await store.files.removeTree(store.layout.job(id).path);
  }
  throw new MgpuError('NO_JOB_ID', `${store.layout.jobs}: every free id was used before`);
}
