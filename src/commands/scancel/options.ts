import type { JobTarget } from '../../model/request.ts';
import { parseSignalName } from '../../model/signals.ts';
import { commonRows, helpRow, quietRow, verboseRow, without } from '../../tables/options/common.ts';
import { type JobStateName, parseJobState } from '../../tables/options/jobstates.ts';
import { clustersRow, listedNodes } from '../../tables/options/listing.ts';
import { name, type Parser } from '../../tables/options/parsers.ts';
import { take } from '../../tables/options/refused/forms.ts';
import { parseJobsAndSteps, type StepName } from '../../tables/options/targets.ts';
import type { CommonValues } from '../../tables/options/values.ts';
import { type Environment, type Reading, readCommand } from '../../tables/precedence.ts';
import {
  type CommandTable,
  failed,
  type OptionRow,
  ok,
  type RefusedRow,
  sortedRows,
} from '../../tables/row.ts';

/** What scancel takes. Several conditions have to hold together. */
export interface ScancelValues extends CommonValues {
  readonly account?: string;
  /** The signal goes to the batch script's shell alone. */
  readonly batch?: boolean;
  /** All goes through the spool as it is, where Slurm may go around its controller. */
  readonly ctld?: boolean;
  /** The signal goes to the batch script's shell and to all steps. */
  readonly full?: boolean;
  /** There is no burst buffer here that could be left out. */
  readonly hurry?: boolean;
  /** Somebody is asked before each job. */
  readonly interactive?: boolean;
  readonly jobName?: string;
  readonly nodelist?: readonly string[];
  readonly partition?: string;
  readonly qos?: string;
  readonly quiet?: boolean;
  readonly reservation?: string;
  /** A number from 1 to 64. Missing: the job is cancelled. */
  readonly signal?: number;
  readonly state?: JobStateName;
  /** One name. */
  readonly users?: 'self' | readonly string[];
  readonly wckey?: string;
}

const program = 'scancel';
const selection = 'Which jobs';
const signals = 'What is sent';

const state: Parser<JobStateName> = (text, { variable }) => {
  const value = parseJobState(text);
  if (value !== undefined) return ok(value);
  const what =
    variable === undefined
      ? `Invalid job state specified: ${text}`
      : `Unrecognized ${variable} value: ${text}`;
  return failed(1, what, 'Valid job states are PENDING, RUNNING, and SUSPENDED');
};

const signal: Parser<number> = (text) => {
  const value = parseSignalName(text);
  return value === undefined ? failed(1, `Unknown job signal: ${text}`) : ok(value);
};

