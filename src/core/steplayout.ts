import { layoutHosts } from '../model/distribution.ts';
import type { ActiveJob, NodeShare } from '../model/job.ts';
import { rangesOf } from '../model/ranges.ts';
import type { GpuNeed } from '../model/spec.ts';
import type { StepShare } from '../model/steprequest.ts';
import type { StepWish } from '../model/stepwish.ts';

/** What a step takes of one node. */
export type StepPlace = Pick<StepShare, 'node' | 'tasks' | 'cpus' | 'memoryMb' | 'gpus'>;

export type StepLayout =
  | { readonly places: readonly StepPlace[]; readonly ntasks: number; readonly distribution: string }
  /** Slurm's sentences about a step that the allocation cannot hold, the last without its `srun: error: `. */
  | { readonly refused: readonly string[] };

/** Where the tasks of a step go. What others take now is not looked at. */
export function layoutStep(job: ActiveJob, wish: StepWish): StepLayout {
  const candidates = candidatesOf(job.allocation, wish);
  const behind = tooFarBehind(job, wish);
  if (behind !== undefined) return { refused: [behind] };
  if (wish.taskNodes !== undefined) return layoutListed(job, { wish, candidates, hosts: wish.taskNodes });
  const asked = wish.nodeCount ?? Math.max(1, candidates.length);
  const ntasks = wish.ntasks ?? tasksFor(candidates.slice(0, asked), wish, asked);
  const count = Math.min(asked, ntasks);
  if (count > job.allocation.length) {
    return { refused: [`Only allocated ${job.allocation.length} nodes asked for ${count}`] };
  }
  if (count > candidates.length || isUnknown(job, wish)) {
    return refusal(job, 'Requested node configuration is not available');
  }
  const chosen = new Set(candidates.slice(0, count));
  const shares = job.allocation.filter((share) => chosen.has(share));
  const kind = distributionOf(wish.distribution, { ntasks, nodes: asked });
  if (kind === undefined) return refusal(job, 'Requested distribution is not supported by this release');
  const tasks = spread(ntasks, { kind, room: shares.map((share) => roomOn(share, wish)) });
  if (tasks === undefined) return refusal(job, 'More processors requested than permitted');
  return placed(job, { shares, tasks, wish, ntasks, distribution: kind.name });
}

/** Task by task where the list says; the nodes keep the order that they have in the job. */
function layoutListed(
  job: ActiveJob,
  {
    wish,
    candidates,
    hosts,
  }: {
    readonly wish: StepWish;
    readonly candidates: readonly NodeShare[];
    readonly hosts: readonly string[];
  },
): StepLayout {
  const shares = candidates.filter(({ node }) => hosts.includes(node));
  const laid = layoutHosts(
    hosts,
    shares.map(({ node }) => node),
  );
  if (laid === undefined || shares.length !== (wish.nodeCount ?? shares.length)) {
    return refusal(job, 'Requested node configuration is not available');
  }
  const tasks = shares.map((_, place) => [...laid.keys()].filter((task) => laid[task] === place));
  if (shares.some((share, place) => (tasks[place]?.length ?? 0) > roomOn(share, wish))) {
    return refusal(job, 'More processors requested than permitted');
  }
  return placed(job, { shares, tasks, wish, ntasks: hosts.length, distribution: 'arbitrary' });
}

/** Slurm's sentence where the nodes that are asked for begin so late that they do not suffice. */
function tooFarBehind(job: ActiveJob, { relative, nodeCount }: StepWish): string | undefined {
  const has = job.allocation.length;
  if (relative === undefined || nodeCount === undefined || relative + nodeCount <= has) return undefined;
  const option = '--relative and --nodes option incompatible with count of allocated nodes';
  return `${option} (${relative}+${nodeCount}>${has})`;
}

/** How many tasks a step has that does not say it: with --cpus-per-task as many as there is room for. */
function tasksFor(
  shares: readonly NodeShare[],
  { ntasksPerNode, cpusPerTask }: StepWish,
  nodes: number,
): number {
  if (ntasksPerNode !== undefined) return nodes * ntasksPerNode;
  if (cpusPerTask === undefined) return nodes;
  return Math.max(
    nodes,
    shares.reduce((sum, { cpus }) => sum + Math.floor(cpus / cpusPerTask), 0),
  );
}

function refusal(job: ActiveJob, why: string, ...before: readonly string[]): StepLayout {
  return { refused: [...before, `Unable to create step for job ${job.id}: ${why}`] };
}

