import type { Seconds } from '../model/ids.ts';
import type { JobSpec } from '../model/spec.ts';
import type { TimeLimit } from '../model/timelimit.ts';
import type { Bid } from './bids.ts';

/*
 * --time-min: a job may be given less time than it asks for, down to that, where it starts earlier by it. So
 * it ends before what comes then: room that is kept for another job, a reservation, its own deadline. What
 * Slurm's backfill does is to give it the least time; here it gets all that there is until then.
 */

/** How many shorter limits one look tries for a job. */
const cutsMax = 16;

interface Until {
  readonly now: Seconds;
  /** When something begins that a job which still runs then may be in the way of. */
  readonly times: Iterable<Seconds>;
}

/** The job with the time limits that it may start with in this partition, the longest first. */
export function timeCuts(spec: JobSpec, { partition }: Bid, { now, times }: Until): readonly JobSpec[] {
  const { timeMin, timeLimit, deadline } = spec;
  if (timeMin === undefined || timeMin === 'UNLIMITED') return [spec];
  const least = Math.max(1, timeMin);
  const left = deadline === undefined ? Number.POSITIVE_INFINITY : Math.floor((deadline - now) / 60);
  const most = Math.min(minutesOf(timeLimit), minutesOf(partition.timeLimit), left);
  const shorter = [...times].map((time) => Math.floor((time - now) / 60));
  const limits = [...new Set([most, ...shorter])].filter((one) => one >= least && one <= most);
  return limits
    .sort((a, b) => b - a)
    .slice(0, cutsMax)
    .map((minutes) => withLimit(spec, minutes));
}

function minutesOf(limit: TimeLimit): number {
  return limit === 'UNLIMITED' ? Number.POSITIVE_INFINITY : limit;
}

const known = new WeakMap<JobSpec, Map<number, JobSpec>>();

/** The same object for the same limit, so that what is remembered of it is found again. */
function withLimit(spec: JobSpec, minutes: number): JobSpec {
  if (minutes === minutesOf(spec.timeLimit)) return spec;
  const made = known.get(spec) ?? new Map<number, JobSpec>();
  known.set(spec, made);
  const cut = made.get(minutes) ?? { ...spec, timeLimit: minutes };
  made.set(minutes, cut);
  return cut;
}
