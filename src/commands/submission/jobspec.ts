import { limits } from '../../model/limits.ts';
import { rangesOf } from '../../model/ranges.ts';
import type { JobSpec } from '../../model/spec.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import { withinLimit } from './bounds.ts';
import { type Moment, noticeFields, placeFields, scheduleFields } from './extrafields.ts';
import { gpuWish } from './gpuwish.ts';
import { withNodeGpus } from './nodegpus.ts';
import { nodeWish } from './nodewish.ts';

/** Who submits from where, and what the job is called unless it is named. */
export interface SubmitContext {
  readonly user: string;
  readonly uid: number;
  readonly group: string;
  readonly gid: number;
  /** The submitting host's name up to its first dot. */
  readonly host: string;
  /** The submitter's working directory, absolute. */
  readonly workDir: string;
  readonly kind: JobSpec['kind'];
  /** What scontrol calls Command: the script's path with its arguments; empty where there is no script. */
  readonly command: string;
  /** Begin and deadline count from here. */
  readonly moment: Moment;
  /** The script's file name, `wrap`, `sbatch` for standard input, or the command of srun. */
  readonly defaultName: string;
}

/**
 * The job that the options ask for, with Slurm's defaults. Throws `OPTIONS` where two options contradict
 * each other, or one asks for more than a cluster can note down.
 */
export function jobSpecOf(asked: SubmitValues, context: SubmitContext): JobSpec {
  const { user, uid, group, gid, host, kind, command, defaultName } = context;
  const values = withNodeGpus(asked);
  const workDir = absolute(values.chdir ?? context.workDir, context.workDir);
  const { nodes, ntasks, isNtasksGiven, nodelist } = nodeWish(values);
  const { needs, nodes: nodeCount, ...tres } = gpuWish(values, { nodes, ntasks });
  const isBatch = kind === 'batch';
  return {
    name: values.jobName ?? fitting(defaultName, limits.nameLength),
    user,
    uid,
    group,
    gid,
    // No accounting, no default account: Slurm then shows (null).
    account: values.account ?? '',
    // The cluster knows which one is the default.
    partition: values.partition ?? '',
    kind,
    nodes: nodeCount,
    // A total of GPUs and so many a node make nodes, each with a task.
    ntasks: isNtasksGiven ? ntasks : Math.max(ntasks, nodeCount.min),
    cpusPerTask: withinLimit('cpus-per-task', values.cpusPerTask ?? 1, limits.cpusPerNode),
    gpus: needs,
    timeLimit: values.timeLimit ?? 'UNLIMITED',
    workDir,
    command: fitting(command, limits.textLength),
    submitHost: host,
    // Nobody waits for the second try of an interactive job.
    requeue: isBatch && (values.requeue ?? true),
    ...given({
      gpusPerNodeGiven: values.gpusPerNode !== undefined || undefined,
      ntasksGiven: isNtasksGiven || undefined,
      cpusPerTaskGiven: values.cpusPerTask !== undefined || undefined,
      ntasksPerNode: values.ntasksPerNode,
      gpuIds: values.gpuIds,
      nodeGpuIds: values.nodeGpuIds,
      nodelist,
      exclude: values.exclude,
      output: isBatch
        ? patternIn(workDir, values.output ?? defaultOutput(values))
        : streamIn(workDir, values.output),
      error: streamIn(workDir, values.error),
      input: streamIn(workDir, values.input),
      openMode: values.openMode,
      comment: values.comment,
      array: values.array && {
        tasks: rangesOf(values.array.tasks),
        throttle: arrayThrottle(values),
        step: values.array.step ?? 1,
      },
      label: values.label,
      ...tres,
      ...scheduleFields(values, context.moment),
      ...placeFields(values),
      ...noticeFields(values, user),
    }),
  };
}

/** Slurm's defaults (sbatch(1), --output). */
function defaultOutput({ array }: SubmitValues): string {
  return array === undefined ? 'slurm-%j.out' : 'slurm-%A_%a.out';
}

function streamIn(workDir: string, pattern: string | undefined): string | undefined {
  return pattern === undefined ? undefined : patternIn(workDir, pattern);
}

/**
 * A file pattern from the root. Where the folder's own name holds what would count as a pattern, it stays
 * as it is written: whoever opens it takes it from the working directory.
 */
function patternIn(workDir: string, pattern: string): string {
  return /[%\\]/.test(workDir) ? pattern : absolute(pattern, workDir);
}

/** A path from the root, as Slurm makes it: nothing in it is resolved. */
function absolute(path: string, workDir: string): string {
  return path.startsWith('/') ? path : `${workDir === '/' ? '' : workDir}/${path}`;
}

function arrayThrottle({ array }: SubmitValues): number {
  return Math.min(array?.limit ?? 0, limits.tasksPerJob);
}

/** A text that only shows, cut to what the cluster stores. */
function fitting(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 3)}...`;
}

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields that have a value. */
function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}
