import type { OptionRow } from '../../row.ts';
import { helpRowWithLetter, quietRow, verboseRow } from '../common.ts';
import { count, freeText, nameList } from '../parsers.ts';
import type { SubmitValues } from '../values.ts';
import { everywhere } from '../variables.ts';

const group = 'Submission';

/** What the submitting command itself does. */
export const clientRows = [
  helpRowWithLetter,
  { ...quietRow, group },
  { ...verboseRow, parse: count({ min: 0 }), env: everywhere('DEBUG') },
  {
    long: 'clusters',
    short: 'M',
    aliases: ['cluster'],
    arg: 'required',
    metavar: 'names',
    key: 'clusters',
    parse: nameList,
    env: {
      sbatch: ['SLURM_CLUSTERS', 'SBATCH_CLUSTERS'],
      srun: ['SLURM_CLUSTERS'],
      salloc: ['SLURM_CLUSTERS', 'SALLOC_CLUSTERS'],
    },
    group,
    help: 'clusters to submit to: the name of this one, or all',
  },
  {
    long: 'core-spec',
    short: 'S',
    arg: 'required',
    metavar: 'count',
    key: 'coreSpec',
    parse: count({ min: 0 }),
    env: everywhere('CORE_SPEC'),
    group,
    help: 'cores kept for the system; set aside with a message, as where the configuration allows none',
  },
  {
    long: 'thread-spec',
    arg: 'required',
    metavar: 'count',
    key: 'threadSpec',
    parse: count(),
    env: everywhere('THREAD_SPEC'),
    group,
    help: 'threads kept for the system; set aside with a message, as where the configuration allows none',
  },
] as const satisfies readonly OptionRow<SubmitValues>[];

/** What sbatch and srun do in place of submitting. */
export const testRows = [
  {
    long: 'test-only',
    arg: 'none',
    key: 'testOnly',
    value: true,
    group,
    help: 'say when the job would start, and submit nothing',
  },
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
