import { oneOf } from '../base/schema.ts';

/** How a job can end, in Slurm's words (squeue(1), JOB STATE CODES). */
const endStates = [
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TIMEOUT',
  'NODE_FAIL',
  'OUT_OF_MEMORY',
  'PREEMPTED',
  'DEADLINE',
  'BOOT_FAIL',
] as const;
export type EndState = (typeof endStates)[number];
export const endStateSchema = oneOf(...endStates);

/** What squeue shows: a base state, or COMPLETING while an ended job still holds its nodes. */
export type ShownState = 'PENDING' | 'RUNNING' | 'SUSPENDED' | 'COMPLETING' | EndState;

/** Slurm's two-letter codes (squeue %t). */
export const compactStates: Readonly<Record<ShownState, string>> = {
  PENDING: 'PD',
  RUNNING: 'R',
  SUSPENDED: 'S',
  COMPLETING: 'CG',
  COMPLETED: 'CD',
  FAILED: 'F',
  CANCELLED: 'CA',
  TIMEOUT: 'TO',
  NODE_FAIL: 'NF',
  OUT_OF_MEMORY: 'OOM',
  PREEMPTED: 'PR',
  DEADLINE: 'DL',
  BOOT_FAIL: 'BF',
};

/**
 * Why a job waits or how it failed, in Slurm's words. `None` is Slurm's own for "no reason known yet".
 */
const reasons = [
  'None',
  'Resources',
  'Priority',
  'JobHeldUser',
  'JobHeldAdmin',
  'BeginTime',
  'JobArrayTaskLimit',
  'ReqNodeNotAvail',
  'PartitionConfig',
  'NonZeroExitCode',
  'TimeLimit',
  'NodeDown',
  'JobLaunchFailure',
  'RaisedSignal',
  'BadConstraints',
  'Dependency',
  'DependencyNeverSatisfied',
  'PartitionNodeLimit',
  'PartitionTimeLimit',
  'PartitionDown',
  'PartitionInactive',
  'MaxMemPerLimit',
  'DeadLine',
  'Licenses',
  'NodeFail',
  'Reservation',
  'ReservationDeleted',
  'SystemFailure',
  'JobHoldMaxRequeue',
] as const;
export type Reason = (typeof reasons)[number];
export const reasonSchema = oneOf(...reasons);
