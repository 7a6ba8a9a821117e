import type { Gpu, GpuCondition } from '../../model/gpu.ts';
import type { GpuConditions, GpuInventory } from '../../ports/gpus.ts';

/**
 * What one tool says. `missing`: it is not here. `none`: it works and sees no GPU to count. `broken`: it
 * cannot tell now what is there.
 */
export interface VendorInventory extends GpuInventory {
  readonly fate: 'found' | 'none' | 'broken' | 'missing';
}

/** A way to ask for GPUs. Neither call rejects. */
export interface VendorProbe {
  /** `previous` is its own last inventory: what cannot be read of a card now is taken from there. */
  inventory(previous: readonly Gpu[]): Promise<VendorInventory>;
  conditions(known: readonly Gpu[]): Promise<GpuConditions>;
}

/** How a tool names a device. */
interface DeviceName {
  readonly index: number;
  readonly uuid?: string;
  readonly busId?: string;
}

/**
 * The known GPU that a tool's entry tells of. Numbers shift when a card drops out, so they count only where
 * there is nothing better; a bus address is better than an identity, which the partitions of a card may
 * share.
 */
export function matchGpu(known: readonly Gpu[], device: DeviceName): Gpu | undefined {
  const byBus = device.busId && known.find(({ busId }) => busId === device.busId);
  if (byBus) return byBus;
  const byUuid = device.uuid && known.find(({ uuid }) => uuid === device.uuid);
  if (byUuid) return byUuid;
  const byIndex = known.find(({ index }) => index === device.index);
  if (byIndex === undefined) return undefined;
  const isOther =
    (device.busId !== undefined && byIndex.busId !== undefined) ||
    (device.uuid !== undefined && byIndex.uuid !== undefined);
  return isOther ? undefined : byIndex;
}

/** The conditions of GPUs of which nothing could be learned. */
export function unknownConditions(known: readonly Gpu[], reason: string): readonly GpuCondition[] {
  return known.map(({ index }) => ({ index, health: 'unknown', reason, processes: 'unknown' }));
}

/**
 * The condition of a GPU that its tool does not list any more, while it lists others or says that all is
 * well.
 */
export function vanishedCondition({ index }: Gpu, tool: string): GpuCondition {
  return { index, health: 'failed', reason: `not listed by ${tool} any more`, processes: 'unknown' };
}
