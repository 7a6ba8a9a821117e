import type { Prose } from '../../tables/man/page.ts';

export const scontrolProse: Prose = {
  text: `
# DESCRIPTION
\`mgpu_scontrol\` \`show job\` prints all that is known of a job, \`show node\` of a node, each as
\`Key=value\` pairs. Without a name it prints all jobs, or all nodes. A node may be several: \`n[1-3]\`.

A job's record also tells where it really ran: the node, the real name and the addresses of its host,
the process, and the indices and identities of its GPUs.

Slurm's other commands are known and refused. Commands may be cut down to three letters, \`job\` and
\`node\` to one.

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
  The record was printed.
= 1
  The command line is wrong, or there is no such job or node.

# EXAMPLES
A job, and all nodes with one line for each:

    $ mgpu_scontrol show job 12
    $ mgpu_scontrol --oneliner show node

# SEE ALSO
\`mgpu_squeue\`(1), \`mgpu_sinfo\`(1)
`,
};
