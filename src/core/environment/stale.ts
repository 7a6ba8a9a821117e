import { gpuVisibilityVariables } from '../../model/gpuvariables.ts';
import { killWaitVariable, stepOrderVariable } from '../../model/step.ts';

const stalePrefixes = [
  'SLURM_ARRAY_',
  'SLURM_GPUS',
  'SLURM_MEM_PER_',
  'SLURM_NTASKS_PER_',
  'SLURM_RLIMIT_',
  'SLURM_STEP',
];
const staleNames: ReadonlySet<string> = new Set([
  ...gpuVisibilityVariables,
  'MGPU_DISTRIBUTED',
  'MGPU_LEASE',
  'MGPU_LIMITS',
  'MGPU_PID',
  'MGPU_UMASK',
  stepOrderVariable,
  killWaitVariable,
  'SLURM_ARBITRARY_NODELIST',
  'SLURM_CPUS_PER_GPU',
  'SLURM_CPUS_PER_TASK',
  'SLURM_DISTRIBUTED',
  'SLURM_DISTRIBUTION',
  'SLURM_DIST_PLANESIZE',
  'SLURM_GPU_BIND',
  'SLURM_GPU_IDS',
  'SLURM_HINT',
  'SLURM_JOB_DEPENDENCY',
  'SLURM_JOB_GPUS',
  'SLURM_JOB_RESERVATION',
  'SLURM_LABELIO',
  'SLURM_LAUNCH_NODE_IPADDR',
  'SLURM_NODE_GPU_IDS',
  'SLURM_OVERCOMMIT',
  'SLURM_RESTART_COUNT',
  'SLURM_SRUN_COMM_HOST',
  'SLURM_SRUN_COMM_PORT',
  'SLURM_TASK_PID',
  'SLURM_THREADS_PER_CORE',
]);

/** Of the job that a job was submitted from, what would be a lie in the new one. */
export function isStale(name: string): boolean {
  return staleNames.has(name) || stalePrefixes.some((prefix) => name.startsWith(prefix));
}

const taskNames: ReadonlySet<string> = new Set([
  'ENVIRONMENT',
  'SLURMD_NODENAME',
  'SLURM_CPUS_ON_NODE',
  'SLURM_EXPORT_ENV',
  'SLURM_GET_USER_ENV',
  'SLURM_GTIDS',
  'SLURM_JOB_GID',
  'SLURM_JOB_UID',
  'SLURM_JOB_USER',
  'SLURM_LAUNCH_NODE_IPADDR',
  'SLURM_LOCALID',
  'SLURM_NODEID',
  'SLURM_NPROCS',
  'SLURM_NTASKS',
  'SLURM_PRIO_PROCESS',
  'SLURM_PROCID',
  'SLURM_TOPOLOGY_ADDR',
  'SLURM_TOPOLOGY_ADDR_PATTERN',
  'SLURM_UMASK',
]);

/** What only a process on an allocated node has; a shell that salloc starts must not look like one. */
export function isOfTask(name: string): boolean {
  return taskNames.has(name) || isStale(name) || name === 'MGPU_JOB_MARK' || name === 'MGPU_GPUS';
}
