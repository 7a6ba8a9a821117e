import { bool, type Infer, int, object, oneOf } from '../base/schema.ts';
import { parseCount } from './counts.ts';
import { limits } from './limits.ts';

/** How tasks are spread over the nodes; then over a node's sockets, then over a socket's cores. */
const nodeWords = ['block', 'cyclic', 'plane', 'arbitrary'] as const;
const innerWords = ['block', 'cyclic', 'fcyclic'] as const;

/**
 * What --distribution says. Missing parts are left to the cluster. `pack` is that each node is filled before
 * the next one (Pack), or is not (NoPack). `plane` alone has a size; cores are said only with sockets, and
 * these only with nodes.
 */
export const distributionSchema = object(
  {},
  {
    nodes: oneOf(...nodeWords),
    planeSize: int(1, limits.tasksPerJob),
    sockets: oneOf(...innerWords),
    cores: oneOf(...innerWords),
    pack: bool,
  },
);
export type Distribution = Infer<typeof distributionSchema>;

/**
 * The value of --distribution: `block:cyclic:fcyclic,Pack`, `plane=4`, `arbitrary`, in either case. `*` is
 * the default of its place (block, cyclic, as the sockets), as SLURM_DISTRIBUTION says it; empty parts are
 * skipped.
 */
export function parseDistribution(text: string): Distribution | undefined {
  if (text.startsWith(',')) return undefined;
  const [words = '', option, ...rest] = text
    .toLowerCase()
    .split(',')
    .filter((one) => one !== '');
  if (rest.length > 0) return undefined;
  if (option === undefined && isPackWord(words)) return { pack: words === 'pack' };
  if (option !== undefined && !isPackWord(option)) return undefined;
  // The word behind the comma, even an empty one, is no part of a number.
  if (words.startsWith('plane') && text.includes(',')) return undefined;
  const spread = parseSpread(words);
  if (spread === undefined || option === undefined) return spread;
  return { ...spread, pack: option === 'pack' };
}

/** Slurm's sentences about a --distribution that does not parse; none if it parses. */
export function distributionComplaints(text: string): readonly string[] {
  if (parseDistribution(text) !== undefined) return [];
  const invalid = 'Invalid --distribution specification';
  return /^plane/i.test(text) ? ['Invalid plane size or size not specified', invalid] : [invalid];
}

/** The distribution as a text that parses to it; an empty one is that nothing was said. */
export function formatDistribution(distribution: Distribution): string {
  const { nodes, planeSize, pack } = distribution;
  if (nodes === 'plane') return `plane=${planeSize}`;
  const option = pack === undefined ? '' : pack ? 'Pack' : 'NoPack';
  return [spreadText(distribution), option].filter((part) => part !== '').join(',');
}

/** What SLURM_DISTRIBUTION says of it; the size of a plane has a variable of its own. */
export function distributionVariable(distribution: Distribution): string {
  const option = distribution.pack === undefined ? '' : distribution.pack ? 'pack' : 'nopack';
  return [spreadText(distribution), option].filter((part) => part !== '').join(',');
}

function spreadText({ nodes, sockets, cores }: Distribution): string {
  return [nodes ?? '', sockets ?? '', cores ?? ''].filter((part) => part !== '').join(':');
}

function isPackWord(word: string): boolean {
  return word === 'pack' || word === 'nopack';
}

function parseSpread(words: string): Distribution | undefined {
  const [, size] = /^plane=(.*)$/s.exec(words) ?? [];
  if (size !== undefined) {
    const planeSize = parseCount(size, { max: limits.tasksPerJob });
    return planeSize === undefined ? undefined : { nodes: 'plane', planeSize };
  }
  const [first, second, third, ...rest] = words.split(':').filter((one) => one !== '');
  if (first === 'arbitrary') return second === undefined ? { nodes: 'arbitrary' } : undefined;
  const nodes = find(first === '*' ? 'block' : first, ['block', 'cyclic']);
  const sockets = find(second === '*' ? 'cyclic' : second, innerWords);
  const cores = find(third === '*' ? sockets : third, innerWords);
  if (nodes === undefined || rest.length > 0) return undefined;
  if (sockets === undefined && second !== undefined) return undefined;
  if (cores === undefined && third !== undefined && third !== '*') return undefined;
  return { nodes, ...(sockets !== undefined && { sockets }), ...(cores !== undefined && { cores }) };
}

function find<const T extends string>(word: string | undefined, words: readonly T[]): T | undefined {
  return words.find((one) => one === word);
}

/** What tasks are laid out over. */
export interface Room {
  readonly tasks: number;
  /** How many tasks each node has room for, in the order of the nodes. More are laid out evenly. */
  readonly capacities: readonly number[];
}

