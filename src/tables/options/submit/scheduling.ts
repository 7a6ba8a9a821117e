import { type Dependency, dependencyComplaint, parseDependency } from '../../../model/dependency.ts';
import { limits } from '../../../model/limits.ts';
import { type OptionRow, ok } from '../../row.ts';
import { choice, name, type Parser, submissionFailure, timeLimit } from '../parsers.ts';
import { moment, nice, priority, switches, warningSignal, zeroOrOne } from '../schedulewords.ts';
import type { SubmitValues } from '../values.ts';
import { everywhere, ofJobs, stepOnly } from '../variables.ts';

const group = 'Scheduling';

const yesOrNo: Parser<boolean> = (text, place) => {
  const read = choice('yes', 'no')(text, place);
  return 'failed' in read ? read : ok(read.value === 'yes');
};

/** Slurm leaves dependencies to its controller, and so the complaint is the cluster's. */
const dependency: Parser<Dependency> = (text, { program }) => {
  if (text.length > limits.textLength) return submissionFailure(program, 'Job dependency problem');
  const value = parseDependency(text);
  if (value !== undefined) return ok(value);
  return submissionFailure(program, dependencyComplaint(text) ?? 'Job dependency problem');
};

/** When a job may start, and before which others. */
export const schedulingRows = [
  {
    long: 'begin',
    short: 'b',
    arg: 'required',
    metavar: 'time',
    key: 'begin',
    parse: moment,
    group,
    help: 'do not start before this time: 16:00, tomorrow, now+1hour, 2027-01-20T12:34:00',
  },
  {
    long: 'deadline',
    arg: 'required',
    metavar: 'time',
    key: 'deadline',
    parse: moment,
    group,
    help: 'drop the job if it cannot end by this time',
  },
  {
    long: 'dependency',
    short: 'd',
    arg: 'required',
    metavar: 'list',
    key: 'dependency',
    parse: dependency,
    env: stepOnly('DEPENDENCY'),
    group,
    help: 'jobs that have to begin or end first: afterok:12:13, after:7+10, singleton; a ? for any of them',
  },
  {
    long: 'nice',
    arg: 'optional',
    metavar: 'adjustment',
    key: 'nice',
    value: 100,
    parse: nice,
    group,
    help: 'lower the priority by this much, 100 if nothing is said',
  },
  {
    long: 'priority',
    arg: 'required',
    metavar: 'value',
    key: 'priority',
    parse: priority,
    group,
    help: 'the priority itself: a number or TOP; 0 holds the job',
  },
  {
    long: 'qos',
    short: 'q',
    arg: 'required',
    metavar: 'name',
    key: 'qos',
    parse: name,
    env: everywhere('QOS'),
    group,
    help: 'quality of service that the job is counted under',
  },
  {
    long: 'reservation',
    arg: 'required',
    metavar: 'names',
    key: 'reservation',
    parse: name,
    env: everywhere('RESERVATION'),
    group,
    help: 'reservation to run in',
  },
  {
    long: 'signal',
    arg: 'required',
    metavar: '[R|B:]signal[@seconds]',
    key: 'signal',
    parse: warningSignal,
    env: everywhere('SIGNAL'),
    group,
    help: 'signal that comes so long before the time limit, 60 seconds if not said; B: to the script alone',
  },
  {
    long: 'switches',
    arg: 'required',
    metavar: 'count[@time]',
    key: 'switches',
    parse: switches,
    env: everywhere('REQ_SWITCH'),
    group,
    help: 'wait for nodes behind at most so many switches, and how long: 1@10:00',
  },
  {
    long: 'time-min',
    arg: 'required',
    metavar: 'time',
    key: 'timeMin',
    parse: timeLimit,
    group,
    help: 'the time limit may be cut down to this where the job can start earlier by that',
  },
  {
    long: 'wckey',
    arg: 'required',
    metavar: 'key',
    key: 'wckey',
    parse: name,
    env: everywhere('WCKEY'),
    group,
    help: 'workload key that the job is accounted under',
  },
] as const satisfies readonly OptionRow<SubmitValues>[];

/** What only sbatch has. */
export const batchSchedulingRows = [
  {
    long: 'kill-on-invalid-dep',
    arg: 'required',
    metavar: 'yes|no',
    key: 'killOnInvalidDep',
    parse: yesOrNo,
    group,
    help: 'whether the job goes when what it depends on has failed',
  },
] as const satisfies readonly OptionRow<SubmitValues>[];

/** What sbatch and salloc have. */
export const allNodesRows = [
  {
    long: 'wait-all-nodes',
    arg: 'required',
    metavar: '0|1',
    key: 'waitAllNodes',
    parse: zeroOrOne,
    env: ofJobs('WAIT_ALL_NODES'),
    group,
    help: 'whether the job starts when all of its nodes are up; they always are',
  },
] as const satisfies readonly OptionRow<SubmitValues>[];
