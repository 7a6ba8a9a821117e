import { type ArraySpec, parseArraySpec } from '../../../model/arrayspec.ts';
import { limits } from '../../../model/limits.ts';
import { type OptionRow, ok } from '../../row.ts';
import { askedTimeLimit, freeText, name, type Parser, path, submissionFailure } from '../parsers.ts';
import type { SubmitValues } from '../values.ts';
import { everywhere } from '../variables.ts';

const group = 'Parallel run options';

/** Slurm leaves the array to its controller, and so the complaint is the cluster's. */
const arraySpec: Parser<ArraySpec> = (text, { program }) => {
  const value = parseArraySpec(text, limits.arraySizeMax);
  return value === undefined ? submissionFailure(program, 'Invalid job array specification') : ok(value);
};

/** What a job is, in sbatch and srun. */
export const jobRows = [
  {
    long: 'account',
    short: 'A',
    arg: 'required',
    metavar: 'name',
    key: 'account',
    parse: name,
    env: everywhere('ACCOUNT'),
    group,
    help: 'account that the job is charged to',
  },
  {
    long: 'chdir',
    short: 'D',
    arg: 'required',
    metavar: 'dir',
    key: 'chdir',
    parse: path,
    env: { srun: ['SLURM_REMOTE_CWD', 'SLURM_WORKING_DIR'] },
    group,
    help: 'directory to run in; by default the present one',
  },
  {
    long: 'comment',
    arg: 'required',
    metavar: 'text',
    key: 'comment',
    parse: freeText,
    group,
    help: 'a remark that is kept with the job',
  },
  {
    long: 'hold',
    short: 'H',
    arg: 'none',
    key: 'hold',
    value: true,
    group,
    help: 'do not start the job before it is released',
  },
  {
    long: 'job-name',
    short: 'J',
    arg: 'required',
    metavar: 'name',
    key: 'jobName',
    parse: name,
    env: { sbatch: ['SBATCH_JOB_NAME'], srun: ['SLURM_JOB_NAME'] },
    group,
    help: 'name of the job; by default that of the script or command',
  },
  {
    long: 'partition',
    short: 'p',
    arg: 'required',
    metavar: 'name',
    key: 'partition',
    parse: name,
    env: everywhere('PARTITION'),
    group,
    help: 'partition to run in',
  },
  {
    long: 'time',
    short: 't',
    arg: 'required',
    metavar: 'time',
    key: 'timeLimit',
    parse: askedTimeLimit,
    env: everywhere('TIMELIMIT'),
    group,
    help: 'time limit: minutes, minutes:seconds, hours:minutes:seconds or days-hours[:minutes[:seconds]]',
  },
] as const satisfies readonly OptionRow<SubmitValues>[];

/** What only a batch job can be. */
export const batchJobRows = [
  {
    long: 'array',
    short: 'a',
    arg: 'required',
    metavar: 'indexes',
    key: 'array',
    parse: arraySpec,
    env: { sbatch: ['SBATCH_ARRAY_INX'] },
    group,
    help: 'run the script once for every index: 1-9, 1,3,7, 0-20:4; %2 at the end for two at a time',
  },
  {
    long: 'no-requeue',
    arg: 'none',
    key: 'requeue',
    value: false,
    env: { sbatch: ['SBATCH_NO_REQUEUE'] },
    group,
    help: 'do not run the job again when its node is lost',
  },
  {
    long: 'requeue',
    arg: 'none',
    key: 'requeue',
    value: true,
    env: { sbatch: ['SBATCH_REQUEUE'] },
    group,
    help: 'run the job again when its node is lost',
  },
] as const satisfies readonly OptionRow<SubmitValues>[];
