import { type Cluster, configOf } from '../model/cluster.ts';
import { maxSwitchWaitDefault } from '../model/config.ts';
import type { Seconds } from '../model/ids.ts';
import type { Job } from '../model/job.ts';
import type { JobSpec } from '../model/spec.ts';

/*
 * --switches=COUNT@TIME: so long a job waits for nodes behind so few switches, counted from when it may
 * start; then it takes any.
 */

/** How long that is, with the cluster's own bound. */
function switchWaitSeconds(cluster: Cluster, { switches }: Pick<JobSpec, 'switches'>): number {
  const most = configOf(cluster).maxSwitchWaitSeconds ?? maxSwitchWaitDefault;
  return Math.min(switches?.waitSeconds ?? most, most);
}

type Waiting = Pick<Job, 'spec' | 'eligibleTime'>;

/** When a job waits no longer for fewer switches; undefined for one that does not. */
export function switchWaitEnd(cluster: Cluster, { spec, eligibleTime }: Waiting): Seconds | undefined {
  return spec.switches === undefined || spec.switches.count === 0
    ? undefined
    : eligibleTime + switchWaitSeconds(cluster, spec);
}

/**
 * What a job asks for at an instant. The one from which it counts may be of a clock that is ahead; what seems
 * to last longer than it does is over.
 */
export function specAt(cluster: Cluster, job: Waiting, time: Seconds): JobSpec {
  const { spec, eligibleTime } = job;
  if (spec.switches === undefined) return spec;
  const wait = switchWaitSeconds(cluster, spec);
  return Math.abs(time - eligibleTime) < wait ? spec : withoutSwitches(spec);
}

const known = new WeakMap<JobSpec, JobSpec>();

/** The job as it is when it has waited long enough: whether it could ever start is asked of that. */
export function withoutSwitches(spec: JobSpec): JobSpec {
  if (spec.switches === undefined) return spec;
  const before = known.get(spec);
  if (before !== undefined) return before;
  const { switches: _, ...rest } = spec;
  known.set(spec, rest);
  return rest;
}
