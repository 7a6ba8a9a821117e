import { bool, type Infer, int, list, object, oneOf, text, variant } from '../base/schema.ts';
import { partitionStateSchema } from './config.ts';
import { jobIdSchema, nodeNameSchema, nonceSchema, secondsSchema } from './ids.ts';
import { limits } from './limits.ts';
import { reservationSchema } from './reservation.ts';
import { jobSpecSchema } from './spec.ts';

/** A job as a user names it: `12`, or one task of an array. */
const targetSchema = object({ job: jobIdSchema }, { task: int(0, 0xffff_fffe) });
export type JobTarget = Infer<typeof targetSchema>;

/** What a command asks of the cluster; who asks is told by the owner of the file, never by its content. */
const requestSchema = variant('name', {
  submit: object({ jobId: jobIdSchema, spec: jobSpecSchema }),
  cancel: object({ targets: list(targetSchema, 100_000) }),
  signal: object({
    targets: list(targetSchema, 100_000),
    signal: int(1, 64),
    scope: oneOf('steps', 'batch', 'full'),
  }),
  hold: object({ targets: list(targetSchema, 100_000) }),
  unhold: object({ targets: list(targetSchema, 100_000) }),
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
  updatePartition: object({ partition: text(limits.nameLength), state: partitionStateSchema }),
  /** `isNew`: nothing is done where there is one of that name, else where there is none. */
  setReservation: object({ reservation: reservationSchema, isNew: bool }),
  deleteReservation: object({ reservation: text(limits.nameLength) }),
});
export type Request = Infer<typeof requestSchema>;

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
  readonly time: number;
  readonly request: Request;
  /** True where the owner of the spool sent one about the cluster as a whole. */
  readonly isOwner?: boolean;
}
