import { formatHostlist } from '../../model/hostlist.ts';
import type { Job } from '../../model/job.ts';
import { shownState } from '../../model/job.ts';
import type { Json, JsonField } from '../json.ts';
import { jobFiles } from './jobfiles.ts';
import {
  batchHost,
  eligibleTime,
  endTime,
  type JobLine,
  jobCpus,
  jobCpusPerNode,
  jobNodes,
  licensesText,
  lineNodeCount,
  linePriority,
  lineTasks,
  partitionOf,
  restarts,
  shownStart,
  tresPer,
} from './jobvalues.ts';
import { derivedStatus } from './squeue-long.ts';
import { formatGpuIndices, formatTres, jobTres, requestedTres } from './tres.ts';

type Row = JsonField<JobLine>;

/** Rows of one value for every job: what a cluster of this kind does not have. */
function always(value: Json, ...names: readonly string[]): readonly Row[] {
  return names.map((name) => ({ name, get: () => value }));
}

function row(name: string, get: (line: JobLine) => Json | undefined): Row {
  return { name, get };
}

/** A row of what a job may have asked for, with what stands there if it did not. */
function asked<T extends Json>(name: string, get: (job: Job) => T | undefined, absent: Json): Row {
  return { name, get: ({ job }) => get(job) ?? absent };
}

/**
 * A job as `squeue --json` prints it, with the names and the order of Slurm's v0.0.38 (as observed). Which
 * cores a job has on a node is nobody's business here, so that `job_resources` counts them and names none.
 */
