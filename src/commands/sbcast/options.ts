import { commonRows, helpRow, isThere, verboseRow } from '../../tables/options/common.ts';
import { count, name, type Parser } from '../../tables/options/parsers.ts';
import { mayTake, take } from '../../tables/options/refused/forms.ts';
import type { CommonValues } from '../../tables/options/values.ts';
import { type Environment, type Reading, readCommand } from '../../tables/precedence.ts';
import { type CommandTable, failed, type OptionRow, ok, sortedRows } from '../../tables/row.ts';

/** What sbcast takes. */
export interface SbcastValues extends CommonValues {
  readonly force?: boolean;
  readonly jobId?: number;
  readonly preserve?: boolean;
  /** To how many nodes at once; 0 is all. */
  readonly fanout?: number;
  /** The block size as it was written. */
  readonly size?: string;
  /** Seconds for one node; 0 is no limit. */
  readonly timeoutSeconds?: number;
}

/** `12`, or `12.0`: the nodes of a step are those of its job here. */
const jobId: Parser<number> = (text, { program }) => {
  const [, id] = /^(\d{1,9})(?:\.\d{1,9})?$/.exec(text) ?? [];
  return id === undefined ? failed(1, `${program}: error: Invalid job id: ${text}`) : ok(Number(id));
};

const sizeUnits: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20 };
const sizeMax = 2 ** 30;

/** Bytes of --size; undefined for what Slurm calls invalid and leaves out. */
export function blockSizeOf(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,10})([km]?)$/i.exec(text) ?? [];
  const bytes = Number(digits) * (sizeUnits[unit.toLowerCase()] ?? Number.NaN);
  return bytes >= 0 && bytes < sizeMax ? bytes : undefined;
}

const rows = [
  {
    long: 'fanout',
    short: 'F',
    arg: 'required',
    metavar: 'number',
    key: 'fanout',
    parse: count(),
    env: { sbcast: ['SBCAST_FANOUT'] },
    help: 'to how many nodes to copy at once; by default to all',
  },
  {
    long: 'force',
    short: 'f',
    arg: 'none',
    key: 'force',
    value: true,
    env: { sbcast: ['SBCAST_FORCE'] },
    help: 'replace a file that is there',
  },
  helpRow,
  {
    long: 'jobid',
    short: 'j',
    arg: 'required',
    metavar: 'id',
    key: 'jobId',
    parse: jobId,
    env: { sbcast: ['SLURM_JOB_ID'] },
    help: 'the job whose nodes get the file',
  },
  {
    long: 'preserve',
    short: 'p',
    arg: 'none',
    key: 'preserve',
    value: true,
    env: { sbcast: ['SBCAST_PRESERVE'] },
    help: 'keep its mode and the time of its last change',
  },
  {
    long: 'size',
    short: 's',
    arg: 'required',
    metavar: 'size',
    key: 'size',
    parse: name,
    env: { sbcast: ['SBCAST_SIZE'] },
    help: 'how many bytes to copy at a time, with a suffix k or m',
  },
  {
    long: 'timeout',
    short: 't',
    arg: 'required',
    metavar: 'seconds',
    key: 'timeoutSeconds',
    parse: count(),
    env: { sbcast: ['SBCAST_TIMEOUT'] },
    help: 'how long the copy to a node may take',
  },
  verboseRow,
] as const satisfies readonly OptionRow<SbcastValues>[];

export const sbcastTable: CommandTable<SbcastValues> = {
  program: 'sbcast',
  summary: 'copy a file to the nodes of a job',
  rows: sortedRows<SbcastValues>(rows, commonRows, [
    { ...mayTake('compress', 'library', 'pack what is copied'), short: 'C' },
    take('exclude', 'paths', 'libraries that are not copied'),
    mayTake('send-libs', 'yes|no', 'copy the libraries that the program needs'),
  ]),
  order: 'permute',
  usageExitCode: 1,
  operands: 'SOURCE DEST',
  readSwitch: isThere,
};

export function readSbcast(words: readonly string[], environment: Environment): Reading<SbcastValues> {
  return readCommand(words, environment, sbcastTable);
}
