import { printable } from '../base/text.ts';
import type { Failure } from '../tables/row.ts';
import type { CommandIo } from './io.ts';

/** Says why a command line ends here, its words in visible form, and gives the exit code. */
export function tellFailure({ lines, exitCode }: Failure, io: CommandIo): number {
  io.err(lines.map((line) => `${printable(line)}\n`).join(''));
  return exitCode;
}
