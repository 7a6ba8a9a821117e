import type { Prose } from '../../tables/man/page.ts';

export const sattachProse: Prose = {
  text: `
# DESCRIPTION
\`mgpu_sattach\` shows what the tasks of a running step write from now on, until the step ends, and ends with
its exit code. What the tasks write into files is not shown. Standard input stays with the step's own
\`mgpu_srun\`. A signal ends the command, and not the step.

# OPTIONS
{{options}}

# OPTIONS THAT ARE REFUSED
{{refused}}

# EXIT STATUS
That of the step; 1 when there is no such step.

# EXAMPLES
What a step prints, each line with its task:

    $ mgpu_sattach -l 12.0

# SEE ALSO
\`mgpu_srun\`(1), \`mgpu_squeue\`(1)
`,
};
