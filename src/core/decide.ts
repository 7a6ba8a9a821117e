import type { Cluster } from '../model/cluster.ts';
import type { ClusterEvent } from '../model/event.ts';
import type { Seconds } from '../model/ids.ts';
import type { Job } from '../model/job.ts';
import { type Ranges, rangesHas } from '../model/ranges.ts';
import type { JobTarget, SentRequest } from '../model/request.ts';
import { reduce } from './reduce.ts';

/**
 * What requests lead to, in their order. Harmless to repeat: a request that the state knows leads to nothing.
 * A submission was acknowledged when its file was put into the inbox, so it is never refused here.
 */
export function decide(
  cluster: Cluster,
  requests: readonly SentRequest[],
  now: Seconds,
): readonly ClusterEvent[] {
  const events: ClusterEvent[] = [];
  let state = cluster;
  for (const sent of requests) {
    const fresh = decideOne(state, sent, now);
    state = fresh.reduce(reduce, state);
    events.push(...fresh);
  }
  return events;
}

function decideOne(cluster: Cluster, sent: SentRequest, now: Seconds): readonly ClusterEvent[] {
  const { request, requestId, uid } = sent;
  if (request.name === 'submit') {
    const { jobId: id, spec } = request;
    if (cluster.jobs.has(id) || rangesHas(cluster.closed, id)) return [];
    if (uid === spec.uid || uid === 0) return [{ name: 'jobSubmitted', time: now, id, spec }];
  }
  if (cluster.handled.has(requestId)) return [];
  const done = (outcome: string): ClusterEvent => ({
    name: 'requestHandled',
    time: now,
    requestId,
    by: uid,
    outcome,
  });
  if (request.name === 'submit') return [done('refused: the job is not the sender’s own')];
  return [...targetsEvents(cluster, request.targets, sent, now), done('done')];
}

/** Each target sees what the ones before it changed: a job may be named twice in one request. */
function targetsEvents(
  cluster: Cluster,
  targets: readonly JobTarget[],
  sent: SentRequest,
  now: Seconds,
): readonly ClusterEvent[] {
  const events: ClusterEvent[] = [];
  let state = cluster;
  for (const target of targets) {
    const fresh = findTargets(state, target)
      .filter((job) => mayChange(sent.uid, job))
      .flatMap((job) => jobEvents(job, target, sent, now));
    state = fresh.reduce(reduce, state);
    events.push(...fresh);
  }
  return events;
}

function jobEvents(job: Job, target: JobTarget, sent: SentRequest, now: Seconds): readonly ClusterEvent[] {
  const { request, requestId, uid } = sent;
  const { id, attempt } = job;
  switch (request.name) {
    case 'submit':
      return [];
    case 'cancel':
      if (job.state === 'RUNNING') {
        return [
          { name: 'jobEndRequested', time: now, id, attempt, endState: 'CANCELLED', reason: 'None', by: uid },
        ];
      }
      return job.state === 'PENDING'
        ? [{ name: 'jobCancelled', time: now, id, by: uid, ...tasksOf(target) }]
        : [];
    case 'signal': {
      const { signal, scope } = request;
      return job.state === 'RUNNING' && !job.signals?.some((one) => one.requestId === requestId)
        ? [{ name: 'jobSignalled', time: now, id, attempt, requestId, signal, scope }]
        : [];
    }
    case 'hold':
      return job.state === 'PENDING'
        ? [{ name: 'jobHeld', time: now, id, by: uid === job.spec.uid ? 'user' : 'admin' }]
        : [];
    case 'unhold':
      if (job.state !== 'PENDING' || job.held === undefined) return [];
      return job.held === 'admin' && uid !== 0 ? [] : [{ name: 'jobUnheld', time: now, id }];
    default:
      request satisfies never;
      return [];
  }
}

/** The jobs that a user means: an array's number stands for all its tasks, waiting and running. */
export function findTargets(cluster: Cluster, target: JobTarget): readonly Job[] {
  const found: Job[] = [];
  const own = cluster.jobs.get(target.job);
  if (target.task === undefined) {
    if (own !== undefined) found.push(own);
    if (own === undefined || own.state === 'PENDING' || own.arrayJobId === target.job) {
      for (const job of cluster.jobs.values()) {
        if (job.arrayJobId === target.job && job.id !== target.job) found.push(job);
      }
    }
    return found;
  }
  for (const job of cluster.jobs.values()) {
    if (job.arrayJobId === target.job && job.arrayTaskId === target.task) found.push(job);
  }
  if (found.length === 0 && own?.state === 'PENDING' && own.tasks && rangesHas(own.tasks, target.task))
    found.push(own);
  return found;
}

/** Users change their own jobs; root changes all. */
export function mayChange(uid: number, job: Job): boolean {
  return uid === 0 || uid === job.spec.uid;
}

function tasksOf(target: JobTarget): { readonly tasks?: Ranges } {
  return target.task === undefined ? {} : { tasks: [[target.task, target.task]] };
}
