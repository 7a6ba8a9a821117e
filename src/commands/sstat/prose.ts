import type { Prose } from '../../tables/man/page.ts';

export const sstatProse: Prose = {
  text: `
# DESCRIPTION
\`mgpu_sstat\` shows what the processes of running jobs use: memory, processor time and what they read
and wrote. The daemon of each node measures them from their second second on and every fifteen seconds, and
keeps the largest that it saw. Of a job that is named without a step its first running step is shown; a batch
script is the step \`batch\`. Figures of jobs that have ended are in \`mgpu_sacct\`(1).

# OPTIONS
{{options}}

# EXIT STATUS
= 1
  The command line is wrong.

# EXAMPLES
The memory of all steps of a job:

    $ mgpu_sstat -a -j 12 -o JobID,MaxRSS,AveCPU

# SEE ALSO
\`mgpu_sacct\`(1), \`mgpu_squeue\`(1), \`mgpu_srun\`(1)
`,
};
