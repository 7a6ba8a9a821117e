import { maxSwitchWaitDefault } from '../../model/config.ts';
import { formatDuration } from '../../model/duration.ts';
import type { Job } from '../../model/job.ts';
import type { JobSpec } from '../../model/spec.ts';
import { derivedExitCode } from '../../model/steprecord.ts';
import { formatTimeLimit } from '../../model/timelimit.ts';
import type { FieldRow } from '../format.ts';
import { jobFiles, shownFile } from './jobfiles.ts';
import {
  endTime,
  type JobLine,
  jobCpus,
  lastEvaluation,
  restarts,
  shownEligible,
  startTime,
  timeText,
  tresPer,
} from './jobvalues.ts';
import { formatTres, jobTres } from './tres.ts';

/** The columns of squeue that only -O knows. */
export const squeueLongFields = [
  { name: 'AccrueTime', head: 'ACCRUE_TIME', get: eligibleText },
  { name: 'admin_comment', head: 'ADMIN_COMMENT', get: () => '(null)' },
  { name: 'AllocNodes', head: 'ALLOC_NODES', get: ({ job }) => job.spec.submitHost },
  { name: 'AllocSID', head: 'ALLOC_SID', get: () => '0' },
  { name: 'AssocID', head: 'ASSOC_ID', get: ({ associationId = 0 }) => String(associationId) },
  { name: 'BatchFlag', head: 'BATCH_FLAG', get: ({ job }) => (job.spec.kind === 'batch' ? '1' : '0') },
  { name: 'BoardsPerNode', head: 'BOARDS_PER_NODE', get: () => '0' },
  { name: 'BurstBuffer', head: 'BURST_BUFFER', get: () => '(null)' },
  { name: 'BurstBufferState', head: 'BURST_BUFFER_STATE', get: () => '(null)' },
  { name: 'Cluster', head: 'CLUSTER', get: ({ clusterName }) => clusterName ?? 'mgpu' },
  { name: 'ClusterFeature', head: 'CLUSTER_FEATURES', get: () => '(null)' },
  { name: 'Container', head: 'CONTAINER', get: () => '(null)' },
  { name: 'cpus-per-task', head: 'CPUS_PER_TASK', get: ({ job }) => String(job.spec.cpusPerTask) },
  { name: 'cpus-per-tres', head: 'CPUS_PER_TRES', get: ({ job }) => perGpu(job.spec.cpusPerGpu) },
  { name: 'Deadline', head: 'DEADLINE', get: (line) => timeText(line, line.job.spec.deadline, 'N/A') },
  { name: 'DelayBoot', head: 'DELAY_BOOT', get: () => '0:00' },
  { name: 'DerivedEC', head: 'DERIVED_EC', get: ({ job }) => String(derivedStatus(job)) },
  { name: 'EligibleTime', head: 'ELIGIBLE_TIME', get: eligibleText },
  { name: 'exit_code', head: 'EXIT_CODE', get: waitStatus },
  { name: 'HetJobID', head: 'HET_JOB_ID', get: () => 'N/A' },
  { name: 'HetJobIDSet', head: 'HET_JOB_ID_SET', get: () => 'N/A' },
  { name: 'HetJobOffset', head: 'HET_JOB_OFFSET', get: () => 'N/A' },
  {
    name: 'LastSchedEval',
    head: 'LAST_SCHED_EVAL',
    get: (line) => timeText(line, lastEvaluation(line), 'N/A'),
  },
  { name: 'MaxCPUs', head: 'MAX_CPUS', get: ({ job }) => String(jobCpus(job)) },
  { name: 'MaxNodes', head: 'MAX_NODES', get: ({ job }) => String(job.spec.nodes.max) },
  { name: 'MCSLabel', head: 'MCSLABEL', get: () => '(null)' },
  { name: 'mem-per-tres', head: 'MEM_PER_TRES', get: ({ job }) => perGpu(job.spec.memoryPerGpuMb) },
  { name: 'MinTime', head: 'TIME_MIN', get: ({ job }) => formatTimeLimit(job.spec.timeMin ?? 0, 'squeue') },
  { name: 'Network', head: 'NETWORK', get: () => '(null)' },
  { name: 'NTPerBoard', head: 'NTASKS_PER_BOARD', get: () => '0' },
  { name: 'NTPerCore', head: 'NTASKS_PER_CORE', get: ({ job }) => orNa(job.spec.ntasksPerCore) },
  { name: 'NTPerNode', head: 'NTASKS_PER_NODE', get: ({ job }) => String(job.spec.ntasksPerNode ?? 0) },
  { name: 'NTPerSocket', head: 'NTASKS_PER_SOCKET', get: ({ job }) => orNa(job.spec.ntasksPerSocket) },
  { name: 'NumTasks', head: 'TASKS', get: ({ job }) => String(job.spec.ntasks) },
  { name: 'Origin', head: 'ORIGIN', get: () => 'NA' },
  { name: 'OriginRaw', head: 'ORIGIN_RAW', get: () => 'NA' },
  { name: 'PendingTime', head: 'PENDING_TIME', get: pendingSeconds },
  { name: 'PreemptTime', head: 'PREEMPT_TIME', get: () => 'N/A' },
  { name: 'Prefer', head: 'PREFER', get: () => '(null)' },
  { name: 'Profile', head: 'PROFILE', get: () => 'NotSet' },
  { name: 'Reboot', head: 'REBOOT', get: () => '0' },
  { name: 'ReqSwitch', head: 'REQ_SWITCH', get: ({ job }) => String(job.spec.switches?.count ?? 0) },
  { name: 'Requeue', head: 'REQUEUE', get: ({ job }) => (job.spec.requeue ? '1' : '0') },
  { name: 'ResizeTime', head: 'RESIZE_TIME', get: () => 'N/A' },
  { name: 'RestartCnt', head: 'RESTART_COUNT', get: ({ job }) => String(restarts(job)) },
  { name: 'SiblingsActive', head: 'ACTIVE_SIBLINGS', get: () => 'NA' },
  { name: 'SiblingsActiveRaw', head: 'ACTIVE_SIBLINGS_RAW', get: () => 'NA' },
  { name: 'SiblingsViable', head: 'VIABLE_SIBLINGS', get: () => 'NA' },
  // The head is spelled so in Slurm, and whoever reads the table by its heads looks for it.
  { name: 'SiblingsViableRaw', head: 'VIALBLE_SIBLINGS_RAW', get: () => 'NA' },
  { name: 'SPerBoard', head: 'SOCKETS_PER_BOARD', get: () => '0' },
  { name: 'STDERR', head: 'STDERR', get: (line) => fileText(line, 'stderr') },
  { name: 'STDIN', head: 'STDIN', get: (line) => fileText(line, 'stdin') },
  { name: 'STDOUT', head: 'STDOUT', get: (line) => fileText(line, 'stdout') },
  { name: 'system_comment', head: 'SYSTEM_COMMENT', get: () => '(null)' },
  { name: 'tres-alloc', head: 'TRES_ALLOC', get: tresText },
  { name: 'tres-bind', head: 'TRES_BIND', get: ({ job }) => job.spec.gpuBind ?? 'N/A' },
  { name: 'tres-freq', head: 'TRES_FREQ', get: () => 'N/A' },
  { name: 'tres-per-job', head: 'TRES_PER_JOB', get: ({ job }) => tresPer(job, 'job') ?? 'N/A' },
  { name: 'tres-per-socket', head: 'TRES_PER_SOCKET', get: ({ job }) => tresPer(job, 'socket') ?? 'N/A' },
  { name: 'tres-per-task', head: 'TRES_PER_TASK', get: ({ job }) => tresPer(job, 'task') ?? 'N/A' },
  {
    name: 'Wait4Switch',
    head: 'WAIT4SWITCH',
    get: ({ job: { spec } }) => formatDuration(switchWait(spec), 'squeue'),
  },
] as const satisfies readonly FieldRow<JobLine>[];

