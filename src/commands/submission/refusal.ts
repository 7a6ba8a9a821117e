import { isMgpuError, type MgpuError } from '../../base/error.ts';
import type { JobSpec } from '../../model/spec.ts';
import { submissionFailure } from '../../tables/options/parsers.ts';

/** Slurm's reason in what a service threw, without the command that it is put to. */
export function refusalReason({ message }: MgpuError): string {
  return message.replace(/^Batch job submission failed: /, '');
}

/**
 * What a command says whose job the cluster refuses (captured: errors.sbatch, .srun, .salloc); with -v also
 * what in particular cannot be had, which Slurm keeps to itself.
 */
export function refusalLines(
  error: MgpuError,
  { program, isVerbose }: { readonly program: string; readonly isVerbose: boolean },
): readonly string[] {
  return [
    ...error.before.map((line) => `${program}: error: ${line}`),
    ...submissionFailure(program, refusalReason(error)).failed.lines,
    ...(error.hint === undefined ? [] : [`${program}: ${error.hint}`]),
    ...(isVerbose && error.detail !== undefined ? [`${program}: ${error.detail}`] : []),
  ];
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
