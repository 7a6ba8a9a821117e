import type { Cluster } from '../model/cluster.ts';
import type { ClusterEvent } from '../model/event.ts';
import type { Seconds } from '../model/ids.ts';
import type { Job } from '../model/job.ts';
import { limits } from '../model/limits.ts';
import { type Ranges, rangesHas } from '../model/ranges.ts';
import type { JobTarget, SentRequest } from '../model/request.ts';
import { reduce } from './reduce.ts';

/**
 * What requests lead to: submissions first, for the order is by the clocks of those who sent them, and a
 * cancel must find its job. Harmless to repeat: a request that the state knows leads to nothing. A submission
 * was acknowledged when its file was put into the inbox, so it is never refused here.
 */
export function decide(
  cluster: Cluster,
  requests: readonly SentRequest[],
  now: Seconds,
): readonly ClusterEvent[] {
  const events: ClusterEvent[] = [];
  let state = cluster;
  const isSubmit = (sent: SentRequest): boolean => sent.request.name === 'submit';
  for (const sent of [...requests.filter(isSubmit), ...requests.filter((one) => !isSubmit(one))]) {
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
      if (job.state !== 'RUNNING' || (job.signals?.length ?? 0) >= limits.signalsPerJob) return [];
      return !job.signals?.some((one) => one.requestId === requestId)
        ? [{ name: 'jobSignalled', time: now, id, attempt, requestId, signal, scope }]
        : [];
    }
    case 'hold': {
      const by = uid === job.spec.uid ? 'user' : 'admin';
      // An administrator's hold must not become one that the user may lift.
      if (job.state !== 'PENDING' || job.held === 'admin' || job.held === by) return [];
      return [{ name: 'jobHeld', time: now, id, by }];
    }
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
    if (own !== undefined && hasArrayNumber(own)) {
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

/** True for the record that has an array's number: its waiting part, or the task that took the number. */
function hasArrayNumber(job: Job): boolean {
  return job.arrayJobId === job.id || ('tasks' in job && job.tasks !== undefined);
}

/** Users change their own jobs; root changes all. */
export function mayChange(uid: number, job: Job): boolean {
  return uid === 0 || uid === job.spec.uid;
}

function tasksOf(target: JobTarget): { readonly tasks?: Ranges } {
  return target.task === undefined ? {} : { tasks: [[target.task, target.task]] };
}
