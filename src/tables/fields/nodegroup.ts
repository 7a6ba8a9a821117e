import { formatTimestamp } from '../../model/duration.ts';
import { compareHostnames, formatHostlist } from '../../model/hostlist.ts';
import { activeFeaturesOf, featuresOf, type Node, weightOf } from '../../model/node.ts';
import type { PartitionInfo } from '../../model/partition.ts';
import { formatTimeLimit } from '../../model/timelimit.ts';
import type { Colour, FieldRow } from '../format.ts';
import { downReason, nodeState, stateRank, stateWord, type UsedNode } from './nodestate.ts';
import { formatGpuIndices, formatGpuTally, tallyOf } from './tres.ts';

/** Nodes of a partition that one line of sinfo stands for; none where a filter left none. */
export interface NodeGroup {
  readonly partition: PartitionInfo;
  /** Its place among the partitions. */
  readonly place: number;
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

/** A column for the state in some form, ordered by Slurm's numbers for states. */
export function ofState(named: Named, textOf: (node: UsedNode) => string): NodeFieldRow {
  return {
    ...ofNode(named, 'n/a', textOf),
    sortKey: ({ nodes: [first] }) => (first === undefined ? 0 : stateRank(nodeState(first))),
    colour: ({ nodes: [first] }) => first && stateColour(first),
  };
}

function stateColour(used: UsedNode): Colour {
  const state = nodeState(used);
  if (state.base === 'DOWN' || state.isDrained || state.isFailed) return 'red';
  if (stateWord(state, 'compact') === 'comp') return 'cyan';
  return state.base === 'IDLE' ? 'green' : 'yellow';
}

/** A number that may differ from node to node: the least of them, with a `+` if another one has more. */
export function ofNumber(named: Named, numberOf: (node: UsedNode) => number): NodeFieldRow {
  return {
    ...named,
    get: least(numberOf),
    sortKey: ({ nodes }) => Math.min(...nodes.map(numberOf)),
  };
}

function least(numberOf: (node: UsedNode) => number): (group: NodeGroup) => string {
  return ({ nodes }) => {
    const numbers = nodes.map(numberOf);
    const min = numbers.length === 0 ? 0 : Math.min(...numbers);
    return `${min}${numbers.some((number) => number > min) ? '+' : ''}`;
  };
}

/** A measured number, `N/A` where nobody measured it: from the least to the largest, as Slurm has it. */
export function ofMeasure(
  named: Named,
  measureOf: (node: UsedNode) => number | undefined,
  textOf: (measure: number) => string = String,
): NodeFieldRow {
  return {
    ...named,
    get: ({ nodes }) => {
      const measures = nodes.map(measureOf).filter((measure) => measure !== undefined);
      if (measures.length === 0) return 'N/A';
      const [min, max] = [Math.min(...measures), Math.max(...measures)].map(textOf);
      return min === max ? String(min) : `${min}-${max}`;
    },
    sortKey: ({ nodes: [first] }) => (first && measureOf(first)) ?? 0,
  };
}

/** How many nodes are in use, idle, out of use, and all. */
export function countNodes({ nodes }: NodeGroup): readonly number[] {
  const kinds = nodes.map(kindOf);
  const count = (kind: string): number => kinds.filter((one) => one === kind).length;
  return [count('used'), count('idle'), count('other'), nodes.length];
}

function kindOf(used: UsedNode): 'used' | 'idle' | 'other' {
  const { base, isDrained, isFailed } = nodeState(used);
  if (base === 'DOWN') return 'other';
  if (base !== 'IDLE') return 'used';
  return isDrained || isFailed ? 'other' : 'idle';
}

/** How many CPUs are in use, idle, out of use, and all. */
export function countCpus({ nodes }: NodeGroup): readonly number[] {
  let [allocated, idle, other, total] = [0, 0, 0, 0];
  for (const used of nodes) {
    const { cpus } = used.node.record;
    const left = cpus - used.use.cpus;
    const { base, isDrained, isFailed } = nodeState(used);
    allocated += used.use.cpus;
    total += cpus;
    if (base === 'DOWN' || isDrained || isFailed) other += left;
    else idle += left;
  }
  return [allocated, idle, other, total];
}

export function nodeNames({ nodes }: NodeGroup): string {
  return formatHostlist(nodes.map(({ node }) => node.record.name).sort(compareHostnames));
}

/** Lines are ordered by the first of their nodes, a number at its end by its value. */
export function firstNameKey({ nodes }: NodeGroup): string {
  const [first = ''] = nodes.map(({ node }) => node.record.name).sort(compareHostnames);
  return first.replace(/\d+$/, (digits) => digits.padStart(16, '0'));
}

export function featuresText(node: Node): string {
  return featuresOf(node).join(',') || '(null)';
}

export function activeFeaturesText(node: Node): string {
  return activeFeaturesOf(node).join(',') || '(null)';
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

export function defaultTimeText({ config: { defaultTime } }: PartitionInfo): string {
  if (defaultTime === undefined) return 'n/a';
  return defaultTime === 'UNLIMITED' ? 'infinite' : formatTimeLimit(defaultTime, 'squeue');
}

/** `1-infinite`, or one number where the least and the most are the same. */
export function jobSizeText({ config: { minNodes, maxNodes } }: PartitionInfo): string {
  const min = minNodes === undefined || minNodes === 0 ? 1 : minNodes;
  return maxNodes === min ? String(min) : `${min}-${maxNodes ?? 'infinite'}`;
}

export function groupsText({ config: { allowGroups } }: PartitionInfo): string {
  return allowGroups?.join(',') ?? 'all';
}

/** As sinfo and scontrol print it: `NO`, `YES:4`, `EXCLUSIVE`. */
export function overSubscribeText({ config: { overSubscribe = 'no' } }: PartitionInfo): string {
  const isShared = overSubscribe === 'yes' || overSubscribe === 'force';
  return `${overSubscribe.toUpperCase()}${isShared ? ':4' : ''}`;
}

/** The default partition has a star. */
export function partitionText({ name, isDefault }: PartitionInfo): string {
  return `${name}${isDefault ? '*' : ''}`;
}

export function downUserText(used: UsedNode): string {
  return downReason(used)?.user ?? 'Unknown';
}

export function downUserLongText(used: UsedNode): string {
  return downReason(used)?.userLong ?? 'Unknown';
}

/** Since when the first node of a line is out of use. */
export function downTimeText({ nodes: [first], utcOffsetMinutes }: NodeGroup): string {
  return formatTimestamp(first && downReason(first)?.time, utcOffsetMinutes);
}

export function socketsCoresThreads(group: NodeGroup): string {
  const parts = (['sockets', 'coresPerSocket', 'threadsPerCore'] as const).map((key) =>
    least(({ node }) => node.record[key])(group),
  );
  return parts.join(':');
}

/** What --exact keeps apart. */
export function exactKey({ node }: UsedNode): string {
  const { cpus, sockets, coresPerSocket, threadsPerCore, memoryMb, tmpMb = 0 } = node.record;
  return [cpus, sockets, coresPerSocket, threadsPerCore, memoryMb, tmpMb, weightOf(node)].join(' ');
}

/** By which lines of a partition are ordered where nothing else is said. */
export function rankOf({ nodes: [first] }: NodeGroup): number {
  return first === undefined ? 0 : stateRank(nodeState(first));
}
