import { bool, dictionary, type Infer, int, list, object, oneOf, text } from '../base/schema.ts';
import { accountSchema } from './accounts.ts';
import { nodeNameSchema, uidSchema } from './ids.ts';
import { limits } from './limits.ts';
import { timeLimitSchema } from './spec.ts';
import { wiringNameSchema } from './wiring.ts';

const name = text(limits.nameLength);

/** Whether a partition takes jobs in, and starts them, as Slurm has it (slurm.conf(5), State). */
export const partitionStateSchema = oneOf('up', 'down', 'drain', 'inact');
export type PartitionState = Infer<typeof partitionStateSchema>;

/** What may be said of a partition. */
const changeable = {
  isDefault: bool,
  /** Missing: every node. */
  nodes: list(nodeNameSchema, limits.nodesPerJob),
  state: partitionStateSchema,
  /** Minutes; missing: UNLIMITED. */
  maxTime: timeLimitSchema,
  /** Of jobs that name none; missing: `maxTime`. */
  defaultTime: timeLimitSchema,
  minNodes: int(0, limits.nodesPerJob),
  maxNodes: int(0, limits.nodesPerJob),
  /** Jobs of a partition with a higher tier go first; missing: 1. */
  priorityTier: int(0, 65_533),
  priorityJobFactor: int(0, 65_533),
  /** Names of groups, users, accounts; missing: everybody. */
  allowGroups: list(name, 1024),
  allowAccounts: list(name, 1024),
  allowQos: list(name, 1024),
  denyAccounts: list(name, 1024),
  denyQos: list(name, 1024),
  defMemPerCpuMb: int(0, limits.memoryMbMax),
  defMemPerNodeMb: int(0, limits.memoryMbMax),
  maxMemPerCpuMb: int(0, limits.memoryMbMax),
  maxMemPerNodeMb: int(0, limits.memoryMbMax),
  maxCpusPerNode: int(0, limits.cpusPerNode),
  overSubscribe: oneOf('no', 'exclusive', 'yes', 'force'),
  isHidden: bool,
  isRootOnly: bool,
} as const;

/** A partition as `cluster.yaml` declares it; what is missing has Slurm's default. */
export const partitionConfigSchema = object({ name }, changeable);
export type PartitionConfig = Infer<typeof partitionConfigSchema>;

/** What an administrator may change of a partition (scontrol update), and what he may take away again. */
export const partialPartitionSchema = object({}, changeable);
export const partitionKeySchema = oneOf(...(Object.keys(changeable) as (keyof typeof changeable)[]));

/** A node as `cluster.yaml` declares it: its daemon takes these values in place of what it finds. */
const nodeConfigSchema = object(
  { name: nodeNameSchema },
  {
    hostName: name,
    /** Where it is reached. */
    address: name,
    cpus: int(1, limits.cpusPerNode),
    sockets: int(1, limits.cpusPerNode),
    coresPerSocket: int(1, limits.cpusPerNode),
    threadsPerCore: int(1, limits.cpusPerNode),
    memoryMb: int(1, limits.memoryMbMax),
    tmpMb: int(0, limits.memoryMbMax),
    /** As mgpud --gpus takes it: `a100:4`. */
    gpus: name,
    features: list(name, 256),
    weight: int(0, 2 ** 32 - 1),
    /** Where its daemon listens for doorbells; 0: nowhere. Missing: at any free port, if that is needed. */
    port: int(0, 65_535),
    rack: wiringNameSchema,
    switch: wiringNameSchema,
  },
);
export type NodeConfig = Infer<typeof nodeConfigSchema>;

/**
 * Which of the nodes that fit are taken first: `fill_first` those that have the least left, `spread` those
 * that have the most.
 */
export const policySchema = oneOf('fill_first', 'spread');
export type Policy = Infer<typeof policySchema>;

/** Of Slurm's max_switch_wait. */
export const maxSwitchWaitDefault = 300;

/**
 * What `cluster.yaml` says of the cluster as a whole, as the log keeps it (event `clusterConfigured`): who
 * decides by it decides by the same everywhere. How a daemon works (heartbeats, probes) is not part of it.
 */
export const clusterConfigSchema = object(
  {
    /** In the order of the file; none: one partition `main` with every node. */
    partitions: list(partitionConfigSchema, limits.partitions),
    nodes: list(nodeConfigSchema, limits.nodesPerJob),
  },
  {
    clusterName: name,
    defMemPerCpuMb: int(0, limits.memoryMbMax),
    defMemPerNodeMb: int(0, limits.memoryMbMax),
    maxArraySize: int(1, limits.arraySizeMax),
    firstJobId: int(1, limits.jobIdMax),
    /** How long a job waits at least before the start is shown that is expected of it; missing: 30. */
    backfillSeconds: int(0, 10_800),
    /** Who may do what else only the owner and root may: names of users. Missing: the spool's owner. */
    admins: list(name, 1024),
    /** Their numbers, as the daemon knew them that read the file. */
    adminUids: list(uidSchema, 1024),
    /** Whether a job that waits for what can never be goes away (Slurm's kill_invalid_depend). */
    killInvalidDependency: bool,
    /** Who is charged: see model/accounts. */
    accounts: list(accountSchema, 10_000),
    /** How many of each there are. */
    licenses: dictionary(int(0, 2 ** 31 - 1), 1024),
    /** Which nodes are taken first; missing: as Slurm does. */
    policy: policySchema,
    /** The longest that --switches waits; missing: 300. */
    maxSwitchWaitSeconds: int(0, 2 ** 31 - 1),
    /** Whether the daemons write mail, and by which program. */
    mailProgram: text(limits.pathLength),
    /** In seconds, for people: what `scontrol show config` prints of how daemons work. */
    killWaitSeconds: int(0),
    minJobAgeSeconds: int(0),
    nodeTimeoutSeconds: int(0),
  },
);
export type ClusterConfig = Infer<typeof clusterConfigSchema>;

/** Of Slurm's bf_interval. */
export const backfillSecondsDefault = 30;

export const emptyConfig: ClusterConfig = { partitions: [], nodes: [] };
