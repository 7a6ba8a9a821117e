import type { NodeDemand } from '../model/constraint.ts';
import type { NodeShare } from '../model/job.ts';
import type { JobSpec } from '../model/spec.ts';
import { sharesOn } from './layout.ts';
import { cpusOfTasks, nodeCountMin, nodeCountWanted } from './needs.ts';
import { byPolicy, isEnough, type Offer, type Order } from './offers.ts';

export interface Choice {
  /** Those that the job names. */
  readonly must: readonly Offer[];
  readonly least: number;
  readonly counts: NodeDemand['counts'];
}

/** The shares of a job on some of the nodes, which are looked at in that order. */
export function chooseAmong(
  spec: JobSpec,
  offers: readonly Offer[],
  choice: Choice,
  order: Order,
): readonly NodeShare[] | undefined {
  const { must, least } = choice;
  // Where the first nodes are too small for the tasks, the smallest are left out, as long as that may help.
  for (const tasksLeast of [0, ...sizesOf(offers)]) {
    const large = offers.filter((offer) => offer.tasksMax > tasksLeast || must.includes(offer));
    if (large.length < least) return undefined;
    for (const row of rowsIn(order, { spec, offers: large, must })) {
      const chosen = chooseNodes(spec, row, choice);
      const shares = chosen && sharesOn(spec, chosen, least);
      if (shares !== undefined) return shares;
    }
  }
  return undefined;
}

/** The different sizes of nodes but the largest, from the smallest. */
function sizesOf(offers: readonly Offer[]): readonly number[] {
  const sizes = new Set(offers.map(({ tasksMax }) => tasksMax));
  return [...sizes].sort((a, b) => a - b).slice(0, -1);
}

interface Rows {
  readonly spec: JobSpec;
  readonly offers: readonly Offer[];
  readonly must: readonly Offer[];
}

/** Lists of nodes to take from. Nodes that have to lie side by side are in no other order. */
function rowsIn(order: Order, { spec, offers, must }: Rows): readonly (readonly Offer[])[] {
  return order === 'slurm' || spec.contiguous
    ? rowsFor(spec, offers, must)
    : [[...offers].sort(byPolicy(order))];
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
