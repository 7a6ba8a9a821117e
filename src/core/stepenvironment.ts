import { formatHostlist } from '../model/hostlist.ts';
import type { ActiveJob } from '../model/job.ts';
import { launcherVariables } from './environment.ts';
import type { StepPlace } from './steplayout.ts';

export interface StepEnvironmentInput {
  readonly job: ActiveJob;
  /** What srun hands on: its own environment, after --export. */
  readonly submitted: Readonly<Record<string, string>>;
  readonly clusterName: string;
  readonly spoolRoot: string;
  readonly places: readonly StepPlace[];
  readonly ntasks: number;
  readonly distribution: string;
  readonly cpusPerTask?: number;
  readonly isLabelled: boolean;
  readonly umask: number;
  /** The job is there for this step alone: srun asked for both. */
  readonly isSpanning?: boolean;
  /** Of the node with the first task. */
  readonly address?: string | undefined;
}

/**
 * The environment that all tasks of a step within an allocation share (captured: env.srun_in,
 * env.srun_in_sub): what srun had, and over it what is true of the job and the step. Within its job most of
 * it is there already; from outside, as after salloc or with --jobid, it is not.
 */
export function stepEnvironment(input: StepEnvironmentInput): Record<string, string> {
  const { job, submitted, clusterName, spoolRoot, places, ntasks, distribution, cpusPerTask } = input;
  const { spec, id } = job;
  const { isSpanning = false } = input;
  const nodes = formatHostlist(job.allocation.map(({ node }) => node));
  const cpus = foldedCounts(job.allocation.map((share) => share.cpus));
  const set: Readonly<Record<string, string | undefined>> = {
    SLURM_CLUSTER_NAME: clusterName,
    SLURM_CPUS_PER_TASK: cpusPerTask === undefined ? submitted['SLURM_CPUS_PER_TASK'] : String(cpusPerTask),
    SLURM_DISTRIBUTION: isSpanning ? undefined : distribution,
    SLURM_JOBID: String(id),
    SLURM_JOB_ACCOUNT: spec.account === '' ? undefined : spec.account,
    SLURM_JOB_CPUS_PER_NODE: cpus,
    SLURM_JOB_CPUS_PER_NODE_PACK_GROUP_0: isSpanning ? undefined : cpus,
    SLURM_JOB_GID: String(spec.gid),
    SLURM_JOB_ID: String(id),
    SLURM_JOB_NAME: submitted['SLURM_JOB_NAME'] ?? spec.name,
    SLURM_JOB_NODELIST: nodes,
    SLURM_JOB_NUM_NODES: String(job.allocation.length),
    SLURM_JOB_PARTITION: job.partition ?? spec.partition,
    SLURM_JOB_QOS: spec.qos ?? 'normal',
    SLURM_JOB_UID: String(spec.uid),
    SLURM_JOB_USER: spec.user,
    ...launcherVariables(input.address),
    SLURM_LABELIO: input.isLabelled ? '1' : undefined,
    SLURM_NPROCS: String(ntasks),
    SLURM_NTASKS: String(ntasks),
    // What the allocation has, also where the step has less of it.
    SLURM_NODELIST: nodes,
    SLURM_PRIO_PROCESS: '0',
    SLURM_STEP_NODELIST: formatHostlist(places.map(({ node }) => node)),
    SLURM_STEP_NUM_NODES: String(places.length),
    SLURM_STEP_NUM_TASKS: String(ntasks),
    SLURM_SUBMIT_DIR: submitted['SLURM_SUBMIT_DIR'] ?? spec.workDir,
    SLURM_SUBMIT_HOST: spec.submitHost,
    SLURM_UMASK: input.umask.toString(8).padStart(4, '0'),
    MGPU_ATTEMPT: String(job.attempt),
    MGPU_SPOOL: spoolRoot,
  };
  const environment = new Map(Object.entries(submitted).filter(([name]) => !batchOnly.has(name)));
  for (const [name, value] of Object.entries(set)) {
    if (value !== undefined) environment.set(name, value);
  }
  return Object.fromEntries(environment);
}

/** What is true of a batch script and of no task of a step, and what is the supervisor's business. */
const batchOnly: ReadonlySet<string> = new Set(['MGPU_PID', 'MGPU_STEP', 'MGPU_KILL_WAIT', 'SLURM_TASK_PID']);

/** As Slurm folds a number for each node: `6,2`, `2(x2)`. */
function foldedCounts(numbers: readonly number[]): string {
  const groups: { readonly number: number; times: number }[] = [];
  for (const number of numbers) {
    const last = groups.at(-1);
    if (last?.number === number) last.times += 1;
    else groups.push({ number, times: 1 });
  }
  return groups.map(({ number, times }) => (times === 1 ? String(number) : `${number}(x${times})`)).join(',');
}
