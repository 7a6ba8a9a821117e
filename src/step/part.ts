import { visibleGpus } from '../model/gpuvariables.ts';
import { rangesCount, rangesNumbers } from '../model/ranges.ts';
import type { StepOrder } from '../model/step.ts';
import type { StepGrant, StepRequest, StepShare } from '../model/steprequest.ts';
import { topologyVariables } from '../model/wiring.ts';

/** One node's part of a step, as its supervisor runs it. */
export interface StepPart {
  readonly order: StepOrder;
  /** What the part adds to the environment that srun handed over; undefined takes a variable out. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** What a supervisor has to know of its part; undefined when the step has no such part. */
export function partOf(request: StepRequest, grant: StepGrant, part: number): StepPart | undefined {
  const share = request.shares[part];
  if (share === undefined) return undefined;
  const gpus = grant.gpus[part] ?? [];
  return {
    order: orderOf(request, { share, part, gpus }),
    variables: partVariables(request, share, part, gpus),
  };
}

interface PartGpus {
  readonly share: StepShare;
  readonly part: number;
  readonly gpus: readonly number[];
}

function orderOf(request: StepRequest, { share, part, gpus }: PartGpus): StepOrder {
  const { jobId, step, ntasks, jobName, user, workDir, shares, gpusPerTask, gpuBind, timeLimit } = request;
  const { output, error, input, openMode, bells } = request;
  return {
    mgpu: 'step',
    format: 1,
    jobId,
    step,
    ntasks,
    node: share.node,
    nodes: shares.map(({ node }) => node),
    jobName,
    user,
    host: share.host,
    workDir,
    gpus,
    nodeIndex: part,
    layout: shares.map(({ tasks }) => tasks),
    ...(share.gpuVendor !== undefined && { gpuVendor: share.gpuVendor }),
    ...(gpusPerTask !== undefined && { gpusPerTask }),
    ...(gpuBind !== undefined && { gpuBind }),
    ...(typeof timeLimit === 'number' && timeLimit > 0 && { timeLimit }),
    ...(output !== undefined && { output }),
    ...(error !== undefined && { error }),
    ...(input !== undefined && { input }),
    ...(openMode !== undefined && { openMode }),
    ...(request.distributed === true && { distributed: true }),
    ...(bells !== undefined && { bells }),
  };
}

/** What is the same for all tasks of a part (captured: env.srun_in, env.srun_in_sub, env.second_job). */
function partVariables(
  request: StepRequest,
  share: StepShare,
  part: number,
  gpus: readonly number[],
): StepPart['variables'] {
  const { shares, facts = undefined } = { shares: request.shares, facts: share.facts };
  const uuids = gpus.flatMap((index) => share.uuids?.find((one) => one.index === index)?.uuid ?? []);
  return {
    ...noGpus,
    ...visibleGpus(gpus, share.gpuVendor),
    SLURM_GPUS_ON_NODE: gpus.length > 0 ? String(gpus.length) : undefined,
    SLURM_STEP_GPUS: gpus.length > 0 ? gpus.join(',') : undefined,
    SLURMD_NODENAME: share.node,
    SLURM_CPUS_ON_NODE: String(share.cpus),
    SLURM_GTIDS: [...rangesNumbers(share.tasks)].join(','),
    SLURM_NNODES: String(shares.length),
    SLURM_NODEID: String(part),
    SLURM_TASKS_PER_NODE: tasksPerNode(shares),
    ...topologyVariables(share.wiring ?? {}, share.node),
    MGPU_NODE: share.node,
    MGPU_GPUS: gpus.join(','),
    MGPU_GPU_UUIDS: uuids.join(','),
    MGPU_HOST: facts?.hostName,
    MGPU_BOOT_ID: facts?.bootId,
    MGPU_ADDRESSES: facts?.addresses.join(','),
  };
}

/** A part without devices sees none, whatever srun had. */
const noGpus = {
  CUDA_VISIBLE_DEVICES: undefined,
  GPU_DEVICE_ORDINAL: undefined,
  HIP_VISIBLE_DEVICES: undefined,
  ROCR_VISIBLE_DEVICES: undefined,
  ZE_AFFINITY_MASK: undefined,
} as const;

/** As Slurm folds it: `3,1`, `2(x2)`. */
export function tasksPerNode(shares: readonly Pick<StepShare, 'tasks'>[]): string {
  const groups: { readonly count: number; times: number }[] = [];
  for (const { tasks } of shares) {
    const count = rangesCount(tasks);
    const last = groups.at(-1);
    if (last?.count === count) last.times += 1;
    else groups.push({ count, times: 1 });
  }
  return groups.map(({ count, times }) => (times === 1 ? String(count) : `${count}(x${times})`)).join(',');
}
