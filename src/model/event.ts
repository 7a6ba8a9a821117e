import { bool, type Infer, int, list, object, oneOf, text, variant } from '../base/schema.ts';
import { clusterConfigSchema, partitionConfigSchema, partitionStateSchema } from './config.ts';
import { jobIdSchema, nodeNameSchema, nonceSchema, secondsSchema, uidSchema } from './ids.ts';
import { exitCodeSchema, nodeShareSchema } from './job.ts';
import { limits } from './limits.ts';
import { gpuTroubleSchema, nodeAdminSchema, nodeRecordSchema } from './node.ts';
import { rangesSchema } from './ranges.ts';
import { reservationSchema } from './reservation.ts';
import { formatOfSpec, jobSpecSchema } from './spec.ts';
import { endStateSchema, reasonSchema } from './states.ts';
import { stepsKeptSchema } from './steprecord.ts';

const time = secondsSchema;
const attempt = int(1, limits.tasksPerJob);
const requestId = nonceSchema;

/** How the processes of a job ended on a node. */
const endReportSchema = object({
  endState: endStateSchema,
  reason: reasonSchema,
  exitCode: exitCodeSchema,
});
export type EndReport = Infer<typeof endReportSchema>;

/**
 * Every change of the cluster, as the log keeps it. An event tells what was decided, never how; `reduce` says
 * what it means. A reader refuses names that it does not know and keeps fields that it does not know.
 */
