import type { Cluster } from '../model/cluster.ts';
import { type ClusterEvent, formatOfEvent } from '../model/event.ts';
import type { Seconds } from '../model/ids.ts';
import type { Job } from '../model/job.ts';
import { limits } from '../model/limits.ts';
import { type Ranges, rangesHas } from '../model/ranges.ts';
import type { JobTarget, SentRequest } from '../model/request.ts';
import { decideSettings, isSettingsRequest } from './decide-settings.ts';
import { type ArrayMembers, arrayMembers } from './members.ts';
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
  return decideWithin(cluster, requests, { now, textMax: Number.POSITIVE_INFINITY }).events;
}

/** What some of the requests lead to, and which they are. */
export interface Decided {
  readonly events: readonly ClusterEvent[];
  /** In the order in which they were taken. A request that is missing was not begun, or not ended. */
  readonly done: readonly SentRequest[];
}

/**
 * The same as far as the events have about `textMax` characters as JSON, and at least one request or a part
 * of it: what has to fit into one commit. A cancel, a hold or a release is cut off where it goes beyond; its
 * beginning is harmless to repeat, and the next commit goes on. Signals of one request stay together, for
 * those that were delivered meanwhile would be sent again. What the log's format does not know yet, for the
 * spool was raised a moment ago, is left for later.
 */
export function decideWithin(
  cluster: Cluster,
  requests: readonly SentRequest[],
  { now, textMax, formatMax = Number.POSITIVE_INFINITY }: Within,
): Decided {
  const pass: Pass = { now, textMax, state: cluster, text: 0, events: [], members: arrayMembers(cluster) };
  const handled = new Set(cluster.handled);
  const done: SentRequest[] = [];
  const isSubmit = (sent: SentRequest): boolean => sent.request.name === 'submit';
  for (const sent of [...requests.filter(isSubmit), ...requests.filter((one) => !isSubmit(one))]) {
    if (pass.text >= textMax) break;
    const { state, text, events } = pass;
    const count = events.length;
    const isWhole = decideOne(pass, sent, handled);
    if (events.slice(count).some((event) => formatOfEvent(event) > formatMax)) {
      events.length = count;
      Object.assign(pass, { state, text });
      handled.delete(sent.requestId);
      continue;
    }
    if (!isWhole) break;
    done.push(sent);
  }
  return { events: pass.events, done };
}

interface Within {
  readonly now: Seconds;
  readonly textMax: number;
  /** The newest format of events that may be written. */
  readonly formatMax?: number;
}

interface Pass {
  readonly now: Seconds;
  readonly textMax: number;
  readonly members: ArrayMembers;
  readonly events: ClusterEvent[];
  /** The state with these events, but for the requests that are handled; those are counted apart. */
  state: Cluster;
  text: number;
}

function add(pass: Pass, event: ClusterEvent): void {
  pass.events.push(event);
  if (pass.textMax !== Number.POSITIVE_INFINITY) pass.text += JSON.stringify(event).length;
  if (event.name !== 'requestHandled') pass.state = reduce(pass.state, event);
}

/** False for a request that was cut off. */
function decideOne(pass: Pass, sent: SentRequest, handled: Set<string>): boolean {
  const { request, requestId, uid } = sent;
  const { now, state } = pass;
  let outcome = 'done';
  if (request.name === 'submit') {
    const { jobId: id, spec } = request;
    if (state.jobs.has(id) || rangesHas(state.closed, id)) return true;
    if (uid === spec.uid || uid === 0) {
      add(pass, { name: 'jobSubmitted', time: now, id, spec });
      return true;
    }
    outcome = 'refused: the job is not the sender’s own';
  }
  if (handled.has(requestId)) return true;
  if (isSettingsRequest(request)) {
    const decision = decideSettings(state, { ...sent, request }, now);
    for (const event of decision.events) add(pass, event);
    outcome = decision.outcome;
  } else if (request.name !== 'submit' && !targetsEvents(pass, request.targets, sent)) return false;
  add(pass, { name: 'requestHandled', time: now, requestId, by: uid, outcome });
  handled.add(requestId);
  return true;
}

/** Each target sees what the ones before it changed: a job may be named twice in one request. */
function targetsEvents(pass: Pass, targets: readonly JobTarget[], sent: SentRequest): boolean {
  for (const target of targets) {
    if (pass.text >= pass.textMax && sent.request.name !== 'signal') return false;
    for (const job of findTargets(pass.state, target, pass.members)) {
      if (!mayChange(sent.uid, job)) continue;
      for (const event of jobEvents(job, target, sent, pass.now)) add(pass, event);
    }
  }
  return true;
}

function jobEvents(job: Job, target: JobTarget, sent: SentRequest, now: Seconds): readonly ClusterEvent[] {
  const { request, requestId, uid } = sent;
  const { id, attempt } = job;
  switch (request.name) {
    case 'submit':
    case 'reconfigure':
    case 'updateNode':
    case 'updatePartition':
    case 'setReservation':
    case 'deleteReservation':
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
export function findTargets(
  cluster: Cluster,
  target: JobTarget,
  members: ArrayMembers = arrayMembers(cluster),
): readonly Job[] {
  const own = cluster.jobs.get(target.job);
  const { task } = target;
  if (task === undefined) {
    if (own === undefined || !hasArrayNumber(own)) return own === undefined ? [] : [own];
    const others = [...(members.get(target.job)?.values() ?? [])].filter((id) => id !== target.job);
    return [own, ...others.flatMap((id) => cluster.jobs.get(id) ?? [])];
  }
  const id = members.get(target.job)?.get(task);
  const started = id === undefined ? undefined : cluster.jobs.get(id);
  if (started !== undefined) return [started];
  return own?.state === 'PENDING' && own.tasks && rangesHas(own.tasks, task) ? [own] : [];
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
