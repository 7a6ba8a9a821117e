import { parseCount } from '../../model/counts.ts';
import type { JobTarget } from '../../model/request.ts';
import { commonRows, helpRow, isThere, verboseRow, without } from '../../tables/options/common.ts';
import { type JobStateName, jobStateNames, parseJobState } from '../../tables/options/jobstates.ts';
import {
  allRow,
  clusterRow,
  federationRow,
  formatFault,
  listedNodes,
  localRow,
  longRow,
  noheaderRow,
} from '../../tables/options/listing.ts';
import { freeText, nameList, type Parser } from '../../tables/options/parsers.ts';
import { flag } from '../../tables/options/refused/forms.ts';
import { badTarget, parseTargets } from '../../tables/options/targets.ts';
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
  type Outcome,
  ok,
  type RefusedRow,
  sortedRows,
} from '../../tables/row.ts';

/** What squeue takes. Every list that is empty or missing means all. */
export interface SqueueValues extends CommonValues {
  readonly accounts?: readonly string[];
  /** Also jobs of hidden partitions, of which there are none. */
  readonly all?: boolean;
  /** Slurm shows arrays so in any case. */
  readonly arrayUnique?: boolean;
  /** The name of this cluster, which a line then says. */
  readonly clusters?: string;
  /** As JSON or YAML, in the shape of Slurm's release. */
  readonly dump?: 'json' | 'yaml';
  readonly hide?: boolean;
  /** Show it again every so many seconds. */
  readonly iterate?: number;
  readonly licenses?: readonly string[];
  /** Sizes as they were given: ours have no unit that changes. */
  readonly noconvert?: boolean;
  /** One line for every partition that a waiting job may run in. */
  readonly priority?: boolean;
  readonly qos?: readonly string[];
  readonly reservation?: string;
  /** Letters of columns: `P,t,-p`. */
  readonly sort?: string;
  /** When waiting jobs are expected to start. */
  readonly start?: boolean;
  /** One line for each task of an array. */
  readonly array?: boolean;
  readonly format?: string;
  readonly jobs?: readonly JobTarget[];
  readonly local?: boolean;
  readonly long?: boolean;
  /** Columns by name; at most one of `format` and `longFormat` is there. */
  readonly longFormat?: string;
  readonly names?: readonly string[];
  readonly nodelist?: readonly string[];
  readonly noheader?: boolean;
  readonly partitions?: readonly string[];
  /** Missing: those that have not ended. */
  readonly states?: 'all' | readonly JobStateName[];
  readonly users?: 'self' | readonly string[];
  /** Steps in place of jobs: these, or all. */
  readonly steps?: readonly string[];
}

const program = 'squeue';
const selection = 'Which jobs';
const shown = 'What is shown';

const jobs: Parser<readonly JobTarget[]> = (text) => {
  const targets = parseTargets(text);
  return targets === undefined
    ? failed(1, `${program}: error: Invalid job id: ${badTarget(text)}`)
    : ok(targets);
};

const interval: Parser<number> = (text) => {
  const seconds = parseCount(text);
  return seconds === undefined || seconds === 0
    ? failed(1, `${program}: error: --iterate=${text}`)
    : ok(seconds);
};

function states(text: string): Outcome<'all' | readonly JobStateName[]> {
  if (text.toLowerCase() === 'all') return ok('all');
  const found: JobStateName[] = [];
  for (const name of text.split(',').filter((one) => one !== '')) {
    const state = parseJobState(name);
    if (state === undefined) {
      const valid = `${program}: error: Valid job states include: ${jobStateNames.join(',')}`;
      return failed(1, `${program}: error: Invalid job state specified: ${name}`, valid, '');
    }
    found.push(state);
  }
  return ok(found);
}

