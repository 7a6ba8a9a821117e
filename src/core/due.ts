import { IdMap } from '../base/idmap.ts';
import type { Cluster } from '../model/cluster.ts';
import type { Seconds } from '../model/ids.ts';
import type { Job, PendingJob } from '../model/job.ts';
import { bookedTimes } from './bookings.ts';
import { standingOf } from './depend.ts';
import { latestStart } from './eligible.ts';
import { switchWaitEnd } from './switchwait.ts';

/**
 * What is set for a time, or may wait for minutes to pass; the others wait for something to happen.
 */
const selectTimed = IdMap.selector(
  (job: Job): job is PendingJob =>
    job.state === 'PENDING' &&
    (job.eligibleTime > job.submitTime ||
      job.spec.deadline !== undefined ||
      job.spec.dependency !== undefined ||
      job.spec.switches !== undefined),
);

/**
 * The next instant at which the plan may become another though nothing happens: a begin time, a deadline,
 * minutes after a start, a reservation's begin or end, the end of a wait for fewer switches. Infinity when
 * there is none.
 */
export function nextDue(cluster: Cluster, now: Seconds): Seconds {
  let next = Number.POSITIVE_INFINITY;
  const consider = (time: Seconds | undefined): void => {
    if (time !== undefined && time > now) next = Math.min(next, time);
  };
  for (const job of selectTimed(cluster.jobs)) {
    if (job.held === undefined) consider(job.eligibleTime);
    if (job.held === undefined) consider(switchWaitEnd(cluster, job));
    const latest = latestStart(job.spec);
    if (latest !== undefined) consider(latest + 1);
    if (job.spec.dependency !== undefined) consider(standingOf(cluster, job, now).due);
  }
  for (const time of bookedTimes(cluster)) consider(time);
  return next;
}
