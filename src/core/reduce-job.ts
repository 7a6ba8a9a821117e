import { assert } from '../base/assert.ts';
import type { Cluster } from '../model/cluster.ts';
import type { EndReport, EventOf } from '../model/event.ts';
import type { ActiveJob, EndedJob, Job, PendingJob, RunningJob } from '../model/job.ts';
import { isActive } from '../model/job.ts';
import { rangesCount, rangesHas, rangesNumbers, rangesRemove } from '../model/ranges.ts';
import type { StepsKept } from '../model/steprecord.ts';
import { heldShares } from './free.ts';
import { awake, heldWhileActive, notToRunAgain } from './reduce-change.ts';
import { withoutRemnant, withRemnants } from './reduce-remnant.ts';
import { tasksHeld, tasksUnheld } from './reduce-tasks.ts';
import { stepsEnded, stepsTold } from './stepskept.ts';

/*
 * A job's life. PENDING is left by a claim (jobAllocated) or a cancel; RUNNING by an end request (cancel,
 * time limit) or by the first node's report; COMPLETING lasts until every holder has said nodeReleased.
 * Events of another attempt than the present one change nothing: a late reporter is not believed.
 */

export function submitted(cluster: Cluster, event: EventOf<'jobSubmitted'>): Cluster {
  assert(
    !cluster.jobs.has(event.id) && !rangesHas(cluster.closed, event.id),
    `job ${event.id} was submitted before`,
  );
  const { spec, time } = event;
  return withJob(cluster, {
    state: 'PENDING',
    id: event.id,
    spec,
    submitTime: time,
    eligibleTime: Math.max(time, spec.beginTime ?? 0),
    attempt: 0,
    reason: spec.hold ? 'JobHeldUser' : 'None',
    ...(spec.hold && { held: 'user' }),
    ...(spec.array && { tasks: spec.array.tasks }),
  });
}

export function held(cluster: Cluster, event: EventOf<'jobHeld'>): Cluster {
  const job = cluster.jobs.get(event.id);
  if (job !== undefined && isActive(job)) return withJob(cluster, heldWhileActive(job, event.by));
  const waiting = pending(cluster, event.id);
  if (event.tasks !== undefined && waiting.tasks !== undefined) {
    return withJob(cluster, tasksHeld(waiting, event.tasks, event.by));
  }
  return withJob(cluster, {
    ...waiting,
    held: event.by,
    reason: event.by === 'user' ? 'JobHeldUser' : 'JobHeldAdmin',
  });
}

/** A whole array that is released has no held tasks either. */
export function unheld(cluster: Cluster, event: EventOf<'jobUnheld'>): Cluster {
  const job = cluster.jobs.get(event.id);
  if (job !== undefined && isActive(job)) return withJob(cluster, heldWhileActive(job, undefined));
  const waiting = pending(cluster, event.id);
  if (event.tasks !== undefined) return withJob(cluster, tasksUnheld(waiting, event.tasks));
  const { held: _held, heldTasks: _heldTasks, adminHeldTasks: _adminHeldTasks, ...released } = waiting;
  const since = cluster.format >= 3 && { releasedTime: event.time };
  const rank = event.priority !== undefined && { priority: event.priority };
  return withJob(cluster, { ...released, reason: 'None', ...since, ...rank });
}

export function allocated(cluster: Cluster, event: EventOf<'jobAllocated'>): Cluster {
  const source = pending(cluster, event.array?.job ?? event.id);
  assert(event.attempt === source.attempt + 1, `job ${event.id}: attempt ${event.attempt} is not the next`);
  const {
    reason: _reason,
    held: _held,
    tasks,
    heldTasks: _heldTasks,
    adminHeldTasks: _adminHeldTasks,
    releasedTime: _releasedTime,
    ...kept
  } = source;
  const job: RunningJob = {
    ...kept,
    state: 'RUNNING',
    id: event.id,
    attempt: event.attempt,
    startTime: event.time,
    allocation: event.allocation,
    holders: event.allocation.map((share) => share.node),
    ...(event.array && { arrayJobId: event.array.job, arrayTaskId: event.array.task }),
    ...(event.partition !== undefined && { partition: event.partition }),
    ...(event.timeLimit !== undefined && { spec: { ...source.spec, timeLimit: event.timeLimit } }),
  };
  if (event.array === undefined) {
    assert(tasks === undefined, `job ${event.id} is an array and cannot start whole`);
    return withJob(cluster, job);
  }
  return withJob(withoutTask(cluster, source, event), job);
}