/** Nodes that are named are the step's; where it is to have more, others of the allocation join them. */
function candidatesOf(
  allocation: readonly NodeShare[],
  { nodelist, exclude = [], relative = 0, nodeCount = 0 }: StepWish,
): readonly NodeShare[] {
  const open = allocation.slice(relative).filter(({ node }) => !exclude.includes(node));
  if (nodelist === undefined) return open;
  const isNamed = ({ node }: NodeShare): boolean => nodelist.includes(node);
  const named = open.filter(isNamed);
  return nodeCount > named.length ? [...named, ...open.filter((share) => !isNamed(share))] : named;
}

function isUnknown(job: ActiveJob, { nodelist = [] }: StepWish): boolean {
  return nodelist.some((name) => job.allocation.every(({ node }) => node !== name));
}

interface Distribution {
  readonly name: 'block' | 'cyclic' | 'plane';
  /** How many tasks a node gets in its turn. */
  readonly turn: number;
  /** The first nodes are filled; else the nodes get as many tasks each, as far as they have room. */
  readonly isPacked?: boolean;
}

/** Slurm's default is by blocks where there are more tasks than nodes (env.srun_in, env.srun_in_sub). */
function distributionOf(
  written: string | undefined,
  { ntasks, nodes }: { readonly ntasks: number; readonly nodes: number },
): Distribution | undefined {
  const [first = '*'] = (written ?? '*').toLowerCase().split(/[:,]/);
  const plane = /^plane(?:=(\d+))?$/.exec(first);
  if (plane !== null) return { name: 'plane', turn: Math.max(1, Number(plane[1] ?? 1)) };
  if (first === 'arbitrary') return undefined;
  const isPacked = /(?:^|[:,])pack$/i.test(written ?? '');
  if (first === 'block' || first === 'cyclic') return { name: first, turn: 1, isPacked };
  return { name: ntasks > nodes ? 'block' : 'cyclic', turn: 1, isPacked };
}

/** How many tasks a node can have. */
function roomOn(share: NodeShare, wish: StepWish): number {
  const { ntasksPerNode = Number.MAX_SAFE_INTEGER, cpusPerTask = 1, gpus = [] } = wish;
  const byCpus = wish.isOvercommitted ? Number.MAX_SAFE_INTEGER : Math.floor(share.cpus / cpusPerTask);
  const perTask = gpus.reduce((sum, need) => sum + (need.per === 'task' ? need.count : 0), 0);
  const byGpus = perTask === 0 ? Number.MAX_SAFE_INTEGER : Math.floor(share.gpus.length / perTask);
  return Math.min(byCpus, byGpus, ntasksPerNode);
}

/** The numbers of the tasks on each node; undefined when there is no room for all. */
function spread(
  ntasks: number,
  { kind, room }: { readonly kind: Distribution; readonly room: readonly number[] },
): readonly (readonly number[])[] | undefined {
  if (room.reduce((sum, one) => sum + one, 0) < ntasks || room.some((one) => one < 1)) return undefined;
  if (kind.name !== 'block') return inTurns(ntasks, room, kind.turn);
  return inBlocks(kind.isPacked === true ? packed(ntasks, room) : evenly(ntasks, room));
}

/** Each node has a task before one has two; then the first nodes are filled. */
function packed(ntasks: number, room: readonly number[]): readonly number[] {
  let left = ntasks - room.length;
  return room.map((most) => {
    const more = Math.min(most - 1, left);
    left -= more;
    return 1 + more;
  });
}

/** As many as each would have if they were dealt out in turn. */
function evenly(ntasks: number, room: readonly number[]): readonly number[] {
  return inTurns(ntasks, room, 1).map((own) => own.length);
}

function inBlocks(counts: readonly number[]): readonly (readonly number[])[] {
  let next = 0;
  return counts.map((count) => {
    next += count;
    return Array.from({ length: count }, (_, place) => next - count + place);
  });
}

function inTurns(ntasks: number, room: readonly number[], turn: number): readonly (readonly number[])[] {
  const tasks: number[][] = room.map(() => []);
  for (let next = 0; next < ntasks; ) {
    for (const [node, own] of tasks.entries()) {
      for (let taken = 0; taken < turn && next < ntasks && own.length < (room[node] ?? 0); taken += 1) {
        own.push(next);
        next += 1;
      }
    }
  }
  return tasks;
}

interface Placing {
  readonly shares: readonly NodeShare[];
  readonly tasks: readonly (readonly number[])[];
  readonly wish: StepWish;
  readonly ntasks: number;
  readonly distribution: string;
}

