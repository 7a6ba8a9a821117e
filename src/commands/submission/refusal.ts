import { isMgpuError, type MgpuError } from '../../base/error.ts';
import { type Cluster, configOf } from '../../model/cluster.ts';
import { partitionsOf } from '../../model/partition.ts';
import type { JobSpec } from '../../model/spec.ts';
import { submissionFailure } from '../../tables/options/parsers.ts';

export interface RefusalContext {
  readonly program: string;
  readonly spec: JobSpec;
  readonly cluster: Cluster;
  /** True to tell what in particular cannot be had, which Slurm keeps to itself. */
  readonly isVerbose: boolean;
}

/** Slurm's reason in what a service threw, without the command that it is put to. */
export function refusalReason({ message }: MgpuError): string {
  return message.replace(/^Batch job submission failed: /, '');
}

/** What a command says whose job the cluster refuses (captured: errors.sbatch, .srun, .salloc). */
export function refusalLines(error: MgpuError, context: RefusalContext): readonly string[] {
  const { program, isVerbose } = context;
  const reason = refusalReason(error);
  return [
    ...precedingLines(reason, context),
    ...submissionFailure(program, reason).failed.lines,
    ...(isVerbose && error.hint !== undefined ? [`${program}: ${error.hint}`] : []),
  ];
}

/** What Slurm says first of some refusals. */
export function precedingLines(
  reason: string,
  { program, spec, cluster }: RefusalContext,
): readonly string[] {
  if (reason === 'Invalid partition name specified') {
    const known = partitionsOf(cluster).map(({ name }) => name);
    const unknown = spec.partition.split(',').find((name) => !known.includes(name)) || '(null)';
    return [`${program}: error: invalid partition specified: ${unknown}`];
  }
  if (reason === 'Requested node configuration is not available' && isMemoryTooLarge(spec, cluster)) {
    return [`${program}: error: Memory specification can not be satisfied`];
  }
  return [];
}

function isMemoryTooLarge({ memoryPerNodeMb = 0, memoryPerCpuMb = 0 }: JobSpec, cluster: Cluster): boolean {
  const registered = [...cluster.nodes.values()].map(({ record }) => record.memoryMb);
  const declared = configOf(cluster).nodes.map(({ memoryMb = 0 }) => memoryMb);
  return Math.max(memoryPerNodeMb, memoryPerCpuMb) > Math.max(0, ...registered, ...declared);
}

/** What `make` makes, or the lines about options that contradict each other where GPUs are concerned. */
export function gresChecked(
  program: string,
  make: () => JobSpec,
): JobSpec | { readonly lines: readonly string[] } {
  try {
    return make();
  } catch (error) {
    if (!isMgpuError(error, 'GRES')) throw error;
    const general = 'Invalid generic resource (gres) specification';
    return { lines: [error.message, general].map((line) => `${program}: error: ${line}`) };
  }
}
