import type { Prose } from '../../tables/man/page.ts';

export const scontrolProse: Prose = {
  text: `
# DESCRIPTION
\`mgpu_scontrol\` shows jobs, nodes and partitions in full, as \`Key=value\` pairs, holds and releases
jobs, and changes nodes, partitions and reservations. Commands may be cut down to the letters that tell
them apart. Slurm's other commands are known and refused.

# COMMANDS
= \`show job\` *[id]*
  A job, a task of an array, or all jobs. The record also tells where the job really ran: the node, the
  real name and the addresses of its host, the process, and the indices and identities of its GPUs.
= \`show node\` *[nodes]*
  A node, several nodes such as \`n[1-3]\`, or all.
= \`show partition\` *[name]*
  A partition, or all.
= \`show config\`
  How the cluster is set, as far as Slurm has a key for it.
= \`show reservation\` *[name]*, \`show licenses\` *[name]*
  A reservation or a licence, or all.
= \`show aliases\`, \`show daemons\`, \`show topology\`
  The names of the nodes; what Slurm has in these places for the rest.
= \`ping\`
  Whether a daemon is there.
= \`update NodeName=\`*nodes* *key=value...*
  \`State=\` with \`DRAIN\` or \`FAIL\` (no new jobs), \`DOWN\` (what runs there ends), \`RESUME\`,
  \`UNDRAIN\` or \`IDLE\`, and \`Reason=\`, \`Comment=\`, \`Extra=\`, \`Weight=\`, \`AvailableFeatures=\`,
  \`ActiveFeatures=\`.
= \`update PartitionName=\`*name* \`State=\`*state*
  \`UP\`, \`DOWN\`, \`DRAIN\` or \`INACTIVE\`, until the settings are read anew.
= \`create reservation\` *key=value...*, \`update ReservationName=\`*name* *key=value...*
  Keep \`Nodes=\` or \`NodeCnt=\` of them for \`Users=\`, \`Groups=\` or \`Accounts=\` from \`StartTime=\` to
  \`EndTime=\` or for \`Duration=\`, with \`PartitionName=\`, \`Features=\` and \`Flags=\` of \`MAINT\`,
  \`OVERLAP\`, \`IGNORE_JOBS\`, \`DAILY\` and \`WEEKLY\`.
= \`delete ReservationName=\`*name*
  End a reservation.
= \`reconfigure\`
  Take in \`cluster.yaml\` now.
= \`hold\` *job...*
  Let waiting jobs wait until they are released. A job is an id, a task of an array, or \`name=\` with a name.
= \`release\` *job...*
  Let held jobs start.
= \`show hostnames\` *[list]*
  The names that a host list stands for, each on a line; by default that of \`SLURM_NODELIST\`.
= \`show hostlist\` *names*, \`show hostlistsorted\` *names*
  The names folded into a list, in their order or sorted.

# OPTIONS
{{options}}

# OPTIONS THAT ARE REFUSED
These are options of Slurm that this release does not serve; with one of them the command ends with an
error.

{{refused}}

# ENVIRONMENT
These variables stand for options.

{{environment}}

\`MGPU_SPOOL\` names the directory of the cluster.

# EXIT STATUS
= 0
  All was shown or done.
= 1
  The command line is wrong, or there is no such job or node, or it may not be changed.

# EXAMPLES
A job, and all nodes with one line for each:

    $ mgpu_scontrol show job 12
    $ mgpu_scontrol --oneliner show node

Two nodes out of use, and back:

    $ mgpu_scontrol update NodeName='n[1-2]' State=DRAIN Reason=disks
    $ mgpu_scontrol update NodeName='n[1-2]' State=RESUME

The nodes of a job, one by one:

    $ mgpu_scontrol show hostnames 'n[1-3]'

# SEE ALSO
\`mgpu_squeue\`(1), \`mgpu_sinfo\`(1)
`,
};
