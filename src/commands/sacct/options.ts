import type { SizeUnit } from '../../tables/fields/account.ts';
import { sizeUnits } from '../../tables/fields/account.ts';
import { commonRows, helpRowWithLetter, isThere, verboseRow, without } from '../../tables/options/common.ts';
import { type JobStateName, parseJobState } from '../../tables/options/jobstates.ts';
import { listedNodes } from '../../tables/options/listing.ts';
import { freeText, nameList, type Parser } from '../../tables/options/parsers.ts';
import { flag, take } from '../../tables/options/refused/forms.ts';
import type { CommonValues } from '../../tables/options/values.ts';
import {
  type Environment,
  type Reading,
  readCommandLine,
  readEnvironment,
  resolve,
} from '../../tables/precedence.ts';
import {
  type CommandTable,
  failed,
  type OptionRow,
  ok,
  type RefusedRow,
  sortedRows,
} from '../../tables/row.ts';

/** A job, a task of an array, or a step of one of these. */
export interface AccountTarget {
  readonly job: number;
  readonly task?: number;
  readonly step?: string;
}

/** What sacct takes. Every list that is empty or missing means all. */
export interface SacctValues extends CommonValues {
  readonly accounts?: readonly string[];
  readonly allUsers?: boolean;
  readonly allocations?: boolean;
  readonly batchScript?: boolean;
  readonly envVars?: boolean;
  readonly brief?: boolean;
  readonly delimiter?: string;
  readonly dump?: 'json' | 'yaml';
  readonly duplicates?: boolean;
  readonly end?: string;
  readonly format?: readonly string[];
  readonly groups?: readonly string[];
  readonly helpFormat?: boolean;
  readonly jobs?: readonly AccountTarget[];
  readonly local?: boolean;
  readonly long?: boolean;
  readonly names?: readonly string[];
  readonly noconvert?: boolean;
  readonly nodelist?: readonly string[];
  readonly noheader?: boolean;
  readonly parsable?: 'with ends' | 'between';
  readonly partitions?: readonly string[];
  readonly qos?: readonly string[];
  readonly start?: string;
  readonly states?: readonly JobStateName[];
  readonly unit?: SizeUnit;
  readonly users?: readonly string[];
}

const program = 'sacct';
const selection = 'Which jobs';
const shown = 'What is shown';

/** `12`, `12_3`, `12.batch`, `12_3.0`; a step is `batch`, `extern` or a number (captures on a 22.05.8). */
const targets: Parser<readonly AccountTarget[]> = (text) => {
  const found: AccountTarget[] = [];
  for (const item of text.split(',').filter((one) => one !== '')) {
    const [, id, task, step] = /^(\d{1,15})(?:_(\d{1,10}|.*?))?(?:\.(.*))?$/.exec(item) ?? [];
    if (id === undefined) return failed(1, `${program}: fatal: Bad job/step specified: ${item}`);
    if (task !== undefined && !/^\d+$/.test(task))
      return failed(1, `${program}: fatal: Bad job array element specified: ${Number(id)}`);
    if (step !== undefined && !/^(?:batch|extern|interactive|\d{1,9})$/.test(step))
      return failed(1, `${program}: fatal: Bad step specified: ${Number(id)}`);
    const target = { job: Number(id), ...(task !== undefined && { task: Number(task) }) };
    if (target.job !== 0) found.push({ ...target, ...(step !== undefined && { step }) });
  }
  return ok(found);
};

const states: Parser<readonly JobStateName[]> = (text) => {
  const found: JobStateName[] = [];
  for (const name of text.split(',').filter((one) => one !== '')) {
    const state = parseJobState(name);
    if (state === undefined) return failed(1, `${program}: fatal: unrecognized job state value '${name}'`);
    found.push(state);
  }
  return ok(found);
};

const unit: Parser<SizeUnit> = (text) => {
  const found = sizeUnits.find((one) => one === text.charAt(0).toUpperCase());
  if (found !== undefined) return ok(found);
  const possible = `Possible options are '${sizeUnits.join('')}'`;
  const complaint = `${program}: error: Invalid unit type '${text.charAt(0)}'. ${possible}`;
  return failed(1, complaint, `${program}: fatal: Invalid unit type`);
};

const format: Parser<readonly string[]> = (text) => ok([text]);

