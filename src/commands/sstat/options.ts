import { commonRows, helpRowWithLetter, isThere, verboseRow } from '../../tables/options/common.ts';
import { count, type Parser } from '../../tables/options/parsers.ts';
import type { CommonValues } from '../../tables/options/values.ts';
import { type Environment, type Reading, readCommand } from '../../tables/precedence.ts';
import { type CommandTable, failed, type OptionRow, type Outcome, ok, sortedRows } from '../../tables/row.ts';

/** A job, or one of its steps. */
export interface StatTarget {
  readonly job: number;
  readonly task?: number;
  readonly step?: string;
}

/** What sstat takes. */
export interface SstatValues extends CommonValues {
  readonly allSteps?: boolean;
  readonly format?: readonly string[];
  readonly helpFormat?: boolean;
  readonly jobs?: readonly StatTarget[];
  readonly noconvert?: boolean;
  readonly noheader?: boolean;
  readonly parsable?: 'with ends' | 'between';
  readonly pids?: boolean;
}

const targets: Parser<readonly StatTarget[]> = (text, { program }) => readTargets(text, program);

function readTargets(text: string, program: string): Outcome<readonly StatTarget[]> {
  const found: StatTarget[] = [];
  for (const item of text.split(',').filter((one) => one !== '')) {
    const [, job, task, step] = /^(\d{1,9})(?:_(\d{1,9}))?(?:\.(batch|extern|\d{1,9}))?$/.exec(item) ?? [];
    if (job === undefined) return failed(1, `${program}: fatal: Bad job/step specified: ${item}`);
    found.push({
      job: Number(job),
      ...(task !== undefined && { task: Number(task) }),
      ...(step !== undefined && { step }),
    });
  }
  return ok(found);
}

const rows = [
  {
    long: 'allsteps',
    short: 'a',
    arg: 'none',
    key: 'allSteps',
    value: true,
    help: 'all running steps of the jobs, and not the first alone',
  },
  {
    long: 'format',
    short: 'o',
    aliases: ['fields'],
    arg: 'required',
    metavar: 'fields',
    key: 'format',
    repeat: 'append',
    parse: (text) => ok([text]),
    help: 'which columns, each with %width if need be',
  },
  helpRowWithLetter,
  {
    long: 'helpformat',
    short: 'e',
    arg: 'none',
    key: 'helpFormat',
    value: true,
    help: 'print the names of all columns',
  },
  {
    long: 'jobs',
    short: 'j',
    arg: 'required',
    metavar: 'ids',
    key: 'jobs',
    repeat: 'append',
    parse: targets,
    help: 'these jobs or steps: 12,13.0,14.batch',
  },
  {
    long: 'noconvert',
    arg: 'none',
    key: 'noconvert',
    value: true,
    help: 'sizes in the unit that they were measured in',
  },
  { long: 'noheader', short: 'n', arg: 'none', key: 'noheader', value: true, help: 'no heads of columns' },
  {
    long: 'parsable',
    short: 'p',
    arg: 'none',
    key: 'parsable',
    value: 'with ends',
    help: 'columns between |, with one at the end',
  },
  {
    long: 'parsable2',
    short: 'P',
    arg: 'none',
    key: 'parsable',
    value: 'between',
    help: 'columns between |, without one at the end',
  },
  {
    long: 'pidformat',
    short: 'i',
    arg: 'none',
    key: 'pids',
    value: true,
    help: 'the nodes and the processes of each step',
  },
  { ...verboseRow, parse: count({ min: 0 }) },
] as const satisfies readonly OptionRow<SstatValues>[];

export const sstatTable: CommandTable<SstatValues> = {
  program: 'sstat',
  usage: ['Usage: PROGRAM [options] -j <job(.stepid)>', '        Use --help for help'],
  summary: 'show what running jobs and steps use',
  rows: sortedRows<SstatValues>(rows, commonRows),
  order: 'permute',
  usageExitCode: 1,
  operands: '[job...]',
  readSwitch: isThere,
};

/** Reads a command line. The first operand names jobs as --jobs does, and Slurm looks at no other. */
export function readSstat(words: readonly string[], environment: Environment): Reading<SstatValues> {
  const read = readCommand(words, environment, sstatTable);
  if (!('values' in read) || read.operands[0] === undefined) return read;
  const named = readTargets(read.operands[0], sstatTable.program);
  if ('failed' in named) return named;
  const { values } = read;
  return { values: { ...values, jobs: [...(values.jobs ?? []), ...named.value] }, operands: [] };
}
