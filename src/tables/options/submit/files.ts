import { parseExport } from '../../../model/exportspec.ts';
import type { OptionRow } from '../../row.ts';
import { type Parser, parsedBy, path } from '../parsers.ts';
import type { SubmitValues } from '../values.ts';

const group = 'Files and environment';

/** Slurm looks at the first letter and takes the word only whole. */
const openMode: Parser<'append' | 'truncate'> = parsedBy((text) => {
  if (/^a(ppend)?$/i.test(text)) return 'append';
  return /^t(runcate)?$/i.test(text) ? 'truncate' : undefined;
});

/** Where a job's input comes from and its output goes. */
export const fileRows = [
  {
    long: 'error',
    short: 'e',
    arg: 'required',
    metavar: 'file',
    key: 'error',
    parse: path,
    env: { sbatch: ['SBATCH_ERROR'], srun: ['SLURM_STDERRMODE'] },
    group,
    help: 'file for standard error; by default it goes where standard output goes',
  },
  {
    long: 'export',
    arg: 'required',
    metavar: 'names',
    key: 'export',
    parse: parsedBy(parseExport),
    env: { sbatch: ['SBATCH_EXPORT'], srun: ['SLURM_EXPORT_ENV', 'SRUN_EXPORT_ENV'] },
    group,
    help: 'variables that the job sees: ALL, NONE, or a list of NAME and NAME=value',
  },
  {
    long: 'input',
    short: 'i',
    arg: 'required',
    metavar: 'file',
    key: 'input',
    parse: path,
    env: { sbatch: ['SBATCH_INPUT'], srun: ['SLURM_STDINMODE'] },
    group,
    help: 'file for standard input',
  },
  {
    long: 'open-mode',
    arg: 'required',
    metavar: 'append|truncate',
    key: 'openMode',
    parse: openMode,
    env: { sbatch: ['SBATCH_OPEN_MODE'], srun: ['SLURM_OPEN_MODE'] },
    group,
    help: 'whether output files that exist are kept or emptied',
  },
  {
    long: 'output',
    short: 'o',
    arg: 'required',
    metavar: 'file',
    key: 'output',
    parse: path,
    env: { sbatch: ['SBATCH_OUTPUT'], srun: ['SLURM_STDOUTMODE'] },
    group,
    help: 'file for standard output; %j is the job id, %A the array, %a its index, %x the name, %N the node',
  },
] as const satisfies readonly OptionRow<SubmitValues>[];

/** How srun hands on what its tasks print. */
export const streamRows = [
  {
    long: 'label',
    short: 'l',
    arg: 'none',
    key: 'label',
    value: true,
    env: { srun: ['SLURM_LABELIO'] },
    group,
    help: 'put the number of the task before each line of output',
  },
  {
    long: 'unbuffered',
    short: 'u',
    arg: 'none',
    key: 'unbuffered',
    value: true,
    env: { srun: ['SLURM_UNBUFFEREDIO'] },
    group,
    help: 'pass output on as it comes, not by lines',
  },
] as const satisfies readonly OptionRow<SubmitValues>[];
