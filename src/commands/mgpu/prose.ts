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

# UPGRADES
A new version of mgpu serves clusters of an older format as the older version did, and both serve one
cluster together: install it on one machine after the other and start \`mgpud\` anew there, while jobs run
on. When it runs everywhere, \`mgpu upgrade\` raises the format, and what the new version adds begins.
Older versions refuse the cluster from then on. There is no way back but a backup made before.

# CHECKING
\`mgpu fsck\` reads every file of the cluster's directory, replays the log, and prints a line for each thing
that is not as it should be: \`error\` where programs stop or something is lost, \`warn\` for what should
not be there, \`note\` for what is worth a word. Each line says what it means and what is to be done; the
last one sums up. Daemons may run meanwhile: what is found counts if it is found again after the log went
on. Leftovers count when they are ten minutes old, those of commands when they are a day old.

\`mgpu fsck --repair\` mends what can be mended and deletes nothing: what it removes lies in \`lost+found\`
of the directory. What could hurt a daemon is mended only while none runs; it watches the heartbeats for that,
but cannot see a daemon that is paused or cut off. If entries of the log are damaged and no checkpoint lies
beyond, nobody can read on. With \`--force\` they are taken away, and the commits that they held are lost:
jobs that were started by them may still run, and are named. A backup is better.

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
  Something is wrong, and was said. For \`mgpu fsck\`: there are errors or warnings.
= 2
  \`mgpu fsck\` could not check.

# EXAMPLES
A cluster of several machines, in a directory that all of them see:

    $ mgpu init /shared/cluster

What is wrong, if something is:

    $ mgpu doctor

Whether all that lies in the directory is sound:

    $ mgpu fsck

What can be mended, mended:

    $ mgpu fsck --repair

# SEE ALSO
\`mgpu_sbatch\`(1), \`mgpu_srun\`(1), \`mgpu_squeue\`(1), \`mgpu_scancel\`(1), \`mgpu_sinfo\`(1),
\`mgpu_scontrol\`(1), \`mgpud\`(8)
`,
};
