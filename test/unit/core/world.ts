import { invariants } from '../../../src/core/invariants.ts';
import { reduce } from '../../../src/core/reduce.ts';
import { type Cluster, emptyCluster } from '../../../src/model/cluster.ts';
import type { ClusterEvent, EndReport, EventOf } from '../../../src/model/event.ts';
import type { Job, NodeShare } from '../../../src/model/job.ts';
import type { NodeGpu, NodeRecord } from '../../../src/model/node.ts';
import type { Request, SentRequest } from '../../../src/model/request.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { gpu, node, spec } from '../builders.ts';

/** Clusters made as they come about: by events. Time stands at `now` unless a test says otherwise. */

export const now = 1_000_000;
export const alice = 2001;
export const bob = 2002;
export const root = 0;

/** The state after these events, the invariants checked after each. */
export function after(cluster: Cluster, ...events: readonly ClusterEvent[]): Cluster {
  let state = cluster;
  for (const event of events) {
    state = reduce(state, event);
    invariants(state);
  }
  return state;
}

export function clusterOf(...events: readonly ClusterEvent[]): Cluster {
  return after(emptyCluster, ...events);
}

/** So many GPUs of one type. */
export function gpus(count: number, type = 'a100'): readonly NodeGpu[] {
  return Array.from({ length: count }, (_, index) => gpu(index, { type }));
}

/** A node with 8 CPUs and 32,000 MiB, unless it is said. */
export function registered(name: string, given: Partial<NodeRecord> = {}): EventOf<'nodeRegistered'> {
  return { name: 'nodeRegistered', time: now, record: node(name, given).record };
}

export function presence(
  nodeName: string,
  value: 'up' | 'stopped' | 'lost',
  incarnation = 'incarnation-1',
): EventOf<'nodePresence'> {
  return { name: 'nodePresence', time: now, node: nodeName, incarnation, presence: value };
}

export function submitted(id: number, given: Partial<JobSpec> = {}): EventOf<'jobSubmitted'> {
  return { name: 'jobSubmitted', time: now, id, spec: spec(given) };
}

export function allocated(
  id: number,
  allocation: readonly NodeShare[],
  given: { readonly attempt?: number; readonly array?: { readonly job: number; readonly task: number } } = {},
): EventOf<'jobAllocated'> {
  return { name: 'jobAllocated', time: now + 1, id, attempt: 1, allocation, ...given };
}

export function cancelled(id: number, tasks?: EventOf<'jobCancelled'>['tasks']): EventOf<'jobCancelled'> {
  return { name: 'jobCancelled', time: now + 2, id, by: alice, ...(tasks && { tasks }) };
}

export function endRequested(id: number, attempt = 1): EventOf<'jobEndRequested'> {
  const end = { endState: 'CANCELLED', reason: 'None' } as const;
  return { name: 'jobEndRequested', time: now + 3, id, attempt, ...end, by: alice };
}

export const completed = { endState: 'COMPLETED', reason: 'None', exitCode: { code: 0, signal: 0 } } as const;

export function released(
  id: number,
  nodeName: string,
  given: { readonly attempt?: number; readonly report?: EndReport; readonly requeue?: boolean } = {},
): EventOf<'nodeReleased'> {
  return { name: 'nodeReleased', time: now + 9, id, attempt: 1, node: nodeName, ...given };
}

let requests = 0;

/** A request with an identity of its own. */
export function sent(uid: number, request: Request): SentRequest {
  requests += 1;
  return { requestId: `REQUEST-${String(requests).padStart(8, '0')}`, uid, time: now, request };
}

/** The job, which must be in that state. */
export function jobIn<S extends Job['state']>(
  cluster: Cluster,
  id: number,
  state: S,
): Extract<Job, { readonly state: S }> {
  const job = cluster.jobs.get(id);
  if (job?.state !== state) throw new Error(`job ${id} is ${job?.state ?? 'not there'} instead of ${state}`);
  return job as Extract<Job, { readonly state: S }>;
}