const servedRows = [
  {
    long: 'accounts',
    short: 'A',
    arg: 'required',
    metavar: 'names',
    key: 'accounts',
    parse: nameList,
    group: selection,
    help: 'jobs of these accounts',
  },
  {
    long: 'allusers',
    short: 'a',
    arg: 'none',
    key: 'allUsers',
    value: true,
    group: selection,
    help: 'the jobs of all users; by default your own, for root all',
  },
  {
    long: 'allocations',
    short: 'X',
    arg: 'none',
    key: 'allocations',
    value: true,
    group: shown,
    help: 'jobs without their steps',
  },
  {
    long: 'env-vars',
    arg: 'none',
    key: 'envVars',
    value: true,
    group: shown,
    help: "each job's environment, of which the accounting keeps none",
  },
  {
    long: 'batch-script',
    short: 'B',
    arg: 'none',
    key: 'batchScript',
    value: true,
    group: shown,
    help: "each job's script, of which the accounting keeps none",
  },
  {
    long: 'brief',
    short: 'b',
    arg: 'none',
    key: 'brief',
    value: true,
    group: shown,
    help: 'id, state and exit code',
  },
  {
    long: 'delimiter',
    arg: 'required',
    metavar: 'text',
    key: 'delimiter',
    parse: freeText,
    group: shown,
    help: 'what stands between columns with --parsable and --parsable2; by default |',
  },
  {
    long: 'duplicates',
    short: 'D',
    arg: 'none',
    key: 'duplicates',
    value: true,
    group: selection,
    help: 'all jobs of an id; here ids are never given twice',
  },
  {
    long: 'endtime',
    short: 'E',
    arg: 'required',
    metavar: 'time',
    key: 'end',
    parse: freeText,
    group: selection,
    help: 'jobs that could start before this time; by default now',
  },
  {
    long: 'format',
    short: 'o',
    arg: 'required',
    metavar: 'fields',
    repeat: 'append',
    key: 'format',
    parse: format,
    env: { sacct: ['SACCT_FORMAT'] },
    group: shown,
    help: 'which columns, and how wide: jobid,jobname%20,state%-12',
  },
  {
    long: 'group',
    short: 'g',
    aliases: ['gid'],
    arg: 'required',
    metavar: 'names',
    key: 'groups',
    parse: nameList,
    group: selection,
    help: 'jobs of these groups',
  },
  {
    long: 'helpformat',
    short: 'e',
    arg: 'none',
    key: 'helpFormat',
    value: true,
    group: shown,
    help: 'the names of all columns',
  },
  {
    long: 'jobs',
    short: 'j',
    arg: 'required',
    metavar: 'ids',
    key: 'jobs',
    parse: targets,
    group: selection,
    help: 'these jobs and steps, of any user and time: 12,13_4,14.batch',
  },
  {
    long: 'json',
    arg: 'none',
    key: 'dump',
    value: 'json',
    group: shown,
    help: 'all that is known of the jobs and their steps, as JSON',
  },
  {
    long: 'yaml',
    arg: 'none',
    key: 'dump',
    value: 'yaml',
    group: shown,
    help: 'all that is known of the jobs and their steps, as YAML',
  },
  {
    long: 'local',
    short: 'L',
    arg: 'none',
    key: 'local',
    value: true,
    aliases: ['allclusters'],
    group: selection,
    help: 'this cluster; there is no other',
  },
  { long: 'long', short: 'l', arg: 'none', key: 'long', value: true, group: shown, help: 'many columns' },
  {
    long: 'name',
    arg: 'required',
    metavar: 'names',
    key: 'names',
    parse: nameList,
    group: selection,
    help: 'jobs of these names',
  },
  {
    long: 'noconvert',
    arg: 'none',
    key: 'noconvert',
    value: true,
    group: shown,
    help: 'sizes in MiB, not in the largest unit',
  },
  {
    long: 'nodelist',
    short: 'N',
    arg: 'required',
    metavar: 'nodes',
    key: 'nodelist',
    parse: listedNodes,
    group: selection,
    help: 'jobs that ran on these nodes',
  },
  {
    long: 'noheader',
    short: 'n',
    arg: 'none',
    key: 'noheader',
    value: true,
    group: shown,
    help: 'no line of headings',
  },
  {
    long: 'parsable',
    short: 'p',
    arg: 'none',
    key: 'parsable',
    value: 'with ends',
    group: shown,
    help: 'for programs: columns with | between them and at the end',
  },
  {
    long: 'parsable2',
    short: 'P',
    arg: 'none',
    key: 'parsable',
    value: 'between',
    group: shown,
    help: 'for programs: columns with | between them',
  },
  {
    long: 'partition',
    short: 'r',
    arg: 'required',
    metavar: 'names',
    key: 'partitions',
    parse: nameList,
    group: selection,
    help: 'jobs of these partitions',
  },
  {
    long: 'qos',
    short: 'q',
    arg: 'required',
    metavar: 'names',
    key: 'qos',
    parse: nameList,
    group: selection,
    help: 'jobs of this quality of service; all have normal',
  },
  {
    long: 'starttime',
    short: 'S',
    arg: 'required',
    metavar: 'time',
    key: 'start',
    parse: freeText,
    group: selection,
    help: 'jobs that had not ended by this time; by default midnight',
  },
  {
    long: 'state',
    short: 's',
    arg: 'required',
    metavar: 'states',
    key: 'states',
    parse: states,
    group: selection,
    help: 'jobs in these states in that time, without one now: CD,F',
  },
  {
    long: 'units',
    arg: 'required',
    metavar: 'unit',
    key: 'unit',
    parse: unit,
    group: shown,
    help: 'the unit of sizes: K, M, G, T or P',
  },
  {
    long: 'user',
    short: 'u',
    aliases: ['uid'],
    arg: 'required',
    metavar: 'names',
    key: 'users',
    parse: nameList,
    group: selection,
    help: 'jobs of these users',
  },
  verboseRow,
  helpRowWithLetter,
] as const satisfies readonly OptionRow<SacctValues>[];

