import { compareHostnames } from '../../model/hostlist.ts';
import type { NodeName } from '../../model/ids.ts';
import { type PartitionInfo, partitionsOf } from '../../model/partition.ts';
import type { ClusterView } from '../../services/view.ts';
import { exactKey, type NodeFieldRow, type NodeGroup, rankOf } from '../../tables/fields/nodegroup.ts';
import { type NodesView, nodeState, type UsedNode, usedNodes } from '../../tables/fields/nodestate.ts';
import { type Order, sorted } from '../../tables/sort.ts';
import { isInStates, type StateFilter } from './states.ts';

/** Which nodes to show; what is missing means all. */
export interface NodeFilter {
  readonly nodes?: readonly NodeName[];
  readonly partitions?: readonly string[];
  readonly states?: StateFilter;
  /** Those that answer, or those that do not. */
  readonly responding?: 'yes' | 'no';
  /** Partitions that are not shown unless they are named. */
  readonly hidden?: ReadonlySet<string>;
}

export interface GroupOptions {
  readonly filter: NodeFilter;
  /** The fields that are printed: what they tell apart is kept apart. */
  readonly fields: readonly NodeFieldRow[];
  /** One line for every node of every partition. */
  readonly isByNode: boolean;
  /** Nodes that differ in what they have stand in lines of their own. */
  readonly isExact?: boolean;
  /** Only lines with nodes. */
  readonly isWithNodes?: boolean;
  /** In place of the usual order. */
  readonly order?: Order<NodeGroup>;
}

/**
 * The lines of sinfo: the nodes of each partition, those that would be printed alike in one line,
 * partitions too where no column tells them apart. By partition in the cluster's order, then by falling
 * state; or by the nodes' names.
 */
export function groupNodes(view: ClusterView & NodesView, options: GroupOptions): readonly NodeGroup[] {
  const { filter, isByNode, isWithNodes = isByNode, order } = options;
  const used = usedNodes(view);
  const groups = new Map<string, NodeGroup>();
  for (const [place, partition] of shownPartitions(view, filter).entries()) {
    const common = { partition, place, utcOffsetMinutes: view.utcOffsetMinutes };
    const nodes = partition.nodes.flatMap((name) => (isNamed(name, filter) ? (used.get(name) ?? []) : []));
    const wanted = nodes.filter((one) => isWanted(one, filter));
    // A partition is shown also when none of its nodes is, but not in a list of nodes.
    if (wanted.length === 0 && !isWithNodes) groups.set(partition.name, { ...common, nodes: [] });
    for (const node of wanted) {
      const key = keyOf(node, partition, options);
      const group: NodeGroup = groups.get(key) ?? { ...common, nodes: [] };
      if (!group.nodes.includes(node)) groups.set(key, { ...group, nodes: [...group.nodes, node] });
    }
  }
  const usual = [...groups.values()].sort((a, b) =>
    isByNode ? compareNames(a, b) || a.place - b.place : a.place - b.place || rankOf(b) - rankOf(a),
  );
  return order === undefined ? usual : sorted(usual, order);
}

/** The partitions that a filter lets through. */
export function shownPartitions(
  view: ClusterView,
  { partitions, hidden }: NodeFilter,
): readonly PartitionInfo[] {
  return partitionsOf(view.cluster).filter(({ name }) => {
    return (partitions?.includes(name) ?? true) && hidden?.has(name) !== true;
  });
}

/** True where no list of nodes leaves it out. */
export function isNamed(name: NodeName, { nodes }: NodeFilter): boolean {
  return nodes?.includes(name) ?? true;
}

function isWanted(used: UsedNode, { states, responding }: NodeFilter): boolean {
  const state = nodeState(used);
  if (responding !== undefined && state.isSilent !== (responding === 'no')) return false;
  return states === undefined || isInStates(used, states);
}

function keyOf(node: UsedNode, partition: PartitionInfo, options: GroupOptions): string {
  const { fields, isByNode, isExact = false } = options;
  if (isByNode) return JSON.stringify([partition.name, node.node.record.name]);
  const texts = fields.map((field) => field.groupBy?.(node, partition) ?? '');
  return JSON.stringify(isExact ? [...texts, exactKey(node)] : texts);
}

function compareNames(a: NodeGroup, b: NodeGroup): number {
  return compareHostnames(a.nodes[0]?.node.record.name ?? '', b.nodes[0]?.node.record.name ?? '');
}
