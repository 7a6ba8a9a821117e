import { bool, type Infer, int, object, oneOf } from '../base/schema.ts';
import { limits } from './limits.ts';

/** How tasks are spread over the nodes; then over a node's sockets, then over a socket's cores. */
const nodeWords = ['block', 'cyclic', 'plane', 'arbitrary'] as const;
const innerWords = ['block', 'cyclic', 'fcyclic'] as const;

/**
 * What --distribution says. Missing parts are left to the cluster. `pack` is that each node is filled before
 * the next one (Pack), or is not (NoPack). `plane` alone has a size.
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

/** Slurm's sentence before its usual one, about a plane without a size. */
export const planeComplaint = 'Invalid plane size or size not specified';

/**
 * The value of --distribution: `block:cyclic:fcyclic,Pack`, `plane=4`, `arbitrary`, `*`, in either case. A
 * part that is `*` or missing is left to the cluster.
 */
export function parseDistribution(text: string): Distribution | undefined {
  const [words = '', option, ...rest] = text.toLowerCase().split(',');
  if (rest.length > 0) return undefined;
  if (option === undefined && isPackWord(words)) return { pack: words === 'pack' };
  if (option !== undefined && !isPackWord(option)) return undefined;
  const spread = parseSpread(words);
  if (spread === undefined) return undefined;
  // Planes and lists of hosts leave nothing to pack, and Slurm refuses the word behind them.
  if (option !== undefined && (spread.nodes === 'plane' || spread.nodes === 'arbitrary')) return undefined;
  return option === undefined ? spread : { ...spread, pack: option === 'pack' };
}

/** True for a text that Slurm calls a plane without a size before it calls the whole invalid. */
export function lacksPlaneSize(text: string): boolean {
  return /^plane/i.test(text) && parseDistribution(text) === undefined;
}

/** The distribution as a text that parses to it. */
export function formatDistribution({ nodes, planeSize, sockets, cores, pack }: Distribution): string {
  const option = pack === undefined ? '' : pack ? 'Pack' : 'NoPack';
  if (nodes === 'plane') return `plane=${planeSize}`;
  const words = [nodes ?? '*', sockets ?? '*', cores ?? '*'];
  while (words.length > 1 && words.at(-1) === '*') words.pop();
  if (words.length === 1 && nodes === undefined) return option === '' ? '*' : option;
  return words.join(':') + (option === '' ? '' : `,${option}`);
}

function isPackWord(word: string): boolean {
  return word === 'pack' || word === 'nopack';
}

function parseSpread(words: string): Distribution | undefined {
  const [, size] = /^plane=(\d{1,7})$/.exec(words) ?? [];
  if (size !== undefined) {
    const planeSize = Number(size);
    return planeSize >= 1 && planeSize <= limits.tasksPerJob ? { nodes: 'plane', planeSize } : undefined;
  }
  if (words === 'arbitrary') return { nodes: 'arbitrary' };
  const [first = '', ...inner] = words.split(':');
  const nodes = first === '*' ? undefined : (['block', 'cyclic'] as const).find((word) => word === first);
  if (inner.length > 2 || (nodes === undefined && first !== '*')) return undefined;
  const [sockets, cores] = inner.map((word) => innerWords.find((one) => one === word));
  if (inner.some((word) => word !== '*' && word !== '' && !innerWords.some((one) => one === word))) {
    return undefined;
  }
  return {
    ...(nodes !== undefined && { nodes }),
    ...(sockets !== undefined && { sockets }),
    ...(cores !== undefined && { cores }),
  };
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
