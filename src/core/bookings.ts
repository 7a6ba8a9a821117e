import type { Cluster } from '../model/cluster.ts';
import type { NodeName, Seconds } from '../model/ids.ts';
import type { Reservation } from '../model/reservation.ts';
import type { JobSpec } from '../model/spec.ts';
import type { Reason } from '../model/states.ts';

/* Reservations that administrators made: nodes for some users for a time. */

/**
 * Whether a user may run jobs in a reservation. As scontrol(1) has it: where users, or groups, and accounts
 * are said, a job must match both; a minus sign before a name keeps that one out and lets the others in.
 */
export function mayUse({ users, groups, accounts }: Reservation, spec: JobSpec): boolean {
  return isAmong(users, spec.user) && isAmong(groups, spec.group) && isAmong(accounts, spec.account);
}

function isAmong(names: readonly string[] | undefined, own: string): boolean {
  if (names === undefined) return true;
  if (names.includes(`-${own}`)) return false;
  const allowed = names.filter((name) => !name.startsWith('-'));
  return allowed.length === 0 || allowed.includes(own);
}

/** Why a job of a reservation does not start now; undefined when it may, and for other jobs. */
export function reservationReason(cluster: Cluster, spec: JobSpec, now: Seconds): Reason | undefined {
  if (spec.reservation === undefined) return undefined;
  const found = cluster.reservations.get(spec.reservation);
  if (found === undefined || now >= found.endTime) return 'ReservationDeleted';
  return now < found.startTime || !mayUse(found, spec) ? 'Reservation' : undefined;
}

/**
 * The nodes that a job may have if it starts now: those of its reservation, or those that it will have left
 * before one begins. The same set for the same answer, so that it may be compared.
 */
export function nodesWithin(
  cluster: Cluster,
  nodes: ReadonlySet<NodeName>,
  { spec, now }: { readonly spec: JobSpec; readonly now: Seconds },
): ReadonlySet<NodeName> {
  if (cluster.reservations.size === 0) return nodes;
  const limit = spec.timeLimit === 'UNLIMITED' ? Number.POSITIVE_INFINITY : spec.timeLimit * 60;
  const own = spec.reservation === undefined ? undefined : cluster.reservations.get(spec.reservation);
  const others = [...cluster.reservations.values()].filter(
    (one) => one !== own && now < one.endTime && now + limit > one.startTime,
  );
  if (own === undefined && others.length === 0) return nodes;
  const key = [own?.name ?? '', ...others.map(({ name }) => name)].join('\n');
  const sets =
    known.get(cluster.reservations) ?? new Map<ReadonlySet<NodeName>, Map<string, Set<NodeName>>>();
  known.set(cluster.reservations, sets);
  const ofNodes = sets.get(nodes) ?? new Map<string, Set<NodeName>>();
  sets.set(nodes, ofNodes);
  const taken = new Set(others.flatMap((one) => one.nodes));
  const found =
    ofNodes.get(key) ??
    new Set([...nodes].filter((name) => !taken.has(name) && (own?.nodes.includes(name) ?? true)));
  ofNodes.set(key, found);
  return found;
}

const known = new WeakMap<Cluster['reservations'], Map<ReadonlySet<NodeName>, Map<string, Set<NodeName>>>>();

/** When reservations begin and end: nodes come and go by them though nothing happens. */
export function bookedTimes({ reservations }: Cluster): readonly Seconds[] {
  return [...reservations.values()].flatMap(({ startTime, endTime }) => [startTime, endTime]);
}
