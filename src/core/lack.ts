import { formatNodeGpuIds } from '../model/nodegpuids.ts';
import type { JobSpec } from '../model/spec.ts';
import type { NodeWhole } from './wholes.ts';

/**
 * Slurm's lines about what not one node of a partition has, before it says that the configuration is not
 * available.
 */
export function lackOf(spec: JobSpec, wholes: readonly NodeWhole[]): readonly string[] {
  const isMissing = (has: (whole: NodeWhole) => boolean): boolean => !wholes.some(has);
  const cpus = Math.max(spec.minCpusPerNode ?? 1, (spec.ntasksPerNode ?? 1) * spec.cpusPerTask);
  const { socketsPerNode = 0, coresPerSocket = 0, threadsPerCore = 0, tmpPerNodeMb = 0 } = spec;
  const memoryMb = Math.max(spec.memoryPerNodeMb ?? 0, spec.memoryPerCpuMb ?? 0);
  const isCpuWish = spec.minCpusPerNode !== undefined || spec.ntasksPerNode !== undefined;
  return [
    ...(isCpuWish && isMissing((one) => one.cpus >= cpus) ? ['CPU count per node can not be satisfied'] : []),
    ...(isMissing((one) => one.memoryMb >= memoryMb) ? ['Memory specification can not be satisfied'] : []),
    ...(isMissing((one) => one.tmpMb >= tmpPerNodeMb)
      ? ['Temporary disk specification can not be satisfied']
      : []),
    ...(isMissing(
      (one) =>
        one.sockets >= socketsPerNode &&
        one.coresPerSocket >= coresPerSocket &&
        one.threadsPerCore >= threadsPerCore,
    )
      ? ['Socket, core and/or thread specification can not be satisfied']
      : []),
  ];
}

/** What was wanted beside what nodes have, in our own words. */
export function lackText(spec: JobSpec, wholes: readonly NodeWhole[]): string {
  const eligible = wholes.filter(
    ({ name }) => !spec.exclude?.includes(name) && (spec.nodelist?.includes(name) ?? true),
  );
  const most = (pick: (whole: NodeWhole) => number): number => Math.max(0, ...eligible.map(pick));
  const gpus = spec.gpus.map((need) => `${need.type ? `${need.type}:` : ''}${need.count} per ${need.per}`);
  const wanted: string[] = gpus.length > 0 ? [`GPUs ${gpus.join(', ')}`] : [];
  if (spec.gpuIds) wanted.push(`GPU ${spec.gpuIds.join(',')}`);
  if (spec.nodeGpuIds) wanted.push(`GPUs ${formatNodeGpuIds(spec.nodeGpuIds)}`);
  if (spec.memoryPerNodeMb) wanted.push(`${spec.memoryPerNodeMb} MiB per node`);
  if (spec.memoryPerCpuMb) wanted.push(`${spec.memoryPerCpuMb} MiB per CPU`);
  if (spec.ntasks > 1 || spec.cpusPerTask > 1)
    wanted.push(`${spec.ntasks} tasks of ${spec.cpusPerTask} CPUs`);
  if (spec.constraint !== undefined) wanted.push(`features ${spec.constraint}`);
  const counts = `${most((one) => one.cpus)} CPUs, ${most((one) => one.gpus.length)} GPUs`;
  const have = `${counts} and ${most((one) => one.memoryMb)} MiB`;
  return `wanted ${wanted.join(' and ') || 'these nodes'}; a node that may be used has up to ${have}`;
}
