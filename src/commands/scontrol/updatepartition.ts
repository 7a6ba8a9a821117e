import { nodeNamesOf, partitionNamed } from '../../model/partition.ts';
import type { Request } from '../../model/request.ts';
import type { ClusterView } from '../../services/view.ts';
import { notDone, type PartitionChange, partitionKeys, refusedPartitionKeys } from './partitionkeys.ts';
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
  if (change === undefined) return complaint('scontrol: error: No changes specified');
  if (!isAdmin) return updateError('Invalid user id');
  if (partitionNamed(cluster, partition) === undefined) {
    return updateError('Invalid partition name specified');
  }
  const names = new Set(nodeNamesOf(cluster));
  if (change.set?.nodes?.some((name) => !names.has(name))) return updateError('Invalid node name specified');
  return { name: 'updatePartition', partition, ...change };
}

function readOne(tag: string, setting: Setting): PartitionChange | Answer {
  const read = partitionKeys[tag];
  if (read !== undefined) return read(setting);
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
