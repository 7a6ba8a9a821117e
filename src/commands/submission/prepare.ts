import { printable } from '../../base/text.ts';
import type { Session } from '../../services/session.ts';
import { definedOptions } from '../../tables/given.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import type { CommandTable, Failed } from '../../tables/row.ts';
import type { CommandIo } from '../io.ts';
import { clusterComplaint, submissionFault, submissionNotices, type Who } from './check.ts';
import { type ReadText, withNodefile } from './nodefile.ts';
import { nodeWarning } from './nodewish.ts';
import { hostfileFailed, withHostfile, withTaskNodes } from './tasknodes.ts';

export interface Preparing {
  readonly program: string;
  readonly table: CommandTable<SubmitValues>;
  readonly who: Who;
  readonly io: CommandIo;
  readonly readUserText: ReadText;
}

/** The values as they are to be submitted, with what is to be said of them said; or why they may not be. */
export async function preparedValues(
  asked: SubmitValues,
  { program, table, who, io, readUserText }: Preparing,
): Promise<{ readonly values: SubmitValues } | Failed> {
  tellOptions(asked, { program, table, io });
  const listed = withHostfile(asked, program, io.environment);
  const read = await withNodefile(listed, program, readUserText);
  if ('failed' in read) return listed === asked ? read : hostfileFailed(read, program);
  const isFile = read.values.nodelist !== listed.nodelist;
  const named = withTaskNodes(read.values, program, isFile);
  if ('failed' in named) return named;
  const fault = submissionFault(named.values, program, who);
  if (fault !== undefined) return fault;
  const warning = nodeWarning(named.values);
  tell(io, submissionNotices(named.values, program));
  if (warning !== undefined) tell(io, [`${program}: ${warning}`]);
  return named;
}

/** -v says what was asked for, and -vv where from. */
function tellOptions(
  values: SubmitValues,
  { program, table, io }: Pick<Preparing, 'program' | 'table' | 'io'>,
): void {
  const { verbose = 0 } = values;
  if (verbose > 0)
    tell(
      io,
      definedOptions(table, values).map((line) => `${program}: ${line}`),
    );
  if (verbose > 1) tell(io, [`${program}: debug:  submitting from ${io.workDir}`]);
}

/** Whether the job is for this cluster; says of other names that there are none. */
export function isForCluster(
  values: SubmitValues,
  session: Session,
  { program, io }: Pick<Preparing, 'program' | 'io'>,
): boolean {
  const { lines, isNone } = clusterComplaint(values, { program, own: session.store.spool.clusterName });
  tell(io, lines);
  return !isNone;
}

/** Lines for standard error, whatever they quote made visible. */
export function tell(io: CommandIo, lines: readonly string[]): void {
  for (const line of lines) io.err(`${printable(line)}\n`);
}
