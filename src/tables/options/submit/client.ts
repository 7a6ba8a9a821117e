import type { OptionRow } from '../../row.ts';
import { helpRowWithLetter, quietRow, verboseRow } from '../common.ts';
import { count, freeText } from '../parsers.ts';
import type { SubmitValues } from '../values.ts';

const group = 'Submission';

/** What the submitting command itself does. */
export const clientRows = [
  helpRowWithLetter,
  { ...quietRow, group },
  { ...verboseRow, parse: count({ min: 0 }), env: { sbatch: ['SBATCH_DEBUG'], srun: ['SLURM_DEBUG'] } },
] as const satisfies readonly OptionRow<SubmitValues>[];

/** What only sbatch does. */
export const batchClientRows = [
  {
    long: 'ignore-pbs',
    arg: 'none',
    key: 'ignorePbs',
    value: true,
    env: { sbatch: ['SBATCH_IGNORE_PBS'] },
    group,
    help: 'pass over the #PBS and #BSUB lines of the script',
  },
  {
    long: 'parsable',
    arg: 'none',
    key: 'parsable',
    value: true,
    group,
    help: 'print the job id and nothing else',
  },
  {
    long: 'wait',
    short: 'W',
    arg: 'none',
    key: 'wait',
    value: true,
    env: { sbatch: ['SBATCH_WAIT'] },
    group,
    help: "wait for the job's end and exit with its code",
  },
  {
    long: 'wrap',
    arg: 'required',
    metavar: 'command',
    key: 'wrap',
    parse: freeText,
    group,
    help: 'submit this shell command in place of a script',
    directive: false,
  },
] as const satisfies readonly OptionRow<SubmitValues>[];
