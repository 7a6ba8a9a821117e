import type { Prose } from '../../tables/man/page.ts';

export const scontrolProse: Prose = {
  text: `
# DESCRIPTION
\`mgpu_scontrol\` shows jobs, nodes and partitions in full, as \`Key=value\` pairs, and holds and releases
jobs. Commands may be cut down to the letters that tell them apart. Slurm's other commands are known and
refused.

# COMMANDS
= \`show job\` *[id]*
  A job, a task of an array, or all jobs. The record also tells where the job really ran: the node, the
  real name and the addresses of its host, the process, and the indices and identities of its GPUs.
= \`show node\` *[nodes]*
  A node, several nodes such as \`n[1-3]\`, or all.
= \`show partition\` *[name]*
  A partition, or all.
= \`show config\`
  How the cluster is set, as far as Slurm has a key for it.
= \`show reservation\` *[name]*
  That there are none.
= \`hold\` *job...*
  Let waiting jobs wait until they are released. A job is an id, a task of an array, or \`name=\` with a name.
= \`release\` *job...*
  Let held jobs start.
= \`show hostnames\` *[list]*
  The names that a host list stands for, each on a line; by default that of \`SLURM_NODELIST\`.
= \`show hostlist\` *names*, \`show hostlistsorted\` *names*
  The names folded into a list, in their order or sorted.

# OPTIONS
{{options}}

# OPTIONS THAT ARE REFUSED
These are options of Slurm that this release does not serve; with one of them the command ends with an
error.

{{refused}}

# ENVIRONMENT
These variables stand for options.

{{environment}}

\`MGPU_SPOOL\` names the directory of the cluster.

# EXIT STATUS
= 0
  All was shown or done.
= 1
  The command line is wrong, or there is no such job or node, or it may not be changed.

# EXAMPLES
A job, and all nodes with one line for each:

    $ mgpu_scontrol show job 12
    $ mgpu_scontrol --oneliner show node

The nodes of a job, one by one:

    $ mgpu_scontrol show hostnames 'n[1-3]'

# SEE ALSO
\`mgpu_squeue\`(1), \`mgpu_sinfo\`(1)
`,
};
