import { fail, int, oneOf, type Schema } from '../base/schema.ts';
import { type PartitionConfig, partitionStateSchema } from './config.ts';
import { parseHostlist } from './hostlist.ts';
import { isNodeName } from './ids.ts';
import { limits } from './limits.ts';
import { parseTimeLimit } from './timelimit.ts';
import {
  asUnsaid,
  faultAt,
  memory,
  names,
  type Place,
  readItems,
  readWords,
  type Words,
  written,
  yesOrNo,
} from './words.ts';

type Unsaid = typeof asUnsaid;

const time = written(parseTimeLimit, 'a time limit such as 90, 12:00:00 or 7-00:00:00, or UNLIMITED');
const tier = int(0, 65_533);

/** A number of nodes or CPUs, or UNLIMITED. */
function bound(max: number): Schema<number | Unsaid> {
  const read = int(0, max);
  return (value) => (typeof value === 'string' && /^unlimited$/i.test(value) ? asUnsaid : read(value));
}

const someNames: Schema<readonly string[] | Unsaid> = (value) =>
  typeof value === 'string' && /^all$/i.test(value) ? asUnsaid : names(value);

/** `gpu[01-03],cpu01`, or a list of such, or ALL. */
const someNodes: Schema<readonly string[] | Unsaid> = (value) => {
  const said = someNames(value);
  if (said === asUnsaid) return said;
  const nodes = parseHostlist(said.join(','));
  const isFit = nodes?.every(isNodeName) === true && nodes.length <= limits.nodesPerJob;
  return isFit ? [...new Set(nodes)] : fail('a list of node names such as gpu[01-03],cpu01, or ALL');
};

function lowerCase<T>(schema: Schema<T>): Schema<T> {
  return (value) => schema(typeof value === 'string' ? value.toLowerCase() : value);
}

const state = lowerCase((value) => partitionStateSchema(value === 'inactive' ? 'inact' : value));

/** What a partition may be called here. */
export function isPartitionName(name: string): boolean {
  return /^[A-Za-z0-9_.-]{1,64}$/.test(name);
}

const partitionName: Schema<string> = (value) =>
  typeof value === 'string' && isPartitionName(value) ? value : fail('a partition name');

/** Jobs never share CPUs here, so that what would let them is no setting. */
const overSubscribe: Schema<'no' | 'exclusive'> = (value) => {
  const word = yesNoWord(value);
  if (/^(?:yes|force)(?::\d+)?$/.test(word)) return fail('no or exclusive: jobs do not share CPUs here');
  return oneOf('no', 'exclusive')(word);
};

/** In YAML `no` may be a truth value. */
function yesNoWord(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value.toLowerCase() : '';
}

/** Slurm's priority/basic, which holds here, knows no factors of partitions. */
const jobFactor: Schema<number> = (value) =>
  int(0, 65_533)(value) === 1 ? 1 : fail('1: priorities go by the order of submission; see priority_tier');

const partitionWords: Words<PartitionConfig> = {
  allow_accounts: ['allowAccounts', someNames],
  allow_groups: ['allowGroups', someNames],
  allow_qos: ['allowQos', someNames],
  def_mem_per_cpu: ['defMemPerCpuMb', memory],
  def_mem_per_node: ['defMemPerNodeMb', memory],
  default: ['isDefault', yesOrNo],
  default_time: ['defaultTime', time],
  deny_accounts: ['denyAccounts', someNames],
  deny_qos: ['denyQos', someNames],
  hidden: ['isHidden', yesOrNo],
  max_cpus_per_node: ['maxCpusPerNode', bound(limits.cpusPerNode)],
  max_mem_per_cpu: ['maxMemPerCpuMb', memory],
  max_mem_per_node: ['maxMemPerNodeMb', memory],
  max_nodes: ['maxNodes', bound(limits.nodesPerJob)],
  max_time: ['maxTime', time],
  min_nodes: ['minNodes', int(0, limits.nodesPerJob)],
  name: ['name', partitionName],
  nodes: ['nodes', someNodes],
  oversubscribe: ['overSubscribe', overSubscribe],
  priority_job_factor: ['priorityJobFactor', jobFactor],
  priority_tier: ['priorityTier', tier],
  root_only: ['isRootOnly', yesOrNo],
  state: ['state', state],
};

/** The section `partitions`, in its order. */
export function readPartitions(value: unknown, at: Place): readonly PartitionConfig[] {
  const known = new Set<string>();
  let hasDefault = false;
  return readItems(value, at, (item, place) => {
    const { name, ...rest } = readWords(item, partitionWords, place);
    if (name === undefined) throw faultAt(place, 'a partition needs a name');
    if (known.has(name)) throw faultAt(place, `partition ${name} is declared twice`);
    known.add(name);
    if (rest.isDefault === true) {
      if (hasDefault) throw faultAt(place, `partition ${name}: another one is the default already`);
      hasDefault = true;
    }
    return { name, ...rest };
  });
}
