import { type AdminProgram, adminCommonOptions } from '../../tables/options/admin.ts';

export const mgpudProgram = {
  program: 'mgpud',
  summary: 'the daemon that runs jobs on a node',
  options: [
    {
      name: 'cpus',
      type: 'number',
      metavar: 'count',
      help: 'CPUs to give to jobs; by default all of the machine',
    },
    {
      name: 'embedded',
      type: 'switch',
      help: 'the spool is of this machine alone: make it if it is not there',
    },
    {
      name: 'gpus',
      type: 'text',
      metavar: '[type:]count',
      help: 'declare GPUs in place of looking for them: 4, a100:2',
    },
    ...adminCommonOptions.filter(({ name }) => name === 'help'),
    {
      name: 'local-dir',
      type: 'text',
      metavar: 'dir',
      help: "the daemon's folder on a disk of this machine; by default one below /var/tmp",
    },
    {
      name: 'log-file',
      type: 'text',
      metavar: 'file',
      help: 'add the log to this file; by default it goes to standard error',
    },
    {
      name: 'memory',
      type: 'text',
      metavar: 'size',
      help: 'memory to give to jobs, such as 64G; by default all of the machine',
    },
    {
      name: 'node-name',
      type: 'text',
      metavar: 'name',
      help: "name of this node; by default the machine's",
    },
    {
      name: 'poll',
      type: 'number',
      metavar: 'ms',
      help: 'look for changes every so many milliseconds, as on a file system that does not tell of them',
    },
    {
      name: 'port',
      type: 'text',
      metavar: 'port',
      help: 'the UDP port at which others tell this daemon to look now, or none; by default any that is free',
    },
    {
      name: 'rack',
      type: 'text',
      metavar: 'name',
      help: 'the rack that this machine stands in: jobs over several nodes keep to few racks and switches',
    },
    ...adminCommonOptions.filter(({ name }) => name !== 'help' && name < 'switch'),
    {
      name: 'switch',
      type: 'text',
      metavar: 'name',
      help: 'the switch that this machine is plugged into',
    },
    ...adminCommonOptions.filter(({ name }) => name > 'switch'),
  ],
  commands: [],
} as const satisfies AdminProgram;
