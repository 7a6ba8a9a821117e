import type { Prose } from '../../tables/man/page.ts';

export const sprioProse: Prose = {
  text: `
# DESCRIPTION
\`mgpu_sprio\` is there for programs that call it. Jobs are ordered by the time of their submission, as
under Slurm's \`priority/basic\`: a priority is one number, which \`mgpu_squeue\` shows as \`%Q\`, and is
made of no factors. As Slurm's command in such a cluster, it says so and ends with 1.

# OPTIONS
{{options}}

# OPTIONS THAT ARE REFUSED
{{refused}}

# ENVIRONMENT
{{environment}}

# EXIT STATUS
= 1
  There are no factors to show, or the command line is wrong.

# SEE ALSO
\`mgpu_squeue\`(1), \`mgpu_sshare\`(1)
`,
};
