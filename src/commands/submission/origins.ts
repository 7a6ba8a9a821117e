import type { SubmitValues } from '../../tables/options/values.ts';
import {
  type Environment,
  type Reading,
  readCommandLine,
  readEnvironment,
  resolve,
} from '../../tables/precedence.ts';
import { type CommandTable, type Failed, failed } from '../../tables/row.ts';

type Keys = readonly (keyof SubmitValues)[];

/** Options that say the same thing in another unit. */
const memoryKeys: Keys = ['memMb', 'memPerCpuMb', 'memPerGpuMb'];

/**
 * Options of which one on the command line, or in the script, puts variables that stand for the others out of
 * effect (sbatch(1), at --mem and --hint).
 */
const rivals: readonly Keys[] = [
  memoryKeys,
  ['hint', 'ntasksPerCore', 'threadsPerCore', 'geometry'],
  ['gpusPerTask', 'ntasksPerGpu'],
  ['gpuIds', 'nodeGpuIds'],
  ['cpusPerTask', 'cpusPerGpu'],
];

/** What each origin said. */
export interface SubmissionOrigins {
  readonly commandLine: SubmitValues;
  readonly environment: SubmitValues;
  readonly directives?: SubmitValues;
}

/** All that was asked for, the command line before variables before the script. */
export function resolveSubmission(
  { commandLine, environment, directives = {} }: SubmissionOrigins,
  program: string,
): { readonly values: SubmitValues } | Failed {
  const explicit: SubmitValues = { ...directives, ...commandLine };
  const variables = withoutRivals(environment, explicit);
  if (countOf(explicit, memoryKeys) > 1) {
    return fatal(program, '--mem, --mem-per-cpu, and --mem-per-gpu are mutually exclusive.');
  }
  if (countOf(variables, memoryKeys) > 1) {
    const names = 'SLURM_MEM_PER_CPU, SLURM_MEM_PER_GPU, and SLURM_MEM_PER_NODE';
    return fatal(program, `${names} are mutually exclusive.`);
  }
  const values = resolve({ commandLine, environment: variables, directives });
  if (values.gpusPerTask !== undefined && values.ntasksPerGpu !== undefined) {
    const others = '--ntasks-per-gpu and SLURM_NTASKS_PER_GPU';
    return fatal(program, `--gpus-per-task is mutually exclusive with ${others}`);
  }
  const specialised = specialisedFault({ explicit, variables });
  return specialised === undefined ? { values } : fatal(program, specialised);
}

const specialisedKeys = ['coreSpec', 'threadSpec'] as const;

/** Of options that a cluster has no use for, too, Slurm takes one at most. */
function specialisedFault({
  explicit,
  variables,
}: {
  readonly explicit: SubmitValues;
  readonly variables: SubmitValues;
}): string | undefined {
  const said = countOf(explicit, specialisedKeys);
  if (said > 1) return '-S/--core-spec and --thred-spec options are mutually exclusive';
  if (said > 0 || countOf(variables, specialisedKeys) < 2) return undefined;
  const names = 'Both --core-spec and --thread-spec set using environment variables';
  return `${names}. Those options are mutually exclusive.`;
}

/** Reads the command line and the variables of a command without a script: srun and salloc. */
export function readSubmission(
  words: readonly string[],
  environment: Environment,
  table: CommandTable<SubmitValues>,
): Reading<SubmitValues> {
  const line = readCommandLine(words, table);
  if (!('values' in line)) return line;
  const variables = readEnvironment(environment, table);
  if ('failed' in variables) return variables;
  const origins = { commandLine: line.values, environment: variables.values };
  const resolved = resolveSubmission(origins, table.program);
  return 'failed' in resolved ? resolved : { values: resolved.values, operands: line.operands };
}

function withoutRivals(environment: SubmitValues, explicit: SubmitValues): SubmitValues {
  const hidden = new Set<string>(rivals.filter((keys) => countOf(explicit, keys) > 0).flat());
  return Object.fromEntries(Object.entries(environment).filter(([key]) => !hidden.has(key)));
}

function countOf(values: SubmitValues, keys: Keys): number {
  return keys.filter((key) => values[key] !== undefined).length;
}

function fatal(program: string, what: string): Failed {
  return failed(1, `${program}: fatal: ${what}`);
}
