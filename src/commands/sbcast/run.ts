import { printable } from '../../base/text.ts';
import { dateLine } from '../../tables/dateline.ts';
import { shownText } from '../../tables/shown.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import { blockSizeOf, readSbcast, type SbcastValues, sbcastTable } from './options.ts';

/** A file to put onto the nodes of a job. */
export interface Broadcast {
  readonly jobId: number;
  readonly source: string;
  /** An absolute path. */
  readonly dest: string;
  readonly isForced: boolean;
  readonly isPreserving: boolean;
  /** To how many nodes at once, how many bytes at a time, and for how many seconds; 0 is not bounded. */
  readonly fanout: number;
  readonly blockBytes: number;
  readonly timeoutSeconds: number;
  /** Tells where it goes. */
  readonly isVerbose: boolean;
}

/** What there is to say of a file. */
export interface FileFacts {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** When it was read, changed, and changed in its record, in Unix seconds. */
  readonly times: readonly [read: number, changed: number, recorded: number];
}

/** What sbcast needs of the world. */
export interface SbcastDeps {
  /** Copies, and gives the exit code. */
  broadcast(spool: string | undefined, file: Broadcast): Promise<number>;
  /** Throws where there is none, with the system's words. */
  factsOf(path: string): FileFacts;
  utcOffsetMinutes(unixSeconds: number): number;
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
  const size = blockSizeOf(values.size ?? '0');
  if (size === undefined) io.err('size specification is invalid, ignored\n');
  const blockBytes = size ?? 0;
  const { fanout = 0, timeoutSeconds = 0 } = values;
  const isVerbose = (values.verbose ?? 0) > 0;
  if (isVerbose) {
    const lines = [...settingLines(values, { source, dest, blockBytes }), ...fileLines(source, deps)];
    io.err(lines.map((line) => `sbcast: ${printable(line)}\n`).join(''));
  }
  return deps.broadcast(values.spool, {
    jobId: values.jobId,
    source,
    dest: dest.startsWith('/') ? dest : `${io.workDir}/${dest}`,
    isForced: values.force === true,
    isPreserving: values.preserve === true,
    ...{ fanout, blockBytes, timeoutSeconds, isVerbose },
  });
}

/** What -v tells first, as Slurm's does (seen on a 22.05.8). */
function settingLines(
  { force = false, preserve = false, fanout = 0, timeoutSeconds = 0, verbose = 0 }: SbcastValues,
  {
    source,
    dest,
    blockBytes,
  }: { readonly source: string; readonly dest: string; readonly blockBytes: number },
): readonly string[] {
  const rule = '-'.repeat(29);
  const settings = {
    block_size: blockBytes,
    ...{ force, fanout, preserve },
    timeout: timeoutSeconds,
    ...{ verbose, source, dest },
  };
  return [rule, ...Object.entries(settings).map(([name, value]) => `${name.padEnd(10)} = ${value}`), rule];
}

/** And of the file. */
function fileLines(source: string, deps: SbcastDeps): readonly string[] {
  const { mode, uid, gid, size, times } = deps.factsOf(source);
  const [atime, mtime, ctime] = times.map((time) => dateLine(time, deps.utcOffsetMinutes(time)));
  const facts = { modes: mode.toString(8), uid, gid, atime, mtime, ctime, size };
  return Object.entries(facts).map(([name, value]) => `${name.padEnd(8)} = ${value}`);
}