/** The waiting part of an array without the task that starts; the last task takes the array's own id. */
function withoutTask(cluster: Cluster, source: PendingJob, event: EventOf<'jobAllocated'>): Cluster {
  const task = event.array?.task ?? -1;
  assert(
    source.tasks !== undefined && rangesHas(source.tasks, task),
    `job ${source.id} has no waiting task ${task}`,
  );
  const tasks = rangesRemove(source.tasks, [task]);
  assert(
    (tasks.length === 0) === (event.id === source.id),
    `job ${event.id}: the last task has the array's id`,
  );
  const isFresh = !cluster.jobs.has(event.id) && !rangesHas(cluster.closed, event.id);
  assert(event.id === source.id || isFresh, `job ${event.id} was there before`);
  return withJob(cluster, { ...source, tasks });
}

export function endRequested(cluster: Cluster, event: EventOf<'jobEndRequested'>): Cluster {
  const job = cluster.jobs.get(event.id);
  if (job?.state === 'COMPLETING' && job.requeue !== undefined) {
    return withJob(cluster, notToRunAgain(job, event));
  }
  if (job?.state !== 'RUNNING' || job.attempt !== event.attempt) return cluster;
  const { signals: _signals, ...kept } = awake(job, event.time);
  return withJob(cluster, {
    ...kept,
    state: 'COMPLETING',
    endState: event.endState,
    endTime: event.time,
    reason: event.reason,
    exitCode: { code: 0, signal: 0 },
    ...(event.by !== undefined && { endedBy: event.by }),
  });
}

export function signalled(cluster: Cluster, event: EventOf<'jobSignalled'>): Cluster {
  const job = cluster.jobs.get(event.id);
  if (job?.state !== 'RUNNING' || job.attempt !== event.attempt) return cluster;
  const { requestId, signal, scope } = event;
  return withJob(cluster, { ...job, signals: [...(job.signals ?? []), { requestId, signal, scope }] });
}

export function signalsDelivered(cluster: Cluster, event: EventOf<'jobSignalsDelivered'>): Cluster {
  const job = cluster.jobs.get(event.id);
  if (job?.state !== 'RUNNING' || job.attempt !== event.attempt) return cluster;
  const { signals = [], ...kept } = job;
  const left = signals.filter((signal) => !event.requestIds.includes(signal.requestId));
  return withJob(cluster, left.length === 0 ? kept : { ...kept, signals: left });
}

export function cancelled(cluster: Cluster, event: EventOf<'jobCancelled'>): Cluster {
  const job = pending(cluster, event.id);
  const left = job.tasks && event.tasks ? rangesRemove(job.tasks, [...rangesNumbers(event.tasks)]) : [];
  if (event.tasks !== undefined && rangesCount(left) > 0) {
    return withJob(cluster, { ...tasksUnheld(job, event.tasks), tasks: left });
  }
  const {
    reason: _reason,
    held: _held,
    heldTasks: _heldTasks,
    adminHeldTasks: _adminHeldTasks,
    releasedTime: _releasedTime,
    ...kept
  } = job;
  return withJob(cluster, {
    ...kept,
    state: 'ENDED',
    endState: event.endState ?? 'CANCELLED',
    endTime: event.time,
    reason: event.reason ?? 'None',
    exitCode: { code: 0, signal: 0 },
    // Where it says why, nobody cancelled it.
    ...(event.endState === undefined && { endedBy: event.by }),
  });
}

export function released(cluster: Cluster, event: EventOf<'nodeReleased'>): Cluster {
  const job = cluster.jobs.get(event.id);
  const isHolder = job && isActive(job) && job.attempt === event.attempt && job.holders.includes(event.node);
  if (!isHolder) return withoutRemnant(cluster, event);
  const holders = job.holders.filter((node) => node !== event.node);
  const left = { ...job, holders };
  return event.requeue && job.state === 'RUNNING'
    ? requeued(cluster, left, event.time)
    : withJob(cluster, afterRelease(scriptGone(cluster, left, event), event));
}

export function attemptLost(cluster: Cluster, event: EventOf<'attemptLost'>): Cluster {
  const job = cluster.jobs.get(event.id);
  const node = cluster.nodes.get(event.node);
  if (node?.presence !== 'lost' || node.record.incarnation !== event.incarnation) return cluster;
  if (job === undefined || !isActive(job) || job.attempt !== event.attempt) return cluster;
  if (!job.holders.includes(event.node)) return cluster;
  if (job.state === 'RUNNING') return requeued(cluster, job, event.time);
  const share = heldShares(job).filter((one) => one.node === event.node);
  const holders = job.holders.filter((one) => one !== event.node);
  return withJob(withRemnants(cluster, job, share), afterRelease({ ...job, holders }, event));
}

