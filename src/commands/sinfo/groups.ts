import { compareHostnames } from '../../model/hostlist.ts';
import type { NodeName } from '../../model/ids.ts';
import { type PartitionInfo, partitionsOf } from '../../model/partition.ts';
import type { ClusterView } from '../../services/view.ts';
import type { NodeFieldRow, NodeGroup } from '../../tables/fields/nodegroup.ts';
import { nodeState, stateRank, type UsedNode, usedNodes } from '../../tables/fields/nodestate.ts';

/** Which nodes to show; what is missing means all. */
export interface NodeFilter {
  readonly nodes?: readonly NodeName[];
  readonly partitions?: readonly string[];
}

export interface GroupOptions {
  readonly filter: NodeFilter;
  /** The fields that are printed: what they tell apart is kept apart. */
  readonly fields: readonly NodeFieldRow[];
  /** One line for every node of every partition. */
  readonly isByNode: boolean;
}

/**
 * The lines of sinfo: the nodes of each partition, those that would be printed alike in one line,
 * partitions too where no column tells them apart. By partition in the cluster's order, then by falling
 * state; or by the nodes' names.
 */
export function groupNodes(view: ClusterView, options: GroupOptions): readonly NodeGroup[] {
  const { filter, isByNode } = options;
  const used = usedNodes(view.cluster);
  const groups = new Map<string, NodeGroup>();
  for (const partition of shownPartitions(view, filter)) {
    const { utcOffsetMinutes } = view;
    const nodes = partition.nodes.flatMap((name) => (isShown(name, filter) ? (used.get(name) ?? []) : []));
    // A partition is shown also when none of its nodes is, but not in a list of nodes.
    if (nodes.length === 0 && !isByNode) groups.set(partition.name, { partition, nodes, utcOffsetMinutes });
    for (const node of nodes) {
      const key = keyOf(node, partition, options);
      const group = groups.get(key) ?? { partition, nodes: [], utcOffsetMinutes };
      if (!group.nodes.includes(node)) groups.set(key, { ...group, nodes: [...group.nodes, node] });
    }
  }
  const partitions = [...groups.values()].map((group) => group.partition.name);
  const rankOf = new Map(partitions.map((name, index) => [name, index]));
  const byPartition = (a: NodeGroup, b: NodeGroup): number =>
    (rankOf.get(a.partition.name) ?? 0) - (rankOf.get(b.partition.name) ?? 0);
  return [...groups.values()].sort((a, b) =>
    isByNode ? compareNames(a, b) || byPartition(a, b) : byPartition(a, b) || rank(b) - rank(a),
  );
}

/** The partitions that a filter lets through. */
export function shownPartitions(view: ClusterView, { partitions }: NodeFilter): readonly PartitionInfo[] {
  return partitionsOf(view.cluster).filter(({ name }) => partitions?.includes(name) ?? true);
}

export function isShown(name: NodeName, { nodes }: NodeFilter): boolean {
  return nodes?.includes(name) ?? true;
}

function keyOf(node: UsedNode, partition: PartitionInfo, { fields, isByNode }: GroupOptions): string {
  const texts = fields.map((field) => field.groupBy?.(node, partition) ?? '');
  return JSON.stringify(isByNode ? [partition.name, node.node.record.name] : texts);
}

function compareNames(a: NodeGroup, b: NodeGroup): number {
  return compareHostnames(a.nodes[0]?.node.record.name ?? '', b.nodes[0]?.node.record.name ?? '');
}

function rank({ nodes: [first] }: NodeGroup): number {
  return first === undefined ? 0 : stateRank(nodeState(first));
}
