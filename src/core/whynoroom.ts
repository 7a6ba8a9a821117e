import { formatHostlist } from '../model/hostlist.ts';
import type { JobSpec } from '../model/spec.ts';
import type { Bid } from './bids.ts';
import type { Wait } from './eligible.ts';
import { freeWhenEmpty } from './free.ts';
import { allowedNodes, type Pass } from './pass.ts';
import { isImpossible } from './possible.ts';
import { placeIn } from './terms.ts';

/** Slurm's words where nodes are missing that nobody asked for by name. */
const nodesMissingText =
  'Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions';

/**
 * Why a job finds no room even when all that runs now has ended: nodes are away or kept for others, or there
 * are none such.
 */
export function whyNoRoom(
  { pass, lacking }: { readonly pass: Pass; readonly lacking: Set<string> },
  spec: JobSpec,
  bids: readonly Bid[],
): Wait {
  const { cluster } = pass;
  const [bid] = bids;
  if (bid === undefined) return { reason: 'PartitionConfig' };
  const whole = freeWhenEmpty(cluster);
  if (bids.every(({ nodes }) => nodes.size === 0)) return { reason: 'Resources', text: nodesMissingText };
  const isLarge = bids.every((one) => placeIn(one, spec, whole, one.nodes) === undefined);
  if (isLarge) return { reason: isImpossible(cluster, spec, bids) ? 'BadConstraints' : 'PartitionConfig' };
  const named = spec.nodelist ?? [];
  const isAway = (name: string): boolean => !pass.free.has(name);
  const away = named.filter(isAway);
  if (away.length > 0) return unavailable(away);
  const isReserved =
    bids.some((one) => placeIn(one, spec, pass.free.size > 0 ? whole : pass.free, bookable(pass, one))) &&
    bids.every((one) => allowedNodes(pass, spec, one) !== one.nodes);
  if (isReserved) {
    const text = 'ReqNodeNotAvail, May be reserved for other job';
    return { reason: 'ReqNodeNotAvail', text };
  }
  const { name } = bid.partition;
  if (!lacking.has(name)) {
    lacking.add(name);
    return { reason: 'Resources', text: nodesMissingText };
  }
  return unavailable([...bid.nodes].filter(isAway));
}

function unavailable(names: readonly string[]): Wait {
  const text = names.length === 0 ? '' : `, UnavailableNodes:${formatHostlist(names)}`;
  return { reason: 'ReqNodeNotAvail', text: `ReqNodeNotAvail${text}` };
}

/** The nodes of a partition that take jobs, reserved or not. */
function bookable(pass: Pass, bid: Bid): ReadonlySet<string> {
  return new Set([...bid.nodes].filter((name) => pass.free.has(name)));
}
