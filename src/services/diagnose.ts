import { planStarts } from '../core/plan.ts';
import { configOf } from '../model/cluster.ts';
import type { Policy } from '../model/config.ts';
import type { Seconds } from '../model/ids.ts';
import type { Job } from '../model/job.ts';
import { viewAccount } from './account.ts';
import type { Session } from './session.ts';

/** What the cluster did since some instant, and how it stands. */
export interface Diagnosis {
  readonly now: Seconds;
  readonly since: Seconds;
  readonly utcOffsetMinutes: number;
  readonly submitted: number;
  readonly started: number;
  readonly completed: number;
  readonly cancelled: number;
  readonly failed: number;
  readonly pending: number;
  readonly running: number;
  /** How long a pass of the scheduler over the present state takes here, in microseconds. */
  readonly cycleMicroseconds: number;
  /** How many jobs it would start. */
  readonly starts: number;
  /** Which nodes the scheduler takes first; undefined where as Slurm does. */
  readonly policy: Policy | undefined;
}

/** Counts jobs since midnight, as Slurm does, and times a pass of the scheduler. */
export async function diagnose(session: Session): Promise<Diagnosis> {
  const { clock } = session.store;
  const now = clock.now();
  const since = midnightBefore(now, clock.utcOffsetMinutes(now));
  const isOfToday = (time: Seconds | undefined): boolean => time !== undefined && time >= since;
  const touched = (job: Job): boolean =>
    job.state !== 'ENDED' || isOfToday(job.endTime) || isOfToday(job.submitTime);
  const { cluster, jobs } = await viewAccount(session, { accepts: touched, needsHistory: () => true });
  const ended = (states: readonly string[]): number =>
    count(jobs, (job) => job.state === 'ENDED' && isOfToday(job.endTime) && states.includes(job.endState));
  const startMs = clock.monotonicMs();
  const starts = planStarts(cluster, now).length;
  const cycleMicroseconds = Math.round((clock.monotonicMs() - startMs) * 1000);
  return {
    now,
    since,
    utcOffsetMinutes: clock.utcOffsetMinutes(now),
    submitted: count(jobs, (job) => isOfToday(job.submitTime)),
    started: count(jobs, (job) => job.state !== 'PENDING' && isOfToday(job.startTime)),
    completed: ended(['COMPLETED']),
    cancelled: ended(['CANCELLED']),
    failed: ended(['FAILED', 'TIMEOUT', 'NODE_FAIL', 'OUT_OF_MEMORY', 'BOOT_FAIL', 'DEADLINE']),
    pending: count(jobs, (job) => job.state === 'PENDING'),
    running: count(jobs, (job) => job.state === 'RUNNING'),
    cycleMicroseconds,
    starts,
    policy: configOf(cluster).policy,
  };
}

function count(jobs: readonly Job[], is: (job: Job) => boolean): number {
  return jobs.reduce((sum, job) => sum + (is(job) ? 1 : 0), 0);
}

function midnightBefore(now: Seconds, utcOffsetMinutes: number): Seconds {
  const local = now + utcOffsetMinutes * 60;
  return local - (local % 86_400) - utcOffsetMinutes * 60;
}
