/** A program that drives Slurm by its command line, and what it has to get done here. */
export interface Client {
  readonly name: string;
  /** The programs that have to be there, by Debian's packages. */
  readonly needs: Readonly<Record<string, string>>;
  /** What it works on, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Run by bash in the folder of the files, with bin/slurm first on PATH. */
  readonly script: string;
  /** What its output has to hold. */
  readonly expects: readonly RegExp[];
  /** How many nodes it gets, each with a daemon of its own; 1 unless given. */
  readonly nodes?: number;
}

/*
 * Snakemake asks sacct for the state of its jobs, and within each job starts a step by srun. It asks twice a
 * minute.
 */
const snakefile = `rule all:
    input: "out/a.txt", "out/b.txt"
rule make:
    output: "out/{x}.txt"
    threads: 2
    resources: mem_mb=500, runtime=5, slurm_partition="main", slurm_extra="--gres=gpu:1"
    shell: "echo $SLURM_CPUS_ON_NODE $CUDA_VISIBLE_DEVICES > {output}"
rule fail:
    output: "out/fail"
    resources: mem_mb=100, slurm_partition="main"
    shell: "exit 3"
`;

const toilWorkflow = `from toil.common import Toil
from toil.job import Job

def child(job, n):
    return n * n

def top(job):
    return [job.addChildJobFn(child, i, memory="200M", cores=1, disk="1M").rv() for i in range(3)]

if __name__ == "__main__":
    options = Job.Runner.getDefaultArgumentParser().parse_args()
    with Toil(options) as toil:
        print("RESULT", toil.start(Job.wrapJobFn(top, memory="200M", cores=1, disk="1M")))
`;

const batchtoolsTemplate = `#!/bin/bash
#SBATCH --job-name=<%= job.name %>
#SBATCH --output=<%= log.file %>
#SBATCH --error=<%= log.file %>
#SBATCH --time=5
#SBATCH --ntasks=1
#SBATCH --mem-per-cpu=300
<%= if (array.jobs) sprintf("#SBATCH --array=1-%i", nrow(jobs)) else "" %>
Rscript -e 'batchtools::doJobCollection("<%= uri %>")'
`;

const batchtoolsWork = `library(batchtools)
reg <- makeRegistry(file.dir = "registry", seed = 1)
reg$cluster.functions <- makeClusterFunctionsSlurm(template = "slurm.tmpl", array.jobs = TRUE)
batchMap(function(x) x^2, x = 1:5)
submitJobs(1:3)
submitJobs(data.table::data.table(job.id = 4:5, chunk = 1), resources = list(chunks.as.arrayjobs = TRUE))
waitForJobs(sleep = 1, timeout = 120)
cat("RESULT", unlist(reduceResultsList()), "\\n")
print(getStatus())
`;

const rslurmWork = `library(rslurm)
frame <- data.frame(a = 1:4, b = 2:5)
job <- slurm_apply(function(a, b) a + b, frame, nodes = 2, cpus_per_node = 2, jobname = "apply",
                   slurm_options = list(time = "2", mem = "500"))
cat("RESULT", unlist(get_slurm_out(job, outtype = "raw", wait = TRUE)), "\\n")
long <- slurm_call(function() Sys.sleep(300), jobname = "call")
Sys.sleep(2)
cat("COMPLETED", get_job_status(long)$completed, "\\n")
cancel_slurm(long)
Sys.sleep(2)
cat("QUEUED", nrow(get_job_status(long)$queue), "\\n")
`;

const allReduce = `import os
import torch
import torch.distributed as dist

dist.init_process_group("gloo", init_method="env://")
value = torch.ones(1) * (dist.get_rank() + 1)
dist.all_reduce(value)
node = os.environ["SLURMD_NODENAME"]
print(f"rank {dist.get_rank()} of {dist.get_world_size()} on {node}: {value.item():g}")
dist.destroy_process_group()
`;

/** As ClusterShell ships it for Slurm, with the calls alone. */
const slurmGroups = `[slurmpart]
map: sinfo -h -o "%N" -p $GROUP
all: sinfo -h -o "%N"
list: sinfo -h -o "%R"
reverse: sinfo -h -N -o "%R" -n $NODE
[slurmstate]
map: sinfo -h -o "%N" -t $GROUP
all: sinfo -h -o "%N"
list: sinfo -h -o "%T" | tr -d '*~#!%$@+^-'
[slurmjob]
map: squeue -h -j $GROUP -o "%N"
list: squeue -h -o "%i" -t R
[slurmuser]
map: squeue -h -u $GROUP -o "%N" -t R
list: squeue -h -o "%u" -t R
`;

