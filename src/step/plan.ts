import { expandFilePattern } from '../model/filepattern.ts';
import { boundGpus } from '../model/gpubind.ts';
import { gpusOfTask, gpuVisibilityVariables, visibleGpus } from '../model/gpuvariables.ts';
import { formatHostlist } from '../model/hostlist.ts';
import { rankVariables } from '../model/meeting.ts';
import {
  isSharedFile,
  isThroughSrun,
  killWaitVariable,
  type StepOrder,
  type StreamRoute,
  stepOrderVariable,
  stepRoutes,
  tasksOfOrder,
} from '../model/step.ts';
import type { StepRoom } from '../store/layout.ts';
import type { StreamName } from './liveoutput.ts';
import { tasksPerNode } from './part.ts';

type Environment = Readonly<Record<string, string>>;

/** Where a stream of one task is: a file, which several may share, or nowhere; its own goes to srun. */
export type StreamPlace = { readonly path: string; readonly own?: StreamName } | 'none';

export interface TaskPlan {
  readonly task: number;
  /** Its number on this node. */
  readonly localTask: number;
  readonly environment: Environment;
  /** `fed`: with what srun sends. */
  readonly input: { readonly path: string } | 'fed' | 'none';
  readonly output: StreamPlace;
  readonly error: StreamPlace;
}

/** The tasks of a step on this node, numbered in blocks: task 0 first. */
export function planTasks(order: StepOrder, base: Environment, room: StepRoom): readonly TaskPlan[] {
  const routes = stepRoutes(order);
  return tasksOfOrder(order).map((task, localTask) => {
    const place = (route: StreamRoute, name: 'out' | 'err'): StreamPlace => {
      const isSruns = isThroughSrun(route, task) || isSharedFile(route, order.nodes.length);
      if (isSruns) return { path: room.stream(task, name), own: { task, stream: name } };
      return route.kind === 'file' ? { path: pathOf(order, route.pattern, task) } : 'none';
    };
    const output = place(routes.output, 'out');
    return {
      task,
      localTask,
      environment: { ...tmpDirOf(base, localTask), ...base, ...taskVariables(order, task, localTask) },
      input: inputOf(order, routes.input, task),
      output,
      error: routes.error === 'output' ? output : place(routes.error, 'err'),
    };
  });
}

/** Where nobody said another, only the first task on each node has one (captured: env.srun2). */
function tmpDirOf(base: Environment, localTask: number): Environment {
  return localTask === 0 && base['TMPDIR'] === undefined ? { TMPDIR: '/tmp' } : {};
}

function inputOf(order: StepOrder, route: StreamRoute, task: number): TaskPlan['input'] {
  if (route.kind === 'file') return { path: pathOf(order, route.pattern, task) };
  return isThroughSrun(route, task) ? 'fed' : 'none';
}

function pathOf(order: StepOrder, pattern: string, task: number): string {
  const path = expandFilePattern(pattern, {
    jobId: order.jobId,
    jobName: order.jobName,
    user: order.user,
    host: order.host,
    node: order.node,
    nodeIndex: order.nodeIndex ?? 0,
    taskIndex: task,
    step: order.step,
  });
  return path.startsWith('/') ? path : `${order.workDir}/${path}`;
}

/** What Slurm says to each task of a step (captured: env.srun_gpu, env.srun_gpt, env.srun2). */
export function taskVariables(order: StepOrder, task: number, localTask = task): Record<string, string> {
  const { step, ntasks, gpusPerTask, gpuBind, gpus, gpuVendor } = order;
  const shared =
    gpusPerTask === undefined ? undefined : gpusOfTask(gpus, { perTask: gpusPerTask, localTask });
  const own = boundGpus(gpuBind, gpus, localTask) ?? shared;
  return {
    SLURM_GTIDS: tasksOfOrder(order).join(','),
    SLURM_LOCALID: String(localTask),
    SLURM_NODEID: String(order.nodeIndex ?? 0),
    SLURM_NPROCS: String(ntasks),
    SLURM_NTASKS: String(ntasks),
    SLURM_PROCID: String(task),
    SLURM_STEPID: String(step),
    SLURM_STEP_ID: String(step),
    SLURM_STEP_NODELIST: formatHostlist(order.nodes),
    SLURM_STEP_NUM_NODES: String(order.nodes.length),
    SLURM_STEP_NUM_TASKS: String(ntasks),
    SLURM_STEP_TASKS_PER_NODE:
      order.layout === undefined ? String(ntasks) : tasksPerNode(order.layout.map((tasks) => ({ tasks }))),
    ...(order.distributed === true && rankVariables(order, task, localTask)),
    ...(own !== undefined && { ...visibleGpus(own, gpuVendor), SLURM_STEP_GPUS: own.join(',') }),
  };
}

/** What a shell sets by itself; on its way to the supervisor the environment passed through one. */
const shellNames: ReadonlySet<string> = new Set(['PWD', 'OLDPWD', 'SHLVL', '_']);

/**
 * The environment that all tasks share: what the daemon made of the job, without what is for the supervisor
 * alone. What did not come through as it was is taken from what was submitted: variables that the shell of
 * the shim sets, those whose names no shell has (exported functions of bash), and those that the daemon
 * kept from this program because they would change it.
 */
export function baseEnvironment(
  inherited: Environment,
  submitted: Environment,
  workDir: string,
): Environment {
  const base = new Map<string, string>();
  for (const [name, value] of Object.entries(inherited)) {
    if (name === stepOrderVariable || name === killWaitVariable || shellNames.has(name)) continue;
    base.set(name, value);
  }
  for (const [name, value] of Object.entries(submitted)) {
    if (isLostOnTheWay(name)) base.set(name, name === 'PWD' ? workDir : value);
  }
  return Object.fromEntries(base);
}

function isLostOnTheWay(name: string): boolean {
  if (gpuNames.has(name)) return false;
  const isForeign = !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
  return isForeign || shellNames.has(name) || name.startsWith('NODE_') || name.startsWith('UV_');
}

const gpuNames: ReadonlySet<string> = new Set(gpuVisibilityVariables);
