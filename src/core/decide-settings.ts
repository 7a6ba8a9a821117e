import { type Cluster, configOf } from '../model/cluster.ts';
import type { PartitionConfig } from '../model/config.ts';
import type { ClusterEvent } from '../model/event.ts';
import type { NodeName, Seconds } from '../model/ids.ts';
import type { ActiveJob } from '../model/job.ts';
import { limits } from '../model/limits.ts';
import { isOutOfUse, type NodeAdmin } from '../model/node.ts';
import { isPartitionInUse, nodeNamesOf, partitionNamed, partitionsOf } from '../model/partition.ts';
import type { Request, SentRequest } from '../model/request.ts';
import { isReservationInUse } from '../model/reservation.ts';
import { activeJobs, activeJobsOn } from './free.ts';
import { reduceAll } from './reduce.ts';

/*
 * What administrators ask of the cluster as a whole. Commands refuse what cannot be with Slurm's words; a
 * request that meets another state than its sender saw leads to nothing, and its outcome says so.
 */

const names = [
  'reconfigure',
  'updateNode',
  'updatePartition',
  'deletePartition',
  'setReservation',
  'deleteReservation',
] as const;
type Name = (typeof names)[number];
export type SettingsRequest = Extract<Request, { readonly name: Name }>;

/** What a request leads to, and what became of it. */
interface Decision {
  readonly events: readonly ClusterEvent[];
  readonly outcome: string;
}

export function isSettingsRequest(request: Request): request is SettingsRequest {
  return (names as readonly string[]).includes(request.name);
}

/** Gives nothing to do for a sender without the right, and in a log of a format that cannot hold it. */
export function decideSettings(
  cluster: Cluster,
  sent: SentRequest & { readonly request: SettingsRequest },
  time: Seconds,
): Decision {
  if (!mayAdminister(cluster, sent)) return refused('not an administrator');
  const { request, uid: by } = sent;
  if (request.name === 'reconfigure') {
    // The daemon that took the request read the file before; what that led to is in the state.
    return { events: [], outcome: 'done' };
  }
  if (cluster.format < 3) return refused('the spool is of an older format');
  switch (request.name) {
    case 'updateNode':
      return done(nodeEvents(cluster, request, { time, by }));
    case 'updatePartition': {
      const { partition, isNew = false } = request;
      if ((partitionNamed(cluster, partition) !== undefined) === isNew) {
        return refused(isNew ? 'its name is taken' : 'no such partition');
      }
      if (isNew && partitionsOf(cluster).length >= limits.partitions) return refused('too many partitions');
      return done(partitionEvents(cluster, request, { time, by }));
    }
    case 'deletePartition': {
      const { partition } = request;
      if (partitionNamed(cluster, partition) === undefined) return refused('no such partition');
      if (isPartitionInUse(cluster, partition)) return refused('jobs are in it');
      return done([{ name: 'partitionDeleted', time, partition, by }]);
    }
    case 'setReservation': {
      const { reservation, isNew } = request;
      if (cluster.reservations.has(reservation.name) === isNew) return refused('its name is taken, or gone');
      return done([{ name: 'reservationSet', time, reservation, by }]);
    }
    case 'deleteReservation': {
      const { reservation } = request;
      if (!cluster.reservations.has(reservation)) return refused('no such reservation');
      if (isReservationInUse(cluster.jobs.values(), reservation)) return refused('jobs are of it');
      return done([{ name: 'reservationDeleted', time, reservation, by }]);
    }
    default:
      return request satisfies never;
  }
}

function done(events: readonly ClusterEvent[]): Decision {
  return { events, outcome: 'done' };
}

function refused(why: string): Decision {
  return { events: [], outcome: `refused: ${why}` };
}

/** Root, and those whom the settings name; where they name nobody, the owner of the spool. */
export function mayAdminister(
  cluster: Cluster,
  { uid, isOwner = false }: Pick<SentRequest, 'uid' | 'isOwner'>,
): boolean {
  const { admins, adminUids = [] } = configOf(cluster);
  return uid === 0 || (admins === undefined ? isOwner : adminUids.includes(uid));
}

type PartitionUpdate = Extract<Request, { readonly name: 'updatePartition' }>;

/**
 * The partition as it is from here on, one that is made without nodes unless it is said. The one that becomes
 * the default takes that from another one.
 */
function partitionEvents(
  cluster: Cluster,
  { partition, state, set, clear = [], isNew }: PartitionUpdate,
  said: Said,
): readonly ClusterEvent[] {
  const update = { name: 'partitionUpdated', ...said } as const;
  // As Slurm has it, and otherwise than one of the settings.
  const made: PartitionConfig = { name: partition, nodes: [], minNodes: 1 };
  const own = isNew === true ? made : partitionNamed(cluster, partition)?.config;
  if (own === undefined || (isNew !== true && set === undefined && clear.length === 0)) {
    return state === undefined ? [] : [{ ...update, partition, state }];
  }
  const gone = new Set<string>(clear);
  const kept = Object.entries(own).filter(([key]) => !gone.has(key));
  const config = { ...(Object.fromEntries(kept) as PartitionConfig), ...set };
  const others = set?.isDefault === true ? partitionsOf(cluster).filter((one) => one.isDefault) : [];
  return [
    ...others
      .filter(({ name }) => name !== partition)
      .map((other) => ({ ...update, partition: other.name, config: { ...other.config, isDefault: false } })),
    { ...update, partition, config, ...(state !== undefined && { state }) },
  ];
}

