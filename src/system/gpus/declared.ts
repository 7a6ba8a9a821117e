import type { Gpu } from '../../model/gpu.ts';
import type { GpuProbe } from '../../ports/gpus.ts';

/** GPUs that the operator declares: they are there, well, and free of processes from outside. */
export function declaredProbe(gpus: readonly Gpu[]): GpuProbe {
  const conditions = gpus.map(({ index }) => ({ index, health: 'ok', processes: [] }) as const);
  return {
    inventory: async () => ({ source: 'declared', gpus, problems: [], ignored: [] }),
    conditions: async () => ({ source: 'declared', conditions, problems: [] }),
  };
}
