import { MgpuError } from '../base/error.ts';
import type { JobTarget } from '../model/request.ts';

/** A job as somebody names one: `12`, or `12_3` for a task of an array. Throws `USAGE`. */
export function jobTargetOf(text: string): JobTarget {
  const [, id, task] = /^(\d{1,10})(?:_(\d{1,10}))?$/.exec(text) ?? [];
  if (id === undefined)
    throw new MgpuError('USAGE', `not a job id: ${text}`, { hint: 'such as 12, or 12_3' });
  return { job: Number(id), ...(task !== undefined && { task: Number(task) }) };
}

/** Nobody knows it any more. */
export function noSuchJob(text: string): MgpuError {
  const hint = `jobs that ended long ago are told of by sacct -j ${text}`;
  return new MgpuError('NO_JOB', `Invalid job id specified: ${text}`, { hint });
}