/**
 * The node of each task, by its number in the job: what SLURM_PROCID and SLURM_NODEID say of each other, as
 * observed. Each node gets a task if there are enough; with fewer tasks than nodes the first nodes get one.
 * `arbitrary` is laid out by `layoutHosts`, and else as if nothing was said.
 */
export function layoutTasks(room: Room, distribution: Distribution): readonly number[] {
  if (room.tasks <= room.capacities.length) return Array.from({ length: room.tasks }, (_, task) => task);
  switch (distribution.nodes) {
    case 'cyclic':
      return cyclic(room);
    case 'plane':
      return planes(room, distribution.planeSize ?? 1);
    case 'block':
    case 'arbitrary':
    case undefined:
      return distribution.pack === true ? inOrder(packed(room)) : inOrder(even(room));
    default:
      return distribution.nodes satisfies never;
  }
}

/** The node of each task where the host of each is said (`arbitrary`); undefined if one is not a node. */
export function layoutHosts(
  hosts: readonly string[],
  nodes: readonly string[],
): readonly number[] | undefined {
  const numbers = new Map(nodes.map((node, index) => [node, index]));
  const laid = hosts.map((host) => numbers.get(host) ?? -1);
  return laid.includes(-1) ? undefined : laid;
}

/** The tasks of each node one after the other. */
function inOrder(counts: readonly number[]): readonly number[] {
  return counts.flatMap((count, node) => Array.from({ length: count }, () => node));
}

/** Nodes in rounds, each for as long as it has room; when none has, all of them again. */
function rounds(tasks: number, roomOf: readonly number[]): readonly number[] {
  const laid: number[] = [];
  const all = roomOf.map((_, node) => node);
  let open: readonly number[] = all;
  for (let round = 0, isFull = false; laid.length < tasks; round += 1) {
    if (!isFull) open = open.filter((node) => round < (roomOf[node] ?? 0));
    if (open.length === 0) {
      isFull = true;
      open = all;
    }
    for (const node of open.slice(0, tasks - laid.length)) laid.push(node);
  }
  return laid;
}

/** Slurm lets a node that is full take its part of the tasks that are too many in the same rounds. */
function cyclic({ tasks, capacities }: Room): readonly number[] {
  const excess = Math.max(0, tasks - sum(capacities));
  const share = Math.ceil(excess / capacities.length);
  return rounds(
    tasks,
    capacities.map((capacity) => capacity + share),
  );
}

/** As many for each as rounds give, whatever the order in which they are numbered. */
function even({ tasks, capacities }: Room): readonly number[] {
  const counts = capacities.map(() => 0);
  for (const node of rounds(tasks, capacities)) counts[node] = (counts[node] ?? 0) + 1;
  return counts;
}

/** One for each node; then each is filled before the next one; what is left is spread evenly. */
function packed({ tasks, capacities }: Room): readonly number[] {
  const counts = capacities.map((capacity) => Math.min(capacity, 1));
  let left = tasks - sum(counts);
  for (const [node, capacity] of capacities.entries()) {
    const taken = Math.min(left, Math.max(0, capacity - (counts[node] ?? 0)));
    counts[node] = (counts[node] ?? 0) + taken;
    left -= taken;
  }
  return counts.map((count, node) => count + share(left, counts.length, node));
}

function share(tasks: number, nodes: number, node: number): number {
  return Math.floor(tasks / nodes) + (node < tasks % nodes ? 1 : 0);
}

/** How many each node gets is found in planes too, first: a node that fills up stands back early. */
function planes(room: Room, size: number): readonly number[] {
  const left = planeCounts(room, size);
  const laid: number[] = [];
  for (let open = [...left.keys()]; open.length > 0; open = open.filter((node) => (left[node] ?? 0) > 0)) {
    for (const node of open) {
      const count = left[node] ?? 0;
      const taken = Math.min(size, count);
      for (let task = 0; task < taken; task += 1) laid.push(node);
      left[node] = count - taken;
    }
  }
  return laid;
}

/** In the first round no plane may leave a later node without a task. */
function planeCounts({ tasks, capacities }: Room, size: number): number[] {
  const counts = capacities.map(() => 0);
  const all = [...counts.keys()];
  let placed = 0;
  let open = all;
  for (let round = 0, isFull = false; placed < tasks; round += 1) {
    for (const node of open) {
      const count = counts[node] ?? 0;
      const kept = round === 0 ? capacities.length - 1 - node : 0;
      const free = isFull ? size : Math.max(0, (capacities[node] ?? 0) - count);
      const taken = Math.min(size, free, tasks - placed - kept);
      counts[node] = count + taken;
      placed += taken;
    }
    if (!isFull) open = open.filter((node) => (counts[node] ?? 0) < (capacities[node] ?? 0));
    isFull ||= open.length === 0;
    if (isFull) open = all;
  }
  return counts;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
