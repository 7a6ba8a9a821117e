import type { OptionRow } from '../../row.ts';
import { memoryMb, parsedBy, path } from '../parsers.ts';
import { constraint, licenses } from '../placewords.ts';
import type { SubmitValues } from '../values.ts';
import { everywhere } from '../variables.ts';

const group = 'Constraint options';

/** Which nodes a job may have. */
export const nodeRows = [
  {
    long: 'constraint',
    short: 'C',
    arg: 'required',
    metavar: 'features',
    key: 'constraint',
    parse: constraint,
    env: everywhere('CONSTRAINT'),
    group,
    help: 'features that a node has to have: a100&nvlink, a100|v100, [rack1|rack2]',
  },
  {
    long: 'contiguous',
    arg: 'none',
    key: 'contiguous',
    value: true,
    group,
    help: 'nodes that lie side by side',
  },
  {
    long: 'licenses',
    short: 'L',
    arg: 'required',
    metavar: 'names',
    key: 'licenses',
    parse: licenses,
    group,
    help: 'licences that the job holds while it runs: matlab:2,ansys',
  },
  {
    long: 'no-kill',
    short: 'k',
    arg: 'optional',
    metavar: 'off',
    key: 'noKill',
    value: true,
    parse: parsedBy((text) => (/^(off|no)$/i.test(text) ? false : undefined)),
    env: everywhere('NO_KILL'),
    group,
    help: 'keep the job when one of its nodes fails: it is not tried elsewhere',
  },
  {
    long: 'nodefile',
    short: 'F',
    arg: 'required',
    metavar: 'file',
    key: 'nodefile',
    parse: path,
    group,
    help: 'file with the names of the nodes to run on',
  },
  {
    long: 'spread-job',
    arg: 'none',
    key: 'spreadJob',
    value: true,
    env: everywhere('SPREAD_JOB'),
    group,
    help: 'use as many nodes as may be, with few tasks on each',
  },
  {
    long: 'tmp',
    arg: 'required',
    metavar: 'size',
    key: 'tmpMb',
    parse: memoryMb,
    group,
    help: 'only nodes with at least so much temporary disk space',
  },
  {
    long: 'use-min-nodes',
    arg: 'none',
    key: 'useMinNodes',
    value: true,
    env: everywhere('USE_MIN_NODES'),
    group,
    help: 'of a range of node counts take the lowest that will do',
  },
] as const satisfies readonly OptionRow<SubmitValues>[];
