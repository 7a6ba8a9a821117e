import { failed, type OptionRow, ok, type Variables } from '../../row.ts';
import { later } from '../common.ts';
import { count, freeText, type Parser, parsedBy, path } from '../parsers.ts';
import type { SubmitValues } from '../values.ts';

const group = 'Steps and tasks';

const env = (name: string): Variables => ({ srun: [`SLURM_${name}`] });

/** Slurm leaves the dashes out of this one complaint. */
const seconds: Parser<number> = (text, place) => {
  const outcome = count({ min: 0 })(text, place);
  if ('value' in outcome) return ok(outcome.value);
  return failed(1, `${place.program}: error: Invalid numeric value "${text}" for immediate.`);
};

const bindings: ReadonlySet<string> = new Set([...['', 'no', 'none'], ...['q', 'quiet', 'v', 'verbose']]);

/** Words between commas; behind a map or a mask there are numbers. */
function isBinding(text: string): boolean {
  const [, words = '', list] = /^(.*?)(?:(?:^|,)(?:map|mask)_cpu:([0-9a-fx,*-]+))?$/i.exec(text) ?? [];
  return (
    (list !== undefined || text !== '') && words.split(',').every((word) => bindings.has(word.toLowerCase()))
  );
}

/** Slurm's other ways need its plugin for CPUs. */
const pluginWays =
  /^(?:(?:q|quiet|v|verbose),)*(?:rank|rank_ldom|sockets|cores|threads|ldoms|boards|m\w+_ldom:.*)$/i;

const cpuBinding: Parser<string> = (text, { program }) => {
  if (isBinding(text)) return ok(text.toLowerCase());
  if (pluginWays.test(text)) return failed(1, `${program}: error: --cpu-bind=${text} is ${later}`);
  return failed(255, `${program}: error: unrecognized --cpu-bind argument "${text}"`);
};

/** Of what serves MPI only none is here: programs find each other by their own means. */
export const mpiPlugins: readonly string[] = ['none'];

const mpi: Parser<string> = (text, { program }) => {
  const known = ['list', ...mpiPlugins].find((name) => name === text.toLowerCase());
  if (known !== undefined) return ok(known);
  const lines = [
    `Couldn't find the specified plugin name for mpi/${text} looking at all files`,
    `cannot find mpi plugin for mpi/${text}`,
    `MPI: Cannot create context for mpi/${text}`,
    'MPI: Unable to load any plugin',
    `Invalid MPI type '${text}', --mpi=list for acceptable types`,
  ];
  return failed(1, ...lines.map((line) => `${program}: error: ${line}`));
};

/** How srun makes a step, and what it does with its tasks. */
export const stepRows = [
  {
    long: 'bcast',
    arg: 'optional',
    metavar: 'path',
    key: 'bcast',
    value: '',
    parse: freeText,
    env: env('BCAST'),
    group,
    help: 'copy the program to each node and run the copy: at this path, in this folder if it ends in /',
  },
  {
    long: 'cpu-bind',
    aliases: ['cpu_bind'],
    arg: 'required',
    metavar: 'method',
    key: 'cpuBind',
    parse: cpuBinding,
    env: env('CPU_BIND'),
    group,
    help: 'the CPUs a task is bound to: none, map_cpu:0,1 or mask_cpu:0x3,0xc',
  },
  {
    long: 'disable-status',
    short: 'X',
    arg: 'none',
    key: 'isStatusDisabled',
    value: true,
    env: env('DISABLE_STATUS'),
    group,
    help: 'send the first Ctrl-C to the tasks in place of telling how they stand',
  },
  {
    long: 'epilog',
    arg: 'required',
    metavar: 'program',
    key: 'srunEpilog',
    parse: path,
    env: env('EPILOG'),
    group,
    help: 'program that srun runs after the step, with the same words as the command',
  },
  {
    long: 'exact',
    arg: 'none',
    key: 'exact',
    value: true,
    env: env('EXACT'),
    group,
    help: 'take only the CPUs that the step asks for, so that several steps run side by side',
  },
  {
    long: 'immediate',
    short: 'I',
    arg: 'optional',
    metavar: 'seconds',
    key: 'immediateSeconds',
    value: 1,
    parse: seconds,
    env: env('IMMEDIATE'),
    group,
    help: 'give up when the allocation has no room for the step by then',
  },
  {
    long: 'jobid',
    arg: 'required',
    metavar: 'id',
    key: 'jobId',
    parse: count(),
    env: { srun: ['SLURM_JOB_ID'] },
    group,
    help: 'make the step within this job',
  },
  {
    long: 'kill-on-bad-exit',
    short: 'K',
    arg: 'optional',
    metavar: '0|1',
    key: 'killOnBadExit',
    value: 1,
    parse: count({ min: 0 }),
    env: env('KILL_BAD_EXIT'),
    group,
    help: 'end all tasks when one fails',
  },
  {
    long: 'mpi',
    arg: 'required',
    metavar: 'type',
    key: 'mpi',
    parse: mpi,
    env: env('MPI_TYPE'),
    group,
    help: 'which kind of MPI to serve: none; list shows the kinds that there are',
  },
  {
    long: 'multi-prog',
    arg: 'none',
    key: 'multiProg',
    value: true,
    group,
    help: 'a program for each task: the command is a file with lines of task numbers and words to run',
  },
  {
    long: 'overlap',
    arg: 'optional',
    metavar: 'force',
    key: 'overlap',
    value: true,
    parse: parsedBy((text) => (/^force$/i.test(text) ? true : undefined)),
    env: env('OVERLAP'),
    group,
    help: 'run at once, and share all that other steps of the job have',
  },
  {
    long: 'prolog',
    arg: 'required',
    metavar: 'program',
    key: 'srunProlog',
    parse: path,
    env: env('PROLOG'),
    group,
    help: 'program that srun runs before the step, with the same words as the command',
  },
  {
    long: 'pty',
    arg: 'none',
    key: 'pty',
    value: true,
    group,
    help: 'give the first task a terminal of its own, which this one shows; the other tasks are not shown',
  },
  {
    long: 'quit-on-interrupt',
    arg: 'none',
    key: 'quitOnInterrupt',
    value: true,
    group,
    help: 'end the step on the first Ctrl-C',
  },
  {
    long: 'relative',
    short: 'r',
    arg: 'required',
    metavar: 'index',
    key: 'relative',
    parse: count({ min: 0 }),
    group,
    help: 'the first of the nodes of the job to run on, from 0',
  },
  {
    long: 'task-epilog',
    arg: 'required',
    metavar: 'program',
    key: 'taskEpilog',
    parse: path,
    env: env('TASK_EPILOG'),
    group,
    help: 'program to run after each task',
  },
  {
    long: 'task-prolog',
    arg: 'required',
    metavar: 'program',
    key: 'taskProlog',
    parse: path,
    env: env('TASK_PROLOG'),
    group,
    help: 'program to run before each task; its lines "export NAME=value" and "print text" count',
  },
  {
    long: 'wait',
    short: 'W',
    arg: 'required',
    metavar: 'seconds',
    key: 'waitSeconds',
    parse: count({ min: 0 }),
    env: env('WAIT'),
    group,
    help: 'how long after the first task the others may run on; 0 is for ever',
  },
  {
    long: 'whole',
    arg: 'none',
    key: 'whole',
    value: true,
    env: env('WHOLE'),
    group,
    help: "take all of its nodes' CPUs that the job has, as without --exact",
  },
] as const satisfies readonly OptionRow<SubmitValues>[];
