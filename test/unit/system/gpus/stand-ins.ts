import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GpuCondition } from '../../../../src/model/gpu.ts';
import type { GpuProbe } from '../../../../src/ports/gpus.ts';
import { createGpuProbe, type GpuProbeOptions } from '../../../../src/system/gpus/probe.ts';

/** The tools whose stand-ins there are: each in a folder of its own, so that PATH chooses what a node has. */
type StandIn = 'nvidia' | 'amd' | 'rocm';

/** A probe of a node that has these stand-ins and no other tool. */
export function probeOn(
  tools: readonly StandIn[],
  env: Readonly<Record<string, string>> = {},
  options: GpuProbeOptions = {},
): GpuProbe {
  return createGpuProbe({
    listControllers: async () => [],
    ...options,
    env: { PATH: standInPath(...tools), ...env },
  });
}

/** Of each GPU its health and the number of processes, `?` if unknown. */
export function brief(conditions: readonly GpuCondition[]): readonly string[] {
  return conditions.map(
    ({ health, processes }) => `${health} ${processes === 'unknown' ? '?' : processes.length}`,
  );
}

/** A PATH on which only these tools are. */
function standInPath(...names: readonly StandIn[]): string {
  return names.map((name) => join(standIns(), name)).join(':') || '/nonexistent';
}

/** Tests run compiled, from another folder than they are written in. */
function standIns(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'test/stand-ins/nvidia/nvidia-smi'))) folder = dirname(folder);
  return join(folder, 'test/stand-ins');
}
