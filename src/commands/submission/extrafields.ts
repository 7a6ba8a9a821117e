import { MgpuError } from '../../base/error.ts';
import { formatHostlist } from '../../model/hostlist.ts';
import type { Seconds } from '../../model/ids.ts';
import type { JobSpec } from '../../model/spec.ts';
import { parseTimeSpec, type TimeContext } from '../../model/timespec.ts';
import type { SubmitValues } from '../../tables/options/values.ts';

/** When it is, where the command runs. */
export type Moment = Pick<TimeContext, 'now' | 'utcOffsetMinutes'>;

/** The fields of a job's specification that one option each decides; those without a value are undefined. */
export type ExtraFields = { readonly [K in keyof JobSpec]?: JobSpec[K] | undefined };

/** What options say of when a job may run, and how it is ranked and counted. */
export function scheduleFields(values: SubmitValues, moment: Moment): ExtraFields {
  const { signal, dependency } = values;
  const beginTime = beginOf(values, moment);
  const deadline = instantOf(values.deadline, moment);
  if (deadline !== undefined && beginTime !== undefined && deadline < beginTime) {
    throw new MgpuError('TIMES', 'Incompatible begin and deadline time specification');
  }
  return {
    beginTime,
    deadline,
    dependency: dependency !== undefined && dependency.clauses.length > 0 ? dependency : undefined,
    killOnInvalidDep: values.killOnInvalidDep,
    timeLimitGiven: values.timeLimit !== undefined || undefined,
    timeMin: values.timeMin,
    nice: values.nice === 0 ? undefined : values.nice,
    // Slurm holds a job whose priority is 0.
    hold: values.hold === true || values.priority === 0 || undefined,
    priority: values.priority === 0 ? undefined : values.priority,
    qos: given(values.qos),
    wckey: given(values.wckey),
    reservation: given(values.reservation),
    switches: values.switches,
    warningSignal: signal && {
      signal: signal.signal,
      seconds: signal.seconds,
      ...(signal.batch && { batchOnly: true }),
      ...(signal.reservation && { beforeReservation: true }),
    },
  };
}

/** What options say of a job's nodes, and of the CPUs and the memory on them. */
export function placeFields(values: SubmitValues): ExtraFields {
  const { memMb, memPerCpuMb, memPerGpuMb, sharing, geometry } = values;
  return {
    memoryPerNodeMb: memMb,
    memoryPerCpuMb: memPerCpuMb,
    memoryPerGpuMb: memPerGpuMb,
    memoryGiven: (memMb ?? memPerCpuMb ?? memPerGpuMb) !== undefined || undefined,
    cpusPerGpu: values.cpusPerGpu,
    overcommit: values.overcommit,
    ntasksPerGpu: values.ntasksPerGpu,
    ntasksPerCore: values.ntasksPerCore,
    ntasksPerSocket: values.ntasksPerSocket,
    minCpusPerNode: values.minCpus,
    tmpPerNodeMb: values.tmpMb,
    socketsPerNode: values.socketsPerNode ?? geometry?.sockets,
    ...hintFields(values),
    exclusive: sharing === 'oversubscribe' ? undefined : sharing,
    oversubscribe: sharing === 'oversubscribe' || undefined,
    constraint: given(values.constraint),
    licenses: values.licenses?.length === 0 ? undefined : values.licenses,
    distributed: values.distributed,
    distribution: values.distribution,
    taskNodes: values.taskNodes && formatHostlist(values.taskNodes),
    gpuBind: values.gpuBind,
    gresFlags: values.gresFlags,
    contiguous: values.contiguous,
    spreadJob: values.spreadJob,
    useMinNodes: values.useMinNodes,
    noKill: values.noKill,
    waitAllNodes: values.waitAllNodes,
  };
}

/** Whom mail goes to, and which limits the job takes over. */
export function noticeFields(values: SubmitValues, user: string): ExtraFields {
  const { mailTypes = [] } = values;
  return {
    mailTypes: mailTypes.length === 0 ? undefined : mailTypes,
    mailUser: given(values.mailUser) ?? (mailTypes.length === 0 ? undefined : user),
    propagate: values.propagate,
  };
}

/**
 * Hints are short for how many cores and threads a job uses. Beside an option that says so outright a hint
 * has no effect, and Slurm drops it.
 */
function hintFields({
  hint,
  geometry,
  coresPerSocket,
  threadsPerCore,
  ntasksPerCore,
}: SubmitValues): ExtraFields {
  const cores = coresPerSocket ?? geometry?.cores;
  const threads = threadsPerCore ?? geometry?.threads;
  if (hint === undefined || (geometry ?? threadsPerCore ?? ntasksPerCore) !== undefined) {
    return { coresPerSocket: cores, threadsPerCore: threads };
  }
  return {
    hint,
    coresPerSocket: hint === 'memory_bound' ? 1 : cores,
    threadsPerCore: hint === 'multithread' ? undefined : 1,
  };
}

/** A begin that is past is none. */
function beginOf({ begin }: SubmitValues, moment: Moment): Seconds | undefined {
  const time = instantOf(begin, moment);
  return time === undefined || time <= moment.now ? undefined : time;
}

function instantOf(text: string | undefined, moment: Moment): Seconds | undefined {
  if (text === undefined) return undefined;
  const read = parseTimeSpec(text, { ...moment, lies: 'after' });
  return 'time' in read ? Math.max(0, read.time) : undefined;
}

/** An empty text asks for nothing. */
function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
