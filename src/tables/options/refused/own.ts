import { failed, ok, type RefusedRow } from '../../row.ts';
import { choice, count, type Parser } from '../parsers.ts';
import { batchOnly, stepOnly } from '../variables.ts';
import { flag, mayTake, take } from './forms.ts';

/** Options of sbatch alone. */
export const refusedBatchRows = [
  { ...take('batch', 'features', 'features of the node that runs the script'), env: batchOnly('BATCH') },
] satisfies readonly RefusedRow[];

/** Slurm leaves the dashes out of this one complaint. */
const seconds: Parser<number> = (text, place) => {
  const outcome = count({ min: 0 })(text, place);
  if ('value' in outcome) return ok(outcome.value);
  return failed(1, `${place.program}: error: Invalid numeric value "${text}" for immediate.`);
};

/** Options of srun alone. */
export const refusedStepRows = [
  take('accel-bind', 'method', 'which accelerators and network cards a task is bound to'),
  { ...mayTake('bcast', 'path', 'copy the program to the nodes first'), env: stepOnly('BCAST') },
  { ...take('bcast-exclude', 'paths', 'what not to copy'), env: stepOnly('BCAST_EXCLUDE') },
  { ...mayTake('compress', 'library', 'pack what is copied'), env: stepOnly('COMPRESS') },
  { ...take('cpu-bind', 'method', 'which CPUs a task is bound to'), aliases: ['cpu_bind'] },
  flag('debugger-test', 'start under a debugger'),
  {
    ...flag('disable-status', 'let Ctrl-C end the tasks at once'),
    short: 'X',
    env: stepOnly('DISABLE_STATUS'),
  },
  { ...take('epilog', 'program', 'a program to run after the step'), env: stepOnly('EPILOG') },
  { ...flag('exact', 'give a step only what it asks for'), env: stepOnly('EXACT') },
  { ...take('het-group', 'groups', 'parts of a heterogeneous job to run in'), aliases: ['pack-group'] },
  {
    ...mayTake('immediate', 'seconds', 'give up when nothing is free by then'),
    short: 'I',
    parse: seconds,
    env: stepOnly('IMMEDIATE'),
  },
  flag('interactive', 'run on the node of an interactive job'),
  { ...take('jobid', 'id', 'run within this job'), parse: count() },
  {
    ...mayTake('kill-on-bad-exit', '0|1', 'end all tasks when one fails'),
    short: 'K',
    parse: count({ min: 0 }),
    env: stepOnly('KILL_BAD_EXIT'),
  },
  { ...take('mpi', 'type', 'which kind of MPI to start'), env: stepOnly('MPI_TYPE') },
  { ...take('msg-timeout', 'seconds', 'how long to wait for messages'), parse: count() },
  flag('multi-prog', 'a different program for each task'),
  { ...flag('no-allocate', 'run without an allocation'), short: 'Z' },
  { ...mayTake('overlap', 'mode', 'share CPUs with other steps of the job'), env: stepOnly('OVERLAP') },
  { ...flag('preserve-env', 'let variables win over -n and -N'), short: 'E' },
  { ...take('prolog', 'program', 'a program to run before the step'), env: stepOnly('PROLOG') },
  flag('pty', 'a terminal for the first task'),
  flag('quit-on-interrupt', 'end on the first Ctrl-C'),
  {
    ...take('relative', 'index', 'the first node of the job to run on'),
    short: 'r',
    parse: count({ min: 0 }),
  },
  { ...mayTake('resv-ports', 'count', 'reserve network ports'), env: stepOnly('RESV_PORTS') },
  {
    ...mayTake('send-libs', 'yes|no', 'copy the libraries that the program needs'),
    parse: choice('yes', 'no', 'y', 'n'),
    env: stepOnly('SEND_LIBS'),
  },
  take('slurmd-debug', 'level', "how much the node's daemon says"),
  { ...take('task-epilog', 'program', 'a program to run after each task'), env: stepOnly('TASK_EPILOG') },
  { ...take('task-prolog', 'program', 'a program to run before each task'), env: stepOnly('TASK_PROLOG') },
  {
    ...take('threads', 'count', 'how many nodes to talk to at once'),
    short: 'T',
    parse: count(),
    env: stepOnly('THREADS'),
  },
  {
    ...take('wait', 'seconds', 'how long after the first task to wait for the others'),
    short: 'W',
    parse: count({ min: 0 }),
    env: stepOnly('WAIT'),
  },
  flag('whole', 'give a step all of the node that the job has'),
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
