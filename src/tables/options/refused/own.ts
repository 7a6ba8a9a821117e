import type { RefusedRow } from '../../row.ts';
import { choice, count } from '../parsers.ts';
import { batchOnly, stepOnly } from '../variables.ts';
import { flag, mayTake, take } from './forms.ts';

/** Options of sbatch alone. */
export const refusedBatchRows = [
  { ...take('batch', 'features', 'features of the node that runs the script'), env: batchOnly('BATCH') },
] satisfies readonly RefusedRow[];

/** Options of srun alone. */
export const refusedStepRows = [
  take('accel-bind', 'method', 'which accelerators and network cards a task is bound to'),
  { ...take('bcast-exclude', 'paths', 'what not to copy'), env: stepOnly('BCAST_EXCLUDE') },
  { ...mayTake('compress', 'library', 'pack what is copied'), env: stepOnly('COMPRESS') },
  flag('debugger-test', 'start under a debugger'),
  { ...take('het-group', 'groups', 'parts of a heterogeneous job to run in'), aliases: ['pack-group'] },
  flag('interactive', 'run on the node of an interactive job'),
  { ...take('msg-timeout', 'seconds', 'how long to wait for messages'), parse: count() },
  { ...flag('no-allocate', 'run without an allocation'), short: 'Z' },
  { ...flag('preserve-env', 'let variables win over -n and -N'), short: 'E' },
  { ...mayTake('resv-ports', 'count', 'reserve network ports'), env: stepOnly('RESV_PORTS') },
  {
    ...mayTake('send-libs', 'yes|no', 'copy the libraries that the program needs'),
    parse: choice('yes', 'no', 'y', 'n'),
    env: stepOnly('SEND_LIBS'),
  },
  take('slurmd-debug', 'level', "how much the node's daemon says"),
  {
    ...take('threads', 'count', 'how many nodes to talk to at once'),
    short: 'T',
    parse: count(),
    env: stepOnly('THREADS'),
  },
  mayTake('x11', 'nodes', 'forward X11'),
] satisfies readonly RefusedRow[];

/** Options of salloc alone. */
export const refusedAllocationRows = [
  {
    ...mayTake('get-user-env', 'timeout', "take the variables of the user's login"),
    refused: 'not supported: the command runs in the environment of salloc',
  },
  mayTake('x11', 'nodes', 'forward X11'),
] satisfies readonly RefusedRow[];
