import type { Cluster } from '../model/cluster.ts';
import type { EventOf } from '../model/event.ts';
import type { ActiveJob, NodeShare } from '../model/job.ts';
import type { Node, Remnant } from '../model/node.ts';

/*
 * Freed by the holder only: when an attempt is over for the cluster and a node that had a share of it could
 * not say so, the share stays with that node as a remnant, until it does.
 */

/** The cluster in which these shares of the job stay with their nodes. */
export function withRemnants(cluster: Cluster, job: ActiveJob, shares: readonly NodeShare[]): Cluster {
  const nodes = new Map(cluster.nodes);
  for (const share of shares) {
    const node = nodes.get(share.node);
    if (node === undefined) continue;
    const remnant: Remnant = { id: job.id, attempt: job.attempt, share };
    nodes.set(share.node, { ...node, remnants: [...(node.remnants ?? []), remnant] });
  }
  return { ...cluster, nodes };
}

/** The cluster in which the node has given back what it held of that attempt. */
export function withoutRemnant(cluster: Cluster, event: EventOf<'nodeReleased'>): Cluster {
  const node = cluster.nodes.get(event.node);
  const left = node?.remnants?.filter((one) => one.id !== event.id || one.attempt !== event.attempt);
  if (node === undefined || left === undefined || left.length === node.remnants?.length) return cluster;
  const { remnants: _remnants, ...rest } = node;
  const changed: Node = left.length === 0 ? rest : { ...rest, remnants: left };
  return { ...cluster, nodes: new Map(cluster.nodes).set(event.node, changed) };
}
