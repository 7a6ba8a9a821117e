import type { Cluster } from '../model/cluster.ts';
import { type ClusterEvent, formatOfEvent } from '../model/event.ts';
import type { Seconds } from '../model/ids.ts';
import { rangesHas } from '../model/ranges.ts';
import type { SentRequest } from '../model/request.ts';
import { isRefused, type JobRequest, jobEvents } from './decide-jobs.ts';
import { decideSettings, isSettingsRequest } from './decide-settings.ts';
import { type ArrayMembers, arrayMembers } from './members.ts';
import { reduce } from './reduce.ts';
import { chosenOf, groupedTargets } from './targets.ts';

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
 * those that were delivered meanwhile would be sent again; and so do requeues, for what runs again by then
 * would be ended again. What the log's format does not know yet, for the spool was raised a moment ago, is
 * left for later.
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
  } else if (request.name !== 'submit' && !targetsEvents(pass, sent, request)) return false;
  add(pass, { name: 'requestHandled', time: now, requestId, by: uid, outcome });
  handled.add(requestId);
  return true;
}

/** What may not be done twice is not cut off. */
const whole: ReadonlySet<string> = new Set(['signal', 'requeue']);

/** Each target sees what the ones before it changed: a job may be named twice in one request. */
function targetsEvents(pass: Pass, sent: SentRequest, request: JobRequest): boolean {
  for (const group of groupedTargets(request.targets)) {
    if (pass.text >= pass.textMax && !whole.has(request.name)) return false;
    for (const chosen of chosenOf(pass.state, group, pass.members)) {
      const events = jobEvents(pass.state, chosen, { ...sent, request }, pass.now);
      if (isRefused(events)) continue;
      for (const event of events) add(pass, event);
    }
  }
  return true;
}
