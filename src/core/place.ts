import { demandsOf, type NodeDemand, parseConstraint } from '../model/constraint.ts';
import type { NodeName } from '../model/ids.ts';
import type { NodeShare } from '../model/job.ts';
import type { JobSpec } from '../model/spec.ts';
import type { Free, NodeFree } from './free.ts';
import {
  cpusOfTasks,
  cpusWithin,
  isOfKind,
  jobGpuNeeds,
  nodeCountMin,
  nodeCountWanted,
  shareOf,
  tasksBound,
} from './needs.ts';

/** Which nodes a job may be given at all; missing: any. */
export type Allowed = ReadonlySet<NodeName> | undefined;

/**
 * Nodes for a whole job among what is free, or undefined. As Slurm's select/cons_tres does: nodes of the
 * lowest weight first; a job of one node takes the one with the fewest CPUs that are enough; more nodes come
 * from the smallest row of neighbours that is enough, in the order of the nodes, each taking as many tasks as
 * it can while something is left for the others.
 */
export function place(spec: JobSpec, free: Free, allowed?: Allowed): readonly NodeShare[] | undefined {
  const kind = [...free.values()].filter(
    (node) => (allowed === undefined || allowed.has(node.name)) && isOfKind(spec, node.whole),
  );
  for (const demand of demandsOn(spec)) {
    const nodes = demand === undefined ? kind : kind.filter(({ whole }) => demand.allows(whole.features));
    const offers = nodes.flatMap((node) => offerOf(spec, node) ?? []);
    const shares = placeByWeight(spec, offers, demand);
    if (shares !== undefined) return shares;
  }
  return undefined;
}

const demandsKnown = new WeakMap<JobSpec, readonly (NodeDemand | undefined)[]>();

/** A specification never changes, and its constraint is asked for again in every pass. */
function demandsOn(spec: JobSpec): readonly (NodeDemand | undefined)[] {
  if (spec.constraint === undefined) return [undefined];
  const known = demandsKnown.get(spec);
  if (known !== undefined) return known;
  const constraint = parseConstraint(spec.constraint);
  const demands = constraint === undefined ? [] : demandsOf(constraint);
  demandsKnown.set(spec, demands);
  return demands;
}

/** A node that has room for at least one task. */
interface Offer {
  readonly node: NodeFree;
  readonly tasksMax: number;
  /** What counts as its size. */
  readonly cpus: number;
}

function offerOf(spec: JobSpec, node: NodeFree): Offer | undefined {
  const jobGpus = jobGpuNeeds(spec).map(() => 0);
  const fits = (tasks: number): boolean => shareOf(spec, node, { tasks, jobGpus }) !== undefined;
  if (!fits(1)) return undefined;
  let most = 1;
  let tooMany = Math.min(spec.ntasks, tasksBound(spec, node.whole)) + 1;
  if (tooMany > 2 && fits(tooMany - 1)) most = tooMany - 1;
  while (tooMany - most > 1) {
    const middle = (most + tooMany) >> 1;
    if (fits(middle)) most = middle;
    else tooMany = middle;
  }
  return { node, tasksMax: most, cpus: cpusWithin(spec, node) };
}

/** Nodes of a higher weight are looked at where those of the lower ones are not enough. */
function placeByWeight(
  spec: JobSpec,
  offers: readonly Offer[],
  demand: NodeDemand | undefined,
): readonly NodeShare[] | undefined {
  const weights = [...new Set(offers.map(({ node }) => node.whole.weight))].sort((a, b) => a - b);
  for (const weight of weights) {
    const shares = placeAmong(
      spec,
      offers.filter(({ node }) => node.whole.weight <= weight),
      demand,
    );
    if (shares !== undefined) return shares;
  }
  return undefined;
}

