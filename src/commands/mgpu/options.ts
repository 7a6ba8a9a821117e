import { type AdminProgram, adminCommonOptions } from '../../tables/options/admin.ts';

export const mgpuProgram = {
  program: 'mgpu',
  summary: 'set up and look after a cluster',
  options: adminCommonOptions,
  commands: [
    {
      name: 'doctor',
      help: 'check this machine and the cluster, and say what to do',
      operands: [],
      options: [],
    },
    {
      name: 'fsck',
      help: "check all that lies in the cluster's directory, and say what is wrong",
      operands: [],
      options: [
        { name: 'force', type: 'switch', help: 'with --repair: also what loses commits, and says which' },
        {
          name: 'repair',
          type: 'switch',
          help: 'mend what can be mended; what is removed is kept in lost+found',
        },
      ],
    },
    {
      name: 'init',
      help: 'make the directory of a new cluster',
      operands: [{ name: 'dir', isRequired: true, kind: 'dir', help: 'the directory; it may not exist yet' }],
      options: [
        { name: 'name', type: 'text', metavar: 'name', help: 'name of the cluster; by default mgpu' },
        { name: 'no-fsync', type: 'switch', help: 'do not wait for the disk: for clusters that may be lost' },
      ],
    },
    {
      name: 'stop',
      help: 'end the daemon that started by itself on this machine; jobs run on',
      operands: [],
      options: [],
    },
    {
      name: 'upgrade',
      help: 'raise the format of the cluster to the newest one, once all daemons know it',
      operands: [],
      options: [],
    },
  ],
} as const satisfies AdminProgram;
