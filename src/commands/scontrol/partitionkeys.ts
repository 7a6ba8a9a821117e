import type { PartitionConfig, PartitionState } from '../../model/config.ts';
import { parseCount } from '../../model/counts.ts';
import { parseHostlist } from '../../model/hostlist.ts';
import { limits } from '../../model/limits.ts';
import { parseTimeLimit } from '../../model/timelimit.ts';
import type { Answer } from './show.ts';
import { complaint, type Setting, unsupported, updateError } from './words.ts';

/* What may be changed of a partition by hand, with Slurm's complaints (as asked of 22.05.8 key by key). */

/** What is to hold of a partition, and of what nothing is to be said any more. */
export interface PartitionChange {
  readonly state?: PartitionState;
  readonly set?: Partial<PartitionConfig>;
  readonly clear?: readonly Exclude<keyof PartitionConfig, 'name'>[];
}

type Key = Exclude<keyof PartitionConfig, 'name'>;
type Read = (setting: Setting) => PartitionChange | Answer;

export const noErrorLine = 'slurm_update error: No error\n';

/** What was complained about before anything was asked of the cluster ends so, too. */
export function notDone(...lines: readonly string[]): Answer {
  return complaint(...lines, noErrorLine.trimEnd());
}

function isWord(word: string, value: string): boolean {
  return value !== '' && word.startsWith(value.toUpperCase());
}

function isUnlimited(value: string): boolean {
  return /^(?:unlimited|infinite)$/i.test(value);
}

/** One of some words, which may be cut down. */
function oneOfWords(name: string, words: readonly string[], take: (word: string) => PartitionChange): Read {
  return ({ value, written }) => {
    const found = words.find((word) => isWord(word, value));
    if (found !== undefined) return take(found);
    const list =
      words.length === 2 ? words.join(' and ') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
    return notDone(
      `scontrol: error: Invalid input: ${written}`,
      `scontrol: error: Acceptable ${name} values are ${list}`,
    );
  };
}

function yesNo(name: string, key: 'isDefault' | 'isHidden' | 'isRootOnly'): Read {
  return oneOfWords(name, ['YES', 'NO'], (word) => ({ set: { [key]: word === 'YES' } }));
}

/** Names between commas; everybody where there is none, and where ALL are said. */
function namesOf(key: 'allowAccounts' | 'allowGroups' | 'allowQos' | 'denyAccounts' | 'denyQos'): Read {
  return ({ value }) => {
    const names = value.split(',').filter((name) => name !== '');
    const isAll = names.length === 0 || (key.startsWith('allow') && /^all$/i.test(value));
    return isAll ? { clear: [key] } : { set: { [key]: names } };
  };
}

function time(key: 'maxTime' | 'defaultTime'): Read {
  return ({ value, written }) => {
    const limit = /^[\d:-]+$/.test(value) || isUnlimited(value) ? parseTimeLimit(value) : undefined;
    return limit === undefined
      ? notDone(`scontrol: error: Invalid input ${written}`)
      : { set: { [key]: limit } };
  };
}

function countOf(
  name: string,
  key: Key,
  { max, wrong }: { readonly max: number; readonly wrong?: string },
): Read {
  return ({ value }) => {
    if (isUnlimited(value)) return { clear: [key] };
    const count = parseCount(value, { min: 0, max });
    if (count !== undefined) return { set: { [key]: count } };
    return notDone(`scontrol: error: ${wrong?.replace('%s', value) ?? `Invalid ${name} value: ${value}`}`);
  };
}

/** In MiB; of what is said for each node and for each CPU Slurm keeps one. 0 is no limit. */
function memory(name: string, key: MemoryKey, other: MemoryKey): Read {
  return ({ value }) => {
    const mb = parseCount(value, { min: 0, max: limits.memoryMbMax });
    if (mb === undefined) return notDone(`scontrol: error: Invalid ${name} value: ${value}`);
    return mb === 0 ? { clear: [key, other] } : { set: { [key]: mb }, clear: [other] };
  };
}
type MemoryKey = 'defMemPerCpuMb' | 'defMemPerNodeMb' | 'maxMemPerCpuMb' | 'maxMemPerNodeMb';

const nodes: Read = ({ value }) => {
  if (/^all$/i.test(value)) return { clear: ['nodes'] };
  const names = value === '' ? [] : parseHostlist(value);
  return names === undefined ? updateError('Invalid node name specified') : { set: { nodes: names } };
};

