import { type Infer, list, object, text } from '../base/schema.ts';
import { nodeNameSchema, secondsSchema } from './ids.ts';
import type { Job } from './job.ts';
import { limits } from './limits.ts';

const name = text(limits.nameLength);

/** Nodes kept for some users or accounts for a time (scontrol create reservation). */
export const reservationSchema = object(
  {
    name,
    startTime: secondsSchema,
    /** Not of it any more. */
    endTime: secondsSchema,
    nodes: list(nodeNameSchema, limits.nodesPerJob),
  },
  {
    users: list(name, 1024),
    groups: list(name, 1024),
    accounts: list(name, 1024),
    partition: name,
    /** Slurm's words: `MAINT`, `IGNORE_JOBS`, `SPEC_NODES`. */
    flags: list(name, 64),
    features: name,
    comment: text(limits.textLength),
  },
);
export type Reservation = Infer<typeof reservationSchema>;

/** Whether a job that has not ended is of the reservation: such a one is not deleted. */
export function isReservationInUse(jobs: Iterable<Job>, reservation: string): boolean {
  for (const { state, spec } of jobs) {
    if (state !== 'ENDED' && spec.reservation === reservation) return true;
  }
  return false;
}
