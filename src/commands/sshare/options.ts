import { type ColumnValues, columnRows, formatRow } from '../../tables/options/columns.ts';
import { commonRows, helpRow, isThere, verboseRow } from '../../tables/options/common.ts';
import { clusterRow, longRow } from '../../tables/options/listing.ts';
import { nameList } from '../../tables/options/parsers.ts';
import type { CommonValues } from '../../tables/options/values.ts';
import { type Environment, type Reading, readCommand } from '../../tables/precedence.ts';
import { type CommandTable, type OptionRow, sortedRows } from '../../tables/row.ts';

/** What sshare takes. */
export interface SshareValues extends CommonValues, ColumnValues {
  readonly accounts?: readonly string[];
  readonly all?: boolean;
  readonly clusters?: string;
  readonly format?: string;
  readonly helpFormat?: boolean;
  readonly long?: boolean;
  readonly partition?: boolean;
  readonly users?: readonly string[];
  readonly usersOnly?: boolean;
}

const rows = [
  {
    long: 'Users',
    short: 'U',
    arg: 'none',
    key: 'usersOnly',
    value: true,
    help: 'users without the accounts above them',
  },
  {
    long: 'accounts',
    short: 'A',
    arg: 'required',
    metavar: 'names',
    key: 'accounts',
    parse: nameList,
    help: 'these accounts',
  },
  { long: 'all', short: 'a', arg: 'none', key: 'all', value: true, help: 'all users, not only yourself' },
  clusterRow,
  formatRow,
  {
    long: 'helpformat',
    short: 'e',
    arg: 'none',
    key: 'helpFormat',
    value: true,
    help: 'list the names of all columns',
  },
  longRow,
  {
    long: 'partition',
    short: 'm',
    arg: 'none',
    key: 'partition',
    value: true,
    help: 'the partition of each association too',
  },
  {
    long: 'users',
    short: 'u',
    aliases: ['user'],
    arg: 'required',
    metavar: 'names',
    key: 'users',
    parse: nameList,
    help: 'these users',
  },
  verboseRow,
  helpRow,
] as const satisfies readonly OptionRow<SshareValues>[];

export const sshareTable: CommandTable<SshareValues> = {
  program: 'sshare',
  summary: 'show the shares of accounts and users',
  rows: sortedRows<SshareValues>(rows, columnRows, commonRows),
  order: 'permute',
  usageExitCode: 1,
  operands: '',
  readSwitch: isThere,
};

export function readSshare(words: readonly string[], environment: Environment): Reading<SshareValues> {
  return readCommand(words, environment, sshareTable);
}
