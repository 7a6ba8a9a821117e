import { assert } from '../base/assert.ts';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterEvent, EventOf } from '../model/event.ts';
import type { Node } from '../model/node.ts';
import { rangesAdd } from '../model/ranges.ts';
import { requeuedAgain, requeueRequested, resumed, suspended, updated } from './reduce-change.ts';
import {
  allocated,
  attemptLost,
  cancelled,
  endRequested,
  held,
  released,
  signalled,
  signalsDelivered,
  submitted,
  unheld,
} from './reduce-job.ts';
import {
  configured,
  nodeUpdated,
  partitionDeleted,
  partitionUpdated,
  reservationDeleted,
  reservationSet,
} from './reduce-settings.ts';

/**
 * What an event means. Total over every event that `decide` and `plan` may lead to and replayable for ever;
 * an event that cannot follow on the state is a bug or a damaged log and throws.
 */
export function reduce(cluster: Cluster, event: ClusterEvent): Cluster {
  switch (event.name) {
    case 'nodeRegistered':
      return registered(cluster, event);
    case 'nodePresence':
      return withNode(cluster, event.node, (node) =>
        node.record.incarnation === event.incarnation
          ? { ...node, presence: event.presence, since: event.time }
          : node,
      );
    case 'gpuTroubles':
      return withNode(cluster, event.node, (node) => ({ ...node, gpuTroubles: event.troubles }));
    case 'jobSubmitted':
      return submitted(cluster, event);
    case 'jobHeld':
      return held(cluster, event);
    case 'jobUnheld':
      return unheld(cluster, event);
    case 'jobAllocated':
      return allocated(cluster, event);
    case 'jobEndRequested':
      return endRequested(cluster, event);
    case 'jobSignalled':
      return signalled(cluster, event);
    case 'jobSignalsDelivered':
      return signalsDelivered(cluster, event);
    case 'jobCancelled':
      return cancelled(cluster, event);
    case 'nodeReleased':
      return released(cluster, event);
    case 'requestHandled':
      return { ...cluster, handled: new Set(cluster.handled).add(event.requestId) };
    case 'requestsForgotten':
      return forgotten(cluster, event);
    case 'attemptLost':
      return attemptLost(cluster, event);
    case 'formatRaised':
      return { ...cluster, format: Math.max(cluster.format, event.format) };
    case 'jobsAccounted':
      return accounted(cluster, event);
    case 'idsClosed':
      return idsClosed(cluster, event);
    case 'clusterConfigured':
      return configured(cluster, event);
    case 'partitionUpdated':
      return partitionUpdated(cluster, event);
    case 'partitionDeleted':
      return partitionDeleted(cluster, event);
    case 'nodeUpdated':
      return nodeUpdated(cluster, event);
    case 'reservationSet':
      return reservationSet(cluster, event);
    case 'reservationDeleted':
      return reservationDeleted(cluster, event);
    case 'jobUpdated':
      return updated(cluster, event);
    case 'jobRequeueRequested':
      return requeueRequested(cluster, event);
    case 'jobRequeued':
      return requeuedAgain(cluster, event);
    case 'jobSuspended':
      return suspended(cluster, event);
    case 'jobResumed':
      return resumed(cluster, event);
    default:
      event satisfies never;
      throw new Error('unknown event');
  }
}

/** The state after all of these events. */
export function reduceAll(cluster: Cluster, events: readonly ClusterEvent[]): Cluster {
  // One at a time, each would copy the set.
  const handled = new Set(cluster.handled);
  let state = cluster;
  for (const event of events) {
    if (event.name === 'requestHandled') handled.add(event.requestId);
    else if (event.name === 'requestsForgotten') for (const id of event.requestIds) handled.delete(id);
    else state = reduce(state, event);
  }
  return { ...state, handled };
}

/** The state after a whole commit. */
export function reduceCommit(cluster: Cluster, seq: number, events: readonly ClusterEvent[]): Cluster {
  assert(seq === cluster.seq + 1, `commit ${seq} does not follow on ${cluster.seq}`);
  return { ...reduceAll(cluster, events), seq };
}

function registered(cluster: Cluster, event: EventOf<'nodeRegistered'>): Cluster {
  const node: Node = {
    record: event.record,
    presence: 'up',
    since: event.time,
    registered: event.time,
    gpuTroubles: [],
    ...keptOf(cluster, event.record.name),
  };
  const absentNodes = new Map(cluster.absentNodes);
  absentNodes.delete(event.record.name);
  return { ...cluster, nodes: new Map(cluster.nodes).set(event.record.name, node), absentNodes };
}

/**
 * What the node held before it registered again, it holds until it says otherwise; and what an administrator
 * said of it stands.
 */
function keptOf(cluster: Cluster, name: string): Pick<Node, 'remnants' | 'admin'> {
  const node = cluster.nodes.get(name);
  const admin = node?.admin ?? cluster.absentNodes.get(name);
  return { ...(node?.remnants && { remnants: node.remnants }), ...(admin && { admin }) };
}

function withNode(cluster: Cluster, name: string, change: (node: Node) => Node): Cluster {
  const node = cluster.nodes.get(name);
  assert(node !== undefined, `an event for the unknown node ${name}`);
  return { ...cluster, nodes: new Map(cluster.nodes).set(name, change(node)) };
}

function forgotten(cluster: Cluster, event: EventOf<'requestsForgotten'>): Cluster {
  const handled = new Set(cluster.handled);
  for (const id of event.requestIds) handled.delete(id);
  return { ...cluster, handled };
}

function accounted(cluster: Cluster, event: EventOf<'jobsAccounted'>): Cluster {
  assert(event.segment > cluster.segment, `accounting segment ${event.segment} was folded before`);
  let jobs = cluster.jobs;
  for (const id of event.ids) {
    const job = jobs.get(id);
    assert(job?.state === 'ENDED', `job ${id} leaves the state before it ended`);
    jobs = jobs.delete(id);
  }
  return { ...cluster, jobs, closed: rangesAdd(cluster.closed, event.ids), segment: event.segment };
}

function idsClosed(cluster: Cluster, { ids }: EventOf<'idsClosed'>): Cluster {
  for (const id of ids) assert(!cluster.jobs.has(id), `job ${id} lives, and its id is closed`);
  return { ...cluster, closed: rangesAdd(cluster.closed, ids) };
}
