import { type Bell, bellsOf } from '../model/bell.ts';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterEvent } from '../model/event.ts';
import type { JobId, NodeName } from '../model/ids.ts';
import { isActive, type Job } from '../model/job.ts';
import { type Node, nodeTakesJobs, weightOf } from '../model/node.ts';
import type { Request } from '../model/request.ts';
import type { JobSpec } from '../model/spec.ts';
import { activeJobsOn } from './free.ts';

/*
 * Who is to be rung. Nothing hangs on it: whoever is left out looks a little later.
 */

/**
 * Who is concerned by what the node `own` has committed: the nodes of the jobs that the events are about, and
 * the commands that wait for those.
 */
export function concernedBy(
  { before, after }: { readonly before: Cluster; readonly after: Cluster },
  events: readonly ClusterEvent[],
  own: NodeName,
): readonly Bell[] {
  const nodes = new Set<NodeName>();
  const bells: Bell[] = [];
  for (const id of jobsOf(events)) {
    // Where a job has left its nodes, those that it had are told.
    for (const job of [before.jobs.get(id), after.jobs.get(id)]) {
      if (job !== undefined) for (const node of nodesOf(job)) nodes.add(node);
    }
    bells.push(...((after.jobs.get(id) ?? before.jobs.get(id))?.spec.bells ?? []));
  }
  nodes.delete(own);
  return [...[...nodes].flatMap((node) => nodeBells(after.nodes.get(node))), ...bells];
}

/** What changes a job for its nodes, or for who waits for it. */
function jobsOf(events: readonly ClusterEvent[]): ReadonlySet<JobId> {
  const ids = new Set<JobId>();
  for (const event of events) {
    switch (event.name) {
      case 'jobAllocated':
      case 'jobEndRequested':
      case 'jobSignalled':
      case 'jobCancelled':
      case 'nodeReleased':
      case 'attemptLost':
      case 'jobUpdated':
      case 'jobRequeueRequested':
      case 'jobSuspended':
      case 'jobResumed':
        ids.add(event.id);
        break;
      default:
    }
  }
  return ids;
}

function nodesOf(job: Job): readonly NodeName[] {
  return isActive(job) ? job.allocation.map(({ node }) => node) : [];
}

function nodeBells(node: Node | undefined): readonly Bell[] {
  return node?.presence === 'up' ? bellsOf(node.record) : [];
}

/**
 * Who is to look at a request that was put into the inbox: one daemon, for any of them can do it. Rather the
 * one that the job runs on, or is likely to come to, so that it need not ring the next one.
 */
export function bellsForRequest(cluster: Cluster, request: Request): readonly Bell[] {
  return nodeBells(nodeForRequest(cluster, request));
}

function nodeForRequest(cluster: Cluster, request: Request): Node | undefined {
  const nodes = [...cluster.nodes.values()].filter((node) => nodeBells(node).length > 0);
  if (nodes.length <= 1) return nodes[0];
  if (request.name === 'submit') return nodeForJob(cluster, nodes, request.spec);
  if ('targets' in request) {
    const named = request.targets.slice(0, targetsLookedAt);
    for (const job of named.flatMap((target) => cluster.jobs.get(target.job) ?? [])) {
      const [first] = nodesOf(job);
      const node = nodes.find(({ record }) => record.name === first);
      if (node !== undefined) return node;
    }
  }
  return nodes[0];
}

const targetsLookedAt = 8;

/** A guess at where it comes to: what it names, else what is idle, in the order in which nodes are taken. */
function nodeForJob(cluster: Cluster, nodes: readonly Node[], { nodelist }: JobSpec): Node | undefined {
  const fit = nodes.filter(nodeTakesJobs);
  const named = fit.filter(({ record }) => nodelist?.includes(record.name));
  if (named.length > 0) return named[0];
  const idle = fit.filter(({ record }) => activeJobsOn(cluster, record.name).length === 0);
  return idle.toSorted((a, b) => weightOf(a) - weightOf(b))[0] ?? fit[cluster.seq % fit.length] ?? nodes[0];
}