const refusedRows = [
  {
    ...take('associations', 'ids', 'jobs of these associations'),
    short: 'x',
    refused: without('associations'),
  },
  {
    ...take('clusters', 'names', 'other clusters'),
    short: 'M',
    aliases: ['cluster'],
    refused: without('other clusters'),
    env: { sacct: ['SLURM_CLUSTERS'] },
  },
  { ...flag('completion', 'the completion log in place of the accounting'), short: 'c' },
  {
    ...take('constraints', 'features', 'jobs with these features'),
    short: 'C',
    refused: without('features'),
  },
  { ...flag('federation', 'all clusters together'), refused: without('other clusters') },
  { ...take('file', 'file', 'a completion log'), short: 'f' },
  { ...take('flags', 'flags', 'jobs with these flags'), short: 'F' },
  { ...take('ncpus', 'range', 'jobs with so many CPUs'), short: 'I' },
  { ...take('nnodes', 'range', 'jobs with so many nodes'), short: 'i' },
  { ...take('reason', 'reasons', 'jobs that waited for these reasons'), short: 'R' },
  { ...take('timelimit-max', 'time', 'jobs with a time limit of at most'), short: 'K' },
  { ...take('timelimit-min', 'time', 'jobs with a time limit of at least'), short: 'k' },
  { ...flag('truncate', 'times cut to the window'), short: 'T' },
  { ...flag('use-local-uid', 'user names of this machine'), short: 'U' },
  { ...take('wckeys', 'names', 'jobs with these keys'), short: 'W', refused: without('workload keys') },
  {
    ...take('whole-hetjob', 'switch', 'all parts of heterogeneous jobs'),
    refused: without('heterogeneous jobs'),
  },
] satisfies readonly RefusedRow[];

export const sacctTable: CommandTable<SacctValues> = {
  program,
  summary: 'show jobs that wait, run or have ended',
  rows: sortedRows<SacctValues>(servedRows, commonRows, refusedRows),
  order: 'permute',
  usageExitCode: 1,
  operands: '',
  readSwitch: isThere,
};

/** Reads a command line. sacct has no operands and complains about each. */
export function readSacct(words: readonly string[], environment: Environment): Reading<SacctValues> {
  const line = readCommandLine(words, sacctTable);
  if (!('values' in line)) return line;
  const variables = readEnvironment(environment, sacctTable);
  if ('failed' in variables) return variables;
  // The variable is for those who choose no columns in any way.
  const { format: _format, ...others } = variables.values;
  const hasColumns = line.values.brief === true || line.values.long === true;
  const values = resolve({
    commandLine: line.values,
    environment: hasColumns ? others : variables.values,
  });
  if (line.operands.length === 0) return { values, operands: [] };
  const lines = line.operands.map((word) => `${program}: error:  ${word}`);
  return failed(1, `${program}: error: Unknown arguments:`, ...lines);
}
