import { overReservations } from '../core/decide-settings.ts';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterEvent, EndReport } from '../model/event.ts';
import type { Seconds } from '../model/ids.ts';
import { type ActiveJob, isActive } from '../model/job.ts';
import { limits } from '../model/limits.ts';
import { rangesHas } from '../model/ranges.ts';
import { isTriedElsewhere } from '../model/spec.ts';
import type { StepsKept } from '../model/steprecord.ts';
import type { Agent } from './agent.ts';
import { hostedReleases } from './hosted.ts';
import { keptSteps } from './keepsteps.ts';
import type { Memory } from './memory.ts';
import { jobsRunHere } from './observe.ts';
import { remnantEvents } from './remnants.ts';
import { nodeDown, type Run, runKey } from './run.ts';
import { settingsEvents } from './settings.ts';
import { secondsLeft } from './timeleft.ts';

const neverStarted: EndReport = {
  endState: 'FAILED',
  reason: 'JobLaunchFailure',
  exitCode: { code: 0, signal: 53 },
};

/** What this node has to tell the cluster, as events on the given state; none of it twice. */
export function ownEvents(
  agent: Agent,
  memory: Memory,
  cluster: Cluster,
  time: Seconds,
): readonly ClusterEvent[] {
  const events: ClusterEvent[] = [];
  const format = Math.max(memory.spoolFormat, cluster.format);
  for (const job of jobsRunHere(agent, cluster)) {
    const run = memory.runs.get(runKey(job.id, job.attempt));
    if (run !== undefined)
      events.push(
        ...runEvents(agent, job, run, { time, format: cluster.format, kept: keptSteps(agent, memory, job) }),
      );
  }
  return [
    ...events,
    ...hostedReleases(agent, memory, cluster, time),
    ...presenceEvents(agent, memory, cluster, time),
    // The raised format, if that is due, stands before it.
    ...settingsEvents(memory.settings, { ...cluster, format }, time),
    ...overReservations(cluster, time),
    ...remnantEvents(agent, memory, cluster, time),
    ...lostAttemptEvents(memory, cluster, time),
    ...forgetEvents(memory, cluster),
  ];
}

function runEvents(
  agent: Agent,
  job: ActiveJob,
  run: Run,
  { time, format, kept }: { readonly time: Seconds; readonly format: number; readonly kept: StepsKept },
): readonly ClusterEvent[] {
  const { id, attempt } = job;
  if (run.phase === 'over') {
    const report = run.report ?? (job.state === 'RUNNING' ? reportOfNoRun(run) : undefined);
    const requeue = job.state === 'RUNNING' && isToRunAgain(job, run) && format >= 2 && { requeue: true };
    const event = { name: 'nodeReleased', time, id, attempt, node: agent.node.name } as const;
    const told = report && { report: asSlurmHasIt(job, report) };
    return [{ ...event, ...told, ...requeue, ...(requeue === false && kept) }];
  }
  if (job.state !== 'RUNNING') return [];
  const delivered = (job.signals ?? []).map((one) => one.requestId).filter((one) => run.delivered.has(one));
  if (isOverTime(agent, job, run)) {
    return [{ name: 'jobEndRequested', time, id, attempt, endState: 'TIMEOUT', reason: 'TimeLimit' }];
  }
  return delivered.length === 0
    ? []
    : [{ name: 'jobSignalsDelivered', time, id, attempt, requestIds: delivered }];
}

/** A batch script that a signal ended counts as one that could not be launched (SURPRISES 20). */
function asSlurmHasIt({ spec }: ActiveJob, report: EndReport): EndReport {
  const isSignalled = spec.kind === 'batch' && report.reason === 'RaisedSignal';
  return isSignalled ? { ...report, reason: 'JobLaunchFailure' } : report;
}

function reportOfNoRun(run: Run): EndReport {
  return run.again === 'lost' || run.isFenced ? nodeDown : neverStarted;
}

/** What never ran may run, whatever its user says of jobs that were ended with their node. */
function isToRunAgain(job: ActiveJob, run: Run): boolean {
  return run.again === 'withdrawn' || ((run.again === 'lost' || run.isFenced) && isTriedElsewhere(job.spec));
}

function isOverTime(agent: Agent, job: ActiveJob, run: Run): boolean {
  return secondsLeft(agent, job, run) <= 0;
}

function presenceEvents(
  agent: Agent,
  memory: Memory,
  cluster: Cluster,
  time: Seconds,
): readonly ClusterEvent[] {
  const events: ClusterEvent[] = [];
  const own = cluster.nodes.get(agent.node.name);
  if (own === undefined) return [];
  if (memory.spoolFormat > cluster.format)
    events.push({ name: 'formatRaised', time, format: memory.spoolFormat });
  const { name: node, incarnation } = own.record;
  // A daemon that was called lost may have lost jobs as well: it registers in a new life instead.
  const isBack = own.presence === 'stopped' || (own.presence === 'lost' && cluster.format < 2);
  if (isBack) events.push({ name: 'nodePresence', time, node, incarnation, presence: 'up' });
  if (memory.gpuTroubles && JSON.stringify(memory.gpuTroubles) !== JSON.stringify(own.gpuTroubles)) {
    events.push({ name: 'gpuTroubles', time, node, troubles: memory.gpuTroubles });
  }
  for (const lost of memory.lostNodes) {
    const other = cluster.nodes.get(lost.node);
    if (other?.presence !== 'up' || other.record.incarnation !== lost.incarnation) continue;
    events.push({ name: 'nodePresence', time, ...lost, presence: 'lost' });
  }
  return events;
}

/** Checked against the state they meet: the node may have registered again, and has its jobs then. */
function lostAttemptEvents(memory: Memory, cluster: Cluster, time: Seconds): readonly ClusterEvent[] {
  return memory.lostAttempts
    .filter(({ id, attempt, node, incarnation }) => {
      const job = cluster.jobs.get(id);
      const { presence, record } = cluster.nodes.get(node) ?? {};
      return (
        job !== undefined &&
        isActive(job) &&
        job.attempt === attempt &&
        job.holders.includes(node) &&
        presence === 'lost' &&
        record?.incarnation === incarnation
      );
    })
    .map((lost) => ({ name: 'attemptLost', time, ...lost }));
}

function forgetEvents(memory: Memory, cluster: Cluster): readonly ClusterEvent[] {
  const requestIds = memory.forgettable
    .filter((id) => cluster.handled.has(id))
    .slice(0, limits.eventsPerCommit);
  return requestIds.length === 0 ? [] : [{ name: 'requestsForgotten', requestIds }];
}

/** Gives up the ids whose rooms were made for tasks of arrays and that were not used. */
export function spareIdsEvents(memory: Memory, cluster: Cluster, time: Seconds): readonly ClusterEvent[] {
  if (cluster.format < 2) return [];
  const ids = memory.spareIds.filter((id) => !cluster.jobs.has(id) && !rangesHas(cluster.closed, id));
  return ids.length === 0 ? [] : [{ name: 'idsClosed', time, ids: ids.slice(0, limits.eventsPerCommit) }];
}
