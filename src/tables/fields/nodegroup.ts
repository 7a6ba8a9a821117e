import { formatTimestamp } from '../../model/duration.ts';
import { compareHostnames, formatHostlist } from '../../model/hostlist.ts';
import type { Node, NodeRecord } from '../../model/node.ts';
import type { PartitionInfo } from '../../model/partition.ts';
import { formatTimeLimit } from '../../model/timelimit.ts';
import type { Colour, FieldRow } from '../format.ts';
import { downReason, downUser, nodeState, stateWord, type UsedNode } from './nodestate.ts';
import { formatGpuIndices, formatGpuTally, tallyOf } from './tres.ts';

/** Nodes of a partition that one line of sinfo stands for; none where a filter left none. */
export interface NodeGroup {
  readonly partition: PartitionInfo;
  readonly nodes: readonly UsedNode[];
  readonly utcOffsetMinutes: number;
}

/** A column of sinfo. Nodes and partitions for which `groupBy` differs are not put into one line. */
export interface NodeFieldRow extends FieldRow<NodeGroup> {
  readonly groupBy?: (node: UsedNode, partition: PartitionInfo) => string;
}

type Named = Pick<NodeFieldRow, 'name' | 'letter' | 'head'>;

/** A column of which all nodes of a line have the same text; a line without nodes has `absent`. */
export function ofNode(named: Named, absent: string, textOf: (node: UsedNode) => string): NodeFieldRow {
  return { ...named, get: ({ nodes: [first] }) => (first ? textOf(first) : absent), groupBy: textOf };
}

export function ofPartition(named: Named, textOf: (partition: PartitionInfo) => string): NodeFieldRow {
  return {
    ...named,
    get: ({ partition }) => textOf(partition),
    groupBy: (_node, partition) => textOf(partition),
  };
}

/** A column for the state in some form. */
export function ofState(named: Named, textOf: (node: UsedNode) => string): NodeFieldRow {
  return { ...ofNode(named, 'n/a', textOf), colour: ({ nodes: [first] }) => first && stateColour(first) };
}

function stateColour(used: UsedNode): Colour {
  const state = nodeState(used);
  if (state.base === 'DOWN') return 'red';
  if (stateWord(state, 'compact') === 'comp') return 'cyan';
  return state.base === 'IDLE' ? 'green' : 'yellow';
}

/** A number that may differ from node to node: the least of them, with a `+` if another one has more. */
export function least(numberOf: (record: NodeRecord) => number): (group: NodeGroup) => string {
  return ({ nodes }) => {
    const numbers = nodes.map(({ node }) => numberOf(node.record));
    const min = numbers.length === 0 ? 0 : Math.min(...numbers);
    return `${min}${numbers.some((number) => number > min) ? '+' : ''}`;
  };
}

/** How many nodes are in use, idle, out of use, and all. */
export function countNodes({ nodes }: NodeGroup): readonly number[] {
  const idle = nodes.filter((used) => nodeState(used).base === 'IDLE').length;
  const other = nodes.filter((used) => nodeState(used).base === 'DOWN').length;
  return [nodes.length - idle - other, idle, other, nodes.length];
}

/** How many CPUs are in use, idle, out of use, and all. */
export function countCpus({ nodes }: NodeGroup): readonly number[] {
  let [allocated, idle, other, total] = [0, 0, 0, 0];
  for (const { node, use } of nodes) {
    const left = node.record.cpus - use.cpus;
    allocated += use.cpus;
    total += node.record.cpus;
    if (node.presence === 'up') idle += left;
    else other += left;
  }
  return [allocated, idle, other, total];
}

export function nodeNames({ nodes }: NodeGroup): string {
  return formatHostlist(nodes.map(({ node }) => node.record.name).sort(compareHostnames));
}

export function featuresText({ record }: Node): string {
  return record.features === undefined || record.features.length === 0 ? '(null)' : record.features.join(',');
}

/** `gpu:a100:4`. */
export function gresText({ record: { gpus } }: Node): string {
  const indices = gpus.map((gpu) => gpu.index);
  return formatGpuTally(tallyOf(indices, gpus)) || '(null)';
}

/** `gpu:a100:2(IDX:0-1)`, also for types of which none is in use. */
export function gresUsedText({ node, use }: UsedNode): string {
  const { gpus } = node.record;
  const types = [...new Set(gpus.map((gpu) => gpu.type))];
  if (types.length === 0) return 'gpu:0';
  const texts = types.map((type) => {
    const used = gpus.filter((gpu) => gpu.type === type && use.gpus.has(gpu.index)).map((gpu) => gpu.index);
    return formatGpuIndices(used, gpus) || `${formatGpuTally(new Map([[type, 0]]))}(IDX:N/A)`;
  });
  return texts.join(',');
}

/** Where the node is reached; by its host's name if it has told no address. */
export function addressOf({ record }: Node): string {
  return record.addresses[0] ?? record.hostName;
}

/** sinfo's own word for a partition without a limit. */
export function limitText({ timeLimit }: PartitionInfo): string {
  return timeLimit === 'UNLIMITED' ? 'infinite' : formatTimeLimit(timeLimit, 'squeue');
}

/** The default partition has a star. */
export function partitionText({ name, isDefault }: PartitionInfo): string {
  return `${name}${isDefault ? '*' : ''}`;
}

export function downUserText({ node }: UsedNode): string {
  return downReason(node) === undefined ? 'Unknown' : downUser;
}

/** Since when the first node of a line is out of use. */
export function downTimeText({ nodes: [first], utcOffsetMinutes }: NodeGroup): string {
  return formatTimestamp(first && downSince(first), utcOffsetMinutes);
}

export function downSince({ node }: UsedNode): number | undefined {
  return downReason(node) === undefined ? undefined : node.since;
}

export function socketsCoresThreads(group: NodeGroup): string {
  const parts = (['sockets', 'coresPerSocket', 'threadsPerCore'] as const).map((key) =>
    least((record) => record[key])(group),
  );
  return parts.join(':');
}