const servedRows = [
  {
    long: 'Format',
    short: 'O',
    arg: 'required',
    metavar: 'fields',
    key: 'longFormat',
    parse: freeText,
    env: { squeue: ['SQUEUE_FORMAT2'] },
    group: shown,
    help: 'which columns, by their names: JobID:10,Name:|,tres-alloc:.40',
  },
  {
    long: 'accounts',
    short: 'A',
    arg: 'required',
    metavar: 'names',
    key: 'accounts',
    parse: nameList,
    env: { squeue: ['SQUEUE_ACCOUNT'] },
    group: selection,
    help: 'jobs of these accounts',
  },
  { ...allRow, group: selection },
  {
    long: 'array',
    short: 'r',
    arg: 'none',
    key: 'array',
    value: true,
    env: { squeue: ['SQUEUE_ARRAY'] },
    group: shown,
    help: 'one line for every task of an array',
  },
  {
    long: 'format',
    short: 'o',
    arg: 'required',
    metavar: 'format',
    key: 'format',
    parse: freeText,
    env: { squeue: ['SQUEUE_FORMAT'] },
    group: shown,
    help: 'which columns, and how wide: "%.18i %.9P %.8j %.2t"',
  },
  {
    long: 'jobs',
    short: 'j',
    // Slurm declares it optional and takes the first operand where nothing is glued on.
    arg: 'optional',
    metavar: 'ids',
    key: 'jobs',
    value: [],
    parse: jobs,
    group: selection,
    help: 'these jobs: 12,13_4',
  },
  {
    long: 'array-unique',
    arg: 'none',
    key: 'arrayUnique',
    value: true,
    env: { squeue: ['SQUEUE_ARRAY_UNIQUE'] },
    group: shown,
    help: 'one line for every array that waits, as without it',
  },
  { ...clusterRow, group: selection },
  {
    long: 'hide',
    arg: 'none',
    key: 'hide',
    value: true,
    group: selection,
    help: 'no jobs of hidden partitions, as without it',
  },
  {
    long: 'iterate',
    short: 'i',
    arg: 'required',
    metavar: 'seconds',
    key: 'iterate',
    parse: interval,
    group: shown,
    help: 'show it again and again, with so long in between',
  },
  {
    long: 'json',
    arg: 'none',
    key: 'dump',
    value: 'json',
    group: shown,
    help: 'all that is known of the jobs, as JSON',
  },
  {
    long: 'licenses',
    short: 'L',
    arg: 'required',
    metavar: 'names',
    key: 'licenses',
    parse: nameList,
    env: { squeue: ['SQUEUE_LICENSES'] },
    group: selection,
    help: 'jobs that ask for one of these licences',
  },
  { ...localRow, group: selection },
  { ...longRow, group: shown },
  {
    long: 'me',
    arg: 'none',
    key: 'users',
    value: 'self',
    group: selection,
    help: 'your own jobs',
  },
  {
    long: 'name',
    short: 'n',
    arg: 'required',
    metavar: 'names',
    key: 'names',
    parse: nameList,
    env: { squeue: ['SQUEUE_NAMES'] },
    group: selection,
    help: 'jobs of these names',
  },
  {
    long: 'nodelist',
    short: 'w',
    aliases: ['node', 'nodes'],
    arg: 'required',
    metavar: 'nodes',
    key: 'nodelist',
    parse: listedNodes,
    group: selection,
    help: 'jobs on these nodes',
  },
  {
    long: 'noconvert',
    arg: 'none',
    key: 'noconvert',
    value: true,
    group: shown,
    help: 'sizes in the units in which they were given',
  },
  { ...noheaderRow, group: shown },
  {
    long: 'partitions',
    short: 'p',
    arg: 'required',
    metavar: 'names',
    key: 'partitions',
    parse: nameList,
    env: { squeue: ['SQUEUE_PARTITION'] },
    group: selection,
    help: 'jobs of these partitions',
  },
  {
    long: 'priority',
    short: 'P',
    arg: 'none',
    key: 'priority',
    value: true,
    env: { squeue: ['SQUEUE_PRIORITY'] },
    group: shown,
    help: 'one line for every partition that a waiting job may run in, by priority',
  },
  {
    long: 'qos',
    short: 'q',
    arg: 'required',
    metavar: 'names',
    key: 'qos',
    parse: nameList,
    env: { squeue: ['SQUEUE_QOS'] },
    group: selection,
    help: 'jobs of these qualities of service',
  },
  {
    long: 'reservation',
    short: 'R',
    arg: 'required',
    metavar: 'name',
    key: 'reservation',
    parse: freeText,
    group: selection,
    help: 'jobs of this reservation',
  },
  {
    long: 'sort',
    short: 'S',
    arg: 'required',
    metavar: 'fields',
    key: 'sort',
    parse: freeText,
    env: { squeue: ['SQUEUE_SORT'] },
    group: shown,
    help: 'the order of the lines, by letters of columns: "P,t,-p"; a minus turns one around',
  },
  {
    long: 'start',
    arg: 'none',
    key: 'start',
    value: true,
    group: shown,
    help: 'when waiting jobs are expected to start',
  },
  {
    long: 'states',
    short: 't',
    arg: 'required',
    metavar: 'states',
    key: 'states',
    parse: states,
    env: { squeue: ['SQUEUE_STATES'] },
    group: selection,
    help: 'jobs in these states: PD,R or all; by default those that have not ended',
  },
  {
    long: 'users',
    short: 'u',
    aliases: ['user'],
    arg: 'required',
    metavar: 'names',
    key: 'users',
    parse: nameList,
    env: { squeue: ['SQUEUE_USERS'] },
    group: selection,
    help: 'jobs of these users',
  },
  verboseRow,
  {
    long: 'yaml',
    arg: 'none',
    key: 'dump',
    value: 'yaml',
    group: shown,
    help: 'all that is known of the jobs, as YAML',
  },
  {
    long: 'steps',
    short: 's',
    arg: 'optional',
    metavar: 'ids',
    key: 'steps',
    value: [],
    parse: nameList,
    group: shown,
    help: 'the steps of running jobs in place of jobs: all, or 12.0,13',
  },
  helpRow,
] as const satisfies readonly OptionRow<SqueueValues>[];

