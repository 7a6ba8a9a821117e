import type { Prose } from '../../tables/man/page.ts';

export const sbatchProse: Prose = {
  text: `
# DESCRIPTION
\`mgpu_sbatch\` submits a script as a job and returns at once. It prints the job's id; the job starts
when a node has what it asks for. With exit code 0 the job is kept: it survives the end of this command,
of any daemon and of the machine, and it waits if no daemon is running.

The *script* is a file that begins with \`#!\`. Without one it is read from standard input. It is looked
up in the working directory and then in \`PATH\`, need not be executable, and is copied as it is at this
moment. All that follows it goes to the script as its arguments.

Options come from the command line, from variables, and from lines of the script. The command line wins over
variables, and variables win over the script.

# OPTIONS
A long option may be cut short as long as it stays the only one that begins so. Its argument stands
behind a \`=\` or in the next word.

{{options}}

# OPTIONS THAT ARE REFUSED
These are options of Slurm that this release does not serve. Their values are checked, and then the
command ends with an error: nothing is accepted and ignored.

{{refused}}

# LINES IN THE SCRIPT
Lines that begin with \`#SBATCH\` hold options. They stand before the first command; blank lines and
other comments may stand between them. A blank before \`#SBATCH\`, another \`#\` or small letters make
it a comment.

Values may be quoted with either quote, also within a word. A backslash takes the next character as it
is, but cannot keep a blank outside of quotes. A \`#\` outside of quotes ends the line. Variables are
not replaced.

\`--help\`, \`--usage\`, \`--version\`, \`--quiet\`, \`--verbose\` and \`--wrap\` have no effect there, and
\`--spool\` may not stand there.

The usual lines of other batch systems are understood too, and win over those of \`#SBATCH\`: \`#PBS\`
with \`-A\`, \`-J\`, \`-N\`, \`-e\`, \`-h\`, \`-l\` (walltime, cput, mem, nodes, naccelerators), \`-o\`,
\`-q\`, \`-t\` and \`-v\`; \`#BSUB\` with \`-J\`, \`-W\`, \`-c\`, \`-e\`, \`-m\`, \`-n\`, \`-o\` and
\`-q\`. With \`--ignore-pbs\` they are passed over.

# GPUS
Three options say how many GPUs a job gets: \`--gpus\` for the whole job, \`--gpus-per-node\` and
\`--gres\` on each node. \`--gpu-ids\` asks for exactly these on each node, and \`--node-gpu-ids\` for
exactly these of exactly these nodes, so that it says the nodes and their number too; the job waits
until all of them are free, and gets all or none. A GPU belongs to one job at a time. A job without
GPUs sees none.

A type may stand before a count, as in \`a100:2\`; \`mgpu_sinfo --gpus\` shows the types.

# FILES OF A JOB
Standard output and standard error go to \`slurm-%j.out\` in the working directory, or to
\`slurm-%A_%a.out\` for the tasks of an array. In the names of files these stand for something:

= \`%j\`, \`%A\`, \`%a\`
  the id of the job, the id of the array, the index in the array
= \`%x\`, \`%u\`
  the name of the job, the name of the user
= \`%N\`, \`%n\`
  the name of the host, the number of the node within the job
= \`%J\`, \`%s\`, \`%t\`
  the id of job and step, the step, the number of the task
= \`%%\`
  a percent sign

Digits before the letter pad a number with zeros: \`%4a\`. A backslash anywhere turns all of this off.

# ENVIRONMENT
These variables stand for options.

{{environment}}

\`MGPU_SPOOL\` names the directory of the cluster. Where no nodes are named, \`SLURM_HOSTFILE\` names a
file with the node of each task, in their order, whatever \`--distribution\` says; \`gpu01*3\` stands for
the name three times.

# EXIT STATUS
= 0
  The job is submitted. With \`--wait\`: it has ended with 0.
= 1
  A number does not parse, the script is not one, or the cluster refused the job. With \`--wait\`: a
  signal ended it.
= 255
  An option is unknown, or a value does not parse.

With \`--wait\` it is the exit code of the job, and the highest one of an array.

# EXAMPLES
A script on two GPUs, for ten minutes at most:

    $ mgpu_sbatch --gpus 2 --time 10 train.sh

A command without a script, whose output goes to a file of its own:

    $ mgpu_sbatch --wrap 'python3 train.py' --output train-%j.txt

The same script for ten inputs, two at a time:

    $ mgpu_sbatch --array 1-10%2 --gpus 1 one.sh

# SEE ALSO
\`mgpu_srun\`(1), \`mgpu_squeue\`(1), \`mgpu_sacct\`(1), \`mgpu_scancel\`(1), \`mgpu_sinfo\`(1),
\`mgpu_scontrol\`(1), \`mgpu\`(1), \`mgpud\`(8)
`,
};
