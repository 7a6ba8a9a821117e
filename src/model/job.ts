import { bool, type Infer, int, list, object, oneOf, type Schema, text, variant } from '../base/schema.ts';
import { jobIdSchema, nodeNameSchema, secondsSchema, uidSchema } from './ids.ts';
import { limits } from './limits.ts';
import { rangesSchema } from './ranges.ts';
import { type JobSpec, jobSpecSchema } from './spec.ts';
import { endStateSchema, reasonSchema, type ShownState } from './states.ts';
import { stepsKeptSchema } from './steprecord.ts';

/** How a process ended: its code, or the signal that killed it. */
export const exitCodeSchema = object({ code: int(0, 255), signal: int(0, 127) });

/** What a job holds on one node. */
export const nodeShareSchema = object({
  node: nodeNameSchema,
  cpus: int(0, limits.cpusPerNode),
  memoryMb: int(0, limits.memoryMbMax),
  gpus: list(int(0, limits.gpusPerNode - 1), limits.gpusPerNode),
  tasks: int(0, limits.tasksPerJob),
});
export type NodeShare = Infer<typeof nodeShareSchema>;

/** A signal that a user sent, until the node that runs the job has delivered it. */
const signalSchema = object({
  requestId: text(64),
  signal: int(1, 64),
  /** Slurm's scancel: the tasks alone, the batch shell alone, or both. */
  scope: oneOf('steps', 'batch', 'full'),
});
export type PendingSignal = Infer<typeof signalSchema>;

const extra = {
  arrayJobId: jobIdSchema,
  arrayTaskId: int(0, 0xffff_fffe),
  /** In place of the one that comes from its id: scontrol top, or an administrator (format 3). */
  priority: int(0, 2 ** 32 - 2),
};

const endExtra = {
  /** When its batch script was gone, where that was well after the job had been ended (format 3). */
  scriptEndTime: secondsSchema,
};

const activeExtra = {
  ...extra,
  /** Which of the partitions it named it runs in, where it named several (format 3). */
  partition: text(limits.nameLength),
  /** How long it stood still, without the time since `suspendedTime` (format 3). */
  suspendedSeconds: int(0),
  /** Held while it runs: it waits when it is requeued (format 3). */
  held: oneOf('user', 'admin'),
};

/**
 * A job carries the facts of its state: `state` says which there are. `spec` looks at what it asks for, which
 * somebody may have looked at already.
 */
export function jobSchemaWith(spec: Schema<JobSpec>) {
  const base = {
    id: jobIdSchema,
    spec,
    submitTime: secondsSchema,
    eligibleTime: secondsSchema,
    /** How often the job was given nodes; the number of its present or last attempt. */
    attempt: int(0, limits.tasksPerJob),
  };
  /** `tasks` is there for the part of an array that waits: one record however many tasks. */
  const pendingSchema = object(
    { ...base, reason: reasonSchema },
    {
      ...extra,
      held: oneOf('user', 'admin'),
      tasks: rangesSchema,
      /** Those of the waiting tasks that are held by themselves (format 3). */
      heldTasks: rangesSchema,
      /** Those of the held tasks that an administrator holds (format 3). */
      adminHeldTasks: rangesSchema,
      /** When it was released, or asked to run again after its end (format 3). */
      releasedTime: secondsSchema,
    },
  );
  const active = {
    ...base,
    startTime: secondsSchema,
    /** All that was given; the first is where the batch script runs. */
    allocation: list(nodeShareSchema, limits.nodesPerJob),
    /** The nodes of it whose processes are not known to be gone. */
    holders: list(nodeNameSchema, limits.nodesPerJob),
  };
  const runningSchema = object(active, {
    ...activeExtra,
    signals: list(signalSchema, limits.signalsPerJob),
    /** Since when it stands still: SUSPENDED (format 3). */
    suspendedTime: secondsSchema,
  });
  /**
   * COMPLETING: how it ends is decided (cancel, time limit, the script's end), some node still holds its
   * share.
   */
  const completingSchema = object(
    {
      ...active,
      endState: endStateSchema,
      endTime: secondsSchema,
      reason: reasonSchema,
      exitCode: exitCodeSchema,
    },
    {
      ...activeExtra,
      ...endExtra,
      endedBy: uidSchema,
      /** It waits again when its nodes have given it back; with `hold` until it is released (format 3). */
      requeue: object({ hold: bool }),
      /** Its steps, as far as the nodes have told of them that have given it back (format 3). */
      ...stepsKeptSchema,
    },
  );
  const endedSchema = object(
    {
      ...base,
      endState: endStateSchema,
      endTime: secondsSchema,
      reason: reasonSchema,
      exitCode: exitCodeSchema,
    },
    {
      ...activeExtra,
      ...endExtra,
      startTime: secondsSchema,
      allocation: list(nodeShareSchema, limits.nodesPerJob),
      endedBy: uidSchema,
      tasks: rangesSchema,
      /** Its steps, and what its processes used (format 3). */
      ...stepsKeptSchema,
    },
  );

  return variant('state', {
    PENDING: pendingSchema,
    RUNNING: runningSchema,
    COMPLETING: completingSchema,
    ENDED: endedSchema,
  });
}

export const jobSchema = jobSchemaWith(jobSpecSchema);
export type Job = Infer<typeof jobSchema>;
export type PendingJob = Extract<Job, { readonly state: 'PENDING' }>;
export type RunningJob = Extract<Job, { readonly state: 'RUNNING' }>;
export type CompletingJob = Extract<Job, { readonly state: 'COMPLETING' }>;
export type EndedJob = Extract<Job, { readonly state: 'ENDED' }>;
/** A job that holds something. */
export type ActiveJob = RunningJob | CompletingJob;

/** True while the job holds nodes. */
export function isActive(job: Job): job is ActiveJob {
  return job.state === 'RUNNING' || job.state === 'COMPLETING';
}

/** The state as squeue prints it. */
export function shownState(job: Job): ShownState {
  if (job.state === 'RUNNING' && job.suspendedTime !== undefined) return 'SUSPENDED';
  return job.state === 'ENDED' ? job.endState : job.state;
}

/** The id as users write it: `12`, or `12_3` for a task of an array. */
export function shownJobId(job: Job): string {
  return job.arrayTaskId === undefined ? String(job.id) : `${job.arrayJobId}_${job.arrayTaskId}`;
}