const servedRows = [
  {
    long: 'account',
    short: 'A',
    arg: 'required',
    metavar: 'name',
    key: 'account',
    parse: name,
    env: { scancel: ['SCANCEL_ACCOUNT'] },
    group: selection,
    help: 'jobs of this account',
  },
  {
    long: 'batch',
    short: 'b',
    arg: 'none',
    key: 'batch',
    value: true,
    env: { scancel: ['SCANCEL_BATCH'] },
    group: signals,
    help: "send the signal to the batch script's shell alone",
  },
  {
    long: 'ctld',
    arg: 'none',
    key: 'ctld',
    value: true,
    env: { scancel: ['SCANCEL_CTLD'] },
    group: selection,
    help: 'leave the choice of jobs to the cluster; here it always is',
  },
  {
    long: 'full',
    short: 'f',
    arg: 'none',
    key: 'full',
    value: true,
    env: { scancel: ['SCANCEL_FULL'] },
    group: signals,
    help: "send the signal to the batch script's shell and to the steps",
  },
  helpRow,
  {
    long: 'hurry',
    short: 'H',
    arg: 'none',
    key: 'hurry',
    value: true,
    env: { scancel: ['SCANCEL_HURRY'] },
    group: signals,
    help: 'copy nothing out of a burst buffer, of which there is none here',
  },
  {
    long: 'interactive',
    short: 'i',
    arg: 'none',
    key: 'interactive',
    value: true,
    env: { scancel: ['SCANCEL_INTERACTIVE'] },
    group: selection,
    help: 'ask before each job',
  },
  { long: 'me', arg: 'none', key: 'users', value: 'self', group: selection, help: 'your own jobs' },
  {
    long: 'name',
    short: 'n',
    aliases: ['jobname'],
    arg: 'required',
    metavar: 'name',
    key: 'jobName',
    parse: name,
    env: { scancel: ['SCANCEL_NAME'] },
    group: selection,
    help: 'jobs of this name',
  },
  {
    long: 'nodelist',
    short: 'w',
    arg: 'required',
    metavar: 'nodes',
    key: 'nodelist',
    parse: listedNodes,
    group: selection,
    help: 'jobs on these nodes',
  },
  {
    long: 'partition',
    short: 'p',
    arg: 'required',
    metavar: 'name',
    key: 'partition',
    parse: name,
    env: { scancel: ['SCANCEL_PARTITION'] },
    group: selection,
    help: 'jobs of this partition',
  },
  {
    long: 'qos',
    short: 'q',
    arg: 'required',
    metavar: 'name',
    key: 'qos',
    parse: name,
    env: { scancel: ['SCANCEL_QOS'] },
    group: selection,
    help: 'jobs of this quality of service',
  },
  quietRow,
  {
    long: 'reservation',
    short: 'R',
    arg: 'required',
    metavar: 'name',
    key: 'reservation',
    parse: name,
    group: selection,
    help: 'jobs that asked for this reservation',
  },
  {
    long: 'signal',
    short: 's',
    arg: 'required',
    metavar: 'signal',
    key: 'signal',
    parse: signal,
    group: signals,
    help: 'send this signal to the steps, by name or number; KILL cancels the job',
  },
  {
    long: 'state',
    short: 't',
    arg: 'required',
    metavar: 'state',
    key: 'state',
    parse: state,
    env: { scancel: ['SCANCEL_STATE'] },
    group: selection,
    help: 'jobs in this state: PENDING, RUNNING, SUSPENDED',
  },
  {
    long: 'user',
    short: 'u',
    arg: 'required',
    metavar: 'name',
    key: 'users',
    parse: (text) => ok([text]),
    env: { scancel: ['SCANCEL_USER'] },
    group: selection,
    help: 'jobs of this user',
  },
  { ...verboseRow, env: { scancel: ['SCANCEL_VERBOSE'] } },
  {
    long: 'wckey',
    arg: 'required',
    metavar: 'key',
    key: 'wckey',
    parse: name,
    env: { scancel: ['SCANCEL_WCKEY'] },
    group: selection,
    help: 'jobs of this workload key',
  },
] as const satisfies readonly OptionRow<ScancelValues>[];

const refusedRows = [
  clustersRow,
  { ...take('sibling', 'name', 'the copy on this cluster'), refused: without('other clusters') },
] satisfies readonly RefusedRow[];

export const scancelTable: CommandTable<ScancelValues> = {
  program,
  summary: 'cancel jobs, or send them a signal',
  rows: sortedRows<ScancelValues>(servedRows, commonRows, refusedRows),
  order: 'permute',
  usageExitCode: 1,
  operands: '[job...]',
  readSwitch: (text) => (/^t/i.test(text) ? true : /^f/i.test(text) ? false : undefined),
};

const conditions = [
  'account',
  'jobName',
  'nodelist',
  'partition',
  'qos',
  'reservation',
  'state',
  'users',
  'wckey',
] as const;

/** A command line of scancel: conditions, and the jobs that were named, if any were. */
export type ScancelReading =
  | Exclude<Reading<ScancelValues>, { readonly operands: readonly string[] }>
  | {
      readonly values: ScancelValues;
      readonly targets: readonly JobTarget[];
      readonly steps: readonly StepName[];
    };

/** Reads a command line. Without a job and without any condition there is nothing that scancel may touch. */
export function readScancel(words: readonly string[], environment: Environment): ScancelReading {
  const read = readCommand(words, environment, scancelTable);
  if (!('values' in read)) return read;
  const targets: JobTarget[] = [];
  const steps: StepName[] = [];
  for (const operand of read.operands) {
    const found = operand === '' ? { bad: '' } : parseJobsAndSteps(operand);
    if ('bad' in found) return failed(1, `${program}: error: Invalid job id ${found.bad}`);
    targets.push(...found.jobs);
    steps.push(...found.steps);
  }
  const isNamed = targets.length > 0 || steps.length > 0;
  if (!isNamed && !conditions.some((key) => read.values[key] !== undefined)) {
    return failed(1, `${program}: error: No job identification provided`);
  }
  return { values: read.values, targets, steps };
}
