import type { Prose } from '../../tables/man/page.ts';

export const squeueProse: Prose = {
  text: `
# DESCRIPTION
\`mgpu_squeue\` shows the jobs that wait, run or are about to end, one a line. It needs no daemon: a job
is shown from the moment on which \`mgpu_sbatch\` printed its id. Several conditions have to hold
together.

# OPTIONS
{{options}}

# OPTIONS THAT ARE REFUSED
These are options of Slurm that this release does not serve; with one of them the command ends with an
error.

{{refused}}

# COLUMNS
A format of \`--format\` is a text in which \`%\`, perhaps a dot, perhaps a width, and a letter stand
for a column: with a dot it is set to the right, and what is wider than the width is cut off. The usual
ones:

= \`%i\`, \`%F\`, \`%K\`
  the id of the job, of its array, its index in the array
= \`%j\`, \`%u\`, \`%a\`, \`%P\`
  name, user, account, partition
= \`%T\`, \`%t\`, \`%r\`
  state, its code, why the job waits
= \`%M\`, \`%l\`, \`%S\`, \`%V\`
  time used, time limit, start, submission
= \`%D\`, \`%C\`, \`%m\`, \`%b\`, \`%N\`
  nodes, CPUs, memory, GPUs of each node, names of the nodes
= \`%R\`
  the names of the nodes, or in brackets why the job waits

A format of \`--Format\` is a list of names with commas. Behind a name may stand a colon and a width,
with a dot before it to set the column to the right, or any other text to end it with.

# STATES
PENDING (PD), RUNNING (R), COMPLETING (CG), COMPLETED (CD), FAILED (F), CANCELLED (CA), TIMEOUT (TO),
NODE_FAIL (NF), OUT_OF_MEMORY (OOM). Names and codes may be written in either case.

# ENVIRONMENT
These variables stand for options. The command line wins over them.

{{environment}}

\`MGPU_SPOOL\` names the directory of the cluster.

# EXIT STATUS
= 0
  The jobs were shown, also if there were none.
= 1
  The command line is wrong, or the only job that was named is not known.

# EXAMPLES
Your own jobs:

    $ mgpu_squeue --me

Ids and states of two jobs, for a program:

    $ mgpu_squeue --noheader --format '%i %T' --jobs 12,13

# SEE ALSO
\`mgpu_sacct\`(1), \`mgpu_sbatch\`(1), \`mgpu_scancel\`(1), \`mgpu_scontrol\`(1), \`mgpu_sinfo\`(1)
`,
};
