import { limits } from './limits.ts';

/**
 * The variables that say which GPUs a process may use. A job without GPUs has none of them, whatever was
 * exported.
 */
export const gpuVisibilityVariables = [
  'CUDA_VISIBLE_DEVICES',
  'GPU_DEVICE_ORDINAL',
  'HIP_VISIBLE_DEVICES',
  'ROCR_VISIBLE_DEVICES',
  'ZE_AFFINITY_MASK',
] as const;

/**
 * The visibility of these devices. Slurm sets the four names of NVIDIA, OpenCL, ROCm and oneAPI to the
 * physical indices (captured: env.second_job), and so do we. On AMD's devices the names work one behind the
 * other: HIP and OpenCL count what ROCR_VISIBLE_DEVICES has let through, from 0; with physical indices in
 * all of them a job given device 1 of 2 would see none.
 */
export function visibleGpus(indices: readonly number[], vendor?: 'amd'): Record<string, string> {
  if (indices.length === 0) return {};
  const physical = indices.join(',');
  if (vendor !== 'amd') {
    return {
      CUDA_VISIBLE_DEVICES: physical,
      GPU_DEVICE_ORDINAL: physical,
      ROCR_VISIBLE_DEVICES: physical,
      ZE_AFFINITY_MASK: physical,
    };
  }
  const counted = indices.map((_, place) => place).join(',');
  return {
    CUDA_VISIBLE_DEVICES: counted,
    GPU_DEVICE_ORDINAL: counted,
    HIP_VISIBLE_DEVICES: counted,
    ROCR_VISIBLE_DEVICES: physical,
    ZE_AFFINITY_MASK: physical,
  };
}

/** The devices of one of several tasks on a node, each having `perTask` for itself. */
export function gpusOfTask(
  indices: readonly number[],
  { perTask, localTask }: { readonly perTask: number; readonly localTask: number },
): readonly number[] {
  const count = Math.min(perTask, limits.gpusPerNode);
  return indices.slice(localTask * count, (localTask + 1) * count);
}
