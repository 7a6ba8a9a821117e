import type { PartitionState } from '../../model/config.ts';
import { partitionNamed } from '../../model/partition.ts';
import type { Request } from '../../model/request.ts';
import type { ClusterView } from '../../services/view.ts';
import type { Answer } from './show.ts';
import { complaint, type Setting, tagNamed, unsupported, updateError } from './words.ts';

type PartitionUpdate = Extract<Request, { readonly name: 'updatePartition' }>;

const tags = [
  ...['PartitionName', 'State', 'AllocNodes', 'AllowAccounts', 'AllowGroups', 'AllowQos', 'Default'],
  ...['DefaultTime', 'DefMemPerCPU', 'DefMemPerNode', 'DenyAccounts', 'DenyQos', 'DisableRootJobs'],
  ...['ExclusiveUser', 'GraceTime', 'Hidden', 'JobDefaults', 'LLN', 'MaxCPUsPerNode', 'MaxMemPerCPU'],
  ...['MaxMemPerNode', 'MaxNodes', 'MaxTime', 'MinNodes', 'Nodes', 'OverSubscribe', 'OverTimeLimit'],
  ...['PowerDownOnIdle', 'PreemptMode', 'Priority', 'PriorityJobFactor', 'PriorityTier', 'QOS', 'ReqResv'],
  ...['RootOnly', 'Shared'],
] as const;

const states: Readonly<Record<string, PartitionState>> = {
  UP: 'up',
  DOWN: 'down',
  DRAIN: 'drain',
  INACTIVE: 'inact',
};

/** `update PartitionName=...`: what to send, or Slurm's complaint (as observed of 22.05.8). */
export function planPartitionUpdate(
  settings: readonly Setting[],
  { cluster }: ClusterView,
  isAdmin: boolean,
): PartitionUpdate | Answer {
  let partition = '';
  let state: PartitionState | undefined;
  for (const { tag, value, written } of settings) {
    const known = tagNamed(tag, tags);
    if (known === 'PartitionName') partition = value;
    else if (known === 'State') {
      state = stateOf(value);
      if (state === undefined) {
        return notDone(
          `scontrol: error: Invalid input: ${written}`,
          'scontrol: error: Acceptable State values are UP, DOWN, DRAIN and INACTIVE',
        );
      }
    } else if (known === undefined) {
      const what = `scontrol: error: Update of this parameter is not supported: ${written}`;
      return notDone(what, '', 'scontrol: error: Request aborted');
    } else return unsupported(`update of ${known}`, ': change cluster.yaml, then scontrol reconfigure');
  }
  if (state === undefined) return complaint('scontrol: error: No changes specified');
  if (!isAdmin) return updateError('Invalid user id');
  if (partitionNamed(cluster, partition) === undefined) {
    return updateError('Invalid partition name specified');
  }
  return { name: 'updatePartition', partition, state };
}

function stateOf(value: string): PartitionState | undefined {
  const word = value.toUpperCase();
  const found = Object.keys(states).find(
    (name) => name === word || (word.length > 1 && name.startsWith(word)),
  );
  return found === undefined ? undefined : states[found];
}

/** What was complained about before anything was asked of the cluster ends so, too. */
function notDone(...lines: readonly string[]): Answer {
  return complaint(...lines, 'slurm_update error: No error');
}
