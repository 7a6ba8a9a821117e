import type { Policy } from '../model/config.ts';
import { demandsOf, type NodeDemand, parseConstraint } from '../model/constraint.ts';
import type { NodeName } from '../model/ids.ts';
import type { NodeShare } from '../model/job.ts';
import type { JobSpec } from '../model/spec.ts';
import { type Choice, chooseAmong } from './choose.ts';
import type { Free } from './free.ts';
import { isOfKind, jobGpuNeeds, nodeCountMin, nodeCountWanted, shareOf } from './needs.ts';
import { byPolicy, type Offer, type Order, offerOf } from './offers.ts';
import { switchSets } from './switchsets.ts';

/** Which nodes a job may be given at all; missing: any. */
export type Allowed = ReadonlySet<NodeName> | undefined;

export interface Placing {
  readonly allowed?: Allowed;
  /** Missing: as Slurm does. */
  readonly policy?: Policy | undefined;
}

/**
 * Nodes for a whole job among what is free, or undefined. As Slurm's select/cons_tres does: nodes of the
 * lowest weight first; a job of one node takes the one with the fewest CPUs that are enough; more nodes come
 * from the smallest row of neighbours that is enough, in the order of the nodes, each taking as many tasks as
 * it can while something is left for the others. A policy puts nodes in another order; wherever one order
 * finds nodes, the others do. Nodes behind few switches go before all that.
 */
export function place(
  spec: JobSpec,
  free: Free,
  { allowed, policy }: Placing = {},
): readonly NodeShare[] | undefined {
  const kind = [...free.values()].filter(
    (node) => (allowed === undefined || allowed.has(node.name)) && isOfKind(spec, node.whole),
  );
  for (const demand of demandsOn(spec)) {
    const nodes = demand === undefined ? kind : kind.filter(({ whole }) => demand.allows(whole.features));
    const offers = nodes.flatMap((node) => offerOf(spec, node) ?? []);
    const shares = placeByWeight(spec, offers, { demand, policy });
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

interface Terms {
  readonly demand: NodeDemand | undefined;
  readonly policy: Policy | undefined;
}

/** Nodes of a higher weight are looked at where those of the lower ones are not enough. */
function placeByWeight(
  spec: JobSpec,
  offers: readonly Offer[],
  terms: Terms,
): readonly NodeShare[] | undefined {
  const weights = [...new Set(offers.map(({ node }) => node.whole.weight))].sort((a, b) => a - b);
  for (const weight of weights) {
    const shares = placeAmong(
      spec,
      offers.filter(({ node }) => node.whole.weight <= weight),
      terms,
    );
    if (shares !== undefined) return shares;
  }
  return undefined;
}

function placeAmong(
  spec: JobSpec,
  offers: readonly Offer[],
  { demand, policy }: Terms,
): readonly NodeShare[] | undefined {
  const asked = spec.nodelist ?? [];
  const must = asked.flatMap((name) => offers.find(({ node }) => node.name === name) ?? []);
  if (must.length < asked.length) return undefined;
  const choice: Choice = { must, least: nodeCountMin(spec), counts: demand?.counts ?? [] };
  if (nodeCountWanted(spec) === 1 && must.length === 0 && choice.counts.length === 0) {
    const single = singleNode(spec, offers, policy);
    if (single !== undefined) return single;
  }
  if (spec.nodes.max === 1 && must.length === 0) return undefined;
  const several = (wish: JobSpec): readonly NodeShare[] | undefined => {
    for (const set of switchSets(wish, offers, choice)) {
      for (const order of ordersOf(policy)) {
        const shares = chooseAmong(wish, set, choice, order);
        if (shares !== undefined) return shares;
      }
    }
    return undefined;
  };
  const { least } = choice;
  const shares = several(spec);
  // As many nodes as a job would like may be of no use to it, and the fewest be enough: some have no GPU.
  if (shares !== undefined || nodeCountWanted(spec) === least) return shares;
  return several({ ...spec, nodes: { min: Math.min(spec.nodes.min, least), max: least } });
}

/** A policy that finds no nodes in its own order tries the others, so that it keeps no job waiting. */
function ordersOf(policy: Policy | undefined): readonly Order[] {
  if (policy === undefined) return ['slurm'];
  return policy === 'fill_first' ? ['fill_first', 'spread', 'slurm'] : ['spread', 'fill_first', 'slurm'];
}

/** Unless a policy says otherwise, the smallest that is enough. */
function singleNode(
  spec: JobSpec,
  offers: readonly Offer[],
  policy: Policy | undefined,
): readonly NodeShare[] | undefined {
  const part = { tasks: spec.ntasks, jobGpus: jobGpuNeeds(spec).map(({ count }) => count) };
  const inOrder = policy === undefined ? (a: Offer, b: Offer) => a.cpus - b.cpus : byPolicy(policy);
  for (const { node } of [...offers].sort(inOrder)) {
    const share = shareOf(spec, node, part);
    if (share !== undefined) return [share];
  }
  return undefined;
}
