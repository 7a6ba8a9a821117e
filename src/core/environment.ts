import { assert } from '../base/assert.ts';
import { visibleGpus } from '../model/gpuvariables.ts';
import { formatHostlist } from '../model/hostlist.ts';
import type { ActiveJob, NodeShare } from '../model/job.ts';
import type { Node, NodeGpu, NodeRecord } from '../model/node.ts';
import { type Ranges, rangesCount } from '../model/ranges.ts';
import type { JobSpec } from '../model/spec.ts';
import { type StepOrder, stepOrderVariable } from '../model/step.ts';
import { topologyVariables, type Wiring } from '../model/wiring.ts';
import { hasTasks, requestVariables } from './environment/request.ts';
import { isOfTask, isStale } from './environment/stale.ts';

export interface EnvironmentInput {
  readonly job: ActiveJob;
  readonly nodes: ReadonlyMap<string, Node>;
  /** The node where the batch script or the step supervisor runs. */
  readonly node: NodeRecord;
  /** What it is plugged into. */
  readonly wiring?: Wiring | undefined;
  /** What the submitter exported: the environment of launch.json. */
  readonly submitted: Readonly<Record<string, string>>;
  readonly clusterName: string;
  /** By which the daemon knows the job's processes. */
  readonly mark: string;
  readonly spoolRoot: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The environment of a job's first process on its first node: what the submitter exported, and over it what
 * Slurm 22.05 sets (captured: topic `job environment`). Of the submitter's own job only what would be a lie
 * in this one is taken out; SLURM_NTASKS stays unless this job has one, as in Slurm. SLURM_TASK_PID is known
 * to nobody before the start.
 */
export function jobEnvironment(input: EnvironmentInput): Record<string, string> {
  const { job, node } = input;
  const share = job.allocation.find((one) => one.node === node.name);
  assert(share !== undefined, `job ${job.id} has a share of node ${node.name}`);
  const isStep = job.spec.kind === 'interactive';
  const set = {
    ...jobVariables(input),
    ...nodeVariables(input, share),
    ...requestVariables(job),
    ...gpuVariables(job.spec, share, node),
    ...arrayVariables(job),
    ...ownVariables(input, share),
    ...(isStep ? launcherVariables(node.addresses[0]) : {}),
    ...(isStep ? { [stepOrderVariable]: JSON.stringify(stepOrder(input, share)) } : batchVariables(node)),
  };
  const environment = new Map<string, string>();
  for (const [name, value] of Object.entries(input.submitted)) {
    if (!isStale(name) && !(isStep ? isForNode(name) : name === umaskVariable)) environment.set(name, value);
  }
  for (const [name, value] of definedOf(set)) environment.set(name, value);
  // A step's supervisor knows which of its tasks gets it.
  if (!isStep && !environment.has('TMPDIR')) environment.set('TMPDIR', '/tmp');
  return Object.fromEntries(environment);
}

/**
 * What would change the step supervisor, a program of Node's, itself; it gives them to the tasks (see
 * step/base).
 */
function isForNode(name: string): boolean {
  return name.startsWith('NODE_') || name.startsWith('UV_');
}

function jobVariables({
  job,
  clusterName,
  submitted,
}: Pick<EnvironmentInput, 'job' | 'clusterName' | 'submitted'>): Variables {
  const { spec, attempt } = job;
  return {
    ...identityVariables(job, clusterName),
    SLURM_WORKING_CLUSTER: `${clusterName}:${controller}`,
    SLURM_JOB_GID: String(spec.gid),
    SLURM_JOB_UID: String(spec.uid),
    SLURM_JOB_USER: spec.user,
    SLURM_PRIO_PROCESS: '0',
    SLURM_RESTART_COUNT: attempt > 1 ? String(attempt - 1) : undefined,
    // The submitting command said where it was; --chdir may have led the job elsewhere (file.chdir).
    SLURM_SUBMIT_DIR: submitted['SLURM_SUBMIT_DIR'] ?? spec.workDir,
    SLURM_SUBMIT_HOST: spec.submitHost,
  };
}

/**
 * Where Slurm has its settings, and where and in which version its controller answers, as programs find it in
 * every job. There is no such file and nobody answers: of the second one they take the cluster's name.
 */
const slurmConf = '/etc/slurm/slurm.conf';
const controller = '127.0.0.1:6817:9728:109';

/** What a job is called, by itself and by its cluster. */
function identityVariables({ id, spec, partition }: ActiveJob, clusterName: string): Variables {
  return {
    SLURM_CLUSTER_NAME: clusterName,
    SLURM_CONF: slurmConf,
    SLURM_JOBID: String(id),
    SLURM_JOB_ACCOUNT: spec.account === '' ? undefined : spec.account,
    SLURM_JOB_ID: String(id),
    SLURM_JOB_NAME: spec.name,
    SLURM_JOB_PARTITION: partition ?? spec.partition,
    SLURM_JOB_QOS: spec.qos ?? 'normal',
  };
}

/** What it was given, node by node. */
function allocationVariables({ allocation, spec }: ActiveJob): Variables {
  const nodelist = formatHostlist(allocation.map((one) => one.node));
  return {
    SLURM_JOB_CPUS_PER_NODE: perNode(allocation.map((one) => one.cpus)),
    SLURM_JOB_NODELIST: nodelist,
    SLURM_JOB_NUM_NODES: String(allocation.length),
    SLURM_NNODES: String(allocation.length),
    SLURM_NODELIST: nodelist,
    SLURM_NODE_ALIASES: spec.kind === 'interactive' ? undefined : '(null)',
    SLURM_TASKS_PER_NODE: perNode(allocation.map((one) => tasksOn(one, spec))),
  };
}

export interface AllocationInput {
  readonly job: ActiveJob;
  /** The environment of salloc. */
  readonly own: Readonly<Record<string, string>>;
  readonly workDir: string;
  readonly clusterName: string;
  readonly spoolRoot: string;
}

/**
 * The environment of the command that salloc runs: its own, and over it what Slurm 22.05 sets (captured:
 * env.salloc). The command runs where salloc does and is no task: nothing tells of one node or one process.
 */
export function allocationEnvironment(input: AllocationInput): Record<string, string> {
  const { job, own, workDir, clusterName, spoolRoot } = input;
  const set: Variables = {
    ...identityVariables(job, clusterName),
    ...allocationVariables(job),
    ...requestVariables(job),
    SLURM_SUBMIT_DIR: workDir,
    SLURM_SUBMIT_HOST: job.spec.submitHost,
    MGPU_SPOOL: spoolRoot,
  };
  const kept = Object.entries(own).filter(([name]) => !isOfTask(name));
  return Object.fromEntries([...kept, ...definedOf(set)]);
}

/**
 * What srun hands to the tasks of a step on all nodes of a job that is there for it alone (captured:
 * env.srun2): to them the job is srun's own, as one on a single node is.
 */
export function spanningEnvironment(input: AllocationInput): Record<string, string> {
  const { own, clusterName, spoolRoot } = input;
  const job: ActiveJob = { ...input.job, spec: { ...input.job.spec, kind: 'interactive' } };
  const set: Variables = {
    ...jobVariables({ job, clusterName, submitted: { SLURM_SUBMIT_DIR: input.workDir } }),
    ...allocationVariables(job),
    ...requestVariables(job),
    MGPU_SPOOL: spoolRoot,
  };
  const kept = Object.entries(own).filter(([name]) => !isStale(name));
  return Object.fromEntries([...kept, ...definedOf(set)]);
}

/** A step's tasks have it; a batch job's shim applies it, and the script does not see it. */
export const umaskVariable = 'SLURM_UMASK';

function definedOf(variables: Variables): readonly (readonly [string, string])[] {
  return Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

function nodeVariables({ job, node, wiring = {} }: EnvironmentInput, share: NodeShare): Variables {
  return {
    ...allocationVariables(job),
    SLURMD_NODENAME: node.name,
    SLURM_CPUS_ON_NODE: String(share.cpus),
    SLURM_GTIDS: job.spec.kind === 'batch' ? '0' : joined(taskNumbers(share.tasks)),
    SLURM_LOCALID: '0',
    SLURM_NODEID: String(job.allocation.indexOf(share)),
    SLURM_PROCID: '0',
    ...topologyVariables(wiring, node.name),
  };
}

/**
 * A batch job that did not say how many tasks it has could start as many as its CPUs hold (env.excl,
 * env.array).
 */
function tasksOn(share: NodeShare, spec: JobSpec): number {
  if (spec.kind === 'interactive' || hasTasks(spec)) return share.tasks;
  return Math.max(1, Math.floor(share.cpus / spec.cpusPerTask));
}

/** Which GPUs it has on this node, and what makes programs use them. */
function gpuVariables(spec: JobSpec, share: NodeShare, node: NodeRecord): Variables {
  if (share.gpus.length === 0) return {};
  return {
    ...visibleGpus(share.gpus, gpuVendor(node, share)),
    SLURM_GPUS_ON_NODE: String(share.gpus.length),
    [spec.kind === 'batch' ? 'SLURM_JOB_GPUS' : 'SLURM_STEP_GPUS']: joined(share.gpus),
  };
}

function gpuVendor(node: NodeRecord, share: NodeShare): 'amd' | undefined {
  return gpusOf(node, share).some(isAmd) ? 'amd' : undefined;
}

function isAmd({ vendor, model }: NodeGpu): boolean {
  return vendor === undefined ? /\b(?:amd|radeon|instinct)\b/i.test(model) : vendor === 'amd';
}

function gpusOf(node: NodeRecord, share: NodeShare): readonly NodeGpu[] {
  return share.gpus.flatMap((index) => node.gpus.find((gpu) => gpu.index === index) ?? []);
}

function arrayVariables({ spec, arrayJobId, arrayTaskId }: ActiveJob): Variables {
  if (arrayJobId === undefined || arrayTaskId === undefined || spec.array === undefined) return {};
  const { tasks } = spec.array;
  return {
    SLURM_ARRAY_JOB_ID: String(arrayJobId),
    SLURM_ARRAY_TASK_COUNT: String(rangesCount(tasks)),
    SLURM_ARRAY_TASK_ID: String(arrayTaskId),
    SLURM_ARRAY_TASK_MAX: String(tasks.at(-1)?.[1] ?? arrayTaskId),
    SLURM_ARRAY_TASK_MIN: String(tasks[0]?.[0] ?? arrayTaskId),
    SLURM_ARRAY_TASK_STEP: String(spec.array.step ?? arrayStep(tasks)),
  };
}

/**
 * The step as it was written (`1-10:3`), where the job was stored without it: three tasks and more with the
 * same gap between them were written so. Of `3,7` Slurm says 1 (env.array).
 */
function arrayStep(tasks: Ranges): number {
  const [first, second] = tasks;
  if (first === undefined || second === undefined || tasks.length < 3) return 1;
  const step = second[0] - first[0];
  return tasks.every(([from, to], place) => from === to && from === first[0] + place * step) ? step : 1;
}

/** Where the job truly runs: what was given and what it got can be compared from within. */
function ownVariables({ job, node, mark, spoolRoot }: EnvironmentInput, share: NodeShare): Variables {
  const uuids = gpusOf(node, share).flatMap((gpu) => gpu.uuid ?? []);
  return {
    MGPU_ADDRESSES: node.addresses.join(','),
    MGPU_ATTEMPT: String(job.attempt),
    MGPU_BOOT_ID: node.bootId,
    MGPU_GPUS: joined(share.gpus),
    MGPU_GPU_UUIDS: uuids.join(','),
    MGPU_HOST: node.hostName,
    MGPU_JOB_MARK: mark,
    MGPU_NODE: node.name,
    MGPU_SPOOL: spoolRoot,
  };
}

/**
 * Where Slurm's tasks find their srun. Ours follows them through files: of the node that has the first of
 * them programs take the address, to meet there, and at port 0 nobody answers.
 */
export function launcherVariables(address: string | undefined): Variables {
  return {
    SLURM_LAUNCH_NODE_IPADDR: address,
    SLURM_SRUN_COMM_HOST: address,
    SLURM_SRUN_COMM_PORT: '0',
    SLURM_STEP_LAUNCHER_PORT: '0',
  };
}

function batchVariables(node: NodeRecord): Variables {
  return { ENVIRONMENT: 'BATCH', HOSTNAME: node.name };
}

function stepOrder({ job, node }: EnvironmentInput, share: NodeShare): StepOrder {
  const { spec } = job;
  const { output, error, input, openMode } = spec;
  const perTask = spec.gpus.reduce((sum, need) => sum + (need.per === 'task' ? need.count : 0), 0);
  const gpuVendorFound = gpuVendor(node, share);
  return {
    mgpu: 'step',
    format: 1,
    jobId: job.id,
    step: 0,
    ntasks: Math.max(1, share.tasks),
    node: node.name,
    nodes: job.allocation.map((one) => one.node),
    jobName: spec.name,
    user: spec.user,
    host: node.hostName.split('.')[0] ?? node.hostName,
    workDir: spec.workDir,
    gpus: share.gpus,
    ...(gpuVendorFound !== undefined && { gpuVendor: gpuVendorFound }),
    ...(perTask > 0 && { gpusPerTask: perTask }),
    ...(spec.gpuBind !== undefined && { gpuBind: spec.gpuBind }),
    ...(output !== undefined && { output }),
    ...(error !== undefined && { error }),
    ...(input !== undefined && { input }),
    ...(openMode !== undefined && { openMode }),
    ...(spec.bells !== undefined && { bells: spec.bells }),
  };
}

function taskNumbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, task) => task);
}

/** As Slurm folds a number for each node: `6,2`, `2(x2)`. */
function perNode(numbers: readonly number[]): string {
  const groups: { readonly number: number; times: number }[] = [];
  for (const number of numbers) {
    const last = groups.at(-1);
    if (last?.number === number) last.times += 1;
    else groups.push({ number, times: 1 });
  }
  return groups.map(({ number, times }) => (times === 1 ? String(number) : `${number}(x${times})`)).join(',');
}

function joined(numbers: readonly number[]): string {
  return numbers.join(',');
}
