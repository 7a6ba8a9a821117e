import type { JobSpec } from '../model/spec.ts';
import { leafOf } from '../model/wiring.ts';
import type { Choice } from './choose.ts';
import { nodeCountWanted } from './needs.ts';
import { isEnough, type Offer } from './offers.ts';

/*
 * Which nodes a job over several of them is to be looked for among: those behind one switch first, of the
 * smallest that is enough; then those behind two of one rack, two of any, and so on. What says how many
 * switches there may be at most (--switches) is a bound on that. Nodes without a label count as being behind
 * one switch together.
 */

/** The nodes of one switch that have room for the job. */
interface Leaf {
  readonly name: string;
  readonly rack: string;
  readonly offers: readonly Offer[];
  /** The job asks for one of them by its name. */
  readonly isNamed: boolean;
}

/** Lists of nodes to choose from, one after the other. */
export function* switchSets(
  spec: JobSpec,
  offers: readonly Offer[],
  choice: Choice,
): Generator<readonly Offer[]> {
  const leaves = leavesOf(offers, choice.must);
  const most = spec.switches?.count || Number.POSITIVE_INFINITY;
  // --spread-job leaves the switches out of account, says sbatch(1).
  if (leaves.length > 1 && (spec.spreadJob !== true || most < leaves.length)) {
    const wanted = Math.min(Math.max(choice.least, nodeCountWanted(spec)), offers.length);
    const isFit = (set: readonly Leaf[]): boolean => isEnough(spec, set.flatMap(offersOf), wanted);
    for (let count = 1; count <= Math.min(most, leaves.length - 1); count += 1) {
      for (const set of setsOf(count, leaves, isFit)) yield set.flatMap(offersOf);
    }
    // Fewer nodes than are wanted, which the job takes too, rather than more switches than it allows.
    if (most < leaves.length && wanted > choice.least) yield* fewerNodes(leaves, most, choice);
  }
  if (leaves.length <= most) yield offers;
}

/** The largest first. */
function fewerNodes(leaves: readonly Leaf[], most: number, { least }: Choice): readonly (readonly Offer[])[] {
  const isFit = (set: readonly Leaf[]): boolean => nodesIn(set) >= least;
  return [...setsOf(most, leaves, isFit)]
    .sort((a, b) => smallerFirst(b, a))
    .map((set) => set.flatMap(offersOf));
}

function offersOf({ offers }: Leaf): readonly Offer[] {
  return offers;
}

function leavesOf(offers: readonly Offer[], must: readonly Offer[]): readonly Leaf[] {
  const groups = new Map<string, Offer[]>();
  for (const offer of offers) {
    const name = leafOf(offer.node.whole.wiring) ?? '';
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [offer]);
    else group.push(offer);
  }
  return [...groups].map(([name, own]) => ({
    name,
    rack: own[0]?.node.whole.wiring.rack ?? '',
    offers: own,
    isNamed: own.some((offer) => must.includes(offer)),
  }));
}

/** So many switches, those of one rack before any, the smallest first; what has too little is left out. */
function* setsOf(
  count: number,
  leaves: readonly Leaf[],
  isFit: (set: readonly Leaf[]) => boolean,
): Generator<readonly Leaf[]> {
  const racks = new Map<string, Leaf[]>();
  for (const leaf of leaves) racks.set(leaf.rack, [...(racks.get(leaf.rack) ?? []), leaf]);
  const scopes = racks.size > 1 && count > 1 ? [...[...racks.values()].sort(smallerFirst), leaves] : [leaves];
  for (const scope of scopes) {
    const named = scope.filter(({ isNamed }) => isNamed);
    const isWhole = leaves.every((leaf) => !leaf.isNamed || scope.includes(leaf));
    if (scope.length < count || !isWhole || named.length > count) continue;
    const others = scope.filter(({ isNamed }) => !isNamed);
    const sets = choices(others, count - named.length).map((some) => [...named, ...some]);
    for (const set of sets.sort(smallerFirst)) if (isFit(set)) yield set;
  }
}

/** How many choices of switches are compared; where there are more, only those with the largest ones are. */
const choicesMax = 256;

function choices(leaves: readonly Leaf[], count: number): readonly (readonly Leaf[])[] {
  if (count === 0) return [[]];
  if (choicesCount(leaves.length, count) <= choicesMax) return allChoices(leaves, count);
  const ordered = [...leaves].sort((a, b) => smallerFirst([b], [a]));
  const base = ordered.slice(0, count - 1);
  return ordered.slice(count - 1).map((last) => [...base, last]);
}

function choicesCount(size: number, count: number): number {
  let product = 1;
  for (let step = 1; step <= count; step += 1) product = (product * (size - count + step)) / step;
  return product;
}

function allChoices(leaves: readonly Leaf[], count: number): readonly (readonly Leaf[])[] {
  if (count === 0) return [[]];
  return leaves.flatMap((first, index) =>
    allChoices(leaves.slice(index + 1), count - 1).map((rest) => [first, ...rest]),
  );
}

function smallerFirst(a: readonly Leaf[], b: readonly Leaf[]): number {
  return nodesIn(a) - nodesIn(b) || cpusIn(a) - cpusIn(b) || orderOf(a) - orderOf(b);
}

function nodesIn(leaves: readonly Leaf[]): number {
  return leaves.reduce((sum, { offers }) => sum + offers.length, 0);
}

function cpusIn(leaves: readonly Leaf[]): number {
  return leaves.flatMap(offersOf).reduce((sum, { cpus }) => sum + cpus, 0);
}

function orderOf(leaves: readonly Leaf[]): number {
  return Math.min(...leaves.flatMap(offersOf).map(({ node }) => node.whole.order));
}
