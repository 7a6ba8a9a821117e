import type { Prose } from '../../tables/man/page.ts';

export const sallocProse: Prose = {
  text: `
# DESCRIPTION
\`mgpu_salloc\` gets nodes and their GPUs, runs a *command* while it has them, and gives them back when
the command ends. The command runs here, where \`mgpu_salloc\` does, with its terminal and with variables
that name the allocation; what is to run on the nodes is started within it by \`mgpu_srun\`. Without a
command it is a shell: that of \`SHELL\`, or the user's own.

The nodes are given back when the command ends, whatever becomes of \`mgpu_salloc\`: if it is killed, a
few seconds later; if its machine goes down, after a minute.

# OPTIONS
A long option may be cut short as long as it stays the only one that begins so. Its argument stands
behind a \`=\` or in the next word.

{{options}}

# OPTIONS THAT ARE REFUSED
These are options of Slurm that this release does not serve. Their values are checked, and then the
command ends with an error: nothing is accepted and ignored.

{{refused}}

# ENVIRONMENT
These variables stand for options. The command line wins over them.

{{environment}}

\`MGPU_SPOOL\` names the directory of the cluster. Where no nodes are named, \`SLURM_HOSTFILE\` names a
file with the node of each task, in their order, whatever \`--distribution\` says.
\`SLURM_EXIT_ERROR\` and \`SLURM_EXIT_IMMEDIATE\` say other exit codes than 1 for a job that the cluster
refuses, and for one that \`--immediate\` gave up.

# SIGNALS
While it waits, \`SIGINT\`, \`SIGTERM\`, \`SIGQUIT\`, \`SIGHUP\`, \`SIGUSR1\` and \`SIGUSR2\` make
\`mgpu_salloc\` give up. While the command runs they give the nodes back, and \`mgpu_salloc\` waits for the
command; \`SIGHUP\` ends both. What the keyboard sends (\`SIGINT\`, \`SIGQUIT\`) is the command's.

# EXIT STATUS
The exit code of the command.

= 0
  The command was ended by \`SIGHUP\`, \`SIGINT\`, \`SIGQUIT\` or \`SIGKILL\`.
= 1
  A number does not parse, the cluster refused the job, there is no such command, or another signal
  ended it.
= 255
  An option is unknown, or a value does not parse.

# EXAMPLES
A shell that has two GPUs for an hour:

    $ mgpu_salloc --gpus 2 --time 60

A command that has them, and no longer than it runs:

    $ mgpu_salloc --gpus 1 --immediate ./measure.sh

# SEE ALSO
\`mgpu_srun\`(1), \`mgpu_sbatch\`(1), \`mgpu_squeue\`(1), \`mgpu_scancel\`(1), \`mgpu\`(1), \`mgpud\`(8)
`,
};
