import { bool, type Infer, int, list, object, oneOf, text, variant } from '../base/schema.ts';
import { partialPartitionSchema, partitionKeySchema, partitionStateSchema } from './config.ts';
import { jobIdSchema, nodeNameSchema, nonceSchema, secondsSchema } from './ids.ts';
import { limits } from './limits.ts';
import { reservationSchema } from './reservation.ts';
import { formatOfSpec, type JobSpec, jobSpecSchema, partialSpecSchema } from './spec.ts';

/** A job as a user names it: `12`, or one task of an array. */
const targetSchema = object({ job: jobIdSchema }, { task: int(0, 0xffff_fffe) });
export type JobTarget = Infer<typeof targetSchema>;

/** What `scontrol update` may take away from a job again. */
const clearable = [
  'comment',
  'constraint',
  'dependency',
  'exclude',
  'licenses',
  'mailTypes',
  'mailUser',
  'nodelist',
  'qos',
  'reservation',
  'timeMin',
  'tresPerNode',
  'wckey',
] as const satisfies readonly (keyof JobSpec)[];
export type ClearableKey = (typeof clearable)[number];

/** What is to be changed of a job: these values in place of what it has. */
const jobChangeSchema = object(
  {},
  {
    set: partialSpecSchema,
    clear: list(oneOf(...clearable), clearable.length),
    /** How many tasks of an array may run at a time; of a job that is none it means nothing. */
    throttle: int(0, limits.tasksPerJob),
    /** 0 holds the job. */
    priority: int(0, 2 ** 32 - 2),
  },
);
export type JobChange = Infer<typeof jobChangeSchema>;

const targets = list(targetSchema, 100_000);

/** What a command asks of the cluster; who asks is told by the owner of the file, never by its content. */
const requestSchema = variant('name', {
  submit: object({ jobId: jobIdSchema, spec: jobSpecSchema }),
  cancel: object({ targets }),
  signal: object({ targets, signal: int(1, 64), scope: oneOf('steps', 'batch', 'full') }),
  /** `asUser`: a hold that the job's user may end, whoever asks (format 3). */
  hold: object({ targets }, { asUser: bool }),
  unhold: object({ targets }),
  /** What runs is ended and waits again; what has ended waits again; `hold`: until it is released. */
  requeue: object({ targets, hold: bool }),
  suspend: object({ targets }),
  resume: object({ targets }),
  /** Each in turn goes before all other waiting jobs of its user. */
  top: object({ targets }),
  update: object({ targets, change: jobChangeSchema }),
  /** Read `cluster.yaml` now; what was set by hand ends. */
  reconfigure: object({}),
  /** What is said of nodes; of what is missing nothing is said. */
  updateNode: object(
    { nodes: list(nodeNameSchema, limits.nodesPerJob) },
    {
      state: oneOf('down', 'drain', 'fail', 'idle', 'resume', 'undrain'),
      /** These become what is said, or end where it is empty. */
      reason: text(limits.textLength),
      comment: text(limits.textLength),
      extra: text(limits.textLength),
      features: list(text(limits.nameLength), 256),
      activeFeatures: list(text(limits.nameLength), 256),
      weight: int(0, 2 ** 32 - 1),
    },
  ),
  /** `set` comes in place of what holds of the partition, `clear` takes away what is said of it. */
  updatePartition: object(
    { partition: text(limits.nameLength) },
    {
      state: partitionStateSchema,
      set: partialPartitionSchema,
      clear: list(partitionKeySchema, 64),
      /** It is made, and nothing is done where there is one of that name (format 3). */
      isNew: bool,
    },
  ),
  deletePartition: object({ partition: text(limits.nameLength) }),
  /** `isNew`: nothing is done where there is one of that name, else where there is none. */
  setReservation: object({ reservation: reservationSchema, isNew: bool }),
  deleteReservation: object({ reservation: text(limits.nameLength) }),
});
export type Request = Infer<typeof requestSchema>;

/** The format from which on a spool's daemons know such a request; older ones would throw it out. */
export function formatOfRequest(request: Request): number {
  switch (request.name) {
    case 'requeue':
    case 'suspend':
    case 'resume':
    case 'top':
    case 'update':
    case 'deletePartition':
      return 3;
    case 'hold':
      return request.asUser === undefined ? 1 : 3;
    case 'updatePartition':
      return request.set === undefined && request.clear === undefined && request.isNew === undefined ? 1 : 3;
    case 'submit':
      return formatOfSpec(request.spec);
    default:
      return 1;
  }
}

/** A request file: one JSON object. `time` is the sender's clock and only shown, never compared. */
export const requestFileSchema = object({
  mgpu: oneOf('request'),
  format: int(1),
  requestId: nonceSchema,
  time: secondsSchema,
  host: text(limits.nameLength),
  request: requestSchema,
});
export type RequestFile = Infer<typeof requestFileSchema>;

/** A request with what the file system said of who sent it. */
export interface SentRequest {
  readonly requestId: string;
  readonly uid: number;
  /** True for whoever owns the spool: an administrator, unless the settings name others. */
  readonly isOwner?: boolean;
  readonly time: number;
  readonly request: Request;
}