/** As it was asked for, or what holds where nobody said. */
function switchWait({ switches }: JobSpec): number {
  return switches === undefined ? 0 : (switches.waitSeconds ?? maxSwitchWaitDefault);
}

function eligibleText(line: JobLine): string {
  return timeText(line, shownEligible(line), 'N/A');
}

/** As wait(2) gives it: 768 for exit code 3, 9 for SIGKILL. */
function waitStatus({ job }: JobLine): string {
  if (job.state === 'PENDING' || job.state === 'RUNNING') return '0';
  return String(job.exitCode.code * 256 + job.exitCode.signal);
}

/** The worst end of its steps, as far as they are told of, in the form of wait(2). */
export function derivedStatus(job: Job): number {
  if (job.state === 'PENDING' || job.state === 'RUNNING') return 0;
  const own = job.spec.kind === 'interactive' ? job.exitCode : { code: 0, signal: 0 };
  const { code, signal } = derivedExitCode(job.steps ?? []);
  return Math.max(code * 256 + signal, own.code * 256 + own.signal);
}

function pendingSeconds({ job, now }: JobLine): string {
  return String(Math.max(0, (startTime(job) ?? endTime(job) ?? now) - job.submitTime));
}

/** squeue prints a pattern as it was written, and the default one filled in. */
function fileText({ job, task }: JobLine, stream: 'stdin' | 'stdout' | 'stderr'): string {
  const isDefault = job.spec.output === undefined && (stream !== 'stderr' || job.spec.error === undefined);
  const path = jobFiles(job)[stream];
  return isDefault ? shownFile(path, job, task) : path;
}

function tresText({ job, nodes, nodeMemoryMb }: JobLine): string {
  return formatTres(jobTres(job, (node) => nodes.get(node)?.record.gpus, nodeMemoryMb));
}

/** So much for each GPU, as Slurm writes it: `gres:gpu:4`. */
function perGpu(count: number | undefined): string {
  return count === undefined ? 'N/A' : `gres:gpu:${count}`;
}

function orNa(count: number | undefined): string {
  return count === undefined ? 'N/A' : String(count);
}