const refusedRows = [
  {
    ...flag('sib', 'jobs of sibling clusters'),
    aliases: ['sibling'],
    refused: without('other clusters'),
    env: { squeue: ['SQUEUE_SIBLING'] },
  },
] satisfies readonly RefusedRow[];

export const squeueTable: CommandTable<SqueueValues> = {
  program,
  summary: 'show the jobs of the cluster',
  rows: sortedRows<SqueueValues>(servedRows, commonRows, [federationRow], refusedRows),
  order: 'permute',
  usageExitCode: 1,
  operands: '',
  readSwitch: isThere,
};

const layoutKeys = ['format', 'longFormat', 'long'] as const;

/** Reads a command line. There are no operands, but for the ids of a -j that stands apart from them. */
export function readSqueue(words: readonly string[], environment: Environment): Reading<SqueueValues> {
  const line = readCommandLine(words, squeueTable);
  if (!('values' in line)) return line;
  const taken = withJobsApart(line.values, line.operands);
  if ('failed' in taken) return taken;
  const commandLine = taken.value;
  const fault = formatFault(commandLine, program);
  if (fault !== undefined) return fault;
  if (commandLine.format !== undefined && commandLine.longFormat !== undefined) {
    return failed(1, `${program}: error: -O (--Format) is incompatible with -o (--format)`);
  }
  const variables = readEnvironment(environment, squeueTable);
  if ('failed' in variables) return variables;
  const { format, longFormat, ...others } = variables.values;
  // A layout asked for on the command line turns those of the variables off, whichever they are.
  const isLaidOut = layoutKeys.some((key) => commandLine[key] !== undefined);
  const layout = format !== undefined ? { format } : longFormat !== undefined ? { longFormat } : {};
  const values = resolve({ commandLine, environment: isLaidOut ? others : { ...others, ...layout } });
  return { values, operands: [] };
}

function withJobsApart(values: SqueueValues, operands: readonly string[]): Outcome<SqueueValues> {
  const ids = values.jobs?.length === 0 ? operands[0] : undefined;
  const extra = operands[ids === undefined ? 0 : 1];
  if (extra !== undefined) return failed(1, `${program}: error: Unrecognized option: ${extra}`);
  if (ids === undefined) return ok(values);
  const parsed = jobs(ids, { program, option: 'jobs' });
  return 'failed' in parsed ? parsed : ok({ ...values, jobs: parsed.value });
}