/**
 * The job waits again, as the next attempt; what other nodes hold of this one they still have to give back.
 * It may start at once: since times count (format 3) not at that of another machine's clock.
 */
function requeued(cluster: Cluster, job: ActiveJob, time: number): Cluster {
  const eligibleTime = cluster.format >= 3 ? job.eligibleTime : time;
  return withJob(withRemnants(cluster, job, heldShares(job)), waitingAgain(job, eligibleTime, job.held));
}

/** After so long, in seconds, a job that was requeued may start: as in Slurm (captured: beh.requeue). */
export const requeueDelaySeconds = 121;

function waitingAgain(job: ActiveJob, eligibleTime: number, held: PendingJob['held']): PendingJob {
  const { id, spec, submitTime, attempt, arrayJobId, arrayTaskId, priority } = job;
  return {
    state: 'PENDING',
    id,
    spec,
    submitTime,
    eligibleTime,
    attempt,
    reason: held === undefined ? 'None' : held === 'user' ? 'JobHeldUser' : 'JobHeldAdmin',
    ...(held !== undefined && { held }),
    ...(arrayJobId !== undefined && { arrayJobId }),
    ...(arrayTaskId !== undefined && { arrayTaskId }),
    ...(priority !== undefined && { priority }),
  };
}

/** So much later than its job a script may end without that being told: its node takes a while to say so. */
const reportSecondsMax = 10;

/** What is told of a batch script that outlived its job's end, and was killed in the end. */
function scriptGone({ format }: Cluster, job: ActiveJob, { node, time }: EventOf<'nodeReleased'>): ActiveJob {
  const isScript = job.spec.kind === 'batch' && job.allocation[0]?.node === node;
  if (format < 3 || job.state !== 'COMPLETING' || !isScript) return job;
  return time - job.endTime > reportSecondsMax ? { ...job, scriptEndTime: time } : job;
}

function afterRelease(
  job: ActiveJob,
  event: { readonly time: number; readonly report?: EndReport | undefined } & StepsKept,
): Job {
  const end = howItEnds(job, event.report);
  if (end === undefined) return job;
  const endTime = job.state === 'COMPLETING' ? job.endTime : event.time;
  const endedBy = job.state === 'COMPLETING' ? job.endedBy : undefined;
  const who = endedBy !== undefined && { endedBy };
  const told = stepsTold(job.state === 'COMPLETING' ? job : {}, event);
  if (job.holders.length > 0) {
    const { signals: _signals, ...kept } = stoodStill(job, event.time) as RunningJob;
    return { ...kept, ...end, ...who, ...told, state: 'COMPLETING', endTime };
  }
  if (job.state === 'COMPLETING' && job.requeue !== undefined) {
    return waitingAgain(job, event.time + requeueDelaySeconds, job.requeue.hold ? 'user' : job.held);
  }
  const ended = endedJob({ ...stoodStill(job, event.time), ...end, ...who, endTime });
  return { ...ended, ...stepsEnded(told, event.time) };
}

/** What was decided before (a cancel, a time limit) stands; else the first report decides. */
function howItEnds(job: ActiveJob, report: EndReport | undefined): EndReport | undefined {
  if (job.state === 'RUNNING') {
    const lost: EndReport = { endState: 'NODE_FAIL', reason: 'NodeDown', exitCode: { code: 0, signal: 0 } };
    return report ?? (job.holders.length === 0 ? lost : undefined);
  }
  const { endState, reason } = job;
  return { endState, reason, exitCode: report?.exitCode ?? job.exitCode };
}

/** What no longer stands still, with the sum of the time that it did. */
function stoodStill(job: ActiveJob, time: number): ActiveJob {
  return job.state === 'RUNNING' ? awake(job, time) : job;
}

function endedJob(
  job: ActiveJob & EndReport & { readonly endTime: number; readonly endedBy?: number },
): EndedJob {
  const {
    holders: _holders,
    signals: _signals,
    ...kept
  } = job as RunningJob & EndReport & { endTime: number };
  return { ...kept, state: 'ENDED' };
}

function pending(cluster: Cluster, id: number): PendingJob {
  const job = cluster.jobs.get(id);
  assert(job?.state === 'PENDING', `job ${id} is not waiting`);
  return job;
}

function withJob(cluster: Cluster, job: Job): Cluster {
  return { ...cluster, jobs: cluster.jobs.set(job.id, job) };
}
