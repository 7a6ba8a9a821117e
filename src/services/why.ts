import { jobNamed, type WhyWaiting, whyWaiting } from '../core/why.ts';
import type { Seconds } from '../model/ids.ts';
import type { Job } from '../model/job.ts';
import { jobTargetOf, noSuchJob } from './jobname.ts';
import type { Present } from './present.ts';

export type { WaitFact, WhyWaiting } from '../core/why.ts';

/** What there is to say of a job: why it waits, or what became of it. */
export interface WhyReport {
  readonly job: Job;
  /** Of a job that waits. */
  readonly waiting?: WhyWaiting;
  readonly now: Seconds;
  readonly utcOffsetMinutes: number;
}

/** Looks at one job, or one task of an array: `12`, `12_3`. Throws `NO_JOB` where nobody knows it. */
export async function why(present: Present, text: string): Promise<WhyReport> {
  const target = jobTargetOf(text);
  const { cluster, now, utcOffsetMinutes } = await present.view();
  const job = jobNamed(cluster, target.job, target.task);
  if (job === undefined) throw noSuchJob(text);
  const waiting = job.state === 'PENDING' ? whyWaiting(cluster, job, now) : undefined;
  return { job, ...(waiting && { waiting }), now, utcOffsetMinutes };
}
