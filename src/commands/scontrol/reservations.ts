import { compareHostnames, parseHostlist } from '../../model/hostlist.ts';
import { isActive } from '../../model/job.ts';
import { defaultPartitionOf, nodeNamesOf, partitionNamed } from '../../model/partition.ts';
import type { Request } from '../../model/request.ts';
import { isReservationInUse, type Reservation } from '../../model/reservation.ts';
import type { ClusterView } from '../../services/view.ts';
import { type ReservationWish, readReservation } from './reservationwish.ts';
import type { Answer } from './show.ts';
import { complaint, type Setting } from './words.ts';

type SetReservation = Extract<Request, { readonly name: 'setReservation' }>;

interface Asked {
  readonly view: ClusterView;
  readonly isAdmin: boolean;
  readonly isNew: boolean;
  readonly isUser: (name: string) => Promise<boolean>;
  readonly utcOffsetMinutes: (unixSeconds: number) => number;
}

/** In Slurm a length without end is a year. */
const yearSeconds = 365 * 86_400;

/**
 * `create reservation` and `update ReservationName=`: what to send, or Slurm's complaint (as observed of
 * 22.05.8).
 */
export async function planReservation(
  settings: readonly Setting[],
  asked: Asked,
): Promise<SetReservation | Answer> {
  const { view, isNew, isAdmin, isUser } = asked;
  const read = readReservation(settings, asked);
  if ('exitCode' in read) return read;
  if (!isAdmin) return refusal('Invalid user id', isNew);
  const before = view.cluster.reservations.get(read.name ?? '');
  if (!isNew && before === undefined) return refusal('Requested reservation is invalid', isNew);
  for (const user of read.users?.names ?? []) {
    if (!(await isUser(user.replace(/^-/, '')))) return refusal('Invalid user id', isNew);
  }
  const made = madeOf(read, before, view);
  if (typeof made === 'string') return refusal(made, isNew);
  if (isNew && view.cluster.reservations.has(made.name)) return refusal('Duplicate reservation name', isNew);
  if (overlaps(made, view)) {
    return refusal('Requested reservation overlaps with another reservation', isNew);
  }
  if (isNew && isBusy(made, view)) return busyNodes(isNew);
  return { name: 'setReservation', reservation: made, isNew };
}

/** The controller's refusal, which an update says twice. */
function refusal(what: string, isNew: boolean): Answer {
  if (what === 'Requested nodes are busy') return busyNodes(isNew);
  return isNew
    ? complaint(`Error creating the reservation: ${what}`)
    : complaint(`Error updating the reservation: ${what}`, `slurm_update error: ${what}`);
}

function busyNodes(isNew: boolean): Answer {
  if (!isNew) {
    const what = 'Requested nodes are busy';
    return complaint(`Error updating the reservation: ${what}`, `slurm_update error: ${what}`);
  }
  const out =
    'Note, unless nodes are directly requested a reservation must exist in a single partition.\n' +
    'If no partition is requested the default partition is assumed.\n';
  return { out, err: 'Error creating the reservation: Requested nodes are busy\n', exitCode: 1 };
}

/** The reservation as it is to be, or why it cannot be. */
function madeOf(
  wish: ReservationWish,
  before: Reservation | undefined,
  view: ClusterView,
): Reservation | string {
  const times = timesOf(wish, before, view);
  if (typeof times === 'string') return times;
  const partition = wish.partition ?? before?.partition;
  if (partition !== undefined && partitionNamed(view.cluster, partition) === undefined) {
    return 'Invalid partition name specified';
  }
  const users = changed(before?.users, wish.users);
  const accounts = changed(before?.accounts, wish.accounts);
  const flags = changed(before?.flags, wish.flags) ?? [];
  const name = wish.name ?? before?.name ?? freeName(users?.[0] ?? accounts?.[0] ?? 'resv', view);
  const common = { name, ...times, ...(partition !== undefined && { partition }) };
  const nodes = nodesOf(wish, { ...common, nodes: before?.nodes ?? [], flags }, view);
  if (typeof nodes === 'string') return nodes;
  const features = wish.features ?? before?.features;
  return {
    ...common,
    ...nodes,
    ...(users !== undefined && users.length > 0 && { users }),
    ...groupsOf(wish, before),
    ...(accounts !== undefined && accounts.length > 0 && { accounts }),
    ...(features !== undefined && features !== '' && { features }),
  };
}

function groupsOf(wish: ReservationWish, before: Reservation | undefined): Pick<Reservation, 'groups'> {
  const groups = changed(before?.groups, wish.groups);
  return groups === undefined || groups.length === 0 ? {} : { groups };
}

function timesOf(
  { startTime, endTime, duration }: ReservationWish,
  before: Reservation | undefined,
  { now }: ClusterView,
): Pick<Reservation, 'startTime' | 'endTime'> | string {
  const start = startTime ?? before?.startTime ?? now;
  let end = endTime ?? before?.endTime ?? start + yearSeconds;
  if (duration !== undefined) {
    const seconds = duration.seconds === 'UNLIMITED' ? yearSeconds : duration.seconds;
    if (duration.how === 'set') end = start + seconds;
    else end += duration.how === 'add' ? seconds : -seconds;
  }
  const isPast = end <= now || (startTime !== undefined && start < now - graceSeconds);
  return isPast || end <= start ? 'Invalid time specified' : { startTime: start, endTime: end };
}

