import { type ColumnValues, columnRows } from '../../tables/options/columns.ts';
import { commonRows, helpRow, isThere, quietRow, verboseRow } from '../../tables/options/common.ts';
import type { CommonValues } from '../../tables/options/values.ts';
import { type Environment, type Reading, readCommand } from '../../tables/precedence.ts';
import { type CommandTable, type OptionRow, sortedRows } from '../../tables/row.ts';

/** What sacctmgr takes before its words. */
export interface SacctmgrValues extends CommonValues, ColumnValues {
  readonly associations?: boolean;
  readonly immediate?: boolean;
  readonly oneliner?: boolean;
  readonly quiet?: boolean;
  readonly readonly?: boolean;
}

const rows = [
  {
    long: 'associations',
    short: 's',
    arg: 'none',
    key: 'associations',
    value: true,
    help: 'users with their associations',
  },
  {
    long: 'immediate',
    short: 'i',
    arg: 'none',
    key: 'immediate',
    value: true,
    help: 'do not ask before a change; nothing is changed here',
  },
  {
    long: 'oneliner',
    short: 'o',
    arg: 'none',
    key: 'oneliner',
    value: true,
    help: 'a line each, as without',
  },
  quietRow,
  {
    long: 'readonly',
    short: 'r',
    arg: 'none',
    key: 'readonly',
    value: true,
    help: 'change nothing, as without it',
  },
  verboseRow,
  { ...helpRow, short: 'h' },
] as const satisfies readonly OptionRow<SacctmgrValues>[];

export const sacctmgrTable: CommandTable<SacctmgrValues> = {
  program: 'sacctmgr',
  summary: 'show accounts, users and what else programs ask for',
  rows: sortedRows<SacctmgrValues>(rows, columnRows, commonRows),
  order: 'permute',
  usageExitCode: 1,
  operands: 'show ENTITY [where CONDITION...] [format=COLUMNS]',
  readSwitch: isThere,
};

export function readSacctmgr(words: readonly string[], environment: Environment): Reading<SacctmgrValues> {
  return readCommand(words, environment, sacctmgrTable);
}
