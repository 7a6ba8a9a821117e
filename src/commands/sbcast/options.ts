import { commonRows, helpRow, isThere, verboseRow } from '../../tables/options/common.ts';
import { count, type Parser } from '../../tables/options/parsers.ts';
import { mayTake, take } from '../../tables/options/refused/forms.ts';
import type { CommonValues } from '../../tables/options/values.ts';
import { type Environment, type Reading, readCommand } from '../../tables/precedence.ts';
import { type CommandTable, failed, type OptionRow, ok, sortedRows } from '../../tables/row.ts';

/** What sbcast takes. */
export interface SbcastValues extends CommonValues {
  readonly force?: boolean;
  readonly jobId?: number;
  readonly preserve?: boolean;
}

/** `12`, or `12.0`: the nodes of a step are those of its job here. */
const jobId: Parser<number> = (text, { program }) => {
  const [, id] = /^(\d{1,9})(?:\.\d{1,9})?$/.exec(text) ?? [];
  return id === undefined ? failed(1, `${program}: error: Invalid job id: ${text}`) : ok(Number(id));
};

const rows = [
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
  verboseRow,
] as const satisfies readonly OptionRow<SbcastValues>[];

export const sbcastTable: CommandTable<SbcastValues> = {
  program: 'sbcast',
  summary: 'copy a file to the nodes of a job',
  rows: sortedRows<SbcastValues>(rows, commonRows, [
    { ...mayTake('compress', 'library', 'pack what is copied'), short: 'C' },
    take('exclude', 'paths', 'libraries that are not copied'),
    { ...take('fanout', 'number', 'how many nodes to talk to at once'), short: 'F', parse: count() },
    mayTake('send-libs', 'yes|no', 'copy the libraries that the program needs'),
    { ...take('size', 'size', 'how much to copy at a time'), short: 's' },
    { ...take('timeout', 'seconds', 'how long to wait for a node'), short: 't', parse: count() },
  ]),
  order: 'permute',
  usageExitCode: 1,
  operands: 'source dest',
  readSwitch: isThere,
};

export function readSbcast(words: readonly string[], environment: Environment): Reading<SbcastValues> {
  return readCommand(words, environment, sbcastTable);
}
