import type { OptionRow } from '../row.ts';
import { path } from './parsers.ts';
import type { CommonValues } from './values.ts';

const group = 'Help options';

/** Slurm's -V and --usage, and where the cluster is: rows that every command has. */
export const commonRows = [
  {
    long: 'spool',
    arg: 'required',
    metavar: 'dir',
    key: 'spool',
    parse: path,
    group,
    help: 'directory of the cluster; MGPU_SPOOL and the configuration files say it otherwise',
    directive: false,
    ours: true,
  },
  { long: 'usage', arg: 'none', shows: 'usage', group, help: 'show the options in brief' },
  { long: 'version', short: 'V', arg: 'none', shows: 'version', group, help: 'show the version' },
] as const satisfies readonly OptionRow<CommonValues>[];

/** -h is --help in sbatch, srun and scontrol, and something else in the others. */
export const helpRow = {
  long: 'help',
  arg: 'none',
  shows: 'help',
  group,
  help: 'show this text',
} as const satisfies OptionRow<CommonValues>;
export const helpRowWithLetter = { ...helpRow, short: 'h' } as const satisfies OptionRow<CommonValues>;

export const quietRow = {
  long: 'quiet',
  short: 'Q',
  arg: 'none',
  key: 'quiet',
  value: true,
  group,
  help: 'print errors only',
  directive: false,
} as const satisfies OptionRow<{ readonly quiet?: boolean }>;

/** -v, which counts; a variable sets the count outright. */
export const verboseRow = {
  long: 'verbose',
  short: 'v',
  arg: 'none',
  repeat: 'count',
  key: 'verbose',
  value: 1,
  group,
  help: 'say more about what is done; more with every -v',
  directive: false,
} as const satisfies OptionRow<CommonValues>;

/** The ends of `--begin is ...`. */
export const later = 'not supported by this release';
/** For an option about something that a cluster of this kind does not have. */
export function without(what: string): string {
  return `not supported: there are no ${what} here`;
}

/**
 * A submission variable turns a switch on by `yes`, a number other than 0, or being there at all (as
 * observed).
 */
export function isTrueNumber(text: string): boolean {
  return text === '' || /^yes$/i.test(text) || (/^\s*[+-]?\d+$/.test(text) && Number(text) !== 0);
}

/** squeue, sinfo and scontrol look only whether their variable is there. */
export function isThere(): boolean {
  return true;
}
