import { commonRows, helpRow, isThere, verboseRow } from '../../tables/options/common.ts';
import { clusterRow, federationRow, localRow, longRow, noheaderRow } from '../../tables/options/listing.ts';
import { freeText, nameList } from '../../tables/options/parsers.ts';
import { flag } from '../../tables/options/refused/forms.ts';
import type { CommonValues } from '../../tables/options/values.ts';
import { type Environment, type Reading, readCommand } from '../../tables/precedence.ts';
import { type CommandTable, type OptionRow, sortedRows } from '../../tables/row.ts';

/** What sprio takes. */
export interface SprioValues extends CommonValues {
  readonly clusters?: string;
  readonly format?: string;
  readonly jobs?: readonly string[];
  readonly local?: boolean;
  readonly long?: boolean;
  readonly noheader?: boolean;
  readonly norm?: boolean;
  readonly partitions?: readonly string[];
  readonly users?: readonly string[];
  readonly weights?: boolean;
}

const rows = [
  clusterRow,
  {
    long: 'format',
    short: 'o',
    arg: 'required',
    metavar: 'format',
    key: 'format',
    parse: freeText,
    env: { sprio: ['SPRIO_FORMAT'] },
    help: 'which columns, and how wide',
  },
  {
    long: 'jobs',
    short: 'j',
    arg: 'required',
    metavar: 'ids',
    key: 'jobs',
    parse: nameList,
    help: 'these jobs',
  },
  localRow,
  longRow,
  noheaderRow,
  { long: 'norm', short: 'n', arg: 'none', key: 'norm', value: true, help: 'factors between 0 and 1' },
  {
    long: 'partition',
    short: 'p',
    arg: 'required',
    metavar: 'names',
    key: 'partitions',
    parse: nameList,
    help: 'jobs of these partitions',
  },
  {
    long: 'user',
    short: 'u',
    aliases: ['users'],
    arg: 'required',
    metavar: 'names',
    key: 'users',
    parse: nameList,
    help: 'jobs of these users',
  },
  verboseRow,
  {
    long: 'weights',
    short: 'w',
    arg: 'none',
    key: 'weights',
    value: true,
    help: 'the weights of the factors',
  },
  helpRow,
] as const satisfies readonly OptionRow<SprioValues>[];

export const sprioTable: CommandTable<SprioValues> = {
  program: 'sprio',
  summary: 'show what the priorities of waiting jobs are made of',
  rows: sortedRows<SprioValues>(rows, commonRows, [
    federationRow,
    { ...flag('sibling', 'jobs of sibling clusters'), aliases: ['sib'] },
  ]),
  order: 'permute',
  usageExitCode: 1,
  operands: '',
  readSwitch: isThere,
};

export function readSprio(words: readonly string[], environment: Environment): Reading<SprioValues> {
  return readCommand(words, environment, sprioTable);
}
