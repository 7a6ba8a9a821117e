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

# WHY DOES A JOB WAIT?
\`mgpu why\` JOB says why a job waits, as squeue does, and then what for, line by line: who holds it, the jobs
that it depends on and how they stand, its begin time or deadline, the limits of its partition, licenses, its
array's own limit, which job goes first, which nodes are away, and who holds the nodes until when. The last
line tells when and where it can start if all jobs use their whole time. Of a job that runs or has ended it
says since when and where, and how it ended.

# WHAT DOES A JOB PRINT?
\`mgpu logs\` JOB shows what a batch job has printed: the file of its \`--output\`, with its pattern filled
in. With \`--follow\` it goes on until the job ends; one that waits is waited for. Where this machine does not
see the file, because it lies on a disk of the job's node, a step beside the job reads it there while the job
runs. An array has a file for each task: name one, as in 12_3. What \`srun\` runs prints where its srun is;
\`mgpu_sattach\` shows it.

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
Older versions refuse the cluster from then on. There is no way back but a backup made before, see BACKUPS.

# CHECKING
\`mgpu fsck\` reads every file of the cluster's directory, replays the log, and prints a line for each thing
that is not as it should be: \`error\` where programs stop or something is lost, \`warn\` for what should
not be there, \`note\` for what is worth a word. Each line says what it means and what is to be done; the
last one sums up. Daemons may run meanwhile: what is found counts if it is found again after the log went
on. Leftovers count when they are ten minutes old, those of commands when they are a day old.

\`mgpu fsck --repair\` mends what can be mended and deletes nothing: what it removes lies in \`lost+found\`
of the directory. What could hurt a daemon is mended only while none runs. Unless its daemon said goodbye, or
was on this machine and is gone, it watches the heartbeat of each node for the whole node timeout, and
cannot see a daemon that is paused for longer or cut off. Where a node has no heartbeat to watch it names that
node, and mends nothing of the kind until somebody who has made sure of it says with \`--ended\` that its
daemon has ended. If entries of the log are damaged and no checkpoint lies
beyond, nobody can read on. With \`--force\` they are taken away, and the commits that they held are lost:
jobs that were started by them may still run, and are named. A backup is better.

# BACKUPS
\`mgpu backup\` copies the cluster as of one commit into a directory of its own, while daemons and commands go
on: the state and its history, what waits in the queue with scripts and environments, accounting, settings.
Output files and what jobs work on are not part of it. The directory gets its name when it is whole, and
holds what nobody else should read.

\`mgpu restore\` checks every file of a backup and makes a cluster of it, in a new or empty directory, for the
same user. The cluster has an identity of its own. Jobs that waited go on waiting under their numbers. Jobs
that ran may run on, or have ended, where the backup was made: they are never run again by themselves and
count as ended with NODE_FAIL. Submit them again when it is sure that nothing of them is left. Interactive
jobs that waited are cancelled. If the first cluster still lives, do not start daemons for the second one: the
jobs that wait would run in both.

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

Why job 12 waits, and until when:

    $ mgpu why 12

What job 12 prints, from its last ten lines on:

    $ mgpu logs -f -n 10 12

A copy, and a cluster made of it after the first one was lost:

    $ mgpu backup /elsewhere/2026-11-26
    $ mgpu restore /elsewhere/2026-11-26 /shared/again

# SEE ALSO
\`mgpu_sbatch\`(1), \`mgpu_srun\`(1), \`mgpu_squeue\`(1), \`mgpu_scancel\`(1), \`mgpu_sinfo\`(1),
\`mgpu_scontrol\`(1), \`mgpud\`(8)
`,
};
