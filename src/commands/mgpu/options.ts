import { type AdminProgram, adminCommonOptions } from '../../tables/options/admin.ts';

export const mgpuProgram = {
  program: 'mgpu',
  summary: 'set up and look after a cluster',
  options: adminCommonOptions,
  commands: [
    {
      name: 'backup',
      help: 'copy the cluster as it is now, while daemons run',
      operands: [
        {
          name: 'to',
          isRequired: true,
          kind: 'dir',
          help: 'the directory of the copy; it may not exist yet',
        },
      ],
      options: [],
    },
    {
      name: 'completion',
      help: "print what a shell needs to complete mgpu's commands",
      operands: [
        {
          name: 'shell',
          isRequired: true,
          kind: 'choice',
          choices: ['bash', 'zsh', 'fish'],
          help: 'the shell: bash, zsh or fish',
        },
      ],
      options: [{ name: 'slurm-names', type: 'switch', help: "complete them under Slurm's own names too" }],
    },
    {
      name: 'doctor',
      help: 'check this machine and the cluster, and say what to do',
      operands: [],
      options: [
        {
          name: 'pair',
          type: 'switch',
          help: 'measure the file system together with a second machine on which the same is typed',
        },
      ],
    },
    {
      name: 'fsck',
      help: "check all that lies in the cluster's directory, and say what is wrong",
      operands: [],
      options: [
        {
          name: 'ended',
          type: 'text',
          metavar: 'node,...',
          help: 'with --repair: the daemons of these nodes have ended, though it cannot be seen',
        },
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
      name: 'logs',
      help: 'show what a batch job has printed, wherever it runs',
      operands: [
        {
          name: 'job',
          isRequired: true,
          kind: 'text',
          help: 'its id, such as 12, or 12_3 for a task of an array',
        },
      ],
      options: [
        { name: 'error', letter: 'e', type: 'switch', help: 'its standard error, if that has its own file' },
        { name: 'follow', letter: 'f', type: 'switch', help: 'go on with what it prints until it ends' },
        {
          name: 'lines',
          letter: 'n',
          type: 'number',
          metavar: 'count',
          help: 'the last so many lines alone, and with --follow what comes after them',
        },
      ],
    },
    {
      name: 'restore',
      help: 'make a cluster of a backup',
      operands: [
        { name: 'from', isRequired: true, kind: 'dir', help: 'the directory of the backup' },
        { name: 'dir', isRequired: true, kind: 'dir', help: 'the directory; it may not exist yet' },
      ],
      options: [],
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
    {
      name: 'why',
      help: 'tell why a job waits, for what, and when it can start; or what became of it',
      operands: [
        {
          name: 'job',
          isRequired: true,
          kind: 'text',
          help: 'its id, such as 12, or 12_3 for a task of an array',
        },
      ],
      options: [],
    },
  ],
} as const satisfies AdminProgram;