function placeAmong(
  spec: JobSpec,
  offers: readonly Offer[],
  demand: NodeDemand | undefined,
): readonly NodeShare[] | undefined {
  const asked = spec.nodelist ?? [];
  const must = asked.flatMap((name) => offers.find(({ node }) => node.name === name) ?? []);
  if (must.length < asked.length) return undefined;
  const least = nodeCountMin(spec);
  const counts: NodeDemand['counts'] = demand?.counts ?? [];
  if (nodeCountWanted(spec) === 1 && must.length === 0 && counts.length === 0) {
    const single = smallestNode(spec, offers);
    if (single !== undefined) return single;
  }
  if (spec.nodes.max === 1 && must.length === 0) return undefined;
  // Where the first nodes are too small for the tasks, the smallest are left out, as long as that may help.
  for (const tasksLeast of [0, ...sizesOf(offers)]) {
    const large = offers.filter((offer) => offer.tasksMax > tasksLeast || must.includes(offer));
    if (large.length < least) return undefined;
    for (const row of rowsFor(spec, large, must)) {
      const chosen = chooseNodes(spec, row, { must, least, counts });
      const shares = chosen && sharesOn(spec, chosen, least);
      if (shares !== undefined) return shares;
    }
  }
  return undefined;
}

function smallestNode(spec: JobSpec, offers: readonly Offer[]): readonly NodeShare[] | undefined {
  const part = { tasks: spec.ntasks, jobGpus: jobGpuNeeds(spec).map(({ count }) => count) };
  for (const { node } of [...offers].sort((a, b) => a.cpus - b.cpus)) {
    const share = shareOf(spec, node, part);
    if (share !== undefined) return [share];
  }
  return undefined;
}

/** The different sizes of nodes but the largest, from the smallest. */
function sizesOf(offers: readonly Offer[]): readonly number[] {
  const sizes = new Set(offers.map(({ tasksMax }) => tasksMax));
  return [...sizes].sort((a, b) => a - b).slice(0, -1);
}

/** Nodes to choose from in that order, one list after the other. */
function rowsFor(
  spec: JobSpec,
  offers: readonly Offer[],
  must: readonly Offer[],
): readonly (readonly Offer[])[] {
  const rows = neighbours(offers);
  const size = (row: readonly Offer[]): number => row.reduce((sum, { cpus }) => sum + cpus, 0);
  const wanted = cpusOfTasks(spec, spec.ntasks);
  const rank = (row: readonly Offer[]): number => {
    if (must.some((one) => row.includes(one))) return 0;
    return size(row) >= wanted && row.length >= nodeCountMin(spec) ? 1 : 2;
  };
  // Those with named nodes, then the smallest that is enough; of those that are not, the largest first.
  const ordered = rows.sort(
    (a, b) => rank(a) - rank(b) || (rank(a) === 2 ? size(b) - size(a) : size(a) - size(b)),
  );
  const around = ordered.map((row) => fromNamed(row, must));
  if (spec.contiguous) return around.filter((row) => must.every((one) => row.includes(one)));
  return [around.flat()];
}

/** From the first named node of a row upwards, then downwards from it. */
function fromNamed(row: readonly Offer[], must: readonly Offer[]): readonly Offer[] {
  const first = row.findIndex((offer) => must.includes(offer));
  return first <= 0 ? row : [...row.slice(first), ...row.slice(0, first).reverse()];
}

/** Rows of nodes without another node between them. */
function neighbours(offers: readonly Offer[]): (readonly Offer[])[] {
  const rows: Offer[][] = [];
  for (const offer of [...offers].sort((a, b) => a.node.whole.order - b.node.whole.order)) {
    const last = rows.at(-1)?.at(-1);
    const isNext = last !== undefined && last.node.whole.order + 1 === offer.node.whole.order;
    if (isNext) rows.at(-1)?.push(offer);
    else rows.push([offer]);
  }
  return rows;
}

interface Choice {
  readonly must: readonly Offer[];
  readonly least: number;
  readonly counts: NodeDemand['counts'];
}

