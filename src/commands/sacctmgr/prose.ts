import type { Prose } from '../../tables/man/page.ts';

export const sacctmgrProse: Prose = {
  text: `
# DESCRIPTION
\`mgpu_sacctmgr show\` lists what programs ask for: \`account\`, \`association\`, \`cluster\`,
\`configuration\`, \`event\` (nodes that are out of use), \`qos\`, \`reservation\`, \`resource\`,
\`runawayjobs\`, \`tres\`, \`user\` and \`wckey\`. Accounts and their users are declared in
\`cluster.yaml\`, section \`accounts\`, and are changed there: words that change something are refused.

Behind the kind may stand conditions such as \`user=alice\` or \`account=a,b\`, \`withassoc\` for users with
their associations, and \`format=\` with names of columns, each perhaps with a percent sign and a width.

# OPTIONS
{{options}}

# EXIT STATUS
= 0
  What was asked for was shown.
= 1
  It is not known, or not supported.

# EXAMPLES
Which accounts a user may charge, for a program:

    $ mgpu_sacctmgr --noheader --parsable2 show association user=alice format=account

# SEE ALSO
\`mgpu_sacct\`(1), \`mgpu_sshare\`(1)
`,
};
