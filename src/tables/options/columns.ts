import type { OptionRow } from '../row.ts';
import { freeText } from './parsers.ts';

/** What sshare and sacctmgr have in common with sacct: how the columns are laid out. */
export interface ColumnValues {
  readonly noheader?: boolean;
  readonly parsable?: 'with ends' | 'between';
}

export const columnRows = [
  {
    long: 'noheader',
    short: 'n',
    arg: 'none',
    key: 'noheader',
    value: true,
    help: 'no line of headings',
  },
  {
    long: 'parsable',
    short: 'p',
    arg: 'none',
    key: 'parsable',
    value: 'with ends',
    help: 'a bar behind every column, and no blanks to line them up',
  },
  {
    long: 'parsable2',
    short: 'P',
    arg: 'none',
    key: 'parsable',
    value: 'between',
    help: 'a bar between the columns, and no blanks to line them up',
  },
] as const satisfies readonly OptionRow<ColumnValues>[];

/** How the lines are laid out for these values. */
export function columnLayout({ parsable }: ColumnValues): {
  readonly delimiter?: string;
  readonly endsLines?: boolean;
} {
  return parsable === undefined ? {} : { delimiter: '|', endsLines: parsable === 'with ends' };
}

export const formatRow = {
  long: 'format',
  short: 'o',
  arg: 'required',
  metavar: 'fields',
  key: 'format',
  parse: freeText,
  help: 'which columns, by their names, and how wide: account%20,user',
} as const satisfies OptionRow<{ readonly format?: string }>;
