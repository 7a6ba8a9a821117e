import { MgpuError } from '../../base/error.ts';
import type { GpuCount } from '../../model/gres.ts';
import type { NodeGpuIds } from '../../model/nodegpuids.ts';
import type { SubmitValues } from '../../tables/options/values.ts';

/**
 * What follows from --node-gpu-ids: the nodes, how many they are, and how many GPUs that makes. Throws
 * `OPTIONS` naming the option that says otherwise.
 */
export function withNodeGpus(values: SubmitValues): SubmitValues {
  const { nodeGpuIds: ids } = values;
  if (ids === undefined) return values;
  refuseOtherNodes(values, ids);
  refuseOtherGpus(values, ids);
  const { gpus: _gpus, gpusPerNode: _perNode, gres: _gres, ...rest } = values;
  const each = eachOf(ids);
  return {
    ...rest,
    nodelist: ids.map(({ node }) => node),
    nodes: { min: ids.length, max: ids.length },
    // As with --gpu-ids so many a node, where all have as many.
    ...(each === undefined ? { gpus: [{ count: totalOf(ids) }] } : { gres: [{ name: 'gpu', count: each }] }),
  };
}

function refuseOtherNodes(
  { nodes, nodelist = [], exclude = [], ntasks }: SubmitValues,
  ids: NodeGpuIds,
): void {
  const names = ids.map(({ node }) => node);
  const other = nodelist.find((name) => !names.includes(name));
  if (other !== undefined) throw disagree(`--nodelist ${other}`, 'leave --nodelist out: it says the nodes');
  const excluded = names.find((name) => exclude.includes(name));
  if (excluded !== undefined) throw disagree(`--exclude ${excluded}`, 'take the node out of one of them');
  const count = names.length;
  if (nodes !== undefined && (count < nodes.min || count > nodes.max)) {
    const said = nodes.min === nodes.max ? `${nodes.min}` : `${nodes.min}-${nodes.max}`;
    throw disagree(`--nodes ${said}`, `leave --nodes out: it names ${count}`);
  }
  if (ntasks !== undefined && ntasks < count) {
    throw disagree(`--ntasks ${ntasks}`, `each of its ${count} nodes has a task at least`);
  }
}

function refuseOtherGpus(values: SubmitValues, ids: NodeGpuIds): void {
  const { gpuIds, gpus, gpusPerNode, gpusPerTask, gpusPerSocket, gres } = values;
  const leave = (option: string): string => `leave --${option} out: --node-gpu-ids says which GPUs`;
  if (gpuIds !== undefined) throw disagree('--gpu-ids', leave('gpu-ids'));
  if (gpusPerTask !== undefined) throw disagree('--gpus-per-task', leave('gpus-per-task'));
  if (gpusPerSocket !== undefined) throw disagree('--gpus-per-socket', leave('gpus-per-socket'));
  const said = [
    { option: 'gpus', counts: gpus, has: totalOf(ids) },
    { option: 'gpus-per-node', counts: gpusPerNode, has: eachOf(ids) },
    { option: 'gres', counts: gres, has: eachOf(ids) },
  ];
  for (const { option, counts, has } of said) {
    if (counts === undefined) continue;
    if (counts.some(({ type }) => type !== undefined)) {
      throw disagree(`a type in --${option}`, leave(option));
    }
    if (sumOf(counts) !== has) throw disagree(`--${option} ${sumOf(counts)}`, leave(option));
  }
}

/** How many GPUs each node has; undefined where they differ. */
function eachOf(ids: NodeGpuIds): number | undefined {
  const counts = new Set(ids.map(({ gpus }) => gpus.length));
  return counts.size === 1 ? [...counts][0] : undefined;
}

function totalOf(ids: NodeGpuIds): number {
  return ids.reduce((sum, { gpus }) => sum + gpus.length, 0);
}

function sumOf(counts: readonly GpuCount[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

function disagree(other: string, hint: string): MgpuError {
  return new MgpuError('OPTIONS', `--node-gpu-ids and ${other} do not agree`, { hint });
}