/** As many of the nodes as the job takes, the named ones first; undefined when they are not enough. */
function chooseNodes(
  spec: JobSpec,
  row: readonly Offer[],
  { must, least, counts }: Choice,
): readonly Offer[] | undefined {
  const chosen = new Set(must);
  for (const { allows, count } of counts) {
    const having = row.filter(({ node }) => allows(node.whole.features));
    const missing = count - having.filter((offer) => chosen.has(offer)).length;
    for (const offer of having.filter((one) => !chosen.has(one)).slice(0, Math.max(0, missing)))
      chosen.add(offer);
    if (having.filter((offer) => chosen.has(offer)).length < count) return undefined;
  }
  const wanted = nodeCountWanted(spec);
  for (const offer of row) {
    if (chosen.size >= spec.nodes.max) break;
    if (isEnough(spec, [...chosen], least) && chosen.size >= wanted) break;
    chosen.add(offer);
  }
  return chosen.size <= spec.nodes.max && isEnough(spec, [...chosen], least)
    ? [...chosen].sort((a, b) => a.node.whole.order - b.node.whole.order)
    : undefined;
}

function isEnough(spec: JobSpec, chosen: readonly Offer[], least: number): boolean {
  if (chosen.length < least) return false;
  const tasks = chosen.reduce((sum, { tasksMax }) => sum + tasksMax, 0);
  if (tasks < Math.max(spec.ntasks, chosen.length)) return false;
  return jobGpuNeeds(spec).every(({ type, count }) => gpusOf(chosen, type) >= count);
}

function gpusOf(chosen: readonly Offer[], type: string | undefined): number {
  const fitting = chosen.map(({ node }) =>
    node.gpus.filter((gpu) => type === undefined || gpu.type === type),
  );
  return fitting.reduce((sum, gpus) => sum + gpus.length, 0);
}

/** The tasks and the GPUs of the job as a whole laid out over the chosen nodes. */
function sharesOn(spec: JobSpec, chosen: readonly Offer[], least: number): readonly NodeShare[] | undefined {
  const tasks = spec.spreadJob ? evenly(spec, chosen) : filled(spec, chosen);
  const needs = jobGpuNeeds(spec);
  const left = needs.map(({ count }) => count);
  const shares: NodeShare[] = [];
  for (const [index, { node }] of chosen.entries()) {
    const rest = chosen.length - index - 1;
    const jobGpus = left.map((count, need) => {
      const has = gpusOf([{ node, tasksMax: 0, cpus: 0 }], needs[need]?.type);
      // The others get one each, if there are so many.
      return Math.min(has, Math.max(count - rest, Math.min(count, 1)));
    });
    const share = shareOf(spec, node, { tasks: tasks[index] ?? 1, jobGpus });
    if (share === undefined) return undefined;
    for (const [need, count] of jobGpus.entries()) left[need] = (left[need] ?? 0) - count;
    shares.push(share);
  }
  return left.every((count) => count === 0) && shares.length >= least ? shares : undefined;
}

/** Each node takes as many tasks as it can while one is left for each of the others. */
function filled(spec: JobSpec, chosen: readonly Offer[]): readonly number[] {
  let left = Math.max(spec.ntasks, chosen.length);
  return chosen.map(({ tasksMax }, index) => {
    const tasks = Math.min(tasksMax, left - (chosen.length - index - 1));
    left -= tasks;
    return tasks;
  });
}

/** One task a node at a time, as long as the node takes them. */
function evenly(spec: JobSpec, chosen: readonly Offer[]): readonly number[] {
  const tasks = chosen.map(() => 0);
  let left = Math.max(spec.ntasks, chosen.length);
  while (left > 0) {
    const before = left;
    for (const [index, { tasksMax }] of chosen.entries()) {
      if (left === 0 || (tasks[index] ?? 0) >= tasksMax) continue;
      tasks[index] = (tasks[index] ?? 0) + 1;
      left -= 1;
    }
    if (left === before) break;
  }
  return tasks;
}
