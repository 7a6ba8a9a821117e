import { applyExport } from '../../model/exportspec.ts';
import type { TaskProgram } from '../../model/multiprog.ts';
import type { GpuNeed } from '../../model/spec.ts';
import type { StepRequest } from '../../model/steprequest.ts';
import type { StepWish } from '../../model/stepwish.ts';
import type { TaskHooks } from '../../model/taskhooks.ts';
import type { InnerStepOptions, StepStarter } from '../../services/innerstep.ts';
import type { LiveWish } from '../../services/interactive/offer.ts';
import { connectionSecondsDefault } from '../../tables/options/submit/live.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import type { CommandIo } from '../io.ts';
import { gpuWish } from '../submission/gpuwish.ts';
import type { Extras } from './extras.ts';

export interface InnerSources {
  readonly io: CommandIo;
  readonly submitter: { readonly user: string; readonly uid: number; readonly host: string };
  readonly umask: number;
  readonly starter: StepStarter;
  readonly operands: readonly string[];
  readonly programs: readonly TaskProgram[] | undefined;
  readonly extras: Extras;
  readonly live: LiveSources;
}

/** What connections to the nodes are made with. */
export type LiveSources = Pick<LiveWish, 'net' | 'bootId'>;

/** What a command line says of a step within the job. */
export function innerStepOf(values: SubmitValues, sources: InnerSources): Omit<InnerStepOptions, 'jobId'> {
  const { io, submitter, umask, starter, operands, programs, extras } = sources;
  const { variables, complaints, program, ...given } = extras;
  const workDir = values.chdir === undefined ? io.workDir : absolute(values.chdir, io.workDir);
  const { output, error, input, label } = values;
  const hooks = hooksOf(values, workDir);
  return {
    wish: wishOf(values),
    content: {
      args: operands,
      environment: {
        ...applyExport(values.export ?? { kind: 'ALL', items: [] }, io.environment),
        ...variables,
      },
      ...given,
      ...(programs !== undefined && { programs }),
      ...(hooks !== undefined && { hooks }),
    },
    streams: { output, error, input, label },
    name: stepName(values, operands, io.environment),
    ...submitter,
    workDir,
    umask,
    isOverlapping: values.overlap === true,
    ...(values.immediateSeconds !== undefined && { immediateSeconds: values.immediateSeconds }),
    more: moreOf(values),
    starter,
    ...showOptionsOf(values, sources),
  };
}

/** How srun shows and treats its step. */
export function showOptionsOf(
  values: SubmitValues,
  { extras: { terminal, program }, live }: Pick<InnerSources, 'extras' | 'live'>,
): Pick<
  InnerStepOptions,
  | 'isQuiet'
  | 'isUnbuffered'
  | 'isVerbose'
  | 'killsOnBadExit'
  | 'waitSeconds'
  | 'isStatusDisabled'
  | 'quitsOnInterrupt'
  | 'window'
  | 'bcastProgram'
  | 'live'
  | 'sessionSeconds'
  | 'maxWaitSeconds'
> {
  return {
    isQuiet: values.quiet === true,
    isUnbuffered: values.unbuffered === true,
    isVerbose: (values.verbose ?? 0) > 0,
    killsOnBadExit: (values.killOnBadExit ?? 0) > 0,
    waitSeconds: values.waitSeconds ?? 0,
    isStatusDisabled: values.isStatusDisabled === true,
    quitsOnInterrupt: values.quitOnInterrupt === true,
    ...(terminal !== undefined && { window: terminal }),
    ...(program !== undefined && { bcastProgram: program }),
    sessionSeconds: values.sessionSeconds ?? 0,
    ...(values.maxWaitSeconds !== undefined && { maxWaitSeconds: values.maxWaitSeconds }),
    live: {
      ...live,
      mode: values.io ?? 'auto',
      seconds: values.connectionSeconds ?? connectionSecondsDefault,
    },
  };
}

function moreOf({
  cpusPerTask,
  gpuBind,
  timeLimit,
  openMode,
  distributed,
}: SubmitValues): Partial<StepRequest> {
  return {
    ...(cpusPerTask !== undefined && { cpusPerTask }),
    ...(gpuBind !== undefined && { gpuBind }),
    ...(timeLimit !== undefined && { timeLimit }),
    ...(openMode !== undefined && { openMode }),
    ...(distributed === true && { distributed }),
  };
}

/** What is run around each task; undefined for nothing. */
export function hooksOf(values: SubmitValues, workDir: string): TaskHooks | undefined {
  const { taskProlog, taskEpilog, cpuBind } = values;
  const [, kind, list] = /(map|mask)_cpu:(.*)$/.exec(cpuBind ?? '') ?? [];
  if (taskProlog === undefined && taskEpilog === undefined && list === undefined) return undefined;
  return {
    ...(taskProlog !== undefined && { prolog: absolute(taskProlog, workDir) }),
    ...(taskEpilog !== undefined && { epilog: absolute(taskEpilog, workDir) }),
    ...(kind === 'map' && list !== undefined && { cpus: list }),
    ...(kind === 'mask' && list !== undefined && { cpuMasks: list }),
  };
}

/** Named by -J, and not by the job's name, which every process of the job has in its environment. */
function stepName(
  { jobName }: SubmitValues,
  operands: readonly string[],
  environment: CommandIo['environment'],
): string {
  if (jobName !== undefined && jobName !== environment['SLURM_JOB_NAME']) return jobName;
  return (operands[0] ?? '').replace(/.*\//, '') || (operands[0] ?? '');
}

function wishOf(values: SubmitValues): StepWish {
  const { ntasks, nodes, ntasksPerNode, cpusPerTask, nodelist, exclude, relative, memMb } = values;
  const { memPerCpuMb, distribution, taskNodes } = values;
  const gpus = gpusOf(values);
  return {
    ...(ntasks !== undefined && { ntasks }),
    ...(nodes !== undefined && { nodeCount: nodes.min }),
    ...(ntasksPerNode !== undefined && { ntasksPerNode }),
    ...(cpusPerTask !== undefined && { cpusPerTask }),
    ...(nodelist !== undefined && nodelist.length > 0 && { nodelist }),
    ...(exclude !== undefined && { exclude }),
    ...(relative !== undefined && { relative }),
    ...(gpus !== undefined && { gpus }),
    ...(memMb !== undefined && { memoryPerNodeMb: memMb }),
    ...(memPerCpuMb !== undefined && isExact(values) && { memoryPerCpuMb: memPerCpuMb }),
    ...(distribution !== undefined && { distribution }),
    ...(taskNodes !== undefined && { taskNodes }),
    isExact: isExact(values),
    isOvercommitted: values.overcommit === true,
  };
}

/** In a step --exclusive says the same. */
function isExact({ exact, sharing, whole }: SubmitValues): boolean {
  return (exact === true || sharing === 'node') && whole !== true;
}

/** Undefined when nothing is said: then a step has all devices of its job. */
function gpusOf(values: SubmitValues): readonly GpuNeed[] | undefined {
  const { gres, gpusPerNode, gpus, gpusPerTask } = values;
  if ([gres, gpusPerNode, gpus, gpusPerTask].every((one) => one === undefined)) return undefined;
  const nodes = { min: 1, max: Number.MAX_SAFE_INTEGER };
  return gpuWish(values, { nodes, ntasks: values.ntasks ?? 1 }).needs;
}

function absolute(path: string, workDir: string): string {
  return path.startsWith('/') ? path : `${workDir === '/' ? '' : workDir}/${path}`;
}
