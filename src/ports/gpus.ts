import type { Gpu, GpuCondition } from '../model/gpu.ts';

/** Who said it. `none`: nobody was there to ask, or nobody knew of a GPU. */
export type GpuSource = 'nvidia-smi' | 'amd-smi' | 'rocm-smi' | 'systeminformation' | 'declared' | 'none';

/** The GPUs of this node. */
export interface GpuInventory {
  readonly source: GpuSource;
  readonly gpus: readonly Gpu[];
  /** What went wrong, one sentence each, for the log and for `mgpu doctor`. */
  readonly problems: readonly string[];
  /** Devices seen and deliberately not counted (integrated, virtual, for a display only), and why. */
  readonly ignored: readonly string[];
}

/** How the GPUs of the newest inventory are: one condition for each of them. */
export interface GpuConditions {
  readonly source: GpuSource;
  readonly conditions: readonly GpuCondition[];
  readonly problems: readonly string[];
}

/**
 * Asks for the GPUs of this node. Both calls always resolve: a tool that is missing, broken or hung is told
 * in `problems`, and what it would have said is absent or `unknown`. A tool that hangs is given up after its
 * time-out, and not started again while its process is still there. Calls made at the same time share an
 * answer.
 */
export interface GpuProbe {
  inventory(): Promise<GpuInventory>;
  /** Takes an inventory first if there was none. */
  conditions(): Promise<GpuConditions>;
}
