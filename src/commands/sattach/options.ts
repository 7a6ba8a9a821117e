import { commonRows, helpRowWithLetter, isThere, quietRow, verboseRow } from '../../tables/options/common.ts';
import { count } from '../../tables/options/parsers.ts';
import { flag, take } from '../../tables/options/refused/forms.ts';
import type { CommonValues } from '../../tables/options/values.ts';
import { type Environment, type Reading, readCommand } from '../../tables/precedence.ts';
import { type CommandTable, type OptionRow, sortedRows } from '../../tables/row.ts';

/** What sattach takes. */
export interface SattachValues extends CommonValues {
  readonly errorFilter?: number;
  readonly label?: boolean;
  readonly layout?: boolean;
  readonly outputFilter?: number;
  readonly quiet?: boolean;
}

const rows = [
  {
    long: 'error-filter',
    arg: 'required',
    metavar: 'task',
    key: 'errorFilter',
    parse: count({ min: 0 }),
    help: 'of standard error only what this task writes',
  },
  helpRowWithLetter,
  {
    long: 'label',
    short: 'l',
    arg: 'none',
    key: 'label',
    value: true,
    help: 'put the number of the task before each line',
  },
  {
    long: 'layout',
    arg: 'none',
    key: 'layout',
    value: true,
    help: 'say on which nodes the tasks are, and end',
  },
  {
    long: 'output-filter',
    arg: 'required',
    metavar: 'task',
    key: 'outputFilter',
    parse: count({ min: 0 }),
    help: 'of standard output only what this task writes',
  },
  quietRow,
  verboseRow,
] as const satisfies readonly OptionRow<SattachValues>[];

export const sattachTable: CommandTable<SattachValues> = {
  program: 'sattach',
  summary: 'show the output of a running step',
  rows: sortedRows<SattachValues>(rows, commonRows, [
    take('input-filter', 'task', 'the task that gets standard input'),
    flag('pty', 'a terminal for the first task'),
  ]),
  order: 'permute',
  usageExitCode: 1,
  operands: 'job.step',
  readSwitch: isThere,
};

export function readSattach(words: readonly string[], environment: Environment): Reading<SattachValues> {
  return readCommand(words, environment, sattachTable);
}
