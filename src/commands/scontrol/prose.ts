import type { Prose } from '../../tables/man/page.ts';

export const scontrolProse: Prose = {
  text: `
# DESCRIPTION
\`mgpu_scontrol\` shows jobs, nodes and partitions in full, as \`Key=value\` pairs, and changes jobs, nodes,
partitions and reservations. Commands may be cut down to the letters that tell them apart. Slurm's other
commands are known and refused.

# COMMANDS
= \`show job\` *[id]*
  A job, a task of an array, or all jobs. The record also tells where the job really ran: the node, the
  real name and the addresses of its host, the process, and the indices and identities of its GPUs; under
  Slurm's own name of the command it does not.
= \`show node\` *[nodes]*
  A node, several nodes such as \`n[1-3]\`, or all.
= \`show partition\` *[name]*
  A partition, or all.
= \`show config\`
  How the cluster is set, as far as Slurm has a key for it.
= \`show reservation\` *[name]*, \`show licenses\` *[name]*
  A reservation or a licence, or all.
= \`show assoc_mgr\` [\`flags=\`*users,assoc,qos*] [\`users=\`*name,...*] [\`accounts=\`*name,...*]
  Users, accounts with their users, and the quality of service. No usage is counted, as no limits are.
= \`show topology\` [*switch*|*node*]
  The switches that nodes are said to be behind, and the racks above them: with \`rack\` and
  \`switch\` in \`cluster.yaml\`, or with \`mgpud --rack --switch\`.
= \`show aliases\`, \`show daemons\`
  The names of the nodes; what Slurm has in these places for the rest.
= \`ping\`
  Whether a daemon is there.
= \`update NodeName=\`*nodes* *key=value...*
  \`State=\` with \`DRAIN\` or \`FAIL\` (no new jobs), \`DOWN\` (what runs there ends), \`RESUME\`,
  \`UNDRAIN\` or \`IDLE\`, and \`Reason=\`, \`Comment=\`, \`Extra=\`, \`Weight=\`, \`AvailableFeatures=\`,
  \`ActiveFeatures=\`.
= \`update PartitionName=\`*name* \`State=\`*state*
  \`UP\`, \`DOWN\`, \`DRAIN\` or \`INACTIVE\`, until the settings are read anew.
= \`create PartitionName=\`*name* *key=value...*, \`delete PartitionName=\`*name*
  A partition beside those of the settings, with \`Nodes=\` and what else \`update\` takes; or one less, where
  no job is in it. Both until the settings are read anew.
= \`create reservation\` *key=value...*, \`update ReservationName=\`*name* *key=value...*
  Keep \`Nodes=\` or \`NodeCnt=\` of them for \`Users=\`, \`Groups=\` or \`Accounts=\` from \`StartTime=\` to
  \`EndTime=\` or for \`Duration=\`, with \`PartitionName=\`, \`Features=\` and \`Flags=\` of \`MAINT\`,
  \`OVERLAP\`, \`IGNORE_JOBS\`, \`DAILY\` and \`WEEKLY\`.
= \`delete ReservationName=\`*name*
  End a reservation.
= \`reconfigure\`
  Take in \`cluster.yaml\` now.
= \`hold\` *job...*
  Let jobs wait until they are released; one that runs waits when it is requeued. A job is an id, tasks of
  an array such as \`12_[1-3]\`, or \`name=\` with a name. What an administrator holds he alone releases.
= \`uhold\` *job...*
  The same, and the job's user may release it, whoever held it.
= \`release\` *job...*
  Let held jobs start.
= \`requeue\` [\`incomplete\`] *job...*
  End a batch job and let it wait again; also one that has ended and is still known. It may start after two
  minutes.
= \`requeuehold\` *job...*
  The same, and it waits until it is released.
= \`suspend\` *job...*, \`resume\` *job...*
  Let a job stand still, and go on. It keeps what it has, and its time limit does not come nearer. For
  administrators.
= \`top\` *job...*
  Let jobs go before all others of their user. For administrators.
= \`update JobId=\`*job...* *Key=value...*
  Change what a job asks for. Of a job that waits: \`Account\`, \`ArrayTaskThrottle\`, \`Comment\`,
  \`CPUsPerTask\`, \`Dependency\`, \`ExcNodeList\`, \`Features\`, \`Gres\`, \`JobName\`, \`Licenses\`,
  \`MailType\`, \`MailUser\`, \`MinCPUsNode\`, \`MinMemoryCPU\`, \`MinMemoryNode\`, \`MinTmpDiskNode\`,
  \`Nice\`, \`NumCPUs\`, \`NumNodes\`, \`NumTasks\`, \`Partition\`, \`Priority\`, \`QOS\`, \`ReqCores\`,
  \`ReqNodeList\`, \`ReqSockets\`, \`ReqThreads\`, \`Requeue\`, \`ReservationName\`, \`StartTime\`,
  \`StdOut\`, \`Switches\`, \`TimeLimit\`, \`TimeMin\`, \`WCKey\`, \`WorkDir\`. Of one that runs, what
  does not bear on its place; a user may only lower its \`TimeLimit\`. \`TimeLimit=+10\` and \`-10\`
  count from what it is. For administrators alone: \`Contiguous\`, \`Deadline\`, \`OverSubscribe\`,
  \`TasksPerNode\`, and a higher priority.
= \`write batch_script\` *job* *[file]*
  The script of a job, into \`slurm-JOB.sh\` or the named file; \`-\` prints it.
= \`listpids\` *[job[.step] [node]]*
  The processes that jobs have on this machine, with their steps.
= \`pidinfo\` *pid*
  The job of a process of this machine, and how long it may still run.
= \`completing\`
  The jobs that end, and the nodes that still hold them.
= \`wait_job\` *job*
  Wait until the job has its nodes.
= \`exit\`, \`quit\`
  Without a command on its line it asks for commands, until one of these or the end of the input.
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

A longer time limit for a job that waits, and three tasks of an array that are to wait:

    $ mgpu_scontrol update JobId=12 TimeLimit=+30
    $ mgpu_scontrol hold 15_[1-3]

Two nodes out of use, and back:

    $ mgpu_scontrol update NodeName='n[1-2]' State=DRAIN Reason=disks
    $ mgpu_scontrol update NodeName='n[1-2]' State=RESUME

The nodes of a job, one by one:

    $ mgpu_scontrol show hostnames 'n[1-3]'

# SEE ALSO
\`mgpu_squeue\`(1), \`mgpu_sinfo\`(1)
`,
};
