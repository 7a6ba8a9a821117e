import { type Cluster, configOf } from '../model/cluster.ts';
import { featuresOf, parseConstraint } from '../model/constraint.ts';
import type { Seconds } from '../model/ids.ts';
import { formatIndexList } from '../model/indexlist.ts';
import { limits } from '../model/limits.ts';
import { partitionNamed, partitionsOf } from '../model/partition.ts';
import type { JobSpec } from '../model/spec.ts';
import { type Bid, bidsOf, partitionReason } from './bids.ts';
import { mayUse } from './bookings.ts';
import { lackOf, lackText } from './lack.ts';
import { isImpossible } from './possible.ts';
import { type NodeWhole, type Wholes, wholesOf } from './wholes.ts';

export interface Refusal {
  /** What Slurm says before its sentence, in lines of their own. */
  readonly before: readonly string[];
  /** Slurm's sentence, without the words in front that differ by command. */
  readonly reason: string;
  /** What in particular cannot be had. */
  readonly detail: string;
}

export interface Admission {
  /** About what the state comes to when it is saved: it has to fit into a checkpoint. */
  readonly stateBytes?: number;
  readonly now?: Seconds;
  /** The names of all groups that the submitter is in. */
  readonly groups?: readonly string[];
}

/**
 * Why the cluster does not take the job; undefined when it does. As Slurm does (captured: errors.sbatch):
 * too many GPUs, an unknown type, feature, device or node, too much memory are refused, and what fits on no
 * nodes however empty; more CPUs, nodes or time than a partition has at all wait. A cluster without nodes
 * refuses nothing for want of them: its daemons may not have been started yet.
 */
export function refusalOf(cluster: Cluster, spec: JobSpec, admission: Admission = {}): Refusal | undefined {
  return (
    fullness(cluster, admission.stateBytes ?? 0) ??
    partitionRefusal(cluster, spec, admission) ??
    timeRefusal(spec, admission.now ?? 0) ??
    arrayRefusal(cluster, spec) ??
    licenseRefusal(cluster, spec) ??
    reservationRefusal(cluster, spec) ??
    niceRefusal(spec) ??
    nodeRefusal(cluster, spec)
  );
}

const notAvailable = 'Requested node configuration is not available';
const invalidTimeMin = "Invalid time-min specification (exceeds job's time or other limits)";
const invalidTime = 'Requested time limit is invalid (missing or exceeds some limit)';

function refuse(reason: string, detail: string, ...before: readonly string[]): Refusal {
  return { before, reason, detail };
}

function fullness(cluster: Cluster, stateBytes: number): Refusal | undefined {
  const reason = 'Slurm temporarily unable to accept job, sleeping and retrying';
  if (cluster.jobs.size >= limits.jobsInState) {
    const detail = `the cluster holds ${cluster.jobs.size} jobs and takes in no more until some have ended`;
    return refuse(reason, detail);
  }
  if (stateBytes < limits.stateBytes) return undefined;
  return refuse(
    reason,
    `the jobs here come to ${stateBytes} bytes; no more are taken in until some have ended`,
  );
}

function partitionRefusal(cluster: Cluster, spec: JobSpec, { groups }: Admission): Refusal | undefined {
  const here = partitionsOf(cluster).map(({ name }) => name);
  const detail = `the partitions of this cluster: ${here.join(', ')}`;
  if (spec.partition === '') {
    return refuse('No partition specified or system default partition', detail);
  }
  for (const name of spec.partition.split(',')) {
    const found = partitionNamed(cluster, name);
    const unknown = `invalid partition specified: ${name}`;
    if (found === undefined) return refuse('Invalid partition name specified', detail, unknown);
    const { config, state } = found;
    const own = groups ?? [spec.group];
    if (spec.uid !== 0 && config.allowGroups && !config.allowGroups.some((one) => own.includes(one))) {
      const who = `partition ${name} is for these groups: ${config.allowGroups.join(', ')}`;
      return refuse("User's group not permitted to use this partition", who);
    }
    const isForeign = config.allowAccounts && !config.allowAccounts.includes(spec.account);
    if (isForeign || config.denyAccounts?.includes(spec.account)) {
      const which = `account ${spec.account || '(none)'} may not use partition ${name}`;
      return refuse('Invalid account or account/partition combination specified', which);
    }
    const isOdd = config.allowQos && !config.allowQos.includes(spec.qos ?? 'normal');
    if (isOdd || config.denyQos?.includes(spec.qos ?? 'normal')) {
      return refuse('Invalid qos specification', `QOS ${spec.qos ?? 'normal'} may not use partition ${name}`);
    }
    if (config.isRootOnly && spec.uid !== 0) {
      return refuse(
        "User's group not permitted to use this partition",
        `partition ${name} is for root alone`,
      );
    }
    if (state === 'inact' || state === 'drain') {
      return refuse('Required partition not available (inactive or drain)', `partition ${name}: ${state}`);
    }
  }
  return undefined;
}

