import { assert } from '../base/assert.ts';
import type { Cluster } from '../model/cluster.ts';
import type { EventOf } from '../model/event.ts';
import type { Seconds } from '../model/ids.ts';
import type { ActiveJob, CompletingJob, Job, RunningJob } from '../model/job.ts';
import { isActive } from '../model/job.ts';

/*
 * What is done to a job beside its life from claim to end: changed by its user, requeued, stopped and let go
 * on. As with all events of a job, one of another attempt changes nothing.
 */

export function updated(cluster: Cluster, event: EventOf<'jobUpdated'>): Cluster {
  const job = cluster.jobs.get(event.id);
  if (job === undefined || job.state === 'ENDED') return cluster;
  const { spec, priority, eligibleTime } = event;
  const waits = job.state === 'PENDING' && {
    ...(priority !== undefined && { priority }),
    ...(eligibleTime !== undefined && { eligibleTime }),
  };
  return withJob(cluster, { ...job, spec, ...waits });
}

/** The holders end it as for a cancel; then it waits again, see `afterRelease`. */
export function requeueRequested(cluster: Cluster, event: EventOf<'jobRequeueRequested'>): Cluster {
  const job = cluster.jobs.get(event.id);
  if (job?.state !== 'RUNNING' || job.attempt !== event.attempt) return cluster;
  const { signals: _signals, ...kept } = awake(job, event.time);
  return withJob(cluster, {
    ...kept,
    state: 'COMPLETING',
    endState: 'CANCELLED',
    endTime: event.time,
    reason: 'None',
    exitCode: { code: 0, signal: 0 },
    endedBy: event.by,
    requeue: { hold: event.hold },
  });
}

/** A job that had ended and is still known waits again, as the next attempt. */
export function requeuedAgain(cluster: Cluster, event: EventOf<'jobRequeued'>): Cluster {
  const job = cluster.jobs.get(event.id);
  if (job?.state !== 'ENDED') return cluster;
  assert(job.tasks === undefined, `job ${job.id} is what is left of an array and cannot run again`);
  const { id, spec, submitTime, attempt, arrayJobId, arrayTaskId, priority } = job;
  return withJob(cluster, {
    state: 'PENDING',
    id,
    spec,
    submitTime,
    eligibleTime: event.eligibleTime,
    attempt,
    reason: event.hold ? 'JobHeldUser' : 'None',
    releasedTime: event.time,
    ...(event.hold && { held: 'user' }),
    ...(arrayJobId !== undefined && { arrayJobId }),
    ...(arrayTaskId !== undefined && { arrayTaskId }),
    ...(priority !== undefined && { priority }),
  });
}

/** It was ending to wait again, and now somebody cancelled it. */
export function notToRunAgain(job: CompletingJob, event: EventOf<'jobEndRequested'>): Job {
  if (job.attempt !== event.attempt) return job;
  const { requeue: _requeue, endedBy: _endedBy, ...kept } = job;
  const { endState, reason, by } = event;
  return { ...kept, endState, reason, ...(by !== undefined && { endedBy: by }) };
}

export function suspended(cluster: Cluster, event: EventOf<'jobSuspended'>): Cluster {
  const job = cluster.jobs.get(event.id);
  if (job?.state !== 'RUNNING' || job.attempt !== event.attempt) return cluster;
  return job.suspendedTime === undefined ? withJob(cluster, { ...job, suspendedTime: event.time }) : cluster;
}

export function resumed(cluster: Cluster, event: EventOf<'jobResumed'>): Cluster {
  const job = cluster.jobs.get(event.id);
  if (job?.state !== 'RUNNING' || job.attempt !== event.attempt) return cluster;
  return withJob(cluster, awake(job, event.time));
}

/** The job as it goes on, with the time that it stood still summed up. */
export function awake(job: RunningJob, time: Seconds): RunningJob {
  const { suspendedTime, ...kept } = job;
  if (suspendedTime === undefined) return kept;
  return { ...kept, suspendedSeconds: (job.suspendedSeconds ?? 0) + Math.max(0, time - suspendedTime) };
}

/** The user's hold of a job that runs: it counts when the job waits again. */
export function heldWhileActive(job: ActiveJob, by: 'user' | 'admin' | undefined): Job {
  assert(isActive(job), `job ${job.id} holds nodes`);
  const { held: _held, ...kept } = job;
  if (by !== undefined) return { ...kept, held: by } as Job;
  const isToWaitHeld = kept.state === 'COMPLETING' && kept.requeue !== undefined;
  return (isToWaitHeld ? { ...kept, requeue: { hold: false } } : kept) as Job;
}

function withJob(cluster: Cluster, job: Job): Cluster {
  return { ...cluster, jobs: cluster.jobs.set(job.id, job) };
}