const overSubscribe: Read = ({ value, written }) => {
  const [, word = '', , jobs] = /^([a-z]+)((?::(\d+))?)$/i.exec(value) ?? [];
  if (isWord('NO', word) && jobs === undefined) return { set: { overSubscribe: 'no' } };
  if (isWord('EXCLUSIVE', word) && jobs === undefined) return { set: { overSubscribe: 'exclusive' } };
  if (isWord('YES', word) || isWord('FORCE', word)) {
    return unsupported(`OverSubscribe=${value}`, ': jobs do not share CPUs here');
  }
  return notDone(
    `scontrol: error: Invalid input: ${written}`,
    'scontrol: error: Acceptable OverSubscribe values are NO, EXCLUSIVE, YES:#, and FORCE:#',
  );
};

const states: Readonly<Record<string, PartitionState>> = {
  UP: 'up',
  DOWN: 'down',
  DRAIN: 'drain',
  INACTIVE: 'inact',
};

const state: Read = ({ value, written }) => {
  const word = value.toUpperCase();
  const found = Object.keys(states).find(
    (name) => name === word || (word.length > 1 && name.startsWith(word)),
  );
  const known = found === undefined ? undefined : states[found];
  if (known !== undefined) return { state: known };
  return notDone(
    `scontrol: error: Invalid input: ${written}`,
    'scontrol: error: Acceptable State values are UP, DOWN, DRAIN and INACTIVE',
  );
};

const nodeCount = { max: limits.nodesPerJob };

export const partitionKeys: Readonly<Record<string, Read>> = {
  State: state,
  AllowAccounts: namesOf('allowAccounts'),
  AllowGroups: namesOf('allowGroups'),
  AllowQos: namesOf('allowQos'),
  Default: yesNo('Default', 'isDefault'),
  DefaultTime: time('defaultTime'),
  DefMemPerCPU: memory('DefMemPerCPU', 'defMemPerCpuMb', 'defMemPerNodeMb'),
  DefMemPerNode: memory('DefMemPerNode', 'defMemPerNodeMb', 'defMemPerCpuMb'),
  DenyAccounts: namesOf('denyAccounts'),
  DenyQos: namesOf('denyQos'),
  Hidden: yesNo('Hidden', 'isHidden'),
  MaxCPUsPerNode: countOf('MaxCPUsPerNode', 'maxCpusPerNode', { max: limits.cpusPerNode }),
  MaxMemPerCPU: memory('MaxMemPerCPU', 'maxMemPerCpuMb', 'maxMemPerNodeMb'),
  MaxMemPerNode: memory('MaxMemPerNode', 'maxMemPerNodeMb', 'maxMemPerCpuMb'),
  MaxNodes: countOf('MaxNodes', 'maxNodes', {
    ...nodeCount,
    wrong: 'Invalid numeric value "%s" for MaxNodes.',
  }),
  MaxTime: time('maxTime'),
  MinNodes: countOf('MinNodes', 'minNodes', { ...nodeCount, wrong: '"%s" is not a valid node count' }),
  Nodes: nodes,
  OverSubscribe: overSubscribe,
  PriorityTier: countOf('PriorityTier', 'priorityTier', { max: 65_533 }),
  RootOnly: yesNo('RootOnly', 'isRootOnly'),
  Shared: overSubscribe,
};

/** What holds of Slurm's other keys: that may be said, and changes nothing. */
export const standingPartitionValues: Readonly<Record<string, string>> = {
  AllocNodes: 'ALL',
  DisableRootJobs: 'NO',
  ExclusiveUser: 'NO',
  GraceTime: '0',
  LLN: 'NO',
  OverTimeLimit: 'NONE',
  PreemptMode: 'OFF',
  PriorityJobFactor: '1',
  QOS: 'N/A',
  ReqResv: 'NO',
};

/** Slurm's other keys, and why there is nothing of the kind here. */
export const refusedPartitionKeys: Readonly<Record<string, string>> = {
  AllocNodes: 'jobs are submitted from everywhere',
  Alternate: 'jobs stay in the partitions that they name',
  CpuBind: 'tasks are bound by srun --cpu-bind alone',
  DisableRootJobs: 'see AllowGroups',
  ExclusiveUser: 'see sbatch --exclusive=user',
  GraceTime: 'no job is preempted',
  JobDefaults: 'see DefMemPerCPU',
  LLN: 'nodes are chosen by their weights',
  OverTimeLimit: 'time limits are kept as they are',
  PreemptMode: 'no job is preempted',
  Priority: 'see PriorityTier',
  PriorityJobFactor: 'priorities go by the order of submission; see PriorityTier',
  QOS: 'there is one quality of service',
  ReqResv: 'see AllowGroups and reservations',
};
