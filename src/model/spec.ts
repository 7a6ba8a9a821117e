import { bool, type Infer, int, list, object, oneOf, type Schema, text } from '../base/schema.ts';
import { nodeNameSchema, uidSchema } from './ids.ts';
import { limits } from './limits.ts';
import { rangesSchema } from './ranges.ts';
import type { TimeLimit } from './timelimit.ts';

const name = text(limits.nameLength);
const path = text(limits.pathLength);
const count = int(1, limits.tasksPerJob);

/** Minutes, or UNLIMITED. */
const timeLimitSchema: Schema<TimeLimit> = (value) =>
  value === 'UNLIMITED' ? value : int(0, limits.minutesMax)(value);

/**
 * Some GPUs: `count` of them for the whole job, for each node or for each task; of any type if none is said.
 */
const gpuNeedSchema = object(
  { count: int(1, limits.gpusPerNode * limits.nodesPerJob), per: oneOf('job', 'node', 'task') },
  { type: name },
);
export type GpuNeed = Infer<typeof gpuNeedSchema>;

/**
 * What a job asks for. It never changes after submission; the script and the environment, which are private
 * to the submitter, are not part of it: they lie in the job's room.
 */
export const jobSpecSchema = object(
  {
    name,
    user: name,
    uid: uidSchema,
    group: name,
    gid: uidSchema,
    account: name,
    partition: name,
    /** `batch`: a script on the first node. `interactive`: a step that an `srun` waits for. */
    kind: oneOf('batch', 'interactive'),
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
  },
  {
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
    array: object({ tasks: rangesSchema, throttle: int(0, limits.tasksPerJob) }),
    label: bool,
  },
);
export type JobSpec = Infer<typeof jobSpecSchema>;