export const squeueJsonFields: readonly Row[] = [
  row('account', ({ job }) => job.spec.account),
  row('accrue_time', ({ job }) => eligibleTime(job) ?? 0),
  ...always('', 'admin_comment'),
  row('array_job_id', ({ job }) => job.arrayJobId ?? (isArray(job) ? job.id : 0)),
  row('array_task_id', ({ job, task }) => job.arrayTaskId ?? task ?? null),
  row('array_max_tasks', ({ job }) => job.spec.array?.throttle ?? 0),
  row('array_task_string', (line) => (isRest(line) ? (lineTasks(line) ?? '') : '')),
  row('association_id', ({ associationId = 0 }) => associationId),
  ...always('', 'batch_features'),
  row('batch_flag', ({ job }) => job.spec.kind === 'batch'),
  row('batch_host', ({ job }) => batchHost(job) ?? ''),
  row('flags', ({ job }) => flagsOf(job)),
  ...always('', 'burst_buffer', 'burst_buffer_state'),
  row('cluster', ({ clusterName = '' }) => clusterName),
  ...always('', 'cluster_features'),
  row('command', ({ job }) => job.spec.command),
  asked('comment', ({ spec }) => spec.comment, ''),
  ...always('', 'container'),
  asked('contiguous', ({ spec }) => spec.contiguous, false),
  ...always(null, 'core_spec', 'thread_spec'),
  asked('cores_per_socket', ({ spec }) => spec.coresPerSocket, null),
  row('billable_tres', ({ job }) => (job.state === 'PENDING' ? null : { fraction: jobCpus(job) })),
  asked('cpus_per_task', ({ spec }) => (spec.cpusPerTaskGiven ? spec.cpusPerTask : undefined), null),
  ...always(null, 'cpu_frequency_minimum', 'cpu_frequency_maximum', 'cpu_frequency_governor'),
  row('cpus_per_tres', ({ job }) => perGpu(job.spec.cpusPerGpu)),
  asked('deadline', ({ spec }) => spec.deadline, 0),
  ...always(0, 'delay_boot'),
  row('dependency', (line) => line.dependency?.() ?? ''),
  row('derived_exit_code', ({ job }) => derivedStatus(job)),
  row('eligible_time', ({ job }) => eligibleTime(job) ?? 0),
  row('end_time', (line) => endTime(line.job) ?? plannedEnd(line)),
  row('excluded_nodes', ({ job }) => formatHostlist(job.spec.exclude ?? [])),
  row('exit_code', ({ job }) => ('exitCode' in job ? job.exitCode.code * 256 + job.exitCode.signal : 0)),
  asked('features', ({ spec }) => spec.constraint, ''),
  ...always('', 'federation_origin', 'federation_siblings_active', 'federation_siblings_viable'),
  row('gres_detail', gresDetail),
  row('group_id', ({ job }) => job.spec.gid),
  row('group_name', ({ job }) => job.spec.group),
  row('job_id', ({ job }) => job.id),
  row('job_resources', jobResources),
  row('job_state', ({ job }) => shownState(job)),
  row('last_sched_evaluation', ({ job, now }) => (job.state === 'PENDING' ? now : (job.startTime ?? 0))),
  row('licenses', ({ job }) => (job.spec.licenses === undefined ? '' : licensesText(job.spec))),
  ...always(0, 'max_cpus'),
  row('max_nodes', ({ job }) => (job.spec.nodes.max > job.spec.nodes.min ? 0 : job.spec.nodes.max)),
  ...always('', 'mcs_label'),
  row('memory_per_tres', ({ job }) => perGpu(job.spec.memoryPerGpuMb)),
  row('name', ({ job }) => job.spec.name),
  row('nodes', ({ job }) => formatHostlist(jobNodes(job))),
  asked('nice', ({ spec }) => spec.nice, null),
  asked('tasks_per_core', ({ spec }) => spec.ntasksPerCore, null),
  asked('tasks_per_node', ({ spec }) => spec.ntasksPerNode, 0),
  asked('tasks_per_socket', ({ spec }) => spec.ntasksPerSocket, null),
  ...always(0, 'tasks_per_board'),
  row('cpus', ({ job }) => jobCpus(job)),
  row('node_count', lineNodeCount),
  row('tasks', ({ job }) => job.spec.ntasks),
  ...always(0, 'het_job_id'),
  ...always('', 'het_job_id_set'),
  ...always(0, 'het_job_offset'),
  row('partition', ({ job }) => partitionOf(job)),
  ...always('', 'prefer'),
  row('memory_per_node', ({ job }) => job.spec.memoryPerNodeMb ?? null),
  row('memory_per_cpu', ({ job }) => job.spec.memoryPerCpuMb ?? null),
  row('minimum_cpus_per_node', ({ job }) => jobCpusPerNode(job)),
  asked('minimum_tmp_disk_per_node', ({ spec }) => spec.tmpPerNodeMb, 0),
  ...always(0, 'preempt_time', 'pre_sus_time'),
  row('priority', linePriority),
  ...always(null, 'profile'),
  row('qos', ({ job }) => job.spec.qos ?? 'normal'),
  ...always(false, 'reboot'),
  row('required_nodes', ({ job }) => formatHostlist(job.spec.nodelist ?? [])),
  row('requeue', ({ job }) => job.spec.requeue),
  ...always(0, 'resize_time'),
  row('restart_cnt', ({ job }) => restarts(job)),
  asked('resv_name', ({ spec }) => spec.reservation, ''),
  row('shared', ({ job }) => sharedWord(job)),
  row('show_flags', () => ['SHOW_ALL', 'SHOW_DETAIL', 'SHOW_LOCAL']),
  ...always(0, 'sockets_per_board'),
  asked('sockets_per_node', ({ spec }) => spec.socketsPerNode, null),
  row('start_time', (line) => shownStart(line) ?? 0),
  ...always('', 'state_description'),
  row('state_reason', ({ reason }) => reason),
  row('standard_error', ({ job }) => (job.spec.error === undefined ? '' : jobFiles(job).stderr)),
  row('standard_input', ({ job }) => jobFiles(job).stdin),
  row('standard_output', ({ job }) => jobFiles(job).stdout),
  row('submit_time', ({ job }) => job.submitTime),
  row('suspend_time', ({ job }) => (job.state === 'RUNNING' ? (job.suspendedTime ?? 0) : 0)),
  ...always('', 'system_comment'),
  row('time_limit', ({ job }) => (job.spec.timeLimit === 'UNLIMITED' ? null : job.spec.timeLimit)),
  row('time_minimum', ({ job }) => (typeof job.spec.timeMin === 'number' ? job.spec.timeMin : 0)),
  asked('threads_per_core', ({ spec }) => spec.threadsPerCore, null),
  asked('tres_bind', ({ spec }) => spec.gpuBind && `gpu:${spec.gpuBind}`, ''),
  ...always('', 'tres_freq'),
  row('tres_per_job', ({ job }) => tresPer(job, 'job') ?? ''),
  row('tres_per_node', ({ job }) => tresPer(job, 'node') ?? ''),
  row('tres_per_socket', ({ job }) => tresPer(job, 'socket') ?? ''),
  row('tres_per_task', ({ job }) => tresPer(job, 'task') ?? ''),
  row('tres_req_str', ({ job, nodeMemoryMb }) => formatTres(requestedTres(job.spec, nodeMemoryMb))),
  row('tres_alloc_str', allocatedTres),
  row('user_id', ({ job }) => job.spec.uid),
  row('user_name', ({ job }) => job.spec.user),
  asked('wckey', ({ spec }) => spec.wckey, ''),
  row('current_working_directory', ({ job }) => job.spec.workDir),
];

