import type { Failure } from '../tables/row.ts';
import type { CommandIo } from './io.ts';

/** Says why a command line ends here, and gives the exit code. */
export function tellFailure({ lines, exitCode }: Failure, io: CommandIo): number {
  io.err(`${lines.join('\n')}\n`);
  return exitCode;
}
