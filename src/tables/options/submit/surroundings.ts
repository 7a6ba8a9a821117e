import { parseRlimits, rlimitComplaints } from '../../../model/rlimits.ts';
import { failed, type OptionRow, ok } from '../../row.ts';
import { name, type Parser, parsedBy, path } from '../parsers.ts';
import type { SubmitValues } from '../values.ts';
import { batchOnly, stepOnly } from '../variables.ts';

const group = 'Files and environment';

const rlimits: Parser<string> = (text, { program }) => {
  if (parseRlimits(text) !== undefined) return ok(text);
  return failed(1, ...rlimitComplaints(text).map((line) => `${program}: error: ${line}`));
};

/** What a job takes over from its submitter's process, in sbatch and srun. */
export const inheritanceRows = [
  {
    long: 'propagate',
    arg: 'optional',
    metavar: 'limits',
    key: 'propagate',
    value: 'ALL',
    parse: rlimits,
    env: stepOnly('PROPAGATE'),
    group,
    help: 'resource limits that the job takes over: ALL, NONE, or names such as NOFILE,CORE',
  },
] as const satisfies readonly OptionRow<SubmitValues>[];

/** Seconds to wait for the login shell, and which of its start-up files are read. */
const loginForm = /^(?:(\d{1,5}))?([SL])?$/i;

/** What only sbatch has. */
export const batchEnvironmentRows = [
  {
    long: 'export-file',
    arg: 'required',
    metavar: 'file',
    key: 'exportFile',
    parse: path,
    group,
    help: 'file, or number of an open descriptor, whose variables the job sees in place of the own ones',
  },
] as const satisfies readonly OptionRow<SubmitValues>[];

/** What sbatch and salloc have. */
export const loginRows = [
  {
    long: 'get-user-env',
    arg: 'optional',
    metavar: 'timeout',
    key: 'getUserEnv',
    value: {},
    parse: parsedBy((text) => {
      const [, seconds, mode] = loginForm.exec(text) ?? [];
      if (seconds === undefined && mode === undefined) return undefined;
      return { ...(seconds !== undefined && { timeoutSeconds: Number(seconds) }) };
    }),
    env: batchOnly('GET_USER_ENV'),
    group,
    help: "variables of the user's login stand beneath those of the submission",
  },
] as const satisfies readonly OptionRow<SubmitValues>[];

/** Whose job it is; root alone may say. */
export const identityRows = [
  {
    long: 'gid',
    arg: 'required',
    metavar: 'group',
    key: 'gid',
    parse: name,
    group,
    help: 'group that the job runs as; for root alone',
  },
  {
    long: 'uid',
    arg: 'required',
    metavar: 'user',
    key: 'uid',
    parse: name,
    group,
    help: 'user that the job runs as; for root alone',
  },
] as const satisfies readonly OptionRow<SubmitValues>[];
