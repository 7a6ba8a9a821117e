import { formatDependency } from '../../model/dependency.ts';
import { distributionVariable, parseDistribution } from '../../model/distribution.ts';
import type { ActiveJob } from '../../model/job.ts';
import type { GpuNeed, JobSpec } from '../../model/spec.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * What a job sees of how it was asked for. Of memory that the settings decided a batch job alone is told
 * (captured: env.batch_gpu, env.srun2, env.salloc).
 */
export function requestVariables({ spec, allocation }: ActiveJob): Variables {
  const ntasks = String(allocation.reduce((sum, one) => sum + one.tasks, 0));
  const isShown = spec.kind === 'interactive' || hasTasks(spec);
  return {
    // For the steps of a job: one that is itself a step is told by its request.
    MGPU_DISTRIBUTED: spec.distributed && spec.kind !== 'interactive' ? '1' : undefined,
    SLURM_CPUS_PER_GPU: shown(spec.cpusPerGpu),
    SLURM_CPUS_PER_TASK: spec.cpusPerTaskGiven ? String(spec.cpusPerTask) : undefined,
    SLURM_HINT: spec.hint,
    SLURM_JOB_DEPENDENCY: spec.dependency && formatDependency(spec.dependency),
    SLURM_JOB_RESERVATION: spec.reservation,
    SLURM_LABELIO: spec.label ? '1' : undefined,
    SLURM_NPROCS: isShown ? ntasks : undefined,
    SLURM_NTASKS: isShown ? ntasks : undefined,
    // What Slurm makes of the hint, as observed.
    SLURM_NTASKS_PER_CORE: spec.hint === 'multithread' ? '65535' : shown(spec.ntasksPerCore),
    SLURM_NTASKS_PER_GPU: shown(spec.ntasksPerGpu),
    SLURM_NTASKS_PER_NODE: shown(spec.ntasksPerNode),
    SLURM_NTASKS_PER_SOCKET: shown(spec.ntasksPerSocket),
    SLURM_OVERCOMMIT: spec.overcommit ? '1' : undefined,
    SLURM_THREADS_PER_CORE: shown(spec.threadsPerCore),
    ...memoryVariables(spec),
    ...distributionVariables(spec),
    ...gpuRequestVariables(spec),
  };
}

/** True where options said how many tasks there are. */
export function hasTasks(spec: JobSpec): boolean {
  return spec.ntasksGiven === true || spec.ntasksPerNode !== undefined;
}

function memoryVariables(spec: JobSpec): Variables {
  const { memoryPerCpuMb, memoryPerGpuMb, memoryPerNodeMb } = spec;
  if (spec.kind !== 'batch' && spec.memoryGiven !== true && memoryPerCpuMb !== undefined) return {};
  return {
    SLURM_MEM_PER_CPU: shown(memoryPerCpuMb),
    SLURM_MEM_PER_GPU: shown(memoryPerGpuMb),
    // All of a node's memory is no number.
    SLURM_MEM_PER_NODE: memoryPerNodeMb === 0 ? undefined : shown(memoryPerNodeMb),
  };
}

function distributionVariables({ distribution: text, taskNodes }: JobSpec): Variables {
  const distribution = text === undefined ? undefined : parseDistribution(text);
  if (distribution === undefined) return {};
  const words = distributionVariable(distribution);
  return {
    SLURM_ARBITRARY_NODELIST: taskNodes,
    SLURM_DISTRIBUTION: words === '' ? undefined : words,
    SLURM_DIST_PLANESIZE: shown(distribution.planeSize),
  };
}

function gpuRequestVariables(spec: JobSpec): Variables {
  const asked = (per: GpuNeed['per']): string | undefined =>
    askedGpus(spec.gpus.filter((need) => need.per === per));
  return {
    SLURM_GPUS: spec.tresPerJob === undefined ? asked('job') : spec.tresPerJob.replaceAll('gres:gpu:', ''),
    // --gres asks for the same but sets nothing (env.batch_gpu).
    SLURM_GPUS_PER_NODE: spec.gpusPerNodeGiven ? asked('node') : undefined,
    SLURM_GPUS_PER_SOCKET: asked('socket'),
    // A step of its own is not told (env.srun_gpt).
    SLURM_GPUS_PER_TASK: spec.kind === 'interactive' ? undefined : asked('task'),
    // A step of its own has it, and is not told either (env.srun_bind).
    SLURM_GPU_BIND: spec.kind === 'interactive' ? undefined : spec.gpuBind,
  };
}

/** As --gpus and its like take it: `2`, `a100:2,v100:1`. */
function askedGpus(needs: readonly GpuNeed[]): string | undefined {
  if (needs.length === 0) return undefined;
  return needs.map(({ type, count }) => (type === undefined ? String(count) : `${type}:${count}`)).join(',');
}

function shown(count: number | undefined): string | undefined {
  return count === undefined ? undefined : String(count);
}
