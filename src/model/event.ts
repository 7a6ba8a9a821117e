import { bool, type Infer, int, list, object, oneOf, text, variant } from '../base/schema.ts';
import { jobIdSchema, nodeNameSchema, nonceSchema, secondsSchema, uidSchema } from './ids.ts';
import { exitCodeSchema, nodeShareSchema } from './job.ts';
import { limits } from './limits.ts';
import { gpuTroubleSchema, nodeRecordSchema } from './node.ts';
import { rangesSchema } from './ranges.ts';
import { jobSpecSchema } from './spec.ts';
import { endStateSchema, reasonSchema } from './states.ts';

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
  jobHeld: object({ time, id: jobIdSchema, by: oneOf('user', 'admin') }),
  jobUnheld: object({ time, id: jobIdSchema }),
  /**
   * The claim: from here on the named nodes own the job. `array` tells which task of which array starts as
   * `id`.
   */
  jobAllocated: object(
    { time, id: jobIdSchema, attempt, allocation: list(nodeShareSchema, limits.nodesPerJob) },
    { array: object({ job: jobIdSchema, task: int(0) }) },
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
  /** A waiting job, or the given waiting tasks of an array, will not run. */
  jobCancelled: object({ time, id: jobIdSchema, by: uidSchema }, { tasks: rangesSchema }),
  /**
   * No process of this attempt is left on the node; only the node itself may say so. With `requeue` the job
   * waits again, unless how it ends was decided before (format 2).
   */
  nodeReleased: object(
    { time, id: jobIdSchema, attempt, node: nodeNameSchema },
    { report: endReportSchema, requeue: bool },
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
  /** Rooms were made for these ids and no job came of them; whoever made them says so (format 2). */
  idsClosed: object({ time, ids: list(jobIdSchema, limits.eventsPerCommit) }),
});
export type ClusterEvent = Infer<typeof eventSchema>;

/** The format from which on the event may be written. */
export function formatOfEvent(event: ClusterEvent): number {
  switch (event.name) {
    case 'attemptLost':
    case 'formatRaised':
    case 'idsClosed':
      return 2;
    case 'nodeReleased':
      return event.requeue === undefined ? 1 : 2;
    default:
      return 1;
  }
}

export type EventOf<N extends ClusterEvent['name']> = Extract<ClusterEvent, { readonly name: N }>;