function timeRefusal(spec: JobSpec, now: Seconds): Refusal | undefined {
  const { deadline, beginTime, timeMin, timeLimit, timeLimitGiven } = spec;
  const least = timeMin === 'UNLIMITED' ? Number.POSITIVE_INFINITY : (timeMin ?? 0);
  if (timeLimitGiven && timeLimit !== 'UNLIMITED' && least > timeLimit) {
    return refuse(invalidTimeMin, `--time-min is longer than the ${timeLimit} minutes of --time`);
  }
  if (deadline === undefined) return undefined;
  if (deadline > now && deadline < now + least * 60) {
    return refuse(invalidTimeMin, 'the deadline leaves less time than --time-min');
  }
  if (deadline <= now) return refuse(invalidTime, 'the deadline has passed');
  const isLate = beginTime !== undefined && beginTime >= deadline;
  return isLate ? refuse(invalidTime, 'the job would begin after its deadline') : undefined;
}

function arrayRefusal(cluster: Cluster, { array }: JobSpec): Refusal | undefined {
  const size = configOf(cluster).maxArraySize;
  if (array === undefined || size === undefined) return undefined;
  const last = array.tasks.at(-1)?.[1] ?? 0;
  if (last < size) return undefined;
  const detail = `the largest task number here is ${size - 1} (max_array_size), not ${last}`;
  return refuse('Invalid job array specification', detail);
}

function licenseRefusal(cluster: Cluster, { licenses = [] }: JobSpec): Refusal | undefined {
  const all = configOf(cluster).licenses ?? {};
  const missing = licenses.find(({ name, count }) => !Object.hasOwn(all, name) || (all[name] ?? 0) < count);
  if (missing === undefined) return undefined;
  const detail = `wanted ${missing.count} of ${missing.name}, there are ${all[missing.name] ?? 0}`;
  return refuse('Invalid license specification', detail);
}

function reservationRefusal(cluster: Cluster, spec: JobSpec): Refusal | undefined {
  if (spec.reservation === undefined) return undefined;
  const found = cluster.reservations.get(spec.reservation);
  if (found === undefined) {
    return refuse('Requested reservation is invalid', `there is no reservation ${spec.reservation}`);
  }
  if (mayUse(found, spec) || spec.uid === 0) return undefined;
  return refuse('Access denied to requested reservation', `${found.name} is for others`);
}

function niceRefusal({ nice = 0, uid }: JobSpec): Refusal | undefined {
  if (nice >= 0 || uid === 0) return undefined;
  return refuse('Invalid --nice value', 'only root may put a job forward');
}

function nodeRefusal(cluster: Cluster, spec: JobSpec): Refusal | undefined {
  const wholes = wholesOf(cluster);
  if (wholes.size === 0) return undefined;
  const named = [...(spec.nodelist ?? []), ...(spec.exclude ?? [])];
  const unknown = named.find((name) => !wholes.has(name));
  if (unknown !== undefined) {
    return refuse('Invalid node name specified', `no node ${unknown} has registered or is declared`);
  }
  const both = spec.nodelist?.find((name) => spec.exclude?.includes(name));
  if (both !== undefined) return refuse('Invalid node name specified', `${both} is asked for and excluded`);
  return (
    namedGpuRefusal(wholes, spec) ??
    featureRefusal([...wholes.values()], spec) ??
    (spec.hold ? undefined : roomRefusal(cluster, spec))
  );
}

/** A node has no GPU of an index that --node-gpu-ids names there. */
function namedGpuRefusal(wholes: Wholes, { nodeGpuIds = [] }: JobSpec): Refusal | undefined {
  for (const { node, gpus } of nodeGpuIds) {
    const has = (wholes.get(node)?.gpus ?? []).map(({ index }) => index);
    const missing = gpus.find((index) => !has.includes(index));
    if (missing === undefined) continue;
    const own = has.length === 0 ? 'it has none' : `it has ${formatIndexList(has)}`;
    return refuse(notAvailable, `wanted GPU ${missing} of ${node}; ${own}`);
  }
  return undefined;
}

function featureRefusal(wholes: readonly NodeWhole[], { constraint: text }: JobSpec): Refusal | undefined {
  if (text === undefined) return undefined;
  const constraint = parseConstraint(text);
  if (constraint === undefined) return refuse('Invalid feature specification', `it cannot be read: ${text}`);
  const unknown = featuresOf(constraint).find((name) => !wholes.some(({ features }) => features.has(name)));
  return unknown === undefined
    ? undefined
    : refuse('Invalid feature specification', `no node has the feature ${unknown}`);
}

/** Slurm tries to place the job at once; a held one it looks at only when it is released. */
function roomRefusal(cluster: Cluster, spec: JobSpec): Refusal | undefined {
  const all = bidsOf(cluster, spec);
  const bids = all.filter((bid) => partitionReason(bid, spec) === undefined);
  if (bids.length === 0 || !isImpossible(cluster, spec, bids)) return undefined;
  const wholes = [...wholesOf(cluster).values()].filter((whole) => isIn(bids, whole));
  return refuse(notAvailable, lackText(spec, wholes), ...lackOf(spec, wholes));
}

function isIn(bids: readonly Bid[], { name }: NodeWhole): boolean {
  return bids.some(({ nodes }) => nodes.has(name));
}
