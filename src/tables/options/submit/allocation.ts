import { parseSignalName } from '../../../model/signals.ts';
import { failed, type OptionRow, ok } from '../../row.ts';
import { count, type Parser, parsedBy } from '../parsers.ts';
import type { SubmitValues } from '../values.ts';
import { allocationOnly } from '../variables.ts';

const group = 'Allocation';

/** Slurm leaves the dashes out of this one complaint. */
const seconds: Parser<number> = (text, place) => {
  const outcome = count({ min: 0 })(text, place);
  if ('value' in outcome) return ok(outcome.value);
  return failed(1, `${place.program}: error: Invalid numeric value "${text}" for immediate.`);
};

/** SIGTERM if none is named. */
const termSignal = 15;

/** How salloc waits for its nodes, and what becomes of its command. */
export const allocationRows = [
  {
    long: 'bell',
    arg: 'none',
    key: 'bell',
    value: 'always',
    env: allocationOnly('BELL'),
    group,
    help: 'ring the bell of the terminal when the nodes are there, also after a short wait',
  },
  {
    long: 'immediate',
    short: 'I',
    arg: 'optional',
    metavar: 'seconds',
    key: 'immediateSeconds',
    value: 1,
    parse: seconds,
    env: allocationOnly('IMMEDIATE'),
    group,
    help: 'give up when the nodes are not there by then, or at once',
  },
  {
    long: 'kill-command',
    short: 'K',
    arg: 'optional',
    metavar: 'signal',
    key: 'killCommand',
    value: termSignal,
    parse: parsedBy(parseSignalName),
    env: allocationOnly('KILL_CMD'),
    group,
    help: 'the signal that the command gets when the nodes are taken away, SIGTERM if none is named',
  },
  {
    long: 'no-bell',
    arg: 'none',
    key: 'bell',
    value: 'never',
    env: allocationOnly('NO_BELL'),
    group,
    help: 'never ring the bell',
  },
  {
    long: 'no-shell',
    arg: 'none',
    key: 'noShell',
    value: true,
    group,
    help: 'run no command: the nodes are kept until the job is cancelled or its time is over',
  },
] as const satisfies readonly OptionRow<SubmitValues>[];
