import { commonRows, helpRow, isThere } from '../../tables/options/common.ts';
import { clusterRow } from '../../tables/options/listing.ts';
import { flag } from '../../tables/options/refused/forms.ts';
import type { CommonValues } from '../../tables/options/values.ts';
import { type Environment, type Reading, readCommand } from '../../tables/precedence.ts';
import { type CommandTable, type OptionRow, sortedRows } from '../../tables/row.ts';

/** What sdiag takes. */
export interface SdiagValues extends CommonValues {
  readonly all?: boolean;
  readonly clusters?: string;
  /** Nobody calls anybody here, so that there are no calls to sort. */
  readonly sort?: 'id' | 'time' | 'average';
}

const rows = [
  { long: 'all', short: 'a', arg: 'none', key: 'all', value: true, help: 'all figures, as without it' },
  clusterRow,
  {
    long: 'sort-by-id',
    short: 'i',
    arg: 'none',
    key: 'sort',
    value: 'id',
    help: 'calls by their numbers; there are no calls here',
  },
  {
    long: 'sort-by-time',
    short: 't',
    arg: 'none',
    key: 'sort',
    value: 'time',
    help: 'calls by their time; there are no calls here',
  },
  {
    long: 'sort-by-time2',
    short: 'T',
    arg: 'none',
    key: 'sort',
    value: 'average',
    help: 'calls by their average time; there are no calls here',
  },
  { ...helpRow, short: 'h' },
] as const satisfies readonly OptionRow<SdiagValues>[];

export const sdiagTable: CommandTable<SdiagValues> = {
  program: 'sdiag',
  summary: 'show figures about the cluster and its scheduler',
  rows: sortedRows<SdiagValues>(rows, commonRows, [
    {
      ...flag('reset', 'count anew'),
      short: 'r',
      refused: 'not supported: figures are counted from the accounting, since midnight',
    },
  ]),
  order: 'permute',
  usageExitCode: 1,
  operands: '',
  readSwitch: isThere,
};

export function readSdiag(words: readonly string[], environment: Environment): Reading<SdiagValues> {
  return readCommand(words, environment, sdiagTable);
}
