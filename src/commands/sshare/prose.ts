import type { Prose } from '../../tables/man/page.ts';

export const sshareProse: Prose = {
  text: `
# DESCRIPTION
\`mgpu_sshare\` shows the accounts of the cluster, as \`accounts\` in \`cluster.yaml\` declares them, and
their users with a share each. Jobs are ordered by the time of their submission, so that nobody weighs
what was used: as under Slurm's \`priority/basic\`, use is shown as zero and norms are left out.

# OPTIONS
{{options}}

# COLUMNS
\`--helpformat\` lists them. Behind a name may stand a percent sign and a width.

# EXIT STATUS
= 0
  The shares were shown.
= 1
  The command line is wrong.

# EXAMPLES
All users, for a program:

    $ mgpu_sshare --all --parsable2 --noheader --format account,user

# SEE ALSO
\`mgpu_sacct\`(1), \`mgpu_sacctmgr\`(1), \`mgpu_sprio\`(1)
`,
};
