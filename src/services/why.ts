import { MgpuError } from '../base/error.ts';
import { jobNamed, type WhyWaiting, whyWaiting } from '../core/why.ts';
import type { JobId, Seconds } from '../model/ids.ts';
import type { Job } from '../model/job.ts';
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
  const target = parseTarget(text);
  const { cluster, now, utcOffsetMinutes } = await present.view();
  const job = jobNamed(cluster, target.id, target.task);
  if (job === undefined) {
    const hint = `jobs that ended long ago are told of by sacct -j ${text}`;
    throw new MgpuError('NO_JOB', `Invalid job id specified: ${text}`, { hint });
  }
  const waiting = job.state === 'PENDING' ? whyWaiting(cluster, job, now) : undefined;
  return { job, ...(waiting && { waiting }), now, utcOffsetMinutes };
}

function parseTarget(text: string): { readonly id: JobId; readonly task: number | undefined } {
  const [, id, task] = /^(\d{1,10})(?:_(\d{1,10}))?$/.exec(text) ?? [];
  if (id === undefined)
    throw new MgpuError('USAGE', `not a job id: ${text}`, { hint: 'such as 12, or 12_3' });
  return { id: Number(id), task: task === undefined ? undefined : Number(task) };
}
