import { bool, type Infer, int, list, object, oneOf, type Schema, text } from '../base/schema.ts';
import { bellsSchema } from './bell.ts';
import { dependencySchema } from './dependency.ts';
import { nodeNameSchema, secondsSchema, uidSchema } from './ids.ts';
import { limits } from './limits.ts';
import { nodeGpuIdsSchema } from './nodegpuids.ts';
import { rangesSchema } from './ranges.ts';
import type { TimeLimit } from './timelimit.ts';

const name = text(limits.nameLength);
const path = text(limits.pathLength);
const count = int(1, limits.tasksPerJob);

/** Minutes, or UNLIMITED. */
export const timeLimitSchema: Schema<TimeLimit> = (value) =>
  value === 'UNLIMITED' ? value : int(0, limits.minutesMax)(value);

/**
 * Some GPUs: `count` of them for the whole job, for each node or for each task; of any type if none is said.
 */
const gpuNeedSchema = object(
  { count: int(1, limits.gpusPerNode * limits.nodesPerJob), per: oneOf('job', 'node', 'socket', 'task') },
  { type: name },
);
export type GpuNeed = Infer<typeof gpuNeedSchema>;

/** --signal: which signal comes so long before the time limit, and to whom. */
const warningSignalSchema = object(
  { signal: int(1, 64), seconds: int(0, 65_535) },
  {
    /** B: the batch shell alone; without it the steps, and not the shell. */
    batchOnly: bool,
    /** R: also when a reservation is about to take the nodes away. */
    beforeReservation: bool,
  },
);
export type WarningSignal = Infer<typeof warningSignalSchema>;

/** What format 3 adds; a job that has any of it is not given to a program that does not know it. */
const sinceFormat3 = {
  /** Not before this instant (--begin). */
  beginTime: secondsSchema,
  /** Not after this instant (--deadline). */
  deadline: secondsSchema,
  /** What has to happen first (--dependency). */
  dependency: dependencySchema,
  /** It was set after the submission, and so may name jobs that were submitted later. */
  dependencyUpdated: bool,
  /** --kill-on-invalid-dep: true ends a job that can never start, false keeps it; missing: the cluster's. */
  killOnInvalidDep: bool,
  /** MiB for each allocated CPU, or for each GPU, in place of so many a node. */
  memoryPerCpuMb: int(0, limits.memoryMbMax),
  memoryPerGpuMb: int(0, limits.memoryMbMax),
  cpusPerGpu: int(1, limits.cpusPerNode),
  /** --overcommit: a node's tasks get one CPU together. */
  overcommit: bool,
  ntasksPerGpu: count,
  ntasksPerCore: count,
  ntasksPerSocket: count,
  /** --mincpus: only nodes with so many CPUs. */
  minCpusPerNode: int(1, limits.cpusPerNode),
  /** --tmp: only nodes with so much temporary space, in MiB. */
  tmpPerNodeMb: int(0, limits.memoryMbMax),
  socketsPerNode: int(1, limits.cpusPerNode),
  coresPerSocket: int(1, limits.cpusPerNode),
  threadsPerCore: int(1, limits.cpusPerNode),
  hint: oneOf('compute_bound', 'memory_bound', 'multithread', 'nomultithread'),
  /** `node`: nobody else on its nodes; `user`: nobody but this user; `mcs`: nobody of another label. */
  exclusive: oneOf('node', 'user', 'mcs'),
  oversubscribe: bool,
  /** --constraint as it was written: `a100&nvlink`. */
  constraint: text(limits.textLength),
  /** --licenses: names and how many of each. */
  licenses: list(object({ name, count: int(0, 2 ** 31 - 1) }), limits.gresPerRequest),
  /** Taken from the priority; Slurm's bounds. */
  nice: int(-2_147_483_645, 2_147_483_645),
  priority: int(0, 2 ** 32 - 2),
  qos: name,
  wckey: name,
  reservation: name,
  mailTypes: list(name, 32),
  mailUser: name,
  warningSignal: warningSignalSchema,
  /** --time-min: the limit may be cut down to this many minutes where that lets the job start earlier. */
  timeMin: timeLimitSchema,
  /** As they were written, in Slurm's own words; who uses them parses them again. */
  distribution: name,
  /** The steps' tasks are told where to meet. */
  distributed: bool,
  /** With `arbitrary` the node of each task, as a host list: a node may stand there several times. */
  taskNodes: text(limits.textLength),
  gpuBind: name,
  gresFlags: list(name, 16),
  /** Exactly these devices of the nodes of `nodelist`. */
  nodeGpuIds: nodeGpuIdsSchema,
  contiguous: bool,
  spreadJob: bool,
  useMinNodes: bool,
  noKill: bool,
  waitAllNodes: bool,
  /** What is refused now, and jobs of earlier programs may have: --network and --delay-boot. */
  network: name,
  delayBootMinutes: int(0, limits.minutesMax),
  switches: object({ count: int(0, limits.nodesPerJob) }, { waitSeconds: int(0) }),
  /** The resource limits that the job takes over from its submitter: `ALL`, `NONE`, `NOFILE,CORE`. */
  propagate: name,
  /** As users wrote the GPU options, for squeue and scontrol: `gres:gpu:2`. */
  tresPerJob: name,
  tresPerSocket: name,
  tresPerTask: name,
  /** Set when --mem, --mem-per-cpu or --mem-per-gpu was given, and not taken from the settings. */
  memoryGiven: bool,
  timeLimitGiven: bool,
} as const;

