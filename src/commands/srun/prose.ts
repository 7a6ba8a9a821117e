import type { Prose } from '../../tables/man/page.ts';

export const srunProse: Prose = {
  text: `
# DESCRIPTION
\`mgpu_srun\` submits a job that runs an *executable*, waits until the cluster starts it, and shows its
output while it runs. It ends with the command, and with its exit code. All that follows the command's
name belongs to the command.

Within an allocation (a batch script, the shell of \`salloc\`, or with \`--jobid\`) it makes a step of that
job at once instead. A step takes all CPUs and devices of its nodes unless it asks for less (\`--exact\`,
\`--gres=gpu:1\`), and waits while others have them; with \`--overlap\` it shares. Steps are numbered from 0
and have their turn in the order of their numbers. A step ends with its \`mgpu_srun\`, and with its job.

With \`--pty\` the first task runs on a terminal of its own, which this one shows: what is typed reaches it
as it is, Ctrl-C too, and so does the size of the window. However \`mgpu_srun\` ends, the terminal is as it
was before. The node needs \`script\`(1) of util-linux for that. Where standard output is no terminal,
\`--pty\` is set aside with a message.

With \`--distributed\` the tasks are told where to meet, in the variables that torch.distributed reads
(\`env://\`): \`MASTER_ADDR\` and \`MASTER_PORT\`, the address of the node of task 0 and a port that is free
there, \`WORLD_SIZE\`, \`RANK\`, \`LOCAL_RANK\`, \`LOCAL_WORLD_SIZE\` and \`NODE_RANK\`. A \`torchrun\` on
each node, which starts the processes itself, finds the same as \`PET_MASTER_ADDR\`, \`PET_MASTER_PORT\`
and \`PET_NODE_RANK\`, so that it need not be told: \`mgpu_srun -N2 --gpus-per-node=4 --distributed torchrun
--nnodes=2 --nproc_per_node=4 train.py\`. \`sbatch\` and \`salloc\` with the option hand it to the steps of
their jobs.

Tasks take over the soft resource limits of \`mgpu_srun\`; \`--propagate\` says which.

# OPTIONS
A long option may be cut short as long as it stays the only one that begins so. Its argument stands
behind a \`=\` or in the next word.

{{options}}

# OPTIONS THAT ARE REFUSED
These are options of Slurm that this release does not serve. Their values are checked, and then the
command ends with an error: nothing is accepted and ignored.

{{refused}}

# ENVIRONMENT
These variables stand for options. The command line wins over them.

{{environment}}

\`MGPU_SPOOL\` names the directory of the cluster. Where no nodes are named, \`SLURM_HOSTFILE\` names a
file with the node of each task, in their order, whatever \`--distribution\` says; \`gpu01*3\` stands for
the name three times.

# EXIT STATUS
The highest exit code of the tasks; 128 and the number of the signal if a signal ended one. A command
that does not exist ends with 2, one that may not be executed with 13.

= 1
  A number does not parse, or the cluster refused the job.
= 255
  An option is unknown, or a value does not parse.

# EXAMPLES
On the first two GPUs of a node:

    $ mgpu_srun --gpu-ids 0,1 -- python3 train.py

Two tasks, each with four CPUs, with their numbers before their lines:

    $ mgpu_srun -n 2 -c 4 -l hostname

A shell on a node:

    $ mgpu_srun --gpus 1 --pty bash -i

A look into a running job:

    $ mgpu_srun --jobid 12 --overlap nvidia-smi

# SEE ALSO
\`mgpu_sbatch\`(1), \`mgpu_squeue\`(1), \`mgpu_scancel\`(1), \`mgpu_sinfo\`(1), \`mgpu\`(1), \`mgpud\`(8)
`,
};
