import type { OptionRow } from '../../row.ts';
import { choice, count } from '../parsers.ts';
import type { SubmitValues } from '../values.ts';

const group = 'Steps and tasks';

/** Without --connection-timeout; a connection within a cluster is made in a moment. */
export const connectionSecondsDefault = 5;
const connectionSecondsMax = 86_400;

/** How srun and the nodes of its step reach each other. */
export const liveRows = [
  {
    long: 'connection-timeout',
    arg: 'required',
    metavar: 'seconds',
    key: 'connectionSeconds',
    parse: count({ min: 1, max: connectionSecondsMax }),
    env: { srun: ['MGPU_CONNECTION_TIMEOUT'] },
    group,
    help:
      `how many seconds a node may take to connect to srun (${connectionSecondsDefault} unless given); ` +
      'then --io=auto takes files, and --io=socket fails',
    directive: false,
    ours: true,
  },
  {
    long: 'io',
    arg: 'required',
    metavar: 'socket|file|auto',
    key: 'io',
    parse: choice('socket', 'file', 'auto'),
    env: { srun: ['MGPU_IO'] },
    group,
    help:
      "how tasks' input and output pass between them and srun: by an encrypted connection, by files in the " +
      'cluster, or (auto, the default) by a connection from other machines, and by files where there is none',
    directive: false,
    ours: true,
  },
  {
    long: 'max-wait-time',
    arg: 'required',
    metavar: 'seconds',
    key: 'maxWaitSeconds',
    parse: count({ min: 1 }),
    env: { srun: ['MGPU_MAX_WAIT_TIME'] },
    group,
    help: 'give up, and cancel the job, when it has not started after so many seconds',
    directive: false,
    ours: true,
  },
  {
    long: 'session-timeout',
    arg: 'required',
    metavar: 'seconds',
    key: 'sessionSeconds',
    parse: count({ min: 0 }),
    env: { srun: ['MGPU_SESSION_TIMEOUT'] },
    group,
    help: 'end the step when nothing was read or written for so many seconds; 0, the default, is never',
    directive: false,
    ours: true,
  },
] as const satisfies readonly OptionRow<SubmitValues>[];