export const eventSchema = variant('name', {
  nodeRegistered: object({ time, record: nodeRecordSchema }),
  nodePresence: object({
    time,
    node: nodeNameSchema,
    incarnation: nonceSchema,
    presence: oneOf('up', 'stopped', 'lost'),
  }),
  /** From here on everybody knows this format (2 and later); readers that do not refuse the commit. */
  formatRaised: object({ time, format: int(2) }),
  gpuTroubles: object({ time, node: nodeNameSchema, troubles: list(gpuTroubleSchema, limits.gpusPerNode) }),
  jobSubmitted: object({ time, id: jobIdSchema, spec: jobSpecSchema }),
  /** With `tasks`, those waiting tasks of an array alone (format 3). */
  jobHeld: object({ time, id: jobIdSchema, by: oneOf('user', 'admin') }, { tasks: rangesSchema }),
  /** With `priority`, it has its turn behind those that were submitted meanwhile (format 3). */
  jobUnheld: object({ time, id: jobIdSchema }, { tasks: rangesSchema, priority: int(0, 2 ** 32 - 2) }),
  /**
   * The claim: from here on the named nodes own the job. `array` tells which task of which array starts as
   * `id`.
   */
  jobAllocated: object(
    { time, id: jobIdSchema, attempt, allocation: list(nodeShareSchema, limits.nodesPerJob) },
    {
      array: object({ job: jobIdSchema, task: int(0) }),
      /** Which of several partitions that the job named (format 3). */
      partition: text(limits.nameLength),
      /** The minutes that it is given, where they are fewer than it asked for: --time-min (format 3). */
      timeLimit: int(1, limits.minutesMax),
    },
  ),
  /** The holders are asked to end the job; its GPUs stay theirs until they say `nodeReleased`. */
  jobEndRequested: object(
    { time, id: jobIdSchema, attempt, endState: endStateSchema, reason: reasonSchema },
    { by: uidSchema },
  ),
  jobSignalled: object({
    time,
    id: jobIdSchema,
    attempt,
    requestId,
    signal: int(1, 64),
    scope: oneOf('steps', 'batch', 'full'),
  }),
  jobSignalsDelivered: object({
    time,
    id: jobIdSchema,
    attempt,
    requestIds: list(requestId, limits.signalsPerJob),
  }),
  /**
   * A waiting job, or the given waiting tasks of an array, will not run. Where nobody cancelled it,
   * `endState` and `reason` say why (format 3): its deadline passed, what it depends on has failed.
   */
  jobCancelled: object(
    { time, id: jobIdSchema, by: uidSchema },
    { tasks: rangesSchema, endState: endStateSchema, reason: reasonSchema },
  ),
  /**
   * No process of this attempt is left on the node; only the node itself may say so. With `requeue` the job
   * waits again, unless how it ends was decided before (format 2).
   */
  nodeReleased: object(
    { time, id: jobIdSchema, attempt, node: nodeNameSchema },
    {
      report: endReportSchema,
      requeue: bool,
      /** The job's steps, as far as the node sees them and none has told of them (format 3). */
      ...stepsKeptSchema,
    },
  ),
  /**
   * The node is lost, in that life of its daemon, and the attempt has no process there any more: its start
   * was withdrawn, or its lease is over. It waits again or, if that was decided, it has ended. The node's
   * share stays with it until it says `nodeReleased` (format 2).
   */
  attemptLost: object({
    time,
    id: jobIdSchema,
    attempt,
    node: nodeNameSchema,
    incarnation: nonceSchema,
  }),
  requestHandled: object({ time, requestId, by: uidSchema, outcome: text(limits.nameLength) }),
  /** Their inbox files are gone for good, so their identities need not be remembered. */
  requestsForgotten: object({ requestIds: list(requestId, limits.eventsPerCommit) }),
  /** These ended jobs lie in the accounting segment and leave the state; their ids are never used again. */
  jobsAccounted: object({ segment: int(1), ids: list(jobIdSchema, limits.jobIdMax) }),
  /** The settings of `cluster.yaml` as they are from here on (format 3). */
  clusterConfigured: object({ time, config: clusterConfigSchema }),
  /**
   * What an administrator says of a partition until the settings are read anew: its state, or all that holds
   * of it in place of what they say. One that they do not have is made so (format 3).
   */
  partitionUpdated: object(
    { time, partition: text(limits.nameLength), by: uidSchema },
    { state: partitionStateSchema, config: partitionConfigSchema },
  ),
  /** An administrator takes a partition away until the settings are read anew (format 3). */
  partitionDeleted: object({ time, partition: text(limits.nameLength), by: uidSchema }),
  /** What an administrator says of a node from here on: all of it (format 3). */
  nodeUpdated: object({ time, node: nodeNameSchema, admin: nodeAdminSchema, by: uidSchema }),
  /** A reservation is made, or changed to this (format 3). */
  reservationSet: object({ time, reservation: reservationSchema, by: uidSchema }),
  reservationDeleted: object({ time, reservation: text(limits.nameLength), by: uidSchema }),
  /** The job asks for this from here on; `priority` and `eligibleTime` of a waiting one (format 3). */
  jobUpdated: object(
    { time, id: jobIdSchema, spec: jobSpecSchema, by: uidSchema },
    { priority: int(0, 2 ** 32 - 2), eligibleTime: secondsSchema },
  ),
  /** The holders are asked to end the attempt; when they have, the job waits again (format 3). */
  jobRequeueRequested: object({ time, id: jobIdSchema, attempt, by: uidSchema, hold: bool }),
  /** A job that had ended waits again, not before `eligibleTime` (format 3). */
  jobRequeued: object({ time, id: jobIdSchema, by: uidSchema, hold: bool, eligibleTime: secondsSchema }),
  /** The holders are asked to stop its processes, or to let them go on (format 3). */
  jobSuspended: object({ time, id: jobIdSchema, attempt, by: uidSchema }),
  jobResumed: object({ time, id: jobIdSchema, attempt, by: uidSchema }),
  /** Rooms were made for these ids and no job came of them; whoever made them says so (format 2). */
  idsClosed: object({ time, ids: list(jobIdSchema, limits.eventsPerCommit) }),
});
export type ClusterEvent = Infer<typeof eventSchema>;

/** The format from which on the event may be written. */
export function formatOfEvent(event: ClusterEvent): number {
  switch (event.name) {
    case 'clusterConfigured':
    case 'partitionUpdated':
    case 'partitionDeleted':
    case 'nodeUpdated':
    case 'reservationSet':
    case 'reservationDeleted':
    case 'jobUpdated':
    case 'jobRequeueRequested':
    case 'jobRequeued':
    case 'jobSuspended':
    case 'jobResumed':
      return 3;
    case 'attemptLost':
    case 'formatRaised':
    case 'idsClosed':
      return 2;
    case 'jobSubmitted':
      return formatOfSpec(event.spec);
    case 'jobHeld':
      return event.tasks === undefined ? 1 : 3;
    case 'jobUnheld':
      return event.tasks === undefined && event.priority === undefined ? 1 : 3;
    case 'jobAllocated':
      return event.partition === undefined && event.timeLimit === undefined ? 1 : 3;
    case 'jobCancelled':
      return event.endState === undefined ? 1 : 3;
    case 'nodeReleased':
      if (event.steps ?? event.stepsLeftOut ?? event.usage) return 3;
      return event.requeue === undefined ? 1 : 2;
    default:
      return 1;
  }
}

export type EventOf<N extends ClusterEvent['name']> = Extract<ClusterEvent, { readonly name: N }>;
