import { printable } from '../../base/text.ts';
import type { StatQuery, StepStats } from '../../services/stats.ts';
import { columnHeads, columnLine, columnNames, parseColumns } from '../../tables/columns.ts';
import { sstatFields, sstatFormat } from '../../tables/fields/sstat.ts';
import { shownText } from '../../tables/shown.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import { readSstat, sstatTable } from './options.ts';

/** What sstat needs of the world. */
export interface SstatDeps {
  stats(spool: string | undefined, queries: readonly StatQuery[]): Promise<readonly StepStats[]>;
}

/** `sstat`: prints, and gives the exit code. */
export async function run(argv: readonly string[], io: CommandIo, deps: SstatDeps): Promise<number> {
  const read = readSstat(argv, io.environment);
  if ('shows' in read) {
    io.out(shownText(read.shows, sstatTable, io.program));
    return 0;
  }
  if ('failed' in read) return tellFailure(read.failed, io);
  const { values } = read;
  const print = (lines: readonly string[]): void => io.out(lines.map((line) => `${line}\n`).join(''));
  if (values.helpFormat === true) {
    print(columnNames(sstatFields));
    return 0;
  }
  const { jobs = [], format = [], parsable, pids, allSteps } = values;
  if (jobs.length === 0) {
    io.err("sstat: error: You didn't give me any jobs to stat.\n");
    return 1;
  }
  const named = pids === true ? 'JobID,Nodelist,Pids' : format.join(',') || sstatFormat;
  const columns = parseColumns(named, sstatFields);
  if ('unknown' in columns) {
    io.err(`sstat: error: Invalid field requested: "${printable(columns.unknown)}"\n`);
    return 1;
  }
  const layout = parsable === undefined ? {} : { delimiter: '|', endsLines: parsable === 'with ends' };
  if (values.noheader !== true) print(columnHeads(columns.columns, layout));
  const queries = jobs.map((target) => ({ ...target, isAll: allSteps === true }));
  const stats = await deps.stats(values.spool, queries);
  for (const [place, { job }] of jobs.entries()) {
    const lines = stats[place]?.lines ?? [];
    if (lines.length === 0) io.err(`sstat: error: couldn't get steps for job ${job}\n`);
    print(lines.map((line) => columnLine(columns.columns, line, layout)));
  }
  return 0;
}
