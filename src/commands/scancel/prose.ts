import type { Prose } from '../../tables/man/page.ts';

export const scancelProse: Prose = {
  text: `
# DESCRIPTION
\`mgpu_scancel\` cancels jobs: one that waits never starts, and one that runs is asked to end by SIGTERM
and is ended by SIGKILL some time later. A *job* is an id, a task of an array (\`12_3\`), several tasks
(\`12_[1-3,7]\`), a step (\`12.0\`), or a list of these with commas. An array's id stands for all of its
tasks. A step that is cancelled ends at once, by SIGKILL, and its job goes on.

Without a job the conditions choose among all jobs that may be cancelled; with jobs they choose among
these. A job that does not exist or has ended is passed over. What is cancelled and writes a batch script's
error stream finds a line there that says so and when.

# OPTIONS
{{options}}

# OPTIONS THAT ARE REFUSED
These are options of Slurm that this release does not serve; with one of them the command ends with an
error.

{{refused}}

# ENVIRONMENT
These variables stand for options. The command line wins over them. A switch is turned on by \`true\`
and off by \`false\`.

{{environment}}

\`MGPU_SPOOL\` names the directory of the cluster.

# EXIT STATUS
= 0
  The jobs are asked to end, or there were none.
= 1
  The command line is wrong, or a job that was named does not meet the conditions.
= 210
  A job belongs to another user.

# EXAMPLES
One job, and two tasks of an array:

    $ mgpu_scancel 12 15_[3,4]

All of your own jobs that still wait:

    $ mgpu_scancel --me --state PENDING

A signal for the steps of a job:

    $ mgpu_scancel --signal USR1 12

# SEE ALSO
\`mgpu_sbatch\`(1), \`mgpu_squeue\`(1)
`,
};