function isArray(job: Job): boolean {
  return 'tasks' in job && job.tasks !== undefined;
}

function isRest({ job, task }: JobLine): boolean {
  return task === undefined && isArray(job);
}

function flagsOf({ spec, state }: Job): readonly Json[] {
  return [
    ...(spec.killOnInvalidDep === true ? ['KILL_INV_DEP'] : []),
    ...(spec.killOnInvalidDep === false ? ['NO_KILL_INV_DEP'] : []),
    ...(spec.useMinNodes === true ? ['USE_MIN_NODES'] : []),
    ...(spec.spreadJob === true ? ['SPREAD_JOB'] : []),
    ...(spec.cpusPerTaskGiven === true ? ['JOB_CPUS_SET'] : []),
    ...(spec.memoryGiven === true ? ['JOB_MEM_SET'] : []),
    ...(state === 'PENDING' ? [] : ['JOB_WAS_RUNNING']),
  ];
}

function perGpu(count: number | undefined): string {
  return count === undefined ? '' : `gres:gpu:${count}`;
}

/** The end of a job that has a known start and a limit. */
function plannedEnd(line: JobLine): number {
  const start = shownStart(line);
  const { timeLimit } = line.job.spec;
  return start === undefined || timeLimit === 'UNLIMITED' ? 0 : start + timeLimit * 60;
}

function gresDetail({ job, nodes }: JobLine): readonly Json[] {
  if (job.state === 'PENDING' || job.state === 'ENDED') return [];
  return job.allocation.flatMap(({ node, gpus }) =>
    gpus.length === 0 ? [] : [formatGpuIndices(gpus, nodes.get(node)?.record.gpus)],
  );
}

function jobResources({ job }: JobLine): Json | undefined {
  if (job.state === 'PENDING' || job.state === 'ENDED') return undefined;
  return {
    nodes: formatHostlist(job.allocation.map(({ node }) => node)),
    allocated_cores: jobCpus(job),
    allocated_hosts: job.allocation.length,
    allocated_nodes: job.allocation.map(({ node, cpus, memoryMb }) => ({
      nodename: node,
      cpus_used: cpus,
      memory_used: memoryMb,
      memory_allocated: memoryMb,
    })),
  };
}

function sharedWord({ spec }: Job): string | null {
  if (spec.exclusive !== undefined) return spec.exclusive === 'node' ? 'none' : spec.exclusive;
  return spec.oversubscribe === true ? 'shared' : null;
}

function allocatedTres({ job, nodes }: JobLine): string {
  if (job.state === 'PENDING') return '';
  return formatTres(jobTres(job, (node) => nodes.get(node)?.record.gpus));
}
