import type { Prose } from '../../tables/man/page.ts';

export const mgpudProse: Prose = {
  text: `
# DESCRIPTION
\`mgpud\` serves the jobs of a cluster on one machine. It says what the machine has, takes the jobs that
fit, starts them, ends them at their time limit or when they are cancelled, and writes down how they
ended. It stays in the foreground; a service manager starts and stops it.

Several daemons may run on one machine under different node names. What a daemon is told of CPUs, GPUs
and memory it believes; what it is not told it looks for.

Jobs outlive the daemon. It ends on SIGTERM or SIGINT, jobs run on, and the next daemon of the same node
takes them over. On SIGHUP it opens its log file anew.

# OPTIONS
{{options}}

# ENVIRONMENT
\`MGPU_SPOOL\` names the directory of the cluster; \`mgpu\`(1) tells where else it is looked for.

# EXIT STATUS
= 0
  It was asked to end.
= 1
  Something is wrong, and was said.

# EXAMPLES
A node that offers two GPUs of the four that it has been told to have in all:

    $ mgpud --spool /shared/cluster --node-name left --gpus a100:2 --cpus 16 --memory 64G

# SEE ALSO
\`mgpu\`(1), \`mgpu_sinfo\`(1)
`,
};
