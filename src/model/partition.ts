import { type Cluster, configOf } from './cluster.ts';
import type { ClusterConfig, PartitionConfig, PartitionState } from './config.ts';
import { compareHostnames } from './hostlist.ts';
import type { NodeName } from './ids.ts';
import type { TimeLimit } from './timelimit.ts';

/** A set of nodes with limits. */
export interface PartitionInfo {
  readonly name: string;
  /** Jobs that name no partition go here; Slurm marks its name with `*`. */
  readonly isDefault: boolean;
  /** In the order in which sinfo lists them, also those that never registered. */
  readonly nodes: readonly NodeName[];
  /** As an administrator set it, else as declared. */
  readonly state: PartitionState;
  /** The longest limit that a job may have. */
  readonly timeLimit: TimeLimit;
  /** What else was declared; what is missing has Slurm's default. */
  readonly config: PartitionConfig;
}

/** What there is where `cluster.yaml` declares no partition: one with every node. */
const undeclared: readonly PartitionConfig[] = [{ name: 'main', isDefault: true }];

type Known = Pick<Cluster, 'nodes' | 'partitionStates' | 'partitionConfigs' | 'partitionsDeleted'> & {
  readonly config: ClusterConfig | undefined;
  readonly partitions: readonly PartitionInfo[];
};
const known = new WeakMap<Cluster['nodes'], Known>();

/**
 * The partitions of a cluster, in the order in which sinfo lists them: that of their declaration, and then
 * those that administrators made.
 */
export function partitionsOf(cluster: Cluster): readonly PartitionInfo[] {
  const { config, nodes, partitionStates, partitionConfigs, partitionsDeleted } = cluster;
  const before = known.get(nodes);
  const isSame =
    before?.config === config &&
    before?.partitionStates === partitionStates &&
    before?.partitionConfigs === partitionConfigs &&
    before?.partitionsDeleted === partitionsDeleted;
  if (before !== undefined && isSame) return before.partitions;
  const partitions = makePartitions(cluster);
  known.set(nodes, { config, nodes, partitionStates, partitionConfigs, partitionsDeleted, partitions });
  return partitions;
}

function makePartitions(cluster: Cluster): readonly PartitionInfo[] {
  const all = nodeNamesOf(cluster);
  const known = new Set(all);
  return saidPartitions(cluster).map((config) => {
    const { name, isDefault = false, nodes, state = 'up', maxTime = 'UNLIMITED' } = config;
    return {
      name,
      isDefault,
      nodes: nodes === undefined ? all : nodes.filter((one) => known.has(one)).sort(compareHostnames),
      state: cluster.partitionStates.get(name) ?? state,
      timeLimit: maxTime,
      config,
    };
  });
}

function saidPartitions(cluster: Cluster): readonly PartitionConfig[] {
  const declared = declaredPartitions(cluster);
  const names = new Set(declared.map(({ name }) => name));
  return [
    ...declared
      .filter(({ name }) => !cluster.partitionsDeleted.has(name))
      .map((said) => cluster.partitionConfigs.get(said.name) ?? said),
    ...[...cluster.partitionConfigs.values()].filter(({ name }) => !names.has(name)),
  ];
}

/** Those that the settings declare, whatever administrators did to them. */
export function declaredPartitions(cluster: Cluster): readonly PartitionConfig[] {
  const declared = configOf(cluster).partitions;
  return declared.length > 0 ? declared : undeclared;
}

/** Every node that registered or is declared, in the order in which sinfo lists them. */
export function nodeNamesOf(cluster: Cluster): readonly NodeName[] {
  const declared = configOf(cluster).nodes.map(({ name }) => name);
  return [...new Set([...cluster.nodes.keys(), ...declared])].sort(compareHostnames);
}

/** Where a job goes that names no partition; undefined where none is declared the default. */
export function defaultPartitionOf(cluster: Cluster): PartitionInfo | undefined {
  return partitionsOf(cluster).find(({ isDefault }) => isDefault);
}

export function partitionNamed(cluster: Cluster, name: string): PartitionInfo | undefined {
  return partitionsOf(cluster).find((partition) => partition.name === name);
}

/** True while a job names it that has not ended; what is only giving its nodes back does not count. */
export function isPartitionInUse(cluster: Cluster, name: string): boolean {
  for (const job of cluster.jobs.values()) {
    const isOver = job.state === 'ENDED' || (job.state === 'COMPLETING' && job.requeue === undefined);
    if (!isOver && job.spec.partition.split(',').includes(name)) return true;
  }
  return false;
}

/** Who asks, as far as it decides which partitions are shown. */
export interface PartitionReader {
  readonly uid: number;
  /** Names of the groups that he is a member of. */
  readonly groups: readonly string[];
}

/** True where some partition is shown to members of some groups alone: then a reader's groups count. */
export function hasGroupPartitions(cluster: Cluster): boolean {
  return partitionsOf(cluster).some(({ config }) => config.allowGroups !== undefined);
}

/** The partitions that are not shown unless somebody asks for all: hidden ones, and those of other groups. */
export function hiddenPartitions(cluster: Cluster, { uid, groups }: PartitionReader): ReadonlySet<string> {
  const isHidden = ({ isHidden, allowGroups }: PartitionConfig): boolean =>
    isHidden === true ||
    (uid !== 0 && allowGroups !== undefined && !allowGroups.some((group) => groups.includes(group)));
  const partitions = partitionsOf(cluster).filter(({ config }) => isHidden(config));
  return new Set(partitions.map(({ name }) => name));
}
