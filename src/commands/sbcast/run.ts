import { printable } from '../../base/text.ts';
import { allOptions } from '../../tables/given.ts';
import { shownText } from '../../tables/shown.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import { readSbcast, sbcastTable } from './options.ts';

/** A file to put onto the nodes of a job. */
export interface Broadcast {
  readonly jobId: number;
  readonly source: string;
  /** An absolute path. */
  readonly dest: string;
  readonly isForced: boolean;
  readonly isPreserving: boolean;
}

/** What sbcast needs of the world. */
export interface SbcastDeps {
  /** Copies, and gives the exit code. */
  broadcast(spool: string | undefined, file: Broadcast): Promise<number>;
  /** The mode of a file, in octal digits. Throws where there is none, with the system's words. */
  modeOf(path: string): string;
}

/** `sbcast`: copies a file to the nodes of a job. */
export async function run(argv: readonly string[], io: CommandIo, deps: SbcastDeps): Promise<number> {
  const read = readSbcast(argv, io.environment);
  if ('shows' in read) {
    io.out(shownText(read.shows, sbcastTable, io.program));
    return 0;
  }
  if ('failed' in read) return tellFailure(read.failed, io);
  const { values, operands } = read;
  const [source, dest, ...others] = operands;
  if (source === undefined || dest === undefined || others.length > 0) {
    const words = operands.length < 2 ? 'Need two file names' : `too many: ${printable(others.join(' '))}`;
    io.err(`sbcast: error: ${words}, have ${operands.length} names\n`);
    return 1;
  }
  if (values.jobId === undefined) {
    io.err('sbcast: error: Need a job id to run this command.  Run from within a Slurm job or use the ');
    io.err('--jobid option.\n');
    return 1;
  }
  if ((values.verbose ?? 0) > 0) {
    const said = [...allOptions(sbcastTable, values), `modes       = ${deps.modeOf(source)}`];
    io.err(said.map((line) => `sbcast: ${printable(line)}\n`).join(''));
  }
  return deps.broadcast(values.spool, {
    jobId: values.jobId,
    source,
    dest: dest.startsWith('/') ? dest : `${io.workDir}/${dest}`,
    isForced: values.force === true,
    isPreserving: values.preserve === true,
  });
}