function placed(job: ActiveJob, { shares, tasks, wish, ntasks, distribution }: Placing): StepLayout {
  const gpus = gpusOn(shares, tasks, wish);
  const short = gpus.findIndex((count, place) => count > (shares[place]?.gpus.length ?? 0));
  if (short >= 0)
    return tooManyGpus(job, { wish, asked: gpus[short] ?? 0, has: shares[short]?.gpus.length ?? 0 });
  const places = shares.map((share, place): StepPlace => {
    const own = tasks[place] ?? [];
    const cpus = cpusOn(share, own.length, wish);
    return {
      node: share.node,
      tasks: rangesOf(own),
      cpus,
      memoryMb: memoryOn(share, cpus, wish),
      gpus: gpus[place] ?? 0,
    };
  });
  const isTooLarge = places.some(({ memoryMb }, place) => memoryMb > (shares[place]?.memoryMb ?? 0));
  if (isTooLarge) return refusal(job, 'Memory required by task is not available');
  return { places, ntasks, distribution };
}

/** All CPUs of its nodes, unless it wants no more than it asks for (captured: srun.in_batch_exact). */
function cpusOn(share: NodeShare, tasks: number, wish: StepWish): number {
  if (!wish.isExact) return share.cpus;
  return Math.min(share.cpus, wish.isOvercommitted ? 1 : tasks * (wish.cpusPerTask ?? 1));
}

/** A step that takes a part of the CPUs and says nothing of memory takes the same part of that. */
function memoryOn(share: NodeShare, cpus: number, wish: StepWish): number {
  if (wish.memoryPerCpuMb !== undefined) return wish.memoryPerCpuMb * cpus;
  if (wish.memoryPerNodeMb) return wish.memoryPerNodeMb;
  return wish.isExact ? Math.floor((share.memoryMb * cpus) / Math.max(1, share.cpus)) : share.memoryMb;
}

function gpusOn(
  shares: readonly NodeShare[],
  tasks: readonly (readonly number[])[],
  { gpus }: StepWish,
): readonly number[] {
  if (gpus === undefined) return shares.map((share) => share.gpus.length);
  const sumOf = (per: GpuNeed['per']): number =>
    gpus.reduce((sum, need) => sum + (need.per === per ? need.count : 0), 0);
  let left = sumOf('job');
  return shares.map((share, place) => {
    const own = sumOf('node') + sumOf('socket') + sumOf('task') * (tasks[place]?.length ?? 0);
    const isLast = place === shares.length - 1;
    const more = isLast ? left : Math.min(left, Math.max(0, share.gpus.length - own));
    left -= more;
    return own + more;
  });
}

/** As captured: srun.in_batch_gpu_more. */
function tooManyGpus(
  job: ActiveJob,
  { wish, asked, has }: { readonly wish: StepWish; readonly asked: number; readonly has: number },
): StepLayout {
  const invalid = 'Invalid generic resource (gres) specification';
  const need = wish.gpus?.find(({ per }) => per === 'node');
  if (need === undefined) return refusal(job, invalid);
  const type = need.type === undefined ? '' : `:${need.type}`;
  const more = `is more than the job's gres_per_node=gpu:${has}`;
  return refusal(job, invalid, `Step requested gres_per_node=gpu${type}:${asked} ${more}`);
}

/** What steps hold of one node of their job. */
export interface StepHolding {
  readonly cpus: number;
  readonly memoryMb: number;
  readonly gpus: readonly number[];
}

/** The devices for a step beside what others hold, node by node; undefined when there is no room for it. */
export function roomForStep(
  allocation: readonly NodeShare[],
  held: ReadonlyMap<string, readonly StepHolding[]>,
  places: readonly StepPlace[],
): readonly (readonly number[])[] | undefined {
  const devices: (readonly number[])[] = [];
  for (const place of places) {
    const share = allocation.find(({ node }) => node === place.node);
    const others = held.get(place.node) ?? [];
    const sumOf = (get: (one: StepHolding) => number): number =>
      others.reduce((sum, one) => sum + get(one), 0);
    if (share === undefined) return undefined;
    if (sumOf((one) => one.cpus) + place.cpus > share.cpus) return undefined;
    if (sumOf((one) => one.memoryMb) + place.memoryMb > share.memoryMb) return undefined;
    const free = share.gpus.filter((index) => others.every((one) => !one.gpus.includes(index)));
    if (free.length < place.gpus) return undefined;
    devices.push(free.slice(0, place.gpus));
  }
  return devices;
}

/** The first devices of each node, whoever else has them: for steps that share. */
export function sharedDevices(
  allocation: readonly NodeShare[],
  places: readonly StepPlace[],
): readonly (readonly number[])[] {
  return places.map(({ node, gpus }) =>
    (allocation.find((share) => share.node === node)?.gpus ?? []).slice(0, gpus),
  );
}
