import type { Prose } from '../../tables/man/page.ts';

export const mgpuProse: Prose = {
  text: `
# DESCRIPTION
\`mgpu\` sets up a cluster and looks after it. A cluster is a directory that its machines share: the
commands of mgpu drop requests into it, and the daemon of each machine, \`mgpud\`(8), takes the jobs
that fit. No machine is special, no port is open, and nothing needs root.

On a single machine there is nothing to set up: without any configuration the directory lies in the
user's own state directory, and the daemon starts by itself when it is first needed.

# COMMANDS
{{commands}}

# OPTIONS
{{options}}

# IS A FILE SYSTEM FIT?
\`mgpu doctor\` tries out what the cluster rests on: that of two who want a name one gets it, that files are
replaced as a whole, that names are seen, how long a commit takes, how far the clock of the file server is
off. What happens between machines only two of them can tell: type \`mgpu doctor --pair\` on both at the
same time. They find each other in the directory of the cluster, race for names, and measure how late one
sees what the other did. The line that begins with \`verdict\` says whether the file system is fit and how
often daemons should look for news on it (\`mgpud --poll\`).

# UPGRADES
A new version of mgpu serves clusters of an older format as the older version did, and both serve one
cluster together: install it on one machine after the other and start \`mgpud\` anew there, while jobs run
on. When it runs everywhere, \`mgpu upgrade\` raises the format, and what the new version adds begins.
Older versions refuse the cluster from then on. There is no way back but a backup made before.

# FILES
The directory of the cluster is named by \`--spool\`, else by \`MGPU_SPOOL\`, else by \`spool\` in the
first of these files that is there:

= *~/.config/mgpu/config.yaml*
  the user's own configuration
= */etc/mgpu/config.yaml*
  the configuration of the machine

# EXIT STATUS
= 0
  All is well.
= 1
  Something is wrong, and was said.

# EXAMPLES
A cluster of several machines, in a directory that all of them see:

    $ mgpu init /shared/cluster

What is wrong, if something is:

    $ mgpu doctor

# SEE ALSO
\`mgpu_sbatch\`(1), \`mgpu_srun\`(1), \`mgpu_squeue\`(1), \`mgpu_scancel\`(1), \`mgpu_sinfo\`(1),
\`mgpu_scontrol\`(1), \`mgpud\`(8)
`,
};