/** `now` may be a while ago when the request is read. */
const graceSeconds = 60;

function changed(
  before: readonly string[] | undefined,
  wish: ReservationWish['users'],
): readonly string[] | undefined {
  if (wish === undefined) return before;
  const { names, how } = wish;
  if (how === 'set') return names;
  const others = (before ?? []).filter((name) => !names.includes(name));
  return how === 'add' ? [...others, ...names] : others;
}

/** Slurm's order of the flags; those behind the first five follow from how the nodes were asked for. */
const flagOrder = [
  ...['MAINT', 'OVERLAP', 'IGNORE_JOBS', 'DAILY', 'WEEKLY', 'SPEC_NODES', 'ALL_NODES', 'PART_NODES'],
];

function nodesOf(
  { nodes, nodeCount }: ReservationWish,
  now: Reservation,
  view: ClusterView,
): Pick<Reservation, 'nodes' | 'flags'> | string {
  const all = nodeNamesOf(view.cluster);
  const asked = (now.flags ?? []).filter((flag) => flagOrder.indexOf(flag) < 5);
  const withFlags = (names: readonly string[], own: readonly string[]) => {
    const flags = [...asked, ...own].sort((a, b) => flagOrder.indexOf(a) - flagOrder.indexOf(b));
    return { nodes: [...names].sort(compareHostnames), ...(flags.length > 0 && { flags }) };
  };
  if (nodes !== undefined && /^all$/i.test(nodes)) {
    if (now.partition === undefined) return withFlags(all, ['SPEC_NODES', 'ALL_NODES']);
    const own = partitionNamed(view.cluster, now.partition)?.nodes ?? [];
    return withFlags(own, ['SPEC_NODES', 'PART_NODES']);
  }
  if (nodes !== undefined) {
    const names = [...new Set(parseHostlist(nodes) ?? [nodes])];
    const isKnown = names.length > 0 && names.every((name) => all.includes(name));
    return isKnown ? withFlags(names, ['SPEC_NODES']) : 'Invalid node name specified';
  }
  if (nodeCount !== undefined && nodeCount !== now.nodes.length) {
    const chosen = chosenNodes(nodeCount, now, view);
    return chosen === undefined ? 'Requested nodes are busy' : withFlags(chosen, []);
  }
  const kept = (now.flags ?? []).filter((flag) => flagOrder.indexOf(flag) >= 5);
  return withFlags(now.nodes, kept);
}

/** So many nodes of the partition that are free for it; those that it has stay. */
function chosenNodes(count: number, wanted: Reservation, view: ClusterView): readonly string[] | undefined {
  const { cluster } = view;
  const partition =
    wanted.partition === undefined ? defaultPartitionOf(cluster) : partitionNamed(cluster, wanted.partition);
  const free = (partition?.nodes ?? []).filter((name) => {
    const one = { ...wanted, nodes: [name] };
    return wanted.nodes.includes(name) || !(overlaps(one, view) || isBusy(one, view));
  });
  const ordered = [...free].sort((a, b) => {
    return Number(wanted.nodes.includes(b)) - Number(wanted.nodes.includes(a));
  });
  return ordered.length < count ? undefined : ordered.slice(0, count);
}

/** Maintenance may overlap, as in Slurm. */
function overlaps(made: Reservation, { cluster }: ClusterView): boolean {
  if (made.flags?.includes('MAINT') === true || made.flags?.includes('OVERLAP') === true) return false;
  return [...cluster.reservations.values()].some(
    (other) =>
      other.name !== made.name &&
      other.startTime < made.endTime &&
      made.startTime < other.endTime &&
      other.flags?.includes('OVERLAP') !== true &&
      other.nodes.some((node) => made.nodes.includes(node)),
  );
}

/** True where a job may still run on one of the nodes when it begins. */
function isBusy({ nodes, startTime, flags }: Reservation, { cluster }: ClusterView): boolean {
  if (flags?.includes('IGNORE_JOBS') === true) return false;
  for (const job of cluster.jobs.values()) {
    if (!isActive(job) || !job.holders.some((node) => nodes.includes(node))) continue;
    const { timeLimit } = job.spec;
    if (timeLimit === 'UNLIMITED' || job.startTime + timeLimit * 60 > startTime) return true;
  }
  return false;
}

function freeName(owner: string, { cluster }: ClusterView): string {
  const base = owner.replace(/^-/, '');
  for (let number = 1; ; number += 1) {
    const name = `${base}_${number}`;
    if (!cluster.reservations.has(name)) return name;
  }
}

/** `delete ReservationName=`. */
export function planReservationDelete(
  { entity: reservation, written }: { readonly entity: string; readonly written: string },
  { cluster }: ClusterView,
  isAdmin: boolean,
): Extract<Request, { readonly name: 'deleteReservation' }> | Answer {
  if (!isAdmin) return complaint(`delete_reservation ${written}: Invalid user id`);
  if (!cluster.reservations.has(reservation)) {
    return complaint(`delete_reservation ${written}: Requested reservation is invalid`);
  }
  if (isReservationInUse(cluster.jobs.values(), reservation)) {
    return complaint(`delete_reservation ${written}: Requested reservation is in use`);
  }
  return { name: 'deleteReservation', reservation };
}
