import { bool, type Infer, int, list, object, oneOf, text } from '../base/schema.ts';
import { bellsSchema } from './bell.ts';
import { jobIdSchema, nodeNameSchema, secondsSchema, uidSchema } from './ids.ts';
import { limits } from './limits.ts';
import { type Ranges, rangesNumbers, rangesSchema } from './ranges.ts';

const name = text(limits.nameLength);
const path = text(limits.pathLength);
const gpuIndex = int(0, limits.gpusPerNode - 1);

/**
 * What a node's daemon tells a step supervisor, in the variable `MGPU_STEP`: what it has to know of the job
 * beside the command and the environment. The tasks do not see it.
 */
export const stepOrderSchema = object(
  {
    mgpu: oneOf('step'),
    format: int(1),
    jobId: jobIdSchema,
    step: int(0, limits.stepIdMax),
    ntasks: int(1, limits.tasksPerJob),
    node: nodeNameSchema,
    /** The nodes of the job; this release runs all tasks on the first. */
    nodes: list(nodeNameSchema, limits.nodesPerJob),
    jobName: name,
    user: name,
    /** The real host's name up to its first dot. */
    host: name,
    workDir: path,
    /** The devices on this node. */
    gpus: list(gpuIndex, limits.gpusPerNode),
  },
  {
    /** AMD's devices: their runtime counts anew behind ROCR_VISIBLE_DEVICES. */
    gpuVendor: oneOf('amd'),
    /** Each task gets so many of the devices for itself. */
    gpusPerTask: int(1, limits.gpusPerNode),
    /** As --gpu-bind has it. */
    gpuBind: name,
    output: path,
    error: path,
    input: path,
    openMode: oneOf('truncate', 'append'),
    /** Of a step with several nodes: which of them this is, from 0, and the tasks of each. */
    nodeIndex: int(0, limits.nodesPerJob),
    layout: list(rangesSchema, limits.nodesPerJob),
    /** Minutes after which the step is ended. */
    timeLimit: int(1, limits.minutesMax),
    /** Its tasks are told where to meet. */
    distributed: bool,
    /** Where srun is rung when something has ended. */
    bells: bellsSchema,
  },
);
export type StepOrder = Infer<typeof stepOrderSchema>;

/** The variables that a node's daemon writes for the supervisor alone. */
export const stepOrderVariable = 'MGPU_STEP';
export const killWaitVariable = 'MGPU_KILL_WAIT';
/**
 * In the environment of every process of a part of a step within a job, by which its supervisor finds them:
 * the job's mark, the step and the part.
 */
export const stepMarkVariable = 'MGPU_STEP_MARK';

/** Which tasks of the step this node has, in their order. */
export function tasksOfOrder({ ntasks, layout, nodeIndex = 0 }: StepOrder): readonly number[] {
  return [...rangesNumbers(layout?.[nodeIndex] ?? wholeRange(ntasks))];
}

function wholeRange(count: number): Ranges {
  return [[0, count - 1]];
}

export const taskEndSchema = object({
  task: int(0, limits.tasksPerJob),
  code: int(0, 255),
  signal: int(0, 127),
  /** 0 for a task that could not be started. */
  pid: int(0),
});
export type TaskEnd = Infer<typeof taskEndSchema>;

/** How the tasks of a step ended; `failure` says why none was started. */
export const stepExitSchema = object(
  {
    mgpu: oneOf('step-exit'),
    format: int(1),
    step: int(0, limits.stepIdMax),
    tasks: list(taskEndSchema, limits.tasksPerJob),
  },
  {
    failure: text(limits.textLength),
    startTime: secondsSchema,
    endTime: secondsSchema,
    /** Who had the step ended. */
    endedBy: uidSchema,
    /** It was ended by its own time limit. */
    isOverTime: bool,
    /** Part of the tasks' output lies in files though srun was connected: `handed.<part>` says which. */
    isHanded: bool,
    /** Processor time of all its processes that were waited for, in ms. */
    userMs: int(0),
    systemMs: int(0),
  },
);
export type StepExit = Infer<typeof stepExitSchema>;

/** As a shell shows the end of a process: 128 and more for a signal. */
export function shellCode(end: { readonly code: number; readonly signal: number }): number {
  return end.signal === 0 ? end.code : Math.min(255, 128 + end.signal);
}

/** The exit code of a step: the worst of its tasks'. */
export function stepExitCode(exit: StepExit): number {
  if (exit.failure !== undefined) return 1;
  return exit.tasks.reduce((worst, end) => Math.max(worst, shellCode(end)), 0);
}

/** Where a stream of srun's tasks comes from or goes to: srun, for all tasks or one; a file; nowhere. */
export type StreamRoute =
  | { readonly kind: 'srun'; readonly task?: number }
  | { readonly kind: 'file'; readonly pattern: string }
  | { readonly kind: 'none' };

export interface StepRoutes {
  readonly input: StreamRoute;
  readonly output: StreamRoute;
  /** `output`: to wherever the task's output goes, in the order of its writing. */
  readonly error: StreamRoute | 'output';
}

/**
 * What srun's --input, --output and --error mean: `all`, `none`, a task's number, or a file's name. As
 * captured (file.srun.*), --error alone leaves the output as it is, and --output takes the errors along.
 */
export function stepRoutes(given: {
  readonly input?: string | undefined;
  readonly output?: string | undefined;
  readonly error?: string | undefined;
}): StepRoutes {
  const output = routeOf(given.output);
  const isWhole = output.kind === 'srun' && output.task === undefined;
  return {
    input: routeOf(given.input),
    output,
    error: given.error === undefined && !isWhole ? 'output' : routeOf(given.error),
  };
}

function routeOf(given: string | undefined): StreamRoute {
  if (given === undefined || given === 'all') return { kind: 'srun' };
  if (given === 'none') return { kind: 'none' };
  return /^\d{1,7}$/.test(given) ? { kind: 'srun', task: Number(given) } : { kind: 'file', pattern: given };
}

/** True if the route goes through srun for this task. */
export function isThroughSrun(route: StreamRoute, task: number): boolean {
  return route.kind === 'srun' && (route.task === undefined || route.task === task);
}

/** True for one file of all tasks of a step on several nodes, as its name names neither task nor node. */
export function isSharedFile(route: StreamRoute, nodeCount: number): boolean {
  if (route.kind !== 'file' || nodeCount < 2) return false;
  return route.pattern.includes('\\') || !/%\d*[tnN]/.test(route.pattern.replaceAll('%%', ''));
}