type NodeUpdate = Extract<Request, { readonly name: 'updateNode' }>;

interface Said {
  readonly time: Seconds;
  readonly by: number;
}

function nodeEvents(cluster: Cluster, request: NodeUpdate, said: Said): readonly ClusterEvent[] {
  const known = new Set(nodeNamesOf(cluster));
  const events: ClusterEvent[] = [];
  let state = cluster;
  for (const node of new Set(request.nodes)) {
    if (!known.has(node)) continue;
    const before = state.nodes.get(node)?.admin ?? state.absentNodes.get(node) ?? {};
    const admin = afterUpdate(before, request, said);
    const own: ClusterEvent[] = [{ name: 'nodeUpdated', ...said, node, admin }];
    if (request.state === 'down') own.push(...endEvents(state, node, said));
    // A job on two of the nodes is ended once.
    state = reduceAll(state, own);
    events.push(...own);
  }
  return events;
}

/**
 * What holds of a node after an update. RESUME and IDLE end whatever took it out of use, UNDRAIN only that
 * it is drained.
 */
export function afterUpdate(before: NodeAdmin, request: NodeUpdate, { time, by }: Said): NodeAdmin {
  const { reason, comment, extra, features, activeFeatures, weight } = request;
  const admin: { -readonly [K in keyof NodeAdmin]: NodeAdmin[K] } = { ...before };
  if (reason !== undefined)
    setOrEnd(admin, 'reason', reason === '' ? undefined : { text: reason, uid: by, time });
  if (comment !== undefined) setOrEnd(admin, 'comment', comment || undefined);
  if (extra !== undefined) setOrEnd(admin, 'extra', extra || undefined);
  if (features !== undefined) {
    admin.features = features;
    delete admin.activeFeatures;
  }
  if (activeFeatures !== undefined) admin.activeFeatures = activeFeatures;
  if (weight !== undefined) admin.weight = weight;
  switch (request.state) {
    case 'down':
      admin.isDown = true;
      break;
    case 'drain':
      admin.isDrained = true;
      break;
    case 'fail':
      admin.isFailed = true;
      break;
    case 'undrain':
      delete admin.isDrained;
      break;
    case 'idle':
    case 'resume':
      for (const key of ['isDown', 'isDrained', 'isFailed'] as const) delete admin[key];
      break;
    default:
      break;
  }
  // A reason stays only where there is something to give one for.
  if (!isOutOfUse(admin)) delete admin.reason;
  return admin;
}

type Draft = { -readonly [K in keyof NodeAdmin]: NodeAdmin[K] };

function setOrEnd<K extends keyof Draft>(admin: Draft, key: K, value: Draft[K] | undefined): void {
  if (value === undefined) delete admin[key];
  else admin[key] = value;
}

/** With --no-kill a job goes on on its other nodes, if its first one is among them. */
function goesOnWithout({ spec, allocation }: ActiveJob, node: NodeName): boolean {
  return spec.noKill === true && allocation.length > 1 && allocation[0]?.node !== node;
}

/** What runs on a node that is called down ends there, and waits again if it may. */
function endEvents(cluster: Cluster, node: NodeName, { time, by }: Said): readonly ClusterEvent[] {
  return activeJobsOn(cluster, node)
    .filter((job) => job.state === 'RUNNING' && !goesOnWithout(job, node))
    .map(({ id, attempt, spec }) =>
      spec.requeue && spec.kind === 'batch'
        ? { name: 'jobRequeueRequested', time, id, attempt, by, hold: false }
        : { name: 'jobEndRequested', time, id, attempt, endState: 'NODE_FAIL', reason: 'NodeDown', by },
    );
}

const daySeconds = 86_400;
const periods: Readonly<Record<string, number>> = { DAILY: daySeconds, WEEKLY: 7 * daySeconds };

/** What runs in a reservation ends with it, as in Slurm, where ResvOverRun is 0. */
function jobsOver(cluster: Cluster, reservation: string, time: Seconds): readonly ClusterEvent[] {
  return activeJobs(cluster)
    .filter(({ state, spec }) => state === 'RUNNING' && spec.reservation === reservation)
    .map(({ id, attempt }) => ({
      name: 'jobEndRequested',
      ...{ time, id, attempt, endState: 'TIMEOUT', reason: 'TimeLimit' },
    }));
}

/** Reservations that are over go away, or come again; nobody asks for it. */
export function overReservations(cluster: Cluster, time: Seconds): readonly ClusterEvent[] {
  const events: ClusterEvent[] = [];
  for (const reservation of cluster.reservations.values()) {
    const { name, startTime, endTime, flags = [] } = reservation;
    if (endTime > time) continue;
    events.push(...jobsOver(cluster, name, time));
    const period = flags.map((flag) => periods[flag]).find((one) => one !== undefined);
    if (period === undefined) events.push({ name: 'reservationDeleted', time, reservation: name, by: 0 });
    else {
      const later = Math.ceil((time + 1 - endTime) / period) * period;
      const next = { ...reservation, startTime: startTime + later, endTime: endTime + later };
      events.push({ name: 'reservationSet', time, reservation: next, by: 0 });
    }
  }
  return events;
}
