import type { Cluster } from '../model/cluster.ts';
import type { ClusterEvent } from '../model/event.ts';
import type { Seconds } from '../model/ids.ts';
import { isActive, type Job } from '../model/job.ts';
import { limits } from '../model/limits.ts';
import type { Request, SentRequest } from '../model/request.ts';
import { mayChange } from './authority.ts';
import { holdEvents, unholdEvents } from './decide-hold.ts';
import { mayAdminister } from './decide-settings.ts';
import { topEvents } from './decide-top.ts';
import { updateEvents } from './decide-update.ts';
import { requeueDelaySeconds } from './reduce-job.ts';
import type { JobRefusal } from './refusal.ts';
import type { Chosen } from './targets.ts';

/** A request about jobs that are there. */
export type JobRequest = Extract<Request, { readonly targets: unknown }>;
export type SentJobRequest = SentRequest & { readonly request: JobRequest };

/** What a request leads to for one job, or why it may not be. */
export type JobDecision = readonly ClusterEvent[] | JobRefusal;

export function isRefused(decision: JobDecision): decision is JobRefusal {
  return typeof decision === 'string';
}

/**
 * What a request leads to for one of the jobs that it means; no events where it is so already. The command
 * that sends the request asks the same, to tell its user what is refused.
 */
export function jobEvents(cluster: Cluster, chosen: Chosen, sent: SentJobRequest, now: Seconds): JobDecision {
  const { request } = sent;
  const { job } = chosen;
  if (!mayChange(cluster, sent, job)) return 'foreign';
  switch (request.name) {
    case 'cancel':
      return cancelEvents(chosen, sent.uid, now);
    case 'signal': {
      const { signal, scope } = request;
      const { requestId } = sent;
      if (job.state !== 'RUNNING' || (job.signals?.length ?? 0) >= limits.signalsPerJob) return [];
      return !job.signals?.some((one) => one.requestId === requestId)
        ? [{ name: 'jobSignalled', time: now, id: job.id, attempt: job.attempt, requestId, signal, scope }]
        : [];
    }
    case 'hold': {
      const by = request.asUser || sent.uid === job.spec.uid ? 'user' : 'admin';
      return holdEvents(cluster, chosen, by, now);
    }
    case 'unhold':
      return unholdEvents(cluster, chosen, { isAdmin: mayAdminister(cluster, sent), now });
    case 'requeue':
      return requeueEvents(cluster, job, { by: sent.uid, hold: request.hold, time: now });
    case 'suspend':
    case 'resume':
      if (!mayAdminister(cluster, sent)) return 'denied';
      return suspendEvents(job, request.name, { by: sent.uid, time: now });
    case 'top':
      return mayAdminister(cluster, sent) ? topEvents(cluster, job, { by: sent.uid, time: now }) : 'denied';
    case 'update':
      return updateEvents(cluster, chosen, { ...sent, request }, now);
    default:
      return request satisfies never;
  }
}

function cancelEvents({ job, tasks }: Chosen, by: number, time: Seconds): readonly ClusterEvent[] {
  const { id, attempt } = job;
  if (job.state === 'PENDING') return [{ name: 'jobCancelled', time, id, by, ...(tasks && { tasks }) }];
  // What was ending to wait again ends for good.
  const isToEnd = job.state === 'RUNNING' || (job.state === 'COMPLETING' && job.requeue !== undefined);
  return isToEnd
    ? [{ name: 'jobEndRequested', time, id, attempt, endState: 'CANCELLED', reason: 'None', by }]
    : [];
}

interface Act {
  readonly by: number;
  readonly time: Seconds;
}

/** What has ended runs from the room of its job, or of its array, which has to be there still. */
function requeueEvents(
  cluster: Cluster,
  job: Job,
  { by, time, hold }: Act & { readonly hold: boolean },
): JobDecision {
  const { id, attempt, spec } = job;
  if (spec.kind !== 'batch') return 'not batch';
  if (!spec.requeue) return 'disabled';
  switch (job.state) {
    case 'PENDING':
      return 'pending';
    case 'RUNNING':
      return [{ name: 'jobRequeueRequested', time, id, attempt, by, hold }];
    case 'COMPLETING':
      return 'completing';
    case 'ENDED': {
      const hasRoom = job.arrayJobId === undefined || cluster.jobs.has(job.arrayJobId);
      if (job.tasks !== undefined || !hasRoom) return 'finished';
      return [{ name: 'jobRequeued', time, id, by, hold, eligibleTime: time + requeueDelaySeconds }];
    }
    default:
      return job satisfies never;
  }
}

function suspendEvents(job: Job, what: 'suspend' | 'resume', { by, time }: Act): JobDecision {
  if (job.state === 'PENDING') return 'pending';
  if (!isActive(job)) return 'finished';
  if (job.state === 'COMPLETING') return 'completing';
  const { id, attempt, suspendedTime } = job;
  if (what === 'suspend')
    return suspendedTime === undefined ? [{ name: 'jobSuspended', time, id, attempt, by }] : [];
  return suspendedTime === undefined ? 'not suspended' : [{ name: 'jobResumed', time, id, attempt, by }];
}
