import { shownText } from '../../tables/shown.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import { readSprio, sprioTable } from './options.ts';

/**
 * `sprio`: priorities here are those of Slurm's priority/basic, by the order of submission, which are not
 * made of factors. Slurm's own command then says so and ends with 1 (as observed).
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const read = readSprio(argv, io.environment);
  if ('shows' in read) {
    io.out(shownText(read.shows, sprioTable, io.program));
    return 0;
  }
  if ('failed' in read) return tellFailure(read.failed, io);
  io.err('You are not running a supported priority plugin\n(priority/basic).\n');
  io.err("Only 'priority/multifactor' is supported.\n");
  return 1;
}
