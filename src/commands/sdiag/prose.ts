import type { Prose } from '../../tables/man/page.ts';

export const sdiagProse: Prose = {
  text: `
# DESCRIPTION
\`mgpu_sdiag\` shows how many jobs were submitted, were started and ended since midnight, how many wait
and run, and how long a pass of the scheduler over the present state takes on this machine, in
microseconds. There is no controller, so that threads, agents and calls are none.

# OPTIONS
{{options}}

# OPTIONS THAT ARE REFUSED
{{refused}}

# EXIT STATUS
= 0
  The figures were shown.
= 1
  The command line is wrong.

# SEE ALSO
\`mgpu_sacct\`(1), \`mgpu_sinfo\`(1), \`mgpu_squeue\`(1)
`,
};
