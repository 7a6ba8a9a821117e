import type { Prose } from '../../tables/man/page.ts';

export const sacctProse: Prose = {
  text: `
# DESCRIPTION
\`mgpu_sacct\` shows jobs that wait, run or have ended, however long ago, and what they ran: the batch
script of a job is its step \`batch\`, what \`mgpu_srun\` ran is step \`0\`. It needs no daemon: a job is
shown from the moment on which \`mgpu_sbatch\` printed its id.

# OPTIONS
{{options}}

# OPTIONS THAT ARE REFUSED
These are options of Slurm that this release does not serve; with one of them the command ends with an
error.

{{refused}}

# WHICH TIME
Without \`--jobs\` and \`--state\` jobs are shown that could start before now and had not ended at
midnight. With \`--jobs\` their time does not matter. With \`--state\` those are shown that are in one of the
states now, or were at the time of \`--starttime\`, or between \`--starttime\` and \`--endtime\`: to see what
failed today, give both. A held job has no time at which it could start and is shown by its id alone.

Times may be written as \`2027-01-20T12:34:56\`, \`2027-01-20\`, \`01/20\`, \`16:00\`, \`today\`,
\`midnight\`, \`noon\` or \`now-2hours\`.

# COLUMNS
A name may be cut short, and behind it may stand a percent sign and a width, with a minus to set the
column to the left: \`jobid,jobname%20,state%-12\`. \`ALL\` is every column; \`--helpformat\` lists them.
The use that jobs made of CPU time, memory and disks is not measured yet: such columns are empty, or zero.

# ENVIRONMENT
These variables stand for options. The command line wins over them.

{{environment}}

\`MGPU_SPOOL\` names the directory of the cluster.

# EXIT STATUS
= 0
  The jobs were shown, also if there were none.
= 1
  The command line is wrong.

# EXAMPLES
How a job ended, for a program:

    $ mgpu_sacct --parsable2 --noheader --allocations --format state,exitcode --jobs 12

What failed since yesterday:

    $ mgpu_sacct --state F,TO,OOM,NF --starttime now-1day --endtime now

# SEE ALSO
\`mgpu_sbatch\`(1), \`mgpu_squeue\`(1), \`mgpu_scontrol\`(1)
`,
};