const ranksOnTwoNodes =
  /rank 0 of 4 on node1\nrank 1 of 4 on node1\nrank 2 of 4 on node2\nrank 3 of 4 on node2/;

export const clients: readonly Client[] = [
  {
    name: 'Snakemake (--slurm)',
    needs: { snakemake: 'snakemake' },
    files: { Snakefile: snakefile },
    script: `snakemake --slurm -j 4 2>&1
cat out/a.txt out/b.txt
snakemake --slurm -j 4 out/fail 2>&1 || true`,
    expects: [/3 of 3 steps \(100%\) done/, /^2 \d$/m, /SLURM status is: 'FAILED'/],
  },
  {
    name: 'Toil (--batchSystem slurm)',
    needs: { toil: 'toil' },
    files: { 'work.py': toilWorkflow },
    script:
      '/usr/bin/python3 work.py file:store --batchSystem slurm --disableCaching --statePollingWait 2 2>&1',
    expects: [/RESULT \[0, 1, 4\]/],
  },
  {
    name: 'batchtools (R)',
    needs: { Rscript: 'r-base-core', '/usr/lib/R/site-library/batchtools': 'r-cran-batchtools' },
    files: { 'slurm.tmpl': batchtoolsTemplate, 'work.R': batchtoolsWork },
    script: 'Rscript work.R 2>&1',
    expects: [/RESULT 1 4 9 16 25/, /Done +: 5 \(100\.0%\)/],
  },
  {
    name: 'rslurm (R)',
    needs: { Rscript: 'r-base-core', '/usr/lib/R/site-library/rslurm': 'r-cran-rslurm' },
    files: { 'work.R': rslurmWork },
    script: 'Rscript work.R 2>&1',
    expects: [/RESULT 3 5 7 9/, /COMPLETED FALSE/, /QUEUED 0/],
  },
  {
    name: 'ClusterShell (its Slurm groups)',
    needs: { nodeset: 'clustershell' },
    files: { 'groups.conf': `[Main]\ndefault: slurmpart\nconfdir: ${'$CFGDIR'}/none\n${slurmGroups}` },
    script: `export CLUSTERSHELL_CFGDIR=$PWD
nodeset -s slurmpart -L
nodeset -s slurmpart -f @main
nodeset -s slurmstate -f @idle
job=$(sbatch --parsable --wrap 'sleep 30')
until [ "$(squeue -h -j "$job" -o %T)" = RUNNING ]; do sleep 0.1; done
echo "job $(nodeset -s slurmjob -f "@$job") user $(nodeset -s slurmuser -f "@$(id -un)")"
scancel "$job"`,
    expects: [/@slurmpart:main/, /^node1$/m, /job node1 user node1/],
  },
  {
    name: 'Open MPI (mpirun in a job on two nodes)',
    needs: { 'mpirun.openmpi': 'openmpi-bin' },
    nodes: 2,
    files: {},
    script: `export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
salloc -N 2 -n 4 --ntasks-per-node=2 mpirun.openmpi \\
  sh -c 'echo rank $OMPI_COMM_WORLD_RANK of $OMPI_COMM_WORLD_SIZE on $SLURMD_NODENAME' 2>&1 | sort`,
    expects: [ranksOnTwoNodes],
  },
  {
    name: 'MPICH (mpirun -bootstrap slurm on two nodes)',
    needs: { 'mpirun.mpich': 'mpich' },
    nodes: 2,
    files: {},
    script: `salloc -N 2 -n 4 --ntasks-per-node=2 mpirun.mpich -bootstrap slurm \\
  sh -c 'echo rank $PMI_RANK of $PMI_SIZE on $SLURMD_NODENAME' 2>&1 | sort`,
    expects: [ranksOnTwoNodes],
  },
  {
    name: 'PyTorch (env:// on two nodes, --distributed)',
    needs: { '/usr/lib/python3/dist-packages/torch': 'python3-torch' },
    nodes: 2,
    files: { 'reduce.py': allReduce },
    script: `srun -N 2 -n 4 --ntasks-per-node=2 --distributed /usr/bin/python3 reduce.py 2>&1 | sort`,
    expects: [
      /rank 0 of 4 on node1: 10\nrank 1 of 4 on node1: 10/,
      /rank 2 of 4 on node2: 10\nrank 3 of 4 on node2: 10/,
    ],
  },
];
