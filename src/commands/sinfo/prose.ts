import type { Prose } from '../../tables/man/page.ts';

export const sinfoProse: Prose = {
  text: `
# DESCRIPTION
\`mgpu_sinfo\` shows the partitions of the cluster and the state of their nodes. With \`--gpus\` it
shows every GPU: its node, index, model and memory, the job that has it, whether a process from outside
uses it, and how it is.

# OPTIONS
{{options}}

# OPTIONS THAT ARE REFUSED
These are options of Slurm that this release does not serve; with one of them the command ends with an
error.

{{refused}}

# COLUMNS
A format of \`--format\` is a text in which \`%\`, perhaps a dot, perhaps a width, and a letter stand
for a column. The usual ones:

= \`%P\`, \`%a\`, \`%l\`
  partition, whether it is up, its time limit
= \`%D\`, \`%N\`, \`%n\`
  how many nodes, their names, each name
= \`%T\`, \`%t\`
  their state, and its short form
= \`%c\`, \`%C\`, \`%m\`, \`%G\`
  CPUs, CPUs in use and free, memory, GPUs

A format of \`--Format\` is a list of names with commas. Behind a name may stand a colon and a width, with a
dot before it to set the column to the right, or any other text to end it with.

# ENVIRONMENT
These variables stand for options. The command line wins over them.

{{environment}}

\`MGPU_SPOOL\` names the directory of the cluster.

# EXIT STATUS
= 0
  The nodes were shown.
= 1
  The command line is wrong.

# EXAMPLES
All GPUs:

    $ mgpu_sinfo --gpus

One line for each node, for a program:

    $ mgpu_sinfo --noheader --Node --format '%N %T %G'

# SEE ALSO
\`mgpu_squeue\`(1), \`mgpu_scontrol\`(1), \`mgpu\`(1)
`,
};
