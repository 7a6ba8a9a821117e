import { isMgpuError, type MgpuError } from '../../base/error.ts';
import type { JobSpec } from '../../model/spec.ts';
import { refusedPrefix } from '../../services/submit.ts';
import { submissionFailure } from '../../tables/options/parsers.ts';
import type { SubmitValues } from '../../tables/options/values.ts';

/** Slurm's reason in what a service threw, without the command that it is put to. */
export function refusalReason({ message }: MgpuError): string {
  return message.replace(refusedPrefix, '');
}

/** What a command says whose job the cluster refuses (captured: errors.sbatch, .srun, .salloc). */
export function refusalLines(
  error: MgpuError,
  program: string,
  { verbose = 0 }: SubmitValues,
): readonly string[] {
  const { before, hint, detail } = error;
  return [
    ...before.map((line) => `${program}: error: ${line}`),
    ...submissionFailure(program, refusalReason(error)).failed.lines,
    ...(hint === undefined ? [] : [`${program}: ${hint}`]),
    ...(verbose > 0 && detail !== undefined ? [`${program}: ${detail}`] : []),
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
