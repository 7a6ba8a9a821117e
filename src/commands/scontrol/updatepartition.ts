import type { Cluster } from '../../model/cluster.ts';
import { isPartitionInUse, nodeNamesOf, partitionNamed } from '../../model/partition.ts';
import { isPartitionName } from '../../model/partitionwords.ts';
import type { Request } from '../../model/request.ts';
import type { ClusterView } from '../../services/view.ts';
import {
  noErrorLine,
  notDone,
  type PartitionChange,
  partitionKeys,
  refusedPartitionKeys,
  standingPartitionValues,
} from './partitionkeys.ts';
import type { Answer } from './show.ts';
import { complaint, type Setting, tagNamed, unsupported, updateError } from './words.ts';

type PartitionUpdate = Extract<Request, { readonly name: 'updatePartition' }>;
type Cleared = NonNullable<PartitionChange['clear']>[number];

const tags = ['PartitionName', ...Object.keys(partitionKeys), ...Object.keys(refusedPartitionKeys)];

/** `update PartitionName=...`: what to send, or Slurm's complaint (as observed of 22.05.8). */
export function planPartitionUpdate(
  settings: readonly Setting[],
  { cluster }: ClusterView,
  isAdmin: boolean,
): PartitionUpdate | Answer {
  const read = readSettings(settings);
  if ('exitCode' in read) return read;
  const { partition, change } = read;
  if (change === undefined) return complaint('scontrol: error: No changes specified');
  if (!isAdmin) return updateError('Invalid user id');
  if (partitionNamed(cluster, partition) === undefined) {
    return updateError('Invalid partition name specified');
  }
  if (hasUnknownNode(change, cluster)) return updateError('Invalid node name specified');
  return { name: 'updatePartition', partition, ...change };
}

/** `create PartitionName=...`: likewise. A partition that names no nodes has none. */
export function planPartitionCreate(
  settings: readonly Setting[],
  { cluster }: ClusterView,
  isAdmin: boolean,
): PartitionUpdate | Answer {
  const read = readSettings(settings);
  if ('exitCode' in read) return { ...read, err: read.err.replace(noErrorLine, '') };
  const { partition, change = {} } = read;
  if (partition === '') return complaint('scontrol: error: PartitionName must be given.');
  if (partition.toUpperCase() === 'DEFAULT') {
    return complaint('scontrol: error: PartitionName cannot be "DEFAULT".');
  }
  const refused = (what: string): Answer => complaint(`Error creating the partition: ${what}`);
  if (!isAdmin) return refused('Invalid user id');
  const isTaken = partitionNamed(cluster, partition) !== undefined;
  if (isTaken || !isPartitionName(partition)) return refused('Invalid partition name specified');
  if (hasUnknownNode(change, cluster)) return refused('Invalid node name specified');
  return { name: 'updatePartition', partition, isNew: true, ...change };
}

type PartitionDelete = Extract<Request, { readonly name: 'deletePartition' }>;

/** `delete PartitionName=...`: likewise. */
export function planPartitionDelete(
  { entity, written }: { readonly entity: string; readonly written: string },
  { cluster }: ClusterView,
  isAdmin: boolean,
): PartitionDelete | Answer {
  const refused = (what: string): Answer => complaint(`delete_partition ${written}: ${what}`);
  if (!isAdmin) return refused('Invalid user id');
  if (partitionNamed(cluster, entity) === undefined) return refused('Invalid partition name specified');
  if (isPartitionInUse(cluster, entity)) return refused('Partition is in use');
  return { name: 'deletePartition', partition: entity };
}

interface ReadPartition {
  readonly partition: string;
  /** Undefined where nothing is said but the name. */
  readonly change: PartitionChange | undefined;
}

function readSettings(settings: readonly Setting[]): ReadPartition | Answer {
  let partition = '';
  let change: PartitionChange | undefined;
  for (const setting of settings) {
    const known = tagNamed(setting.tag, tags);
    if (known === 'PartitionName') {
      partition = setting.value;
      continue;
    }
    const read = known === undefined ? notKnown(setting) : readOne(known, setting);
    if ('exitCode' in read) return read;
    change = joined(change, read);
  }
  return { partition, change };
}

function hasUnknownNode({ set }: PartitionChange, cluster: Cluster): boolean {
  const names = new Set(nodeNamesOf(cluster));
  return set?.nodes?.some((name) => !names.has(name)) === true;
}

function readOne(tag: string, setting: Setting): PartitionChange | Answer {
  const read = partitionKeys[tag];
  if (read !== undefined) return read(setting);
  if (standingPartitionValues[tag] === setting.value.toUpperCase()) return {};
  return unsupported(`update of ${tag}`, `: ${refusedPartitionKeys[tag] ?? ''}`);
}

function notKnown({ written }: Setting): Answer {
  const what = `scontrol: error: Update of this parameter is not supported: ${written}`;
  return notDone(what, '', 'scontrol: error: Request aborted');
}

/** Of what is said twice the later counts. */
function joined(before: PartitionChange = {}, next: PartitionChange): PartitionChange {
  const gone = new Set(next.clear);
  const set = Object.entries({ ...before.set, ...next.set }).filter(([key]) => !gone.has(key as Cleared));
  const kept = (before.clear ?? []).filter((key) => next.set?.[key] === undefined);
  const clear = [...new Set([...kept, ...gone])];
  const state = next.state ?? before.state;
  return {
    ...(state !== undefined && { state }),
    ...(set.length > 0 && { set: Object.fromEntries(set) }),
    ...(clear.length > 0 && { clear }),
  };
}