const specKeysSinceFormat3: ReadonlySet<string> = new Set(Object.keys(sinceFormat3));

const required = {
  name,
  user: name,
  uid: uidSchema,
  group: name,
  gid: uidSchema,
  account: name,
  partition: name,
  /**
   * `batch`: a script on the first node. `interactive`: a step that an `srun` waits for. `allocation`:
   * nodes for the steps of whoever asked, as salloc does (format 3).
   */
  kind: oneOf('batch', 'interactive', 'allocation'),
  nodes: object({ min: int(1, limits.nodesPerJob), max: int(1, limits.nodesPerJob) }),
  ntasks: count,
  cpusPerTask: int(1, limits.cpusPerNode),
  gpus: list(gpuNeedSchema, limits.gresPerRequest),
  timeLimit: timeLimitSchema,
  workDir: path,
  /** What `scontrol show job` calls Command: the script with its arguments. */
  command: text(limits.textLength),
  submitHost: name,
  requeue: bool,
} as const;

const optional = {
  /** Set when -n was given; a batch job sees SLURM_NTASKS only then. */
  ntasksGiven: bool,
  cpusPerTaskGiven: bool,
  ntasksPerNode: count,
  /** Set when --gpus-per-node was given, which a job sees, and not only --gres, which it does not. */
  gpusPerNodeGiven: bool,
  /** MiB on each node; 0 is all that the node has. */
  memoryPerNodeMb: int(0, limits.memoryMbMax),
  /** Exactly these devices, on each node. */
  gpuIds: list(int(0, limits.gpusPerNode - 1), limits.gpusPerNode),
  nodelist: list(nodeNameSchema, limits.nodesPerJob),
  exclude: list(nodeNameSchema, limits.nodesPerJob),
  output: path,
  error: path,
  input: path,
  openMode: oneOf('truncate', 'append'),
  hold: bool,
  comment: text(limits.textLength),
  /** As the user wrote the GPU options, for squeue %b: `gres:gpu:2`; absent for --gpus. */
  tresPerNode: name,
  /** `step` as it was written, 1 if it was not; missing: what the tasks look like. */
  array: object(
    { tasks: rangesSchema, throttle: int(0, limits.tasksPerJob) },
    { step: int(1, limits.tasksPerJob) },
  ),
  label: bool,
  /** Where the command is rung that waits for the job; missing: it looks by itself. */
  bells: bellsSchema,
  ...sinceFormat3,
} as const;

/**
 * What a job asks for. It changes only by `jobUpdated`; the script and the environment, which are private
 * to the submitter, are not part of it: they lie in the job's room.
 */
export const jobSpecSchema = object(required, optional);
export type JobSpec = Infer<typeof jobSpecSchema>;

/** Some of it: what is to be changed. */
export const partialSpecSchema = object({}, { ...required, ...optional });

/** The format from which on a cluster may be given such a job: older programs pass over what it asks. */
export function formatOfSpec(spec: JobSpec): number {
  const isNew =
    spec.kind === 'allocation' ||
    // Which of several it got is told since then.
    spec.partition.includes(',') ||
    spec.gpus.some((need) => need.per === 'socket') ||
    (spec.timeLimit !== 'UNLIMITED' && spec.timeLimit > limits.minutesMaxOfOld) ||
    Object.keys(spec).some((key) => specKeysSinceFormat3.has(key));
  return isNew ? 3 : 1;
}

/** Whether the job may be tried elsewhere while one of its nodes is lost; the others wait for theirs. */
export function isTriedElsewhere({ requeue, noKill }: Pick<JobSpec, 'requeue' | 'noKill'>): boolean {
  return requeue && noKill !== true;
}
